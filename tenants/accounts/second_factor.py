"""The second factor of an account: beginning, confirming, using and removing it.

The secret is sealed with the account as its own domain (the account's id stands where a union's would), so that it opens as this column of this account only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kernel import audit
from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.sealing import Sealer
from tenants.accounts.api_tokens import end_tokens_of_account
from tenants.accounts.attempts import CLEARED, UNCHANGED, hold_open, note_failure
from tenants.accounts.codes import (
    enrolment_uri,
    find_step,
    is_unused,
    new_recovery_codes,
    new_secret,
    recovery_hash,
)
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import NewSession, SignedIn
from tenants.accounts.model import Account, RecoveryCode, SecondFactor
from tenants.accounts.passwords import MAXIMUM_LENGTH
from tenants.accounts.sessions import Entry, begin_session, revoke_all_sessions
from tenants.errors import NO_SECOND_FACTOR, SECOND_FACTOR_EXISTS, WRONG_CODE, WRONG_PASSWORD

PASSWORD_PATH = ("input", "password")
CODE_PATH = ("input", "code")


@dataclass(frozen=True)
class Enrolment:
    """A secret that is shown this once, as text and as what a QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class Enrolled:
    """The session that replaces the one that asked, and the recovery codes, shown this once."""

    begun: NewSession
    recovery_codes: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class FactorFacts:
    """A second factor in force, and how many recovery codes are left."""

    confirmed_at: datetime
    recovery_codes_left: int


async def begin_second_factor(
    entrance: Entrance, signed_in: SignedIn, password: str, clock: Clock, *, request_id: str | None = None
) -> Enrolment:
    """A new secret for the person's authenticator app, of no effect until it is confirmed; asking again replaces it.

    Raises WRONG_PASSWORD (which counts into the lock-out), SECOND_FACTOR_EXISTS.
    """
    await require_own_password(entrance, signed_in, password, clock)
    if await find_second_factor(entrance, signed_in.account_id) is not None:
        raise SECOND_FACTOR_EXISTS()
    secret, now = new_secret(), clock.now()
    async with entrance.database.write(signed_in.tenant.id) as session:
        await store_secret(session, _sealer(entrance), signed_in.account_id, secret, now)
        _record(session, signed_in, "second_factor:begin", now, request_id)
    return Enrolment(secret, enrolment_uri(secret, signed_in.login))


async def confirm_second_factor(
    entrance: Entrance, signed_in: SignedIn, code: str, clock: Clock, *, request_id: str | None = None
) -> Enrolled:
    """The factor is in force from now on; all of the account's sessions end, and a new one takes the place of the one at hand.

    Raises NO_SECOND_FACTOR where none was begun, SECOND_FACTOR_EXISTS, WRONG_CODE (which counts into the lock-out).
    """
    now = clock.now()
    async with entrance.database.write(signed_in.tenant.id) as session:
        is_open = await hold_open(session, signed_in.account_id, now, UNCHANGED)
        row = await _lock(session, signed_in.account_id)
        if row is None:
            raise NO_SECOND_FACTOR()
        if row.confirmed_at is not None:
            raise SECOND_FACTOR_EXISTS()
        step = find_step(_open(entrance, row), code, now) if is_open else None
        if step is not None:
            row.confirmed_at, row.last_step = now, step
            codes = await _renew_recovery_codes(session, signed_in.account_id)
            await hold_open(session, signed_in.account_id, now, CLEARED)
            await revoke_all_sessions(session, signed_in.account_id, now)
            begun = begin_session(
                session,
                entrance,
                signed_in.place,
                signed_in.login,
                clock,
                not_after=signed_in.expires_at,
                entry=Entry(strength=2, address=signed_in.address),
            )
            _record(session, signed_in, "second_factor:confirm", now, request_id)
            return Enrolled(begun, codes)
    await note_failure(entrance, clock, signed_in.account_id, None, wrong=True)
    raise WRONG_CODE(path=CODE_PATH)


async def remove_second_factor(session: WriteSession, account_id: UUID, at: datetime) -> None:
    """The account signs in with its password alone from now on, and has to enrol again; its sessions and tokens end. Raises NO_SECOND_FACTOR.

    On a connection of the login role; whoever calls has asked the gate and leaves the audit entry.
    """
    gone = await session.execute(
        delete(SecondFactor).where(SecondFactor.account_id == account_id).returning(SecondFactor.account_id)
    )
    if gone.scalar_one_or_none() is None:
        raise NO_SECOND_FACTOR()
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    await revoke_all_sessions(session, account_id, at)
    await end_tokens_of_account(session, account_id, at)


