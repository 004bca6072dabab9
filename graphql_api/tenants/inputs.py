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
    proposed_roles: list[Role] = strawberry.field(
        description="For the security administrator, who gives the roles by `changeMember`; may be empty."
    )
    valid_from: Date
    valid_to: Date | None = strawberry.field(default=None, description="The first day on which it no longer holds.")
    password: str | None = strawberry.field(
        default=None,
        description="Makes the account, whose login then begins with the union's code and a dot; its holder must change it first."
        " Without it the place is kept for whoever has the login, and is his when he signs in here.",
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
