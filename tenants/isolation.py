"""Binding work to one tenant, and seeing that the binding is what it should be.

The binding itself is `kernel.database.Database.read/.write`: the first statement of each transaction. These are for work that goes from tenant to tenant.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import Database, WriteSession
from tenants import queries
from tenants.facts import TenantFacts

Result = TypeVar("Result")


@asynccontextmanager
async def bound(database: Database, tenant_id: UUID) -> AsyncGenerator[tuple[WriteSession, TenantFacts]]:
    """A transaction on one tenant's rows together with the tenant's facts, for workers and the command line; raises NOT_FOUND."""
    async with database.write(tenant_id) as session:
        yield session, await queries.get_tenant(session, tenant_id)


async def in_each(
    database: Database,
    tenant_ids: Iterable[UUID],
    work: Callable[[WriteSession, TenantFacts], Awaitable[Result]],
) -> dict[UUID, Result]:
    """Do the work in one tenant after the other, each in its own transaction; what was done stays when a later one fails."""
    results: dict[UUID, Result] = {}
    for tenant_id in tenant_ids:
        async with bound(database, tenant_id) as (session, tenant):
            results[tenant_id] = await work(session, tenant)
    return results


async def bound_tenant(session: AsyncSession) -> UUID | None:
    """Which tenant the database holds this transaction bound to; None where it is to none."""
    shown = (await session.execute(text("SELECT nullif(current_setting('app.tenant', true), '')"))).scalar_one()
    return None if shown is None else UUID(shown)
