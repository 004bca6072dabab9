"""Staying signed in: whom a token belongs to, where one may work, ending sessions, and going over to another union.

Nothing is remembered between requests: sign-out, expiry, a lost place, a disabled account and a closed union work from the next request on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from kernel import audit
from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.prepared import Prepared
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import MembershipFacts, NewSession, SignedIn
from tenants.accounts.model import Account, SignInSession
from tenants.accounts.statements import (
    AUTHENTICATION,
    FACTS_WIDTH,
    HOLDER,
    PLACES,
    PRESENT,
    is_expired,
    moment,
)
from tenants.accounts.tokens import is_token, new_token, token_hash
from tenants.delegation.facts import Basis, Standing
from tenants.errors import NOT_SIGNED_IN
from tenants.facts import TenantFacts


@dataclass(frozen=True)
class Entry:
    """How somebody came in."""

    strength: int = 1
    address: str | None = None
    password_expired: bool = False
    provider: str | None = None


PLAIN_ENTRY = Entry()
_AUTHENTICATION, _HOLDER, _PRESENT = Prepared(AUTHENTICATION), Prepared(HOLDER), Prepared(PRESENT)
_PLACES = Prepared(PLACES)


async def authenticate(entrance: Entrance, token: str, clock: Clock, *, seen: bool = True) -> SignedIn | None:
    """Who holds the token, in one statement; None whatever the reason. `seen=False`: it does not count as a use of the session."""
    statement = _AUTHENTICATION if seen else _HOLDER
    found = await _ask(entrance, clock, statement, given_hash=token_hash(token)) if is_token(token) else []
    return found[0] if found else None


async def find_present(entrance: Entrance, session_ids: Collection[UUID], clock: Clock) -> Mapping[UUID, SignedIn]:
    """Those of these sessions that are live, in one statement, by their ids; nobody is noted as seen by it."""
    found = await _ask(entrance, clock, _PRESENT, session_ids=list(session_ids))
    return {signed_in.session_id: signed_in for signed_in in found}


async def _ask(entrance: Entrance, clock: Clock, statement: Prepared, **given: object) -> list[SignedIn]:
    rows = await entrance.database.direct.fetch(statement, **moment(clock, entrance.policy), **given)
    found = (signed_in_from(row, entrance, clock) for row in rows)
    return [signed_in for signed_in in found if signed_in is not None]


async def list_places(entrance: Entrance, account_id: UUID, clock: Clock) -> Sequence[MembershipFacts]:
    """The unions where the account may work today, the highest first."""
    parameters = {**moment(clock, entrance.policy), "account_id": account_id}
    rows = await entrance.database.direct.fetch(_PLACES, **parameters)
    return [
        MembershipFacts(
            id=row[0],
            account_id=row[1],
            name=row[2],
            tenant=_tenant(row),
            roles=frozenset(row[3]),
            valid_from=row[4],
            valid_to=row[5],
        )
        for row in rows
    ]


async def sign_out(entrance: Entrance, signed_in: SignedIn, clock: Clock, *, request_id: str | None = None) -> None:
    """End the session at hand."""
    async with entrance.database.write(signed_in.tenant.id) as session:
        await _end(session, signed_in.session_id, clock.now())
        _record(session, signed_in, "session:sign_out", clock.now(), request_id)


async def revoke_session(
    entrance: Entrance,
    signed_in: SignedIn,
    session_id: UUID,
    clock: Clock,
    *,
    request_id: str | None = None,
) -> None:
    """End one of one's own sessions, wherever it is; raises NOT_FOUND for anybody else's. Ending it twice is no error."""
    async with entrance.database.write(signed_in.tenant.id) as session:
        owner = select(SignInSession.account_id).where(SignInSession.id == session_id)
        if (await session.execute(owner)).scalar_one_or_none() != signed_in.account_id:
            raise NOT_FOUND()
        await _end(session, session_id, clock.now())
        _record(session, signed_in, "session:revoke", clock.now(), request_id, session_id=session_id)


async def switch_tenant(
    entrance: Entrance,
    signed_in: SignedIn,
    tenant_id: UUID,
    clock: Clock,
    *,
    end_current: bool = False,
    request_id: str | None = None,
) -> NewSession:
    """Begin a session in another union where the account has a live place; raises NOT_FOUND where it has none.

    The old session stays unless `end_current`. The new one ends no later than the old: twelve hours after the password was last given.
    """
    places = await list_places(entrance, signed_in.account_id, clock)
    place = next((found for found in places if found.tenant.id == tenant_id), None)
    if place is None:
        raise NOT_FOUND()
    async with entrance.database.write(tenant_id) as session:
        await require_still_live(session, signed_in.session_id)
        begun = begin_session(
            session,
            entrance,
            place,
            signed_in.login,
            clock,
            not_after=signed_in.expires_at,
            entry=Entry(signed_in.strength, signed_in.address, signed_in.password_expired, signed_in.provider),
        )
        await end_oldest(session, entrance, signed_in.account_id, clock)
        if end_current:
            await _end(session, signed_in.session_id, clock.now())
        _record(session, begun.signed_in, "session:switch", clock.now(), request_id)
    return begun


def begin_session(
    session: WriteSession,
    entrance: Entrance,
    place: MembershipFacts,
    login: str,
    clock: Clock,
    *,
    not_after: datetime | None = None,
    entry: Entry = PLAIN_ENTRY,
) -> NewSession:
    """Add a session to the running transaction; the caller has made sure of the person and records the act."""
    token, now = new_token(), clock.now()
    until = now + entrance.policy.absolute
    row = SignInSession(
        id=new_id(),
        token_hash=token_hash(token),
        account_id=place.account_id,
        tenant_id=place.tenant.id,
        membership_id=place.id,
        issued_at=now,
        last_seen_at=now,
        expires_at=min(until, not_after or until),
        strength=entry.strength,
        address=entry.address,
        provider=entry.provider,
    )
    session.add(row)
    return NewSession(token=token, signed_in=_come_in(row, place, login, password_expired=entry.password_expired))


def _come_in(row: SignInSession, place: MembershipFacts, login: str, *, password_expired: bool) -> SignedIn:
    return SignedIn(
        session_id=row.id,
        account_id=place.account_id,
        login=login,
        name=place.name,
        membership_id=place.id,
        roles=place.roles,
        tenant=place.tenant,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        strength=row.strength,
        address=row.address,
        provider=row.provider,
        password_expired=password_expired,
    )


async def end_oldest(session: WriteSession, entrance: Entrance, account_id: UUID, clock: Clock) -> None:
    """Leave the account no more live sessions than it may have; the oldest end."""
    live = (
        SignInSession.account_id == account_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > clock.now(),
        SignInSession.last_seen_at > clock.now() - entrance.policy.idle,
    )
    await session.flush()
    newest = select(SignInSession.id).where(*live).order_by(SignInSession.issued_at.desc(), SignInSession.id.desc())
    surplus = newest.offset(entrance.policy.sessions)
    statement = update(SignInSession).where(SignInSession.id.in_(surplus)).values(revoked_at=clock.now())
    await session.execute(statement.execution_options(synchronize_session=False))


async def revoke_all_sessions(
    session: WriteSession, account_id: UUID, at: datetime, *, but: UUID | None = None
) -> None:
    """End every session of an account, but for one; on a connection of the login role."""
    statement = update(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.id.is_distinct_from(but),
    )
    await session.execute(statement.values(revoked_at=at).execution_options(synchronize_session=False))


async def require_still_live(session: WriteSession, session_id: UUID) -> None:
    """Against a sign-out or a disabled account that came between the token's check and this transaction."""
    live = (
        select(SignInSession.id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None), Account.state == "active")
        .with_for_update(read=True, of=SignInSession)
    )
    if (await session.execute(live)).scalar_one_or_none() is None:
        raise NOT_SIGNED_IN()


