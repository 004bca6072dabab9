"""What clients say of keeping and erasing."""

import strawberry

from graphql_api.retention.words import Ground, RecordKind
from graphql_api.scalars import Date


@strawberry.input
class SetRetentionPeriodInput:
    idempotency_key: str
    kind: RecordKind
    document: str = strawberry.field(description="The union's own document that says so.")
    months: int | None = strawberry.field(default=None, description="1–1200; null takes the period back.")
    version: int | None = strawberry.field(default=None, description="Of the period, where there is one.")


@strawberry.input
class RecordErasureRequestInput:
    idempotency_key: str
    person_id: strawberry.ID
    asked_on: Date
    reason: str = strawberry.field(description="How he asked.")


@strawberry.input
class DecideErasureRequestInput:
    idempotency_key: str
    request_id: strawberry.ID
    version: int
    granted: bool
    reason: str = strawberry.field(description="Told to the person.")
    ground: Ground | None = strawberry.field(default=None, description="Of a refusal, and of nothing else.")
    document_no: str | None = None
