"""What the mutations about a union's own rules take."""

import strawberry

from authz.roles import Role
from graphql_api.scalars import Date


@strawberry.input
class TightenPolicyInput:
    idempotency_key: str
    role: Role = strawberry.field(description="Whose act it is; there is no wildcard.")
    action: str = strawberry.field(description="A permission as `kind:act`; reading cases is `case:list`.")
    stage: str = strawberry.field(default="*", description="Only in this state; `*` is every one.")
    binds_below: bool = strawberry.field(
        default=False, description="Also the people of all unions below, on either line."
    )
    reason: str
    document: str = strawberry.field(description="The document that says so.")
    valid_from: Date = strawberry.field(description="Today or later.")
    valid_to: Date | None = strawberry.field(default=None, description="The first day on which it no longer holds.")


@strawberry.input
class LiftPolicyInput:
    idempotency_key: str
    tightening_id: strawberry.ID
    version: int
