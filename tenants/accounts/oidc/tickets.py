"""From a state that came back to a session: a state is taken once, a ticket is given for it once, and whoever holds the client's verifier redeems it once.

The ticket goes through the browser's address line; it lives a minute and is worth nothing without the verifier that only the client which set out knows.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import LargeBinary, Select, and_, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel import audit
from kernel.clock import Clock
from kernel.database import WriteSession
from tenants.accounts.attempts import UNCHANGED, hold_open, note_failure, require_patience
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import Challenge, MembershipFacts, NewSession
from tenants.accounts.model import Account, FederatedAttempt, Membership, SecondFactor
from tenants.accounts.oidc.states import State, proves
from tenants.accounts.second_step import begin_challenge
from tenants.accounts.sessions import Entry, begin_session, end_oldest
from tenants.accounts.statements import (
    ACCOUNT_OPEN,
    FACTS,
    FACTS_WIDTH,
    NOW,
    UNION_OPEN,
    limit_reached,
    moment,
    place_of,
    window_parameters,
)
from tenants.accounts.tokens import is_token, new_token, token_hash
from tenants.errors import SIGN_IN_FAILED
from tenants.facts import TenantFacts
from tenants.model import Level, Tenant

TICKET_LIFE = timedelta(minutes=1)


@dataclass(frozen=True)
class Redeeming:
    """What a client gives for its session; `address` is where it comes from."""

    ticket: str = field(repr=False)
    verifier: str = field(repr=False)
    address: str | None = None


async def take_state(entrance: Entrance, state: State) -> bool:
    """Whether the state comes back for the first time; the second time it is worth nothing, whatever became of the first."""
    row = {
        "state_hash": _state_hash(state),
        "provider": state.provider,
        "expires_at": datetime.fromtimestamp(state.expires, UTC),
        "strength": 1,
    }
    statement = insert(FederatedAttempt).values(row).on_conflict_do_nothing().returning(FederatedAttempt.state_hash)
    async with entrance.database.plain() as session:
        return (await session.execute(statement)).scalar_one_or_none() is not None


async def give_ticket(entrance: Entrance, state: State, place: MembershipFacts, strength: int, clock: Clock) -> str:
    """The ticket for the place; shown this once."""
    ticket = new_token()
    statement = (
        update(FederatedAttempt)
        .where(FederatedAttempt.state_hash == _state_hash(state), FederatedAttempt.ticket_hash.is_(None))
        .values(
            ticket_hash=token_hash(ticket),
            proof=state.proof,
            account_id=place.account_id,
            membership_id=place.id,
            strength=strength,
            expires_at=clock.now() + TICKET_LIFE,
        )
    )
    async with entrance.database.plain() as session:
        await session.execute(statement.execution_options(synchronize_session=False))
    return ticket


async def require_patience_of(entrance: Entrance, clock: Clock, address: str | None) -> None:
    """Raises TOO_MANY_ATTEMPTS where the address has failed too often."""
    parameters = {**moment(clock, entrance.policy), **window_parameters(entrance.policy), "address": address}
    async with entrance.database.plain() as session:
        reached = (await session.execute(select(limit_reached()), parameters)).scalar_one()
    require_patience(entrance, clock, reached)


async def redeem(
    entrance: Entrance, given: Redeeming, clock: Clock, *, request_id: str | None = None
) -> NewSession | Challenge:
    """The session for a ticket; for somebody with a second factor of his own whom the provider does not vouch for with two, the challenge for it.

    Raises SIGN_IN_FAILED without saying why, or TOO_MANY_ATTEMPTS.
    """
    parameters = {
        **moment(clock, entrance.policy),
        **window_parameters(entrance.policy),
        "address": given.address,
        "given_hash": token_hash(given.ticket if is_token(given.ticket) else ""),
    }
    async with entrance.database.plain() as session:
        row = (await session.execute(_TICKET, parameters)).one()
    require_patience(entrance, clock, row[0])
    is_live = row[1] is not None and row[-FACTS_WIDTH] is not None
    if is_live and proves(given.verifier, row[2]):
        begun = await _enter(entrance, row, given.address, clock, request_id)
        if begun is not None:
            return begun
    await note_failure(entrance, clock, None, given.address, wrong=False)
    raise SIGN_IN_FAILED()


async def _enter(
    entrance: Entrance,
    row: Any,  # noqa: ANN401 - a row of _TICKET
    address: str | None,
    clock: Clock,
    request_id: str | None,
) -> NewSession | Challenge | None:
    now, provider, strength = clock.now(), row[3], row[4]
    tenant = TenantFacts(*row[-FACTS_WIDTH:])
    place = MembershipFacts(row[6], row[5], row[7], tenant, frozenset[str](row[8]), clock.today(), None)
    async with entrance.database.write(tenant.id) as session:
        if not await hold_open(session, place.account_id, now, UNCHANGED) or not await _use(session, row[1], now):
            return None
        if row[10] and strength == 1:
            return begin_challenge(session, entrance, place, clock, request_id, provider=provider)
        await hold_open(session, place.account_id, now, {"active_at": now})
        entry = Entry(strength=strength, address=address, provider=provider)
        begun = begin_session(session, entrance, place, row[9], clock, entry=entry)
        await end_oldest(session, entrance, place.account_id, clock)
        audit.record(
            session,
            at=now,
            account_id=place.account_id,
            actor=place.name,
            act="session:sign_in",
            object_kind="session",
            object_id=begun.signed_in.session_id,
            after={"provider": provider, "strength": strength},
            request_id=request_id,
        )
        return begun


async def _use(session: WriteSession, state_hash: bytes, now: datetime) -> bool:
    """Whether the ticket was not used before; of two at once one."""
    statement = (
        update(FederatedAttempt)
        .where(FederatedAttempt.state_hash == state_hash, FederatedAttempt.used_at.is_(None))
        .values(used_at=now)
        .returning(FederatedAttempt.state_hash)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


def _state_hash(state: State) -> bytes:
    return sha256(state.number.encode()).digest()


def _ticket() -> Select[*tuple[Any, ...]]:
    """Always one row: the live ticket, the live place it is for, and whether the address must wait."""
    one = select(literal(1).label("one")).subquery("one")
    live = and_(
        FederatedAttempt.ticket_hash == bindparam("given_hash", type_=LargeBinary()),
        FederatedAttempt.used_at.is_(None),
        FederatedAttempt.expires_at > NOW,
    )
    return (
        select(
            limit_reached(),
            FederatedAttempt.state_hash,
            FederatedAttempt.proof,
            FederatedAttempt.provider,
            FederatedAttempt.strength,
            Account.id,
            Membership.id,
            Membership.name,
            Membership.roles,
            Account.login,
            SecondFactor.confirmed_at.is_not(None),
            *FACTS,
        )
        .select_from(one)
        .outerjoin(FederatedAttempt, live)
        .outerjoin(Account, and_(Account.id == FederatedAttempt.account_id, ACCOUNT_OPEN))
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .outerjoin(Membership, Membership.id == FederatedAttempt.membership_id)
        .outerjoin(Tenant, and_(Tenant.id == Membership.tenant_id, UNION_OPEN, place_of(Account.id)))
        .outerjoin(Level, Level.code == Tenant.level)
    )


_TICKET = _ticket()