async def _end(session: WriteSession, session_id: UUID, at: datetime) -> None:
    statement = update(SignInSession).where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
    await session.execute(statement.values(revoked_at=at).execution_options(synchronize_session=False))


def _record(
    session: WriteSession,
    signed_in: SignedIn,
    act: str,
    at: datetime,
    request_id: str | None,
    *,
    session_id: UUID | None = None,
) -> None:
    standing = signed_in.standing
    audit.record(
        session,
        at=at,
        account_id=signed_in.account_id,
        actor=signed_in.name,
        act=act,
        object_kind="session",
        object_id=session_id or signed_in.session_id,
        after=None if standing is None else standing.named,
        request_id=request_id,
        acting_for=None if standing is None else standing.acting_for,
    )


def _tenant(row: Row[*tuple[Any, ...]]) -> TenantFacts:
    return TenantFacts(*row[-FACTS_WIDTH:])


def signed_in_from(row: Row[*tuple[Any, ...]], entrance: Entrance, clock: Clock) -> SignedIn | None:
    """Who it is, by a row of AUTHENTICATION; None where what the session rests on is gone."""
    standing: Standing | None = row[14]
    if standing is None and row[13] != Basis.MEMBERSHIP:
        return None
    return SignedIn(
        session_id=row[0],
        account_id=row[1],
        login=row[2],
        name=row[3],
        membership_id=row[4],
        roles=frozenset(row[5]) if standing is None else standing.roles,
        issued_at=row[6],
        expires_at=row[7],
        strength=row[8],
        address=row[9],
        provider=row[12],
        password_expired=row[12] is None and is_expired(entrance.policy, clock, must_change=row[10], set_at=row[11]),
        tenant=_tenant(row),
        standing=standing,
    )