async def find_second_factor(entrance: Entrance, account_id: UUID) -> FactorFacts | None:
    """The factor in force; one that was begun and not confirmed is none."""
    left = (
        select(func.count())
        .where(RecoveryCode.account_id == SecondFactor.account_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    query = select(SecondFactor.confirmed_at, left).where(
        SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    )
    async with entrance.database.plain() as session:
        row = (await session.execute(query)).one_or_none()
    confirmed_at = None if row is None else row[0]
    return None if row is None or confirmed_at is None else FactorFacts(confirmed_at, row[1])


async def use_code(session: WriteSession, entrance: Entrance, account_id: UUID, code: str, now: datetime) -> bool:
    """Whether the code is the account's and was not used before; then it is used up. The caller holds the account's row."""
    row = await _lock(session, account_id)
    if row is None or row.confirmed_at is None:
        return False
    step = find_step(_open(entrance, row), code, now)
    if step is not None and is_unused(step, row.last_step, now, clock_may_go_back=entrance.policy.clock_may_go_back):
        row.last_step = step
        return True
    used = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == recovery_hash(account_id, code),
        RecoveryCode.used_at.is_(None),
    )
    done = await session.execute(used.values(used_at=now).execution_options(synchronize_session=False))
    return isinstance(done, CursorResult) and done.rowcount == 1


async def require_own_password(
    entrance: Entrance, signed_in: SignedIn, password: str, clock: Clock, path: tuple[str, ...] = PASSWORD_PATH
) -> None:
    """That who holds the session also knows the password: a found token is not enough for this. Raises WRONG_PASSWORD, which counts into the lock-out."""
    query = select(Account.password_hash).where(Account.id == signed_in.account_id)
    async with entrance.database.plain() as session:
        stored = (await session.execute(query)).scalar_one_or_none()
    right = await entrance.passwords.is_right(password[: MAXIMUM_LENGTH + 1], stored)
    if right:
        async with entrance.database.write(signed_in.tenant.id) as session:
            right = await hold_open(session, signed_in.account_id, clock.now(), UNCHANGED)
    if not right:
        await note_failure(entrance, clock, signed_in.account_id, None, wrong=True)
        raise WRONG_PASSWORD(path=path)


async def store_secret(session: AsyncSession, sealer: Sealer, account_id: UUID, secret: str, now: datetime) -> None:
    """Seal the secret of a factor that is still to be confirmed; another unconfirmed one is replaced."""
    sealed = sealer.seal(secret, tenant_id=account_id, table="second_factor", column="secret", row_id=account_id)
    values = {"secret": sealed, "created_at": now, "confirmed_at": None, "last_step": None}
    statement = insert(SecondFactor).values(account_id=account_id, **values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[SecondFactor.account_id], set_=values, where=SecondFactor.confirmed_at.is_(None)
        )
    )


async def _lock(session: WriteSession, account_id: UUID) -> SecondFactor | None:
    query = select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def _renew_recovery_codes(session: WriteSession, account_id: UUID) -> Sequence[str]:
    codes = new_recovery_codes()
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": recovery_hash(account_id, code)} for code in codes]
    await session.execute(insert(RecoveryCode).values(rows))
    return codes


def _open(entrance: Entrance, row: SecondFactor) -> str:
    opened = _sealer(entrance).open(
        row.secret, tenant_id=row.account_id, table="second_factor", column="secret", row_id=row.account_id
    )
    return opened.decode()


def _sealer(entrance: Entrance) -> Sealer:
    if entrance.sealer is None:
        message = "this door was opened without the key that seals the secrets of second factors"
        raise RuntimeError(message)
    return entrance.sealer


def _record(session: WriteSession, signed_in: SignedIn, act: str, at: datetime, request_id: str | None) -> None:
    audit.record(
        session,
        at=at,
        account_id=signed_in.account_id,
        actor=signed_in.name,
        act=act,
        object_kind="account",
        object_id=signed_in.account_id,
        request_id=request_id,
    )
