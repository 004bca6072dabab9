"""Connections in a stack, and transactions bound to a tenant in as few round trips as there can be."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from bench.house import connect

Result = TypeVar("Result")
Connection = Any
"""An asyncpg connection; asyncpg ships no complete types."""


@dataclass(frozen=True)
class Pool:
    """The connections of one database role; whoever finds none waits."""

    free: asyncio.LifoQueue[Connection]

    @classmethod
    async def open(cls, dsn: str, size: int) -> "Pool":
        """Connect `size` times."""
        free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for _ in range(size):
            free.put_nowait(await connect(dsn))
        return cls(free)

    async def fetch(self, statement: str, *values: object) -> list[Any]:
        """One statement outside a transaction."""
        connection = await self.free.get()
        try:
            return await connection.fetch(statement, *values)
        finally:
            self.free.put_nowait(connection)

    async def work(self, act: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Something that begins and ends its own transactions; what it leaves open by failing is rolled back."""
        connection = await self.free.get()
        try:
            return await act(connection)
        except BaseException:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            raise
        finally:
            self.free.put_nowait(connection)

    async def close(self) -> None:
        """Give the connections back."""
        while not self.free.empty():
            await self.free.get_nowait().close()


def begin_read(tenant: UUID) -> str:
    """Begin a snapshot of one tenant's rows."""
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.tenant = '{tenant}'"


def begin_write(tenant: UUID) -> str:
    """Begin to write one tenant's rows."""
    return f"BEGIN; SET LOCAL app.tenant = '{tenant}'"


def alone(statement: str) -> str:
    """The one statement of a transaction, binding itself to the tenant $1 before it looks at any row: one round trip.

    The statement says `bound.tenant IS NOT NULL` where its rows come from, and OFFSET 0 keeps it whole; so PostgreSQL cannot begin it unbound.
    """
    binding = "(SELECT set_config('app.tenant', $1::uuid::text, true) AS tenant) bound"
    return f"SELECT found.* FROM {binding} CROSS JOIN LATERAL ({statement} OFFSET 0) found"
