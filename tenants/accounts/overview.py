"""Which unions and sessions an account has: for the person himself, and for the administrators of one union. On connections of the login role."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.clock import Clock
from kernel.database import WriteSession
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SessionFacts, SignedIn
from tenants.accounts.model import Account, Membership, SignInSession
from tenants.accounts.statements import FACTS_WIDTH, OWN_SESSIONS, SESSIONS_IN, moment
from tenants.facts import TenantFacts


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """The account of somebody who has a place."""
    return (await session.execute(select(Account).where(Account.id == account_id))).scalar_one()


async def list_unions(session: AsyncSession, account_id: UUID, clock: Clock) -> Sequence[UUID]:
    """The unions where the account has a place or will have one, whether or not anybody can sign in with it now."""
    statement = select(Membership.tenant_id).where(
        Membership.account_id == account_id,
        or_(Membership.valid_to.is_(None), Membership.valid_to > clock.today()),
    )
    return (await session.execute(statement.order_by(Membership.tenant_id))).scalars().all()


async def list_sessions(entrance: Entrance, signed_in: SignedIn, clock: Clock) -> Sequence[SessionFacts]:
    """The person's own live sessions in all unions, the latest first."""
    parameters = {**moment(clock, entrance.policy), "account_id": signed_in.account_id}
    async with entrance.database.plain() as session:
        rows = (await session.execute(OWN_SESSIONS, parameters)).all()
    return [_facts(row, signed_in.session_id) for row in rows]


async def list_sessions_in(
    entrance: Entrance, account_id: UUID, tenant_id: UUID, clock: Clock
) -> Sequence[SessionFacts]:
    """The live sessions of an account in one union, and those that rest on its place there, the latest first."""
    parameters = {**moment(clock, entrance.policy), "account_id": account_id, "tenant_id": tenant_id}
    async with entrance.database.plain() as session:
        rows = (await session.execute(SESSIONS_IN, parameters)).all()
    return [_facts(row, None) for row in rows]


async def revoke_sessions_in(session: WriteSession, account_id: UUID, clock: Clock) -> None:
    """End the sessions of an account in the bound union, and those elsewhere in which it stands in by its place here."""
    statement = update(SignInSession).where(
        SignInSession.account_id == account_id,
        or_(SignInSession.tenant_id == session.tenant_id, SignInSession.home_id == session.tenant_id),
        SignInSession.revoked_at.is_(None),
    )
    await session.execute(statement.values(revoked_at=clock.now()).execution_options(synchronize_session=False))


def _facts(row: Row[*tuple[Any, ...]], current: UUID | None) -> SessionFacts:
    return SessionFacts(
        id=row[0],
        tenant=TenantFacts(*row[-FACTS_WIDTH:]),
        issued_at=row[1],
        last_seen_at=row[2],
        expires_at=row[3],
        strength=row[4],
        address=row[5],
        provider=row[6],
        is_current=row[0] == current,
    )
