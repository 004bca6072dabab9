"""What studios can be filtered by, and what clients say when they enter one."""

import strawberry

from graphql_api.filters import among, at_least, equals, refers_to
from graphql_api.scalars import Date
from graphql_api.studios.words import StudioKind, StudioState
from programmes.studios.model import Studio


@strawberry.input(description="Which studios; all given conditions hold.")
class InnovationStudioFilter:
    kind: list[StudioKind] | None = among(Studio.kind)
    state: list[StudioState] | None = among(Studio.state)
    level: str | None = equals(Studio.level)
    leader: strawberry.ID | None = refers_to(Studio.leader_id, "Person")
    named_from: Date | None = at_least(Studio.named_on)


@strawberry.input
class CreateStudioInput:
    idempotency_key: str
    kind: StudioKind
    name: str
    leader_id: strawberry.ID
    employer: str
    field: str
    named_on: Date
    document_no: str


@strawberry.input
class WithdrawStudioInput:
    idempotency_key: str
    studio_id: strawberry.ID
    version: int
    reason: str
