"""Reading the audit trail, for auditors and audit administrators."""

import strawberry

from graphql_api.audit.inputs import AuditEntryFilter, ReadEntryFilter
from graphql_api.audit.types import AuditEntryType, ReadEntryType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class AuditQuery:
    """The roots of the audit trail."""

    audit_entry: AuditEntryType | None = one(description="One act.")
    audit_entries: Connection[AuditEntryType] | None = many(
        filter=AuditEntryFilter, description="What was done in this union, the latest first."
    )
    read_entries: Connection[ReadEntryType] | None = many(
        filter=ReadEntryFilter, description="Who looked at personal data in this union, the latest first."
    )
