"""Seating and unseating people in one's own union: what its system and security administrators do.

Accounts are made on the login role's connection, before the seat and outside its transaction: if the seat is refused, an account without any place remains,
which opens nothing, and the next attempt finds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from authz import guard
from authz.errors import EXCLUSIVE_ROLES, UNKNOWN_ROLE
from authz.permissions import Permission
from authz.roles import Role
from authz.scope import Scope, WriteScope, audit_act
from authz.subject import Subject
from kernel import audit
from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from tenants.accounts import overview, second_factor, service
from tenants.accounts.entrance import Entrance
from tenants.accounts.model import Membership
from tenants.accounts.service import NewAccount, Seat
from tenants.errors import LOGIN_UNKNOWN, SEATED_ELSEWHERE
from tenants.queries import is_below

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""三员: whoever is one of them is nothing else in the same union, neither another of them nor anybody who touches cases or money."""
_WORDS = frozenset(role.value for role in Role)
_SELF = "is_self_account"


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """A person to be seated; with a `password` the account is made, without one it must exist."""

    login: str
    name: str
    roles: frozenset[str]
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
    if roles & ADMINISTRATORS and len(roles) > 1:
        raise EXCLUSIVE_ROLES(path=("input", "roles"), roles="、".join(sorted(roles)))
    return frozenset(roles)


async def add_member(scope: WriteScope, entrance: Entrance, new: NewMember) -> UUID:
    """Seat a person in the union at hand; returns the membership's id.

    Raises the refusals of the gate, of `require_roles`, of `tenants.accounts.service.create_account` and `seat_member`, and LOGIN_UNKNOWN.
    """
    roles = require_roles(new.roles)
    service.require_fit(_seat(new, roles))
    await guard.require(scope, Permission.MEMBERSHIP_CREATE, Subject("membership"))
    account_id = await _account(scope, entrance, new)
    await guard.require(scope, Permission.MEMBERSHIP_CREATE, subject_of_member(scope, account_id))
    membership_id = await service.seat_member(scope.session, account_id, _seat(new, roles))
    audit_act(
        scope,
        Permission.MEMBERSHIP_CREATE,
        "membership",
        membership_id,
        after={"account_id": str(account_id), "login": new.login, **_shown(new.roles, new.valid_from, new.valid_to)},
    )
    return membership_id


async def change_member(scope: WriteScope, membership_id: UUID, seat: Seat) -> UUID:
    """Give a member other roles or another period, from his next request on. Raises NOT_FOUND and the refusals of `add_member`."""
    roles = require_roles(seat.roles)
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.MEMBERSHIP_CREATE, subject_of_member(scope, member.account_id, membership_id))
    before = _shown(member.roles, member.valid_from, member.valid_to)
    service.change_seat(member, Seat(name=seat.name, roles=roles, valid_from=seat.valid_from, valid_to=seat.valid_to))
    after = _shown(member.roles, member.valid_from, member.valid_to)
    audit_act(scope, Permission.MEMBERSHIP_CREATE, "membership", membership_id, before=before, after=after)
    return membership_id


async def end_member(scope: WriteScope, membership_id: UUID) -> UUID:
    """Take a member's place from him, from his next request on. Raises NOT_FOUND and the refusals of the gate; ending twice changes nothing."""
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.MEMBERSHIP_REVOKE, subject_of_member(scope, member.account_id, membership_id))
    before = _shown(member.roles, member.valid_from, member.valid_to)
    service.end_seat(member, scope.clock.today())
    after = _shown(member.roles, member.valid_from, member.valid_to)
    audit_act(scope, Permission.MEMBERSHIP_REVOKE, "membership", membership_id, before=before, after=after)
    return membership_id


async def remove_second_factor(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """Let a member who has lost his device enrol anew; his sessions end. Raises NOT_FOUND, SEATED_ELSEWHERE, NO_SECOND_FACTOR and the refusals of the gate.

    Deed and entry are one transaction of the login role's, inside the one at hand, which only asks.
    """
    member = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await second_factor.remove_second_factor(session, member.account_id, scope.clock.now())
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"reset": "second_factor"})
    return membership_id


async def reset_password(scope: WriteScope, entrance: Entrance, membership_id: UUID, password: str) -> UUID:
    """Give a member a password that he must change when he next signs in; his sessions end. Refusals as above, and WEAK_PASSWORD."""
    member = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await service.set_password(session, entrance.passwords, scope.clock, member.account_id, password)
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"reset": "password"})
    return membership_id


async def lock_resettable(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> Membership:
    """A member whose account the actor may let start over: it belongs to the person, so every place of it must lie in his union or below."""
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.MEMBERSHIP_RESET, subject_of_member(scope, member.account_id, membership_id))
    async with entrance.database.plain() as session:
        unions = await overview.list_unions(session, member.account_id, scope.clock)
    for union_id in unions:
        if union_id != scope.tenant_id and not await is_below(scope.session, scope.actor.tenant, union_id):
            raise SEATED_ELSEWHERE()
    return member


def record_in_login(
    scope: WriteScope, session: WriteSession, act: Permission, membership_id: UUID, after: Mapping[str, object]
) -> None:
    """The entry of an act on a member's account, in the login role's transaction that does the deed."""
    audit.record(
        session,
        at=scope.clock.now(),
        account_id=scope.actor.account_id,
        actor=scope.actor.name,
        act=act,
        object_kind="membership",
        object_id=membership_id,
        after=after,
        request_id=scope.request_id,
        acting_for=scope.actor.acting_for,
    )
    audit.count_entry_elsewhere(scope.session)


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


async def _account(scope: WriteScope, entrance: Entrance, new: NewMember) -> UUID:
    async with entrance.database.plain() as session:
        found = await service.find_account_id(session, new.login)
        if found is not None and new.password is None:
            return found
        if new.password is None:
            raise LOGIN_UNKNOWN(path=("input", "login"), login=new.login)
        account = NewAccount(login=new.login, name=new.name, password=new.password, must_change_password=True)
        return await service.create_account(session, entrance.passwords, scope.clock, account)


def subject_of_member(scope: Scope[ReadSession], account_id: UUID | None, membership_id: UUID | None = None) -> Subject:
    """A place of this union for the gate, which must know whether it is the actor's own."""
    relations = (
        frozenset({_SELF}) if account_id is not None and account_id == scope.actor.account_id else frozenset[str]()
    )
    return Subject("membership", id=membership_id, relations=relations)


def _seat(new: NewMember, roles: frozenset[Role]) -> Seat:
    return Seat(name=new.name, roles=roles, valid_from=new.valid_from, valid_to=new.valid_to)


def _shown(roles: Iterable[str], valid_from: date, valid_to: date | None) -> dict[str, object]:
    return {
        "roles": sorted(str(role) for role in roles),
        "valid_from": valid_from.isoformat(),
        "valid_to": None if valid_to is None else valid_to.isoformat(),
    }
