"""Signing in. Whatever is wrong (union, login, password, place, period, a lock, a disabled account): one answer, after the same work.

Each attempt costs one look-up that always gives one row, one hash against the account's password or against nobody's, and one transaction; so the time
tells nothing either. Right passwords that come too late, while the account is locked, fail like wrong ones and do not lengthen the lock.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from kernel import audit
from kernel.clock import Clock
from tenants.accounts.attempts import CLEARED, UNCHANGED, hold_open, note_failure, require_patience
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import Challenge, MembershipFacts, NewSession, taken
from tenants.accounts.passwords import MAXIMUM_LENGTH
from tenants.accounts.second_step import begin_challenge
from tenants.accounts.service import take_place
from tenants.accounts.sessions import Entry, begin_session, end_oldest
from tenants.accounts.statements import CANDIDATE, FACTS_WIDTH, is_expired, moment, window_parameters
from tenants.errors import SIGN_IN_FAILED
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
    has_second_factor: bool
    password_expired: bool


async def sign_in(
    entrance: Entrance, given: Credentials, clock: Clock, *, request_id: str | None = None
) -> NewSession | Challenge:
    """Begin a session in the named union, or, where the person has a second factor, give the challenge for `second_step.complete_sign_in`.

    Raises SIGN_IN_FAILED, without saying why, or TOO_MANY_ATTEMPTS, which depends on the address alone.
    """
    candidate = await _find_candidate(entrance, given, clock)
    right = await entrance.passwords.is_right(given.password[: MAXIMUM_LENGTH + 1], candidate.password_hash)
    if right and candidate.open and candidate.place is not None:
        begun = await _enter(entrance, candidate, candidate.place, given, clock, request_id)
        if begun is not None:
            return begun
    wrong = not right and candidate.open
    await note_failure(entrance, clock, candidate.account_id, given.address, wrong=wrong)
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
    require_patience(entrance, clock, row[4])
    place = None
    if row[5] is not None:
        tenant = TenantFacts(*row[-FACTS_WIDTH:])
        roles = frozenset[str](row[7])
        place = MembershipFacts(
            row[5], row[0], row[6], tenant, roles, valid_from=clock.today(), valid_to=None, is_offered=bool(row[11])
        )
    return _Candidate(
        account_id=row[0],
        password_hash=row[1],
        open=bool(row[2]),
        login=row[3],
        place=place,
        has_second_factor=bool(row[8]),
        password_expired=row[10] is not None and is_expired(entrance.policy, clock, must_change=row[9], set_at=row[10]),
    )


async def _enter(
    entrance: Entrance,
    candidate: _Candidate,
    place: MembershipFacts,
    given: Credentials,
    clock: Clock,
    request_id: str | None,
) -> NewSession | Challenge | None:
    """The session or the challenge; None where the account was locked or disabled while the password was being checked."""
    values = UNCHANGED if candidate.has_second_factor else {**CLEARED, "active_at": clock.now()}
    if candidate.password_hash is not None and entrance.passwords.is_outdated(candidate.password_hash):
        values = {**values, "password_hash": await entrance.passwords.hash(given.password)}
    async with entrance.database.write(place.tenant.id) as session:
        if not await hold_open(session, place.account_id, clock.now(), values):
            return None
        if candidate.has_second_factor:
            return begin_challenge(session, entrance, place, clock, request_id)
        entry = Entry(address=given.address, password_expired=candidate.password_expired)
        begun = begin_session(session, entrance, place, candidate.login or "", clock, entry=entry)
        if place.is_offered and not await take_place(session, place.id, place.account_id, candidate.login or ""):
            raise SIGN_IN_FAILED()
        await end_oldest(session, entrance, place.account_id, clock)
        audit.record(
            session,
            at=clock.now(),
            account_id=place.account_id,
            actor=place.name,
            act="session:sign_in",
            object_kind="session",
            object_id=begun.signed_in.session_id,
            after=taken(place),
            request_id=request_id,
        )
        return begun


def _word(typed: str) -> str:
    """A code or login as it may stand in the database; what cannot be one becomes a word that nobody has."""
    word = typed.strip().lower()
    return word if _WORD.fullmatch(word) else ""
