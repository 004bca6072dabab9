"""What the contract shows of the audit trail: who did what, and who looked at whose personal data."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from authz.scope import ReadScope
from graphql_api.ids import encode_id
from graphql_api.scalars import DateTime, Json
from graphql_api.sources import Node, Row, Source, allowed, column, computed, descending
from kernel.audit import AuditEntry
from kernel.audit_reads import ReadEntry

TYPES = {
    "announcement": "Announcement",
    "application": "Application",
    "assignment": "Assignment",
    "cultivation_plan": "CultivationPlan",
    "cultivation_task": "CultivationTask",
    "deputy_grant": "DeputyGrant",
    "edition": "Edition",
    "funding_record": "FundingRecord",
    "handover": "Handover",
    "honour": "Honour",
    "meeting": "Meeting",
    "membership": "Member",
    "notice": "Notice",
    "objection": "Objection",
    "person": "Person",
    "progress_report": "ProgressReport",
    "quota": "Quota",
    "resolution": "Resolution",
    "reward_result": "RewardResult",
    "studio": "InnovationStudio",
    "substitution": "Substitution",
    "title": "Title",
    "visit": "Visit",
}
"""Under which type the contract knows the objects of a kind."""


async def objects(_scope: ReadScope, rows: Sequence[Row]) -> list[str | None]:
    """The ids of the entries' objects in the contract."""
    return [_id(row["object_kind"], row["object_id"]) for row in rows]


def _id(kind: str, key: UUID | None) -> str | None:
    return encode_id(TYPES[kind], key) if kind in TYPES and key is not None else None


@strawberry.type(
    name="AuditEntry", description="One act, as it was recorded in its own transaction; never changed, sealed."
)
class AuditEntryType(Node):
    __source__ = Source(
        AuditEntry,
        order=(descending(AuditEntry.at),),
        visible=allowed(Permission.AUDIT_READ, Columns(id=AuditEntry.id)),
    )

    at: DateTime = column(AuditEntry.at)
    account_id: strawberry.ID | None = column(
        AuditEntry.account_id, refers="Account", description="Null: the machinery."
    )
    acting_for: strawberry.ID | None = column(
        AuditEntry.acting_for, refers="Account", description="Whom a deputy stood in for."
    )
    actor: str = column(AuditEntry.actor, description="The name as it was then.")
    act: str = column(AuditEntry.act, description="`kind:act`.")
    object_kind: str = column(AuditEntry.object_kind)
    object_id: strawberry.ID | None = computed(
        objects,
        needs=(AuditEntry.object_kind, AuditEntry.object_id),
        description="Null where the contract shows no such objects.",
    )
    before: Json = column(AuditEntry.before)
    after: Json = column(AuditEntry.after)
    request_id: str | None = column(AuditEntry.request_id)


@strawberry.type(
    name="ReadEntry", description="Personal data that a query showed: one object, or a list of so many rows."
)
class ReadEntryType(Node):
    __source__ = Source(
        ReadEntry,
        order=(descending(ReadEntry.at),),
        visible=allowed(Permission.AUDIT_READ, Columns(id=ReadEntry.id)),
    )

    at: DateTime = column(ReadEntry.at)
    account_id: strawberry.ID = column(ReadEntry.account_id, refers="Account")
    acting_for: strawberry.ID | None = column(ReadEntry.acting_for, refers="Account")
    actor: str = column(ReadEntry.actor, description="The name as it was then.")
    asked: str = column(ReadEntry.asked, description="The queries, by their names in the contract.")
    object_kind: str = column(ReadEntry.object_kind)
    object_id: strawberry.ID | None = computed(
        objects,
        needs=(ReadEntry.object_kind, ReadEntry.object_id),
        description="Null for a list longer than what is named one by one.",
    )
    rows: int = column(ReadEntry.rows, description="How many objects.")
    request_id: str = column(ReadEntry.request_id)
