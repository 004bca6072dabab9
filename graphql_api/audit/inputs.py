"""What the audit trail can be filtered by."""

import strawberry

from graphql_api.filters import at_least, at_most, equals, refers_to, refers_to_any
from graphql_api.scalars import DateTime
from kernel.audit import AuditEntry
from kernel.audit_reads import ReadEntry


@strawberry.input
class AuditEntryFilter:
    object: strawberry.ID | None = refers_to_any(AuditEntry.object_id, description="Any object's id.")
    account: strawberry.ID | None = refers_to(AuditEntry.account_id, "Account")
    act: str | None = equals(AuditEntry.act, description="`kind:act`.")
    from_time: DateTime | None = at_least(AuditEntry.at)
    to_time: DateTime | None = at_most(AuditEntry.at)


@strawberry.input
class ReadEntryFilter:
    object: strawberry.ID | None = refers_to_any(ReadEntry.object_id, description="A person's or a case's id.")
    account: strawberry.ID | None = refers_to(ReadEntry.account_id, "Account")
    from_time: DateTime | None = at_least(ReadEntry.at)
    to_time: DateTime | None = at_most(ReadEntry.at)
