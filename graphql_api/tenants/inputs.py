"""What the mutations about signing in and members take."""

import strawberry

from authz.roles import Role
from graphql_api.scalars import Date


@strawberry.input(
    description="Which union, who, and the password. No idempotency key: each sign-in is a session of its own."
)
class SignInInput:
    tenant: str = strawberry.field(description="The union's code.")
    login: str
    password: str


@strawberry.input
class SwitchTenantInput:
    tenant_id: strawberry.ID
    end_current: bool = strawberry.field(default=False, description="End the session that asks.")


@strawberry.input
class RevokeSessionInput:
    session_id: strawberry.ID


@strawberry.input
class AddMemberInput:
    idempotency_key: str
    login: str
    name: str
    roles: list[Role]
    valid_from: Date
    valid_to: Date | None = strawberry.field(default=None, description="The first day on which it no longer holds.")
    password: str | None = strawberry.field(
        default=None, description="Makes the account; without it the login must exist."
    )


@strawberry.input
class ChangeMemberInput:
    idempotency_key: str
    member_id: strawberry.ID
    name: str
    roles: list[Role]
    valid_from: Date
    valid_to: Date | None = None


@strawberry.input
class EndMemberInput:
    idempotency_key: str
    member_id: strawberry.ID
