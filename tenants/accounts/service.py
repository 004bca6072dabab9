"""Accounts and the places they hold. Whoever calls has been allowed to (see `authz.administration`, or runs as the database's owner).

An account belongs to a person, not to a union: a union's administrator seats and unseats people, and cannot disable them elsewhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from tenants.accounts.api_tokens import end_tokens_of_account
from tenants.accounts.model import Account, FormerPassword, Membership
from tenants.accounts.passwords import Passwords, require_strong
from tenants.accounts.sessions import revoke_all_sessions
from tenants.errors import ALREADY_MEMBER, ALREADY_OFFERED, BAD_LOGIN, BAD_PERIOD, LOGIN_TAKEN, NO_ROLES

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
NAME_LIMIT = 50


@dataclass(frozen=True)
class NewAccount:
    """A person who shall be able to sign in; `name` is his full name."""

    login: str
    name: str
    password: str = field(repr=False)
    must_change_password: bool = False
    """Somebody else gave it: it opens nothing but the door to change it."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What a membership says: the name shown in this union, the roles, and from when until (the first day no longer) it holds."""

    name: str
    roles: Collection[str]
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class ProposedSeat:
    """A place to be made for a login: the name shown, what its maker proposes it for, and its period."""

    login: str
    name: str
    proposed_roles: Collection[str]
    valid_from: date
    valid_to: date | None = None


async def create_account(session: AsyncSession, passwords: Passwords, clock: Clock, new: NewAccount) -> UUID:
    """Make the account; needs no more than INSERT on the table. Raises BAD_LOGIN, WEAK_PASSWORD, LOGIN_TAKEN."""
    require_login(new.login)
    name = clean_text(new.name, path=("input", "name"), limit=NAME_LIMIT)
    password = require_strong(new.password, login=new.login, path=("input", "password"))
    account_id = new_id()
    statement = insert(Account).values(
        id=account_id,
        login=new.login,
        name=name,
        password_hash=await passwords.hash(password),
        state="active",
        failed_attempts=0,
        created_at=clock.now(),
        must_change_password=new.must_change_password,
    )
    made = await session.connection()
    if (await made.execute(statement.on_conflict_do_nothing())).rowcount == 0:
        raise LOGIN_TAKEN(path=("input", "login"), login=new.login)
    return account_id


def require_login(login: str) -> None:
    """Raise BAD_LOGIN for what cannot be one."""
    if not LOGIN.fullmatch(login):
        raise BAD_LOGIN(path=("input", "login"))


async def find_account_id(session: AsyncSession, login: str) -> UUID | None:
    """The account of a login; on a connection of the login role or the owner."""
    if not LOGIN.fullmatch(login):
        return None
    return (await session.execute(select(Account.id).where(Account.login == login))).scalar_one_or_none()


async def set_password(
    session: WriteSession, passwords: Passwords, clock: Clock, account_id: UUID, password: str
) -> None:
    """Give somebody's account another password, which he must change when he next signs in, and end all his sessions and tokens.

    On a connection of the login role. Raises NOT_FOUND, WEAK_PASSWORD.
    """
    query = select(Account.login, Account.password_hash).where(Account.id == account_id).with_for_update()
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NOT_FOUND()
    strong = require_strong(password, login=found.login, path=("input", "password"))
    session.add(FormerPassword(account_id=account_id, replaced_at=clock.now(), password_hash=found.password_hash))
    values = {
        "password_hash": await passwords.hash(strong),
        "password_set_at": clock.now(),
        "must_change_password": True,
        "failed_attempts": 0,
        "locked_until": None,
    }
    statement = update(Account).where(Account.id == account_id).values(**values)
    await session.execute(statement.execution_options(synchronize_session=False))
    await revoke_all_sessions(session, account_id, clock.now())
    await end_tokens_of_account(session, account_id, clock.now())


async def disable_account(session: WriteSession, clock: Clock, account_id: UUID) -> None:
    """Nobody signs in with it any more, and who is signed in is not from now on; on a connection of the login role. Raises NOT_FOUND."""
    statement = update(Account).where(Account.id == account_id).values(state="disabled").returning(Account.id)
    if (await session.execute(statement.execution_options(synchronize_session=False))).scalar_one_or_none() is None:
        raise NOT_FOUND()
    await revoke_all_sessions(session, account_id, clock.now())
    await end_tokens_of_account(session, account_id, clock.now())


async def enable_account(session: WriteSession, clock: Clock, account_id: UUID) -> None:
    """Undo `disable_account`, or what the chore did to an idle account; what was ended stays ended. Raises NOT_FOUND."""
    values = {"state": "active", "failed_attempts": 0, "locked_until": None, "active_at": clock.now()}
    statement = update(Account).where(Account.id == account_id).values(**values).returning(Account.id)
    if (await session.execute(statement.execution_options(synchronize_session=False))).scalar_one_or_none() is None:
        raise NOT_FOUND()


