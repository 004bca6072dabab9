"""The second step of signing in: a code for a challenge. Whatever is wrong (challenge, code, place, a lock): one answer, SIGN_IN_FAILED.

The challenge names the account, so another person's code is a wrong one. Wrong codes count into the account's lock-out like wrong passwords, and the right
password of the first step has not cleared the count. A challenge is good once, for this and nothing else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from kernel import audit
from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.ids import new_id
from tenants.accounts.attempts import CLEARED, UNCHANGED, hold_open, note_failure, require_patience
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import Challenge, MembershipFacts, NewSession, taken
from tenants.accounts.model import SignInChallenge
from tenants.accounts.second_factor import use_code
from tenants.accounts.service import take_place
from tenants.accounts.sessions import Entry, begin_session, end_oldest
from tenants.accounts.statements import CHALLENGED, FACTS_WIDTH, is_expired, moment, window_parameters
from tenants.accounts.tokens import is_token, new_token, token_hash
from tenants.errors import SIGN_IN_FAILED
from tenants.facts import TenantFacts


@dataclass(frozen=True)
class SecondStep:
    """What a person gives after the password."""

    challenge: str = field(repr=False)
    code: str = field(repr=False)
    address: str | None = None


@dataclass(frozen=True)
class _Challenged:
    id: UUID | None
    account_id: UUID | None
    login: str
    place: MembershipFacts | None
    password_expired: bool
    provider: str | None


def begin_challenge(
    session: WriteSession,
    entrance: Entrance,
    place: MembershipFacts,
    clock: Clock,
    request_id: str | None,
    *,
    provider: str | None = None,
) -> Challenge:
    """Add a challenge to the running transaction; the caller has made sure of the password, or the provider of the person."""
    token, now = new_token(), clock.now()
    challenge_id, expires_at = new_id(), now + entrance.policy.challenge
    session.add(
        SignInChallenge(
            id=challenge_id,
            token_hash=token_hash(token),
            account_id=place.account_id,
            membership_id=place.id,
            issued_at=now,
            expires_at=expires_at,
            used_at=None,
            provider=provider,
        )
    )
    _record(session, place, "session:challenge", challenge_id, now, request_id)
    return Challenge(token=token, at=now, expires_at=expires_at)


async def complete_sign_in(
    entrance: Entrance, given: SecondStep, clock: Clock, *, request_id: str | None = None
) -> NewSession:
    """The session for which a challenge was given out; raises SIGN_IN_FAILED without saying why, or TOO_MANY_ATTEMPTS."""
    found = await _find(entrance, given, clock)
    if found.place is not None:
        begun = await _enter(entrance, found, found.place, given, clock, request_id)
        if begun is not None:
            return begun
    await note_failure(entrance, clock, found.account_id, given.address, wrong=found.place is not None)
    raise SIGN_IN_FAILED()


async def _find(entrance: Entrance, given: SecondStep, clock: Clock) -> _Challenged:
    parameters = {
        **moment(clock, entrance.policy),
        **window_parameters(entrance.policy),
        "address": given.address,
        "given_hash": token_hash(given.challenge if is_token(given.challenge) else ""),
    }
    async with entrance.database.plain() as session:
        row = (await session.execute(CHALLENGED, parameters)).one()
    require_patience(entrance, clock, row[4])
    tenant_id = row[-FACTS_WIDTH]
    place = None
    if row[3] and row[5] is not None and tenant_id is not None:
        today = clock.today()
        place = MembershipFacts(
            row[5],
            row[1],
            row[6],
            TenantFacts(*row[-FACTS_WIDTH:]),
            frozenset[str](row[7]),
            today,
            None,
            is_offered=bool(row[10]),
        )
    provider = row[11]
    expired = (
        provider is None
        and row[9] is not None
        and is_expired(entrance.policy, clock, must_change=row[8], set_at=row[9])
    )
    return _Challenged(
        id=row[0], account_id=row[1], login=row[2] or "", place=place, password_expired=expired, provider=provider
    )


async def _enter(
    entrance: Entrance,
    found: _Challenged,
    place: MembershipFacts,
    given: SecondStep,
    clock: Clock,
    request_id: str | None,
) -> NewSession | None:
    """The session; None where the code is wrong, or the challenge or the account is no longer good. Holding the account keeps parallel tries in a row."""
    now = clock.now()
    async with entrance.database.write(place.tenant.id) as session:
        if not await hold_open(session, place.account_id, now, UNCHANGED) or not await _is_unused(session, found.id):
            return None
        if not await use_code(session, entrance, place.account_id, given.code, now):
            return None
        used = update(SignInChallenge).where(SignInChallenge.id == found.id).values(used_at=now)
        await session.execute(used.execution_options(synchronize_session=False))
        await hold_open(session, place.account_id, now, {**CLEARED, "active_at": now})
        entry = Entry(
            strength=2, address=given.address, password_expired=found.password_expired, provider=found.provider
        )
        begun = begin_session(session, entrance, place, found.login, clock, entry=entry)
        if place.is_offered and not await take_place(session, place.id, place.account_id, found.login):
            raise SIGN_IN_FAILED()
        await end_oldest(session, entrance, place.account_id, clock)
        _record(session, place, "session:sign_in", begun.signed_in.session_id, now, request_id, after=taken(place))
        return begun


async def _is_unused(session: WriteSession, challenge_id: UUID | None) -> bool:
    unused = select(SignInChallenge.id).where(SignInChallenge.id == challenge_id, SignInChallenge.used_at.is_(None))
    return (await session.execute(unused)).scalar_one_or_none() is not None


def _record(
    session: WriteSession,
    place: MembershipFacts,
    act: str,
    object_id: UUID,
    at: datetime,
    request_id: str | None,
    *,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        session,
        at=at,
        account_id=place.account_id,
        actor=place.name,
        act=act,
        object_kind="session",
        object_id=object_id,
        after=after,
        request_id=request_id,
    )
