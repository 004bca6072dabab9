"""Running everything that is ready, here and now, one job after the other: for tests and for loading demo data."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import text

from kernel.clock import Clock
from kernel.database import Database
from kernel.outbox_queue import LeasedJob, lease_due
from workers.actors import ACTORS, QUEUES, JobFunction
from workers.due import DUES
from workers.execution import Patience, find_function, run_job, settle_failure
from workers.letters import LETTERS
from workers.reactions import REACTIONS
from workers.schedule import Timetable
from workers.workshop import DueHandler, LetterHandler, Reaction, Workshop, pass_by


class CrashError(BaseException):
    """Raised by a checkpoint: the worker dies at this moment, as by `kill -9`."""


def make_workshop(
    database: Database,
    clock: Clock,
    *,
    letters: Mapping[str, LetterHandler] = LETTERS,
    reactions: Mapping[str, tuple[Reaction, ...]] = REACTIONS,
    dues: Mapping[str, DueHandler] = DUES,
    seal_key: bytes = b"",
) -> Workshop:
    """A workshop with the product's handlers, unless others are given. Without the installation's `seal_key` nothing can be sealed."""
    return Workshop(database, clock, letters, reactions, dues, seal_key)


async def drain(  # noqa: PLR0913 - options of a test
    database: Database,
    clock: Clock,
    *,
    workshop: Workshop | None = None,
    actors: Mapping[str, JobFunction] = ACTORS,
    crash: Callable[[str, LeasedJob], None] = pass_by,
    tick: bool = False,
    tolerant: bool = False,
    most: int = 10_000,
) -> int:
    """Run ready jobs until none is left; returns how many attempts there were. `database` is the courier's.

    `tick` first turns due dates into jobs (not the chores of the installation). A failing job's exception is raised, unless `tolerant`: then it is postponed
    without delay or given up, as in a worker. `crash(moment, job)` is called at `leased`, `before_commit` and `committed`; a CrashError from it leaves the job
    as a dead process would, and its lease expires at once.
    """
    shop = replace(workshop or make_workshop(database, clock), checkpoint=crash)
    if tick:
        await Timetable(()).tick(shop)
    attempts = 0
    while attempts < most:
        job = await _next_job(shop)
        if job is None:
            return attempts
        attempts += 1
        await _attempt(shop, actors, job, tolerant=tolerant)
    message = f"there is no end of jobs after {most}"
    raise RuntimeError(message)


async def _attempt(shop: Workshop, actors: Mapping[str, JobFunction], job: LeasedJob, *, tolerant: bool) -> None:
    patience = Patience()
    try:
        await run_job(shop, find_function(actors, job.actor), job, patience)
    except CrashError:
        await _run_sql(
            shop, "UPDATE job SET state = 'ready', lease_until = NULL WHERE id = :id AND state = 'leased'", job
        )
    except Exception as failure:
        await settle_failure(shop.database, job, failure, patience)
        if not tolerant:
            raise
        await _run_sql(shop, "UPDATE job SET run_at = now() WHERE id = :id AND state = 'ready'", job)


async def _next_job(shop: Workshop) -> LeasedJob | None:
    async with shop.database.plain() as session:
        for queue in reversed(QUEUES):
            jobs = await lease_due(session, queue, count=1, lease=Patience().lease)
            if jobs:
                return jobs[0]
    return None


async def _run_sql(shop: Workshop, statement: str, job: LeasedJob) -> None:
    async with shop.database.plain() as session:
        await session.execute(text(statement), {"id": job.id})
