"""One attempt of one job, and what becomes of the job when the attempt fails; the same for dramatiq's threads and for tests."""

import asyncio
import random
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from authz.revisions import OutdatedPolicyError
from kernel import queue_metrics
from kernel.database import Database
from kernel.logging import get_logger
from kernel.outbox_queue import MAX_ATTEMPTS, LeasedJob, finish, give_up, postpone
from kernel.reach import is_unreachable
from workers.actors import JobFunction
from workers.workshop import HopelessError, LeaseLostError, Workshop

_log = get_logger(__name__)
_FRAMES = 8


@dataclass(frozen=True)
class Patience:
    """How long a worker holds a job, and how often and how soon a failed one is tried again."""

    lease: timedelta = timedelta(seconds=15)
    time_limit: timedelta = timedelta(minutes=4)
    attempts: int = MAX_ATTEMPTS
    first_delay: timedelta = timedelta(seconds=0.5)
    longest_delay: timedelta = timedelta(minutes=5)

    def delay_after(self, attempts: int) -> timedelta:
        """Doubles with each attempt; up to a quarter is added by chance, so that what failed together does not come back together."""
        wait = min(self.first_delay * 2 ** (attempts - 1), self.longest_delay)
        return wait * random.uniform(1, 1.25)  # noqa: S311 - spreading load, not secrecy


async def run_job(workshop: Workshop, function: JobFunction, job: LeasedJob, patience: Patience) -> None:
    """One attempt. Returns when effect and end are committed; raises what the function raised, or TimeoutError."""
    queue_metrics.note_start(job)
    workshop.checkpoint("leased", job)
    async with asyncio.timeout(patience.time_limit.total_seconds()):
        await function(workshop, job)
    if job.id in workshop.ended:
        workshop.ended.discard(job.id)
    else:
        async with workshop.database.plain() as session:
            await finish(session, job)
    queue_metrics.note_end(job, "done")


async def settle_failure(database: Database, job: LeasedJob, failure: BaseException, patience: Patience) -> str:
    """Postpone the job or make it a dead letter; says which: `postponed`, `dead`, or `lost` where it was no longer ours."""
    hopeless = isinstance(failure, HopelessError) or (job.attempts >= patience.attempts and not _is_outage(failure))
    async with database.plain() as session:
        if hopeless:
            kept = await give_up(session, job, error=_describe(failure))
        else:
            kept = await postpone(session, job, error=_describe(failure), delay=patience.delay_after(job.attempts))
    outcome = "lost" if not kept else "dead" if hopeless else "postponed"
    queue_metrics.note_end(job, outcome)
    say = _log.error if outcome == "dead" else _log.warning
    facts = {"job": str(job.id), "tenant": str(job.tenant_id), "actor": job.actor, "attempt": job.attempts}
    say(f"job {outcome}", **facts, failure=repr(failure)[:500], ordering_key=job.ordering_key)
    return outcome


def was_overtaken(failure: BaseException | None) -> bool:
    """Whether another worker has the job now, so that there is nothing left to settle."""
    return isinstance(failure, LeaseLostError)


def find_function(actors: Mapping[str, JobFunction], name: str) -> JobFunction:
    """Raises HopelessError for a name nobody knows."""
    if name not in actors:
        message = f"no function is called {name!r}"
        raise HopelessError(message)
    return actors[name]


def _is_outage(failure: BaseException) -> bool:
    """Whether the database went away under the job, or a newer release took over; not the job's fault, so never makes it a dead letter."""
    if isinstance(failure, ConnectionError | OutdatedPolicyError) or is_unreachable(failure):
        return True
    return isinstance(failure, DBAPIError) and failure.connection_invalidated


def _describe(failure: BaseException) -> str:
    """Kind, words and place; no values of variables."""
    frames = traceback.extract_tb(failure.__traceback__)[-_FRAMES:]
    places = "\n".join(f"  {frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(failure).__name__}: {failure}\n{places}"
