"""Signing in. Whatever is wrong (union, login, password, place, period, a lock, a disabled account): one answer, after the same work.

Each attempt costs one look-up that always gives one row, one hash against the account's password or against nobody's, and one transaction; so the time
tells nothing either. Right passwords that come too late, while the account is locked, fail like wrong ones and do not lengthen the lock.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, update

from kernel import audit
from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import MembershipFacts, NewSession
from tenants.accounts.model import Account, SignInFailure
from tenants.accounts.passwords import MAXIMUM_LENGTH
from tenants.accounts.sessions import begin_session
from tenants.accounts.statements import CANDIDATE, FACTS_WIDTH, moment, window_parameters
from tenants.errors import SIGN_IN_FAILED, TOO_MANY_ATTEMPTS
from tenants.facts import TenantFacts

_WORD = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class Credentials:
    """What a person gives at the door; `address` is where he comes from, as far as it is known."""

    tenant: str
    login: str
    password: str = field(repr=False)
    address: str | None = None


@dataclass(frozen=True)
class _Candidate:
    account_id: UUID | None
    password_hash: str | None
    open: bool
    login: str | None
    place: MembershipFacts | None


async def sign_in(entrance: Entrance, given: Credentials, clock: Clock, *, request_id: str | None = None) -> NewSession:
    """Begin a session in the named union.

    Raises SIGN_IN_FAILED, without saying why, or TOO_MANY_ATTEMPTS, which depends on the address alone.
    """
    candidate = await _find_candidate(entrance, given, clock)
    right = await entrance.passwords.is_right(given.password[: MAXIMUM_LENGTH + 1], candidate.password_hash)
    if right and candidate.open and candidate.place is not None:
        begun = await _enter(entrance, candidate, candidate.place, given, clock, request_id)
        if begun is not None:
            return begun
    await _note_failure(entrance, candidate, given, clock, wrong=not right and candidate.open)
    raise SIGN_IN_FAILED()


async def _find_candidate(entrance: Entrance, given: Credentials, clock: Clock) -> _Candidate:
    parameters = {
        **moment(clock, entrance.policy),
        **window_parameters(entrance.policy),
        "address": given.address,
        "login": _word(given.login),
        "code": _word(given.tenant),
    }
    async with entrance.database.plain() as session:
        row = (await session.execute(CANDIDATE, parameters)).one()
    if row[4] is not None:
        left = row[4] + entrance.policy.address_window - clock.now()
        raise TOO_MANY_ATTEMPTS(retry_after=max(1, int(left.total_seconds())))
    place = None
    if row[5] is not None:
        tenant = TenantFacts(*row[-FACTS_WIDTH:])
        roles = frozenset[str](row[7])
        place = MembershipFacts(row[5], row[0], row[6], tenant, roles, valid_from=clock.today(), valid_to=None)
    return _Candidate(account_id=row[0], password_hash=row[1], open=bool(row[2]), login=row[3], place=place)


async def _enter(
    entrance: Entrance,
    candidate: _Candidate,
    place: MembershipFacts,
    given: Credentials,
    clock: Clock,
    request_id: str | None,
) -> NewSession | None:
    """The session; None where the account was locked or disabled while the password was being checked."""
    fresh_hash = None
    if candidate.password_hash is not None and entrance.passwords.is_outdated(candidate.password_hash):
        fresh_hash = await entrance.passwords.hash(given.password)
    async with entrance.database.write(place.tenant.id) as session:
        if not await _clear_failures(session, place.account_id, clock.now(), fresh_hash):
            return None
        begun = begin_session(session, entrance, place, candidate.login or "", clock)
        audit.record(
            session,
            at=clock.now(),
            account_id=place.account_id,
            actor=place.name,
            act="session:sign_in",
            object_kind="session",
            object_id=begun.signed_in.session_id,
            request_id=request_id,
        )
        return begun


async def _clear_failures(session: WriteSession, account_id: UUID, now: datetime, fresh_hash: str | None) -> bool:
    """Whether the account is still open; guesses sent in parallel wait here for each other's outcome."""
    values = {"failed_attempts": 0, "locked_until": None} | (
        {} if fresh_hash is None else {"password_hash": fresh_hash}
    )
    statement = (
        update(Account)
        .where(
            Account.id == account_id,
            Account.state == "active",
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
        )
        .values(**values)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def _note_failure(
    entrance: Entrance,
    candidate: _Candidate,
    given: Credentials,
    clock: Clock,
    *,
    wrong: bool,
) -> None:
    """Count it, for the address always, for the account if the password was wrong; the same two statements in every case."""
    policy, now = entrance.policy, clock.now()
    reached = func.least(Account.failed_attempts + 1, policy.failures_before_lock) == policy.failures_before_lock
    counted = (
        update(Account)
        .where(
            Account.id == (candidate.account_id if wrong and candidate.account_id is not None else new_id()),
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
        )
        .values(
            failed_attempts=case((reached, 0), else_=Account.failed_attempts + 1),
            locked_until=case((reached, now + policy.lock), else_=None),
        )
        .execution_options(synchronize_session=False)
    )
    async with entrance.database.plain() as session:
        await session.execute(counted)
        session.add(SignInFailure(id=new_id(), at=now, address=given.address, account_id=candidate.account_id))


def _word(typed: str) -> str:
    """A code or login as it may stand in the database; what cannot be one becomes a word that nobody has."""
    word = typed.strip().lower()
    return word if _WORD.fullmatch(word) else ""
