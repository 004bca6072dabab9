"""Seating and unseating people in one's own union: what its system and security administrators do, two persons for every seat that can do anything.

The system administrator makes places, which can do nothing; the security administrator gives them roles, and cannot make one.

Accounts are made on the login role's connection, before the seat and outside its transaction: if the seat is refused, an account without any place remains,
which opens nothing, and the next attempt finds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement

from authz import guard
from authz.actor import Actor
from authz.duties import Duty
from authz.errors import EXCLUSIVE_ROLES, FORBIDDEN_SCOPE, UNKNOWN_ROLE
from authz.permissions import Permission
from authz.roles import Role, may_be_held_together
from authz.scope import Scope, WriteScope, audit_act
from authz.subject import Subject
from kernel import audit
from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from kernel.text import clean_text
from tenants.accounts import overview, second_factor, service
from tenants.accounts.api_tokens import end_tokens_of_place
from tenants.accounts.entrance import Entrance
from tenants.accounts.oidc import identities
from tenants.accounts.service import NewAccount, ProposedSeat, Seat
from tenants.delegation.endings import end_grants_of
from tenants.errors import ALREADY_MEMBER, LOGIN_NOT_OURS, PLACE_NOT_TAKEN, SEATED_ELSEWHERE, UNKNOWN_PROVIDER
from tenants.queries import is_below, visible_to

_WORDS = frozenset(role.value for role in Role)
_SELF = "is_self_account"


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """A person to be seated; with a `password` the account is made, without one the place is kept for whoever signs in with the login."""

    login: str
    name: str
    proposed_roles: frozenset[str]
    valid_from: date
    valid_to: date | None = None
    password: str | None = field(default=None, repr=False)


def require_roles(words: Iterable[str]) -> frozenset[Role]:
    """The roles that these words name, fit to be held by one person in one union; raises UNKNOWN_ROLE, EXCLUSIVE_ROLES.

    The courier's role is the machinery's and no person's.
    """
    roles: set[Role] = set()
    for word in words:
        if word not in _WORDS or word == Role.COURIER:
            raise UNKNOWN_ROLE(path=("input", "roles"), role=word)
        roles.add(Role(word))
    if not may_be_held_together(frozenset(roles)):
        raise EXCLUSIVE_ROLES(path=("input", "roles"), roles="、".join(sorted(roles)))
    return frozenset(roles)


async def add_member(scope: WriteScope, entrance: Entrance, new: NewMember) -> UUID:
    """Make a place in the union at hand, without roles; returns the membership's id. Whether a login exists elsewhere is never told.

    Raises the refusals of the gate, of `require_roles`, of `tenants.accounts.service.create_account` and `make_place`, and LOGIN_NOT_OURS.
    """
    seat = _proposed(new)
    service.proposed_columns(seat)
    await guard.require(scope, Permission.MEMBERSHIP_CREATE, Subject("membership"))
    made_by = scope.actor.account_id
    if made_by is None:
        message = "places are made by people"
        raise ValueError(message)
    account_id = None if new.password is None else await _account(scope, entrance, new, new.password)
    if account_id is None:
        await _require_new_here(scope, entrance, new.login)
    membership_id = await service.make_place(
        scope.session, seat, account_id=account_id, made_by=made_by, today=scope.clock.today()
    )
    await guard.note(scope, Duty.CREATED, Subject("membership", id=membership_id))
    who = {} if account_id is None else {"account_id": str(account_id)}
    dates = _dates(seat.valid_from, seat.valid_to)
    after = {**who, "login": new.login, "proposed_roles": sorted(new.proposed_roles), **dates}
    audit_act(scope, Permission.MEMBERSHIP_CREATE, "membership", membership_id, after=after)
    return membership_id


async def change_member(scope: WriteScope, membership_id: UUID, seat: Seat) -> UUID:
    """Give a member his roles and period, from his next request on; never whoever made the place, nor oneself.

    Raises NOT_FOUND, PLACE_NOT_TAKEN and the refusals of the gate, of `require_roles` and of seats.
    """
    roles = require_roles(seat.roles)
    member = await service.lock_member(scope.session, membership_id)
    subject = subject_of_member(scope, member.account_id, membership_id, creator=member.made_by)
    await guard.require(scope, Permission.MEMBERSHIP_GRANT, subject)
    if member.account_id is None:
        raise PLACE_NOT_TAKEN()
    before = _shown(member.roles, member.valid_from, member.valid_to)
    service.change_seat(member, Seat(name=seat.name, roles=roles, valid_from=seat.valid_from, valid_to=seat.valid_to))
    member.granted_by = scope.actor.account_id
    await guard.bind(scope, Permission.MEMBERSHIP_GRANT, subject)
    after = _shown(member.roles, member.valid_from, member.valid_to)
    audit_act(scope, Permission.MEMBERSHIP_GRANT, "membership", membership_id, before=before, after=after)
    return membership_id


async def end_member(scope: WriteScope, membership_id: UUID) -> UUID:
    """Take a member's place from him, its tokens, and what he handed over or was handed. Raises NOT_FOUND and the gate's; ending twice changes nothing."""
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.MEMBERSHIP_REVOKE, subject_of_member(scope, member.account_id, membership_id))
    before = _shown(member.roles, member.valid_from, member.valid_to)
    service.end_seat(member, scope.clock.today())
    await end_tokens_of_place(scope.session, membership_id, scope.clock.now())
    if member.account_id is not None:
        await end_grants_of(scope.session, member.account_id, scope.clock.now(), scope.actor.name)
    after = _shown(member.roles, member.valid_from, member.valid_to)
    audit_act(scope, Permission.MEMBERSHIP_REVOKE, "membership", membership_id, before=before, after=after)
    return membership_id


async def link_identity(
    scope: WriteScope, entrance: Entrance, membership_id: UUID, *, provider: str, issuer: str | None, subject: str
) -> UUID:
    """The person whom the provider calls so may come in as this member.

    Raises NOT_FOUND, SEATED_ELSEWHERE, UNKNOWN_PROVIDER, IDENTITY_TAKEN and the gate's refusals.
    Nobody links himself, and nothing is linked by what a provider says of a person: the administrator has made sure of both.
    """
    account_id = await lock_resettable(scope, entrance, membership_id)
    if issuer is None:
        raise UNKNOWN_PROVIDER(path=("input", "provider"), provider=provider)
    named = clean_text(subject, path=("input", "subject"), limit=255)
    hashed = identities.subject_hash(entrance, issuer, named)
    async with entrance.database.write(scope.tenant_id) as session:
        await identities.link_identity(session, account_id, provider, issuer, hashed, scope.clock.now())
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"linked": provider})
    return membership_id


async def unlink_identity(scope: WriteScope, entrance: Entrance, membership_id: UUID, provider: str) -> UUID:
    """Nobody of the provider comes in as this member any more; sessions that it opened end. Raises NOT_FOUND, SEATED_ELSEWHERE, NO_IDENTITY."""
    account_id = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await identities.unlink_identity(session, account_id, provider, scope.clock.now())
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"unlinked": provider})
    return membership_id


async def remove_second_factor(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """Let a member who has lost his device enrol anew; his sessions end. Raises NOT_FOUND, SEATED_ELSEWHERE, NO_SECOND_FACTOR and the refusals of the gate.

    Deed and entry are one transaction of the login role's, inside the one at hand, which only asks.
    """
    account_id = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await second_factor.remove_second_factor(session, account_id, scope.clock.now())
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"reset": "second_factor"})
    return membership_id


async def reset_password(scope: WriteScope, entrance: Entrance, membership_id: UUID, password: str) -> UUID:
    """Give a member a password that he must change when he next signs in; his sessions end. Refusals as above, and WEAK_PASSWORD."""
    account_id = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await service.set_password(session, entrance.passwords, scope.clock, account_id, password)
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"reset": "password"})
    return membership_id


async def lock_resettable(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """The account of a member, if the actor may let it start over: it belongs to the person, so every place of it must lie in his union or below."""
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.MEMBERSHIP_RESET, subject_of_member(scope, member.account_id, membership_id))
    if member.account_id is None:
        raise PLACE_NOT_TAKEN()
    async with entrance.database.plain() as session:
        unions = await overview.list_unions(session, member.account_id, scope.clock)
    for union_id in unions:
        if union_id != scope.tenant_id and not await is_below(scope.session, scope.actor.tenant, union_id):
            raise SEATED_ELSEWHERE()
    return member.account_id


def record_in_login(
    scope: WriteScope, session: WriteSession, act: Permission, membership_id: UUID, after: Mapping[str, object]
) -> None:
    """The entry of an act on a member's account, in the login role's transaction that does the deed."""
    standing = scope.actor.standing
    audit.record(
        session,
        at=scope.clock.now(),
        account_id=scope.actor.account_id,
        actor=scope.actor.name,
        act=act,
        object_kind="membership",
        object_id=membership_id,
        after=after if standing is None else {**after, **standing.named},
        request_id=scope.request_id,
        acting_for=scope.actor.acting_for,
    )
    audit.count_entry_elsewhere(scope.session)


def visible_unions(actor: Actor) -> ColumnElement[bool]:
    """Everybody knows the unions around his own; raises FORBIDDEN_SCOPE for a token that does not cover that."""
    if not actor.covers(Permission.TENANT_READ):
        raise FORBIDDEN_SCOPE(permission=Permission.TENANT_READ.value)
    return visible_to(actor.tenant)


async def found_member(session: WriteSession, clock: Clock, account_id: UUID, seat: Seat, *, by: str) -> UUID:
    """Seat somebody without asking the gate: for the installation's owner, who seats the first administrators; `by` is what the audit entry shows.

    Raises UNKNOWN_ROLE, EXCLUSIVE_ROLES and the refusals of `tenants.accounts.service.seat_member`.
    """
    roles = require_roles(seat.roles)
    checked = Seat(name=seat.name, roles=roles, valid_from=seat.valid_from, valid_to=seat.valid_to)
    membership_id = await service.seat_member(session, account_id, checked)
    audit.record(
        session,
        at=clock.now(),
        account_id=None,
        actor=by,
        act=Permission.MEMBERSHIP_CREATE,
        object_kind="membership",
        object_id=membership_id,
        after={"account_id": str(account_id), **_shown(roles, seat.valid_from, seat.valid_to)},
    )
    return membership_id


async def _account(scope: WriteScope, entrance: Entrance, new: NewMember, password: str) -> UUID:
    """A new account, in the union's own range of logins: so that one is taken tells nothing about anybody else's people."""
    prefix = f"{scope.actor.tenant.code}."
    if not new.login.startswith(prefix):
        raise LOGIN_NOT_OURS(path=("input", "login"), prefix=prefix)
    account = NewAccount(login=new.login, name=new.name, password=password, must_change_password=True)
    async with entrance.database.plain() as session:
        return await service.create_account(session, entrance.passwords, scope.clock, account)


async def _require_new_here(scope: WriteScope, entrance: Entrance, login: str) -> None:
    async with entrance.database.plain() as session:
        if await service.is_member(session, scope.tenant_id, login):
            raise ALREADY_MEMBER()


def subject_of_member(
    scope: Scope[ReadSession],
    account_id: UUID | None,
    membership_id: UUID | None = None,
    *,
    creator: UUID | None = None,
) -> Subject:
    """A place of this union for the gate, which must know whether it is the actor's own, or that of whom he stands in for, and who made it (`creator`)."""
    relations = frozenset({_SELF}) if account_id in scope.actor.accounts else frozenset[str]()
    return Subject("membership", id=membership_id, relations=relations, creator=creator)


def _proposed(new: NewMember) -> ProposedSeat:
    roles = require_roles(new.proposed_roles)
    return ProposedSeat(
        login=new.login, name=new.name, proposed_roles=roles, valid_from=new.valid_from, valid_to=new.valid_to
    )


def _shown(roles: Iterable[str], valid_from: date, valid_to: date | None) -> dict[str, object]:
    return {"roles": sorted(str(role) for role in roles), **_dates(valid_from, valid_to)}


def _dates(valid_from: date, valid_to: date | None) -> dict[str, object]:
    return {"valid_from": valid_from.isoformat(), "valid_to": None if valid_to is None else valid_to.isoformat()}
