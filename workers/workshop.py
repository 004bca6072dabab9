"""What a job is given to work with, and the transaction in which its effect and its end happen together."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import worker
from authz.revisions import require_newest
from authz.scope import Scope, WriteScope
from kernel.clock import Clock
from kernel.database import Database
from kernel.letters import Letter
from kernel.outbox_queue import LeasedJob, finish
from tenants.queries import find_tenant


class LeaseLostError(Exception):
    """The job was given to another worker meanwhile; what this one did is rolled back."""


class HopelessError(Exception):
    """The job can never succeed (unknown kind, malformed body): a dead letter at once."""


LetterHandler = Callable[[WriteScope, Letter], Awaitable[None]]
Reaction = Callable[[WriteScope, Mapping[str, Any]], Awaitable[None]]
DueHandler = Callable[[WriteScope, UUID], Awaitable[None]]


def pass_by(_moment: str, _job: LeasedJob) -> None:
    """No checkpoint: what a real worker does."""


@dataclass(frozen=True)
class Workshop:
    """The database in the courier's role, the business clock, and who handles what. `checkpoint` lets tests stop at a moment of a job."""

    database: Database
    clock: Clock
    letters: Mapping[str, LetterHandler]
    reactions: Mapping[str, tuple[Reaction, ...]]
    dues: Mapping[str, DueHandler]
    seal_key: bytes = field(repr=False)
    anchor_file: Path | None = None
    accounts_idle: bool = True
    """Whether unused accounts are disabled; not in the demo, whose clock jumps over years."""
    checkpoint: Callable[[str, LeasedJob], None] = pass_by
    ended: set[UUID] = field(default_factory=set[UUID])
    """Jobs whose end was committed with their effect; `workers.execution` empties it."""

    @asynccontextmanager
    async def act(self, job: LeasedJob, tenant_id: UUID) -> AsyncGenerator[WriteScope]:
        """A transaction on a tenant's rows, by a worker on its behalf, at whose end the job is done: both are kept, or neither."""
        async with self.database.write(tenant_id) as session:
            await require_newest(session)
            tenant = await find_tenant(session, tenant_id)
            if tenant is None:
                message = f"there is no tenant {tenant_id}"
                raise HopelessError(message)
            yield Scope(session, worker(tenant), self.clock, request_id=f"job:{job.id}")
            await self._end(session, job)
        self.ended.add(job.id)
        self.checkpoint("committed", job)

    @asynccontextmanager
    async def tend(self, job: LeasedJob) -> AsyncGenerator[AsyncSession]:
        """The same for a job of the installation: bound to no tenant."""
        async with self.database.plain() as session:
            yield session
            await self._end(session, job)
        self.ended.add(job.id)
        self.checkpoint("committed", job)

    async def _end(self, session: AsyncSession, job: LeasedJob) -> None:
        self.checkpoint("before_commit", job)
        await session.flush()
        if not await finish(session, job):
            message = f"attempt {job.attempts} of job {job.id} came too late"
            raise LeaseLostError(message)
