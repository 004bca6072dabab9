"""How clients filter handovers and the register, and what they say when they act."""

import strawberry

from graphql_api.filters import among, at_least, at_most, begins, equals, refers_to
from graphql_api.handovers.words import Direction, HandoverState, Kind
from graphql_api.scalars import Date
from programmes.handovers.model import Handover, RegisterEntry


@strawberry.input
class HandoverFilter:
    direction: Direction | None = equals(Handover.direction)
    kind: list[Kind] | None = among(Handover.kind)
    state: list[HandoverState] | None = among(Handover.state)
    edition: strawberry.ID | None = refers_to(Handover.edition_id, "Edition")


@strawberry.input
class RegisterFilter:
    title_code: str | None = equals(RegisterEntry.title_code)
    state: str | None = equals(RegisterEntry.state)
    granted_from: Date | None = at_least(RegisterEntry.granted_on)
    granted_to: Date | None = at_most(RegisterEntry.granted_on)
    person_name: str | None = begins(RegisterEntry.person_name)
    granted_by: strawberry.ID | None = refers_to(RegisterEntry.source_tenant_id, "Tenant")


@strawberry.input
class HandoverActInput:
    idempotency_key: str
    handover_id: strawberry.ID
    version: int


@strawberry.input
class HandoverReasonInput:
    idempotency_key: str
    handover_id: strawberry.ID
    version: int
    reason: str


@strawberry.input
class ReturnHandoverInput:
    idempotency_key: str
    handover_id: strawberry.ID
    version: int
    reason: str
    due_on: Date | None = strawberry.field(default=None, description="Until when the supplement is expected.")


@strawberry.input
class EscalateTitleInput:
    idempotency_key: str
    title_id: strawberry.ID
    edition_id: strawberry.ID
    deeds: str
    consent_on: Date | None = None


@strawberry.input
class RequestCandidateInput:
    idempotency_key: str
    register_entry_id: strawberry.ID
    edition_id: strawberry.ID


@strawberry.input
class ConfirmRequestInput:
    idempotency_key: str
    handover_id: strawberry.ID
    version: int
    opinion: str
    deeds: str
    rank: int | None = None
    consent_on: Date | None = None
