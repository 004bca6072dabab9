"""What the mutations about lent officers take."""

import strawberry

from authz.roles import Role
from graphql_api.scalars import Date
from tenants.lines import Line


@strawberry.input
class RequestSubstituteInput:
    idempotency_key: str
    line: Line = strawberry.field(description="Whom to ask: the superior on the territorial or on the industry line.")
    roles: list[Role] = strawberry.field(description="Business roles that this union has nobody for.")
    reason: str


@strawberry.input
class AppointSubstituteInput:
    idempotency_key: str
    substitution_id: strawberry.ID
    version: int
    member_id: strawberry.ID = strawberry.field(description="A person of the union that lends him.")
    valid_to: Date = strawberry.field(description="The first day on which it no longer holds; 183 days at most.")


@strawberry.input
class EndSubstitutionInput:
    idempotency_key: str
    substitution_id: strawberry.ID
    reason: str


@strawberry.input
class ActAsSubstituteInput:
    substitution_id: strawberry.ID
