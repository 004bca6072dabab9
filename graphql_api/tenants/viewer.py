"""Who is signed in, as the contract shows it; read from the session at hand, not from declared rows."""

from typing import Any

import strawberry

from authz.actor import actor_from
from authz.roles import Role
from graphql_api.context import Info
from graphql_api.ids import encode_id
from graphql_api.resolvers import find_row  # pyright: ignore[reportUnknownVariableType]
from graphql_api.scalars import Date, DateTime
from graphql_api.tenants.types import TenantSummary, TenantType, summary_of
from tenants.accounts import overview, sessions
from tenants.accounts.facts import MembershipFacts, SessionFacts, SignedIn
from tenants.accounts.second_factor import find_second_factor
from tenants.delegation.facts import Basis


@strawberry.type(name="Session", description="A sign-in of the viewer's, bound to one union.")
class SessionType:
    """One of the person's own sessions."""

    id: strawberry.ID
    tenant: TenantSummary
    issued_at: DateTime
    last_seen_at: DateTime = strawberry.field(description="To about a minute.")
    expires_at: DateTime = strawberry.field(description="Ends then at the latest; earlier when unused.")
    address: str | None = strawberry.field(description="Where the sign-in came from, as the server saw it.")
    provider: str | None = strawberry.field(description="Which identity provider said who it is; null: by password.")
    strength: int = strawberry.field(description="1: came in by password; 2: also by the second factor.")
    is_current: bool


@strawberry.type(description="The viewer's second factor.")
class SecondFactorType:
    """Never the secret."""

    confirmed_at: DateTime
    recovery_codes_left: int


@strawberry.type(description="A union in which the viewer may work today; `switchTenant` goes there.")
class ViewerMembership:
    """One of the person's places."""

    tenant: TenantSummary
    name: str = strawberry.field(description="The person's name in that union.")
    roles: list[Role]
    valid_from: Date
    valid_to: Date | None = strawberry.field(description="The first day on which it no longer holds.")
    is_current: bool


@strawberry.type(description="Whom the viewer stands in for in this session, and until when.")
class ViewerStanding:
    """Nothing of his own place works in it."""

    basis: Basis
    behalf: str = strawberry.field(description="Whom he stands in for, by name.")
    ends_on: Date | None = strawberry.field(description="The first day on which it is over; null for a visit.")
    ends_at: DateTime | None = strawberry.field(description="The moment at which a visit is over.")


@strawberry.type(description="Who is signed in, and where.")
class Viewer:
    """The person behind the token."""

    signed_in: strawberry.Private[SignedIn]

    @strawberry.field(description="The person's name in this union.")
    def name(self) -> str:
        """As histories show it."""
        return self.signed_in.name

    @strawberry.field
    def login(self) -> str:
        """What he signs in with."""
        return self.signed_in.login

    @strawberry.field(description="Null: he is here in his own name.")
    def standing(self) -> ViewerStanding | None:
        """As of this request."""
        found = self.signed_in.standing
        if found is None:
            return None
        return ViewerStanding(basis=found.basis, behalf=found.behalf, ends_on=found.ends_on, ends_at=found.ends_at)

    @strawberry.field(description="The roles that this session gives in this union.")
    def roles(self) -> list[Role]:
        """In the order of the vocabulary."""
        return roles_of(self.signed_in.roles)

    @strawberry.field(
        description="Those of the roles that do not work in this session, because they need a second factor."
    )
    def withheld_roles(self) -> list[Role]:
        """In the order of the vocabulary."""
        return roles_of(frozenset(role.value for role in actor_from(self.signed_in).withheld))

    @strawberry.field(description="For an API token: all it may do, of what the roles allow. Null for a session.")
    def permissions(self) -> list[str] | None:
        """As words `kind:act`."""
        only = actor_from(self.signed_in).only
        return None if only is None else sorted(only)

    @strawberry.field(description="Null: none is confirmed; `beginSecondFactor` starts.")
    async def second_factor(self, info: Info) -> SecondFactorType | None:
        """One statement; not for a token."""
        signed_in = info.context.require_signed_in()
        found = await find_second_factor(info.context.services.entrance, signed_in.account_id)
        if found is None:
            return None
        return SecondFactorType(confirmed_at=found.confirmed_at, recovery_codes_left=found.recovery_codes_left)

    @strawberry.field(description="True: this session is good for `changeOwnPassword` and nothing else.")
    def password_expired(self) -> bool:
        """Expired, or given by an administrator."""
        return self.signed_in.password_expired

    @strawberry.field(description="The union this session is bound to.")
    async def tenant(self, info: Info) -> TenantType | None:
        """Read through its source."""
        return await declared_row(info, "Tenant", self.signed_in)

    @strawberry.field(description="The unions in which the person may work today, the highest first; at most a few.")
    async def memberships(self, info: Info) -> list[ViewerMembership]:
        """One statement; not for a token, which knows of no other place."""
        services, _ = info.context.services, info.context.require_signed_in()
        places = await sessions.list_places(services.entrance, self.signed_in.account_id, services.clock)
        return [_membership(place, self.signed_in) for place in places]

    @strawberry.field(description="This session; null for an API token.")
    async def session(self, info: Info) -> SessionType | None:
        """Null where it has just been ended."""
        return next((one for one in await list_sessions(info, self.signed_in) if one.is_current), None)


async def list_sessions(info: Info, signed_in: SignedIn) -> list[SessionType]:
    """The person's own live sessions, the latest first."""
    services = info.context.services
    return [_session(one) for one in await overview.list_sessions(services.entrance, signed_in, services.clock)]


async def declared_row(info: Info, type_name: str, signed_in: SignedIn) -> Any:  # noqa: ANN401 - a Row stands for its type
    """The union of a session, with what the field selects below it."""
    return await find_row(info._raw_info, type_name, signed_in.tenant.id)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownArgumentType]


def roles_of(words: frozenset[str]) -> list[Role]:
    """In the order of the vocabulary."""
    return [role for role in Role if role.value in words]


def _session(facts: SessionFacts) -> SessionType:
    return SessionType(
        id=strawberry.ID(encode_id("Session", facts.id)),
        tenant=summary_of(facts.tenant),
        issued_at=facts.issued_at,
        last_seen_at=facts.last_seen_at,
        expires_at=facts.expires_at,
        address=facts.address,
        provider=facts.provider,
        strength=facts.strength,
        is_current=facts.is_current,
    )


def _membership(place: MembershipFacts, signed_in: SignedIn) -> ViewerMembership:
    return ViewerMembership(
        tenant=summary_of(place.tenant),
        name=place.name,
        roles=roles_of(place.roles),
        valid_from=place.valid_from,
        valid_to=place.valid_to,
        is_current=place.id == signed_in.membership_id,
    )
