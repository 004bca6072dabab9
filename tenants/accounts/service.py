"""Accounts and the places they hold. Whoever calls has been allowed to (see `authz.administration`, or runs as the database's owner).

An account belongs to a person, not to a union: a union's administrator seats and unseats people, and cannot disable them elsewhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from tenants.accounts.model import Account, FormerPassword, Membership
from tenants.accounts.passwords import Passwords, require_strong
from tenants.accounts.sessions import revoke_all_sessions
from tenants.errors import ALREADY_MEMBER, BAD_LOGIN, BAD_PERIOD, LOGIN_TAKEN, NO_ROLES

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


async def create_account(session: AsyncSession, passwords: Passwords, clock: Clock, new: NewAccount) -> UUID:
    """Make the account; needs no more than INSERT on the table. Raises BAD_LOGIN, WEAK_PASSWORD, LOGIN_TAKEN."""
    if not LOGIN.fullmatch(new.login):
        raise BAD_LOGIN(path=("input", "login"))
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


async def find_account_id(session: AsyncSession, login: str) -> UUID | None:
    """The account of a login; on a connection of the login role or the owner."""
    if not LOGIN.fullmatch(login):
        return None
    return (await session.execute(select(Account.id).where(Account.login == login))).scalar_one_or_none()


async def set_password(
    session: WriteSession, passwords: Passwords, clock: Clock, account_id: UUID, password: str
) -> None:
    """Give somebody's account another password, which he must change when he next signs in, and end all his sessions.

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


async def disable_account(session: WriteSession, clock: Clock, account_id: UUID) -> None:
    """Nobody signs in with it any more, and who is signed in is not from now on; on a connection of the login role. Raises NOT_FOUND."""
    statement = update(Account).where(Account.id == account_id).values(state="disabled").returning(Account.id)
    if (await session.execute(statement.execution_options(synchronize_session=False))).scalar_one_or_none() is None:
        raise NOT_FOUND()
    await revoke_all_sessions(session, account_id, clock.now())


async def enable_account(session: WriteSession, account_id: UUID) -> None:
    """Undo `disable_account`; the sessions stay ended. Raises NOT_FOUND."""
    values = {"state": "active", "failed_attempts": 0, "locked_until": None, "active_at": func.now()}
    statement = update(Account).where(Account.id == account_id).values(**values).returning(Account.id)
    if (await session.execute(statement.execution_options(synchronize_session=False))).scalar_one_or_none() is None:
        raise NOT_FOUND()


async def seat_member(session: WriteSession, account_id: UUID, seat: Seat) -> UUID:
    """Give the account a place in the bound tenant; returns the membership's id. Raises ALREADY_MEMBER, BAD_PERIOD, NO_ROLES."""
    values = require_fit(seat)
    membership_id = new_id()
    statement = insert(Membership).values(
        tenant_id=session.tenant_id, id=membership_id, account_id=account_id, **values
    )
    made = await session.execute(statement.on_conflict_do_nothing().returning(Membership.id))
    if made.scalar_one_or_none() is None:
        raise ALREADY_MEMBER()
    return membership_id


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
    if seat.valid_to is not None and seat.valid_to <= seat.valid_from:
        raise BAD_PERIOD(path=("input", "validTo"))
    if not seat.roles:
        raise NO_ROLES(path=("input", "roles"))
    return {
        "name": clean_text(seat.name, path=("input", "name"), limit=NAME_LIMIT),
        "roles": sorted({str(role) for role in seat.roles}),
        "valid_from": seat.valid_from,
        "valid_to": seat.valid_to,
    }