async def seat_member(session: WriteSession, account_id: UUID, seat: Seat) -> UUID:
    """Give the account a place with its roles in the bound tenant; returns the membership's id. Raises ALREADY_MEMBER, BAD_PERIOD, NO_ROLES."""
    place = await _place(session, {"account_id": account_id, **require_fit(seat)})
    if place is None:
        raise ALREADY_MEMBER()
    return place


async def make_place(
    session: WriteSession, seat: ProposedSeat, *, account_id: UUID | None, made_by: UUID, today: date
) -> UUID:
    """A place without roles: of the account, or (None) kept for whoever signs in here with the login. Raises ALREADY_MEMBER, ALREADY_OFFERED, BAD_PERIOD.

    An offer to the login that is over, and that nobody took, is made again.
    """
    holder = {"offered_to": seat.login} if account_id is None else {"account_id": account_id}
    values = {**proposed_columns(seat), "made_by": made_by}
    place = await _place(session, {**holder, **values})
    if place is None and account_id is None:
        place = await _offer_again(session, seat.login, values, today)
    if place is None:
        raise (ALREADY_OFFERED if account_id is None else ALREADY_MEMBER)()
    return place


async def _offer_again(session: WriteSession, login: str, values: dict[str, object], today: date) -> UUID | None:
    over = (
        Membership.tenant_id == session.tenant_id,
        Membership.account_id.is_(None),
        Membership.offered_to == login,
        Membership.valid_to <= today,
    )
    made = await session.execute(update(Membership).where(*over).values(**values).returning(Membership.id))
    return made.scalar_one_or_none()


async def take_place(session: WriteSession, membership_id: UUID, account_id: UUID, login: str) -> bool:
    """Accept a place of the bound tenant that is offered to the login; False where it is no longer. On a connection of the login role."""
    held = aliased(Membership)
    other = select(held.id).where(held.tenant_id == session.tenant_id, held.account_id == account_id)
    statement = (
        update(Membership)
        .where(
            Membership.tenant_id == session.tenant_id,
            Membership.id == membership_id,
            Membership.account_id.is_(None),
            Membership.offered_to == login,
            ~other.exists(),
        )
        .values(account_id=account_id)
    )
    connection = await session.connection()
    return (await connection.execute(statement)).rowcount == 1


async def is_member(session: AsyncSession, tenant_id: UUID, login: str) -> bool:
    """Whether the login has a place in the union; on a connection of the login role."""
    query = (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.tenant_id == tenant_id, Account.login == login)
    )
    return (await session.execute(query)).first() is not None


async def _place(session: WriteSession, values: dict[str, object]) -> UUID | None:
    """The new membership's id; None where the account, or the login, has one."""
    statement = insert(Membership).values(tenant_id=session.tenant_id, id=new_id(), **values)
    made = await session.execute(statement.on_conflict_do_nothing().returning(Membership.id))
    return made.scalar_one_or_none()


async def find_member(session: ReadSession, membership_id: UUID) -> Membership | None:
    """A membership of the bound tenant."""
    statement = select(Membership).where(Membership.tenant_id == session.tenant_id, Membership.id == membership_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_member(session: WriteSession, membership_id: UUID) -> Membership:
    """A membership of the bound tenant, held for a change; raises NOT_FOUND."""
    statement = select(Membership).where(Membership.tenant_id == session.tenant_id, Membership.id == membership_id)
    found = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


def change_seat(member: Membership, seat: Seat) -> None:
    """Write other roles or another period; they hold from the member's next request on. Raises BAD_PERIOD, NO_ROLES."""
    for column, value in require_fit(seat).items():
        setattr(member, column, value)


def end_seat(member: Membership, today: date) -> None:
    """The place holds no longer, from the member's next request on."""
    member.valid_to = min(today, member.valid_to or today)


def require_fit(seat: Seat) -> dict[str, object]:
    """The membership's columns of a seat; raises BAD_PERIOD, NO_ROLES and the refusals of names."""
    if not seat.roles:
        raise NO_ROLES(path=("input", "roles"))
    return {**_named_period(seat), "roles": sorted({str(role) for role in seat.roles})}


def proposed_columns(seat: ProposedSeat) -> dict[str, object]:
    """The membership's columns of a place without roles; raises BAD_LOGIN, BAD_PERIOD and the refusals of names."""
    require_login(seat.login)
    return {
        **_named_period(seat),
        "roles": list[str](),
        "proposed_roles": sorted({str(role) for role in seat.proposed_roles}),
    }


def _named_period(seat: Seat | ProposedSeat) -> dict[str, object]:
    if seat.valid_to is not None and seat.valid_to <= seat.valid_from:
        raise BAD_PERIOD(path=("input", "validTo"))
    return {
        "name": clean_text(seat.name, path=("input", "name"), limit=NAME_LIMIT),
        "valid_from": seat.valid_from,
        "valid_to": seat.valid_to,
    }
