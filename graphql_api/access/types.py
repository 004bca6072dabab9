"""What administrators see of a member's way in."""

import strawberry

from authz.account_access import AccountAccess
from graphql_api.ids import encode_id
from graphql_api.scalars import DateTime
from graphql_api.tenants.viewer import SecondFactorType


@strawberry.type(description="A live session of a member in this union.")
class MemberSession:
    id: strawberry.ID
    issued_at: DateTime
    last_seen_at: DateTime = strawberry.field(description="To about a minute.")
    expires_at: DateTime = strawberry.field(description="Ends then at the latest; earlier when unused.")
    address: str | None = strawberry.field(description="Where the sign-in came from, as the server saw it.")
    strength: int = strawberry.field(description="1: came in by password; 2: also by the second factor.")


@strawberry.type(description="How a member gets in: his account, as far as his union's administrators may know it.")
class MemberAccess:
    login: str
    is_active: bool = strawberry.field(description="False: closed, by an administrator or for not being used.")
    locked_until: DateTime | None = strawberry.field(description="After too many wrong passwords or codes.")
    must_change_password: bool
    password_set_at: DateTime
    last_sign_in_at: DateTime | None
    second_factor: SecondFactorType | None
    sessions: list[MemberSession] = strawberry.field(
        description="His live sessions in this union, the latest first; at most a few. Those elsewhere are not this union's."
    )


def shown_access(found: AccountAccess) -> MemberAccess:
    """As the contract shows it."""
    factor = found.second_factor
    return MemberAccess(
        login=found.login,
        is_active=found.is_active,
        locked_until=found.locked_until,
        must_change_password=found.must_change_password,
        password_set_at=found.password_set_at,
        last_sign_in_at=found.last_sign_in_at,
        second_factor=None
        if factor is None
        else SecondFactorType(confirmed_at=factor.confirmed_at, recovery_codes_left=factor.recovery_codes_left),
        sessions=[
            MemberSession(
                id=strawberry.ID(encode_id("Session", one.id)),
                issued_at=one.issued_at,
                last_seen_at=one.last_seen_at,
                expires_at=one.expires_at,
                address=one.address,
                strength=one.strength,
            )
            for one in found.sessions
        ],
    )
