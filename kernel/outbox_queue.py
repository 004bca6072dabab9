"""The other end of the outbox: jobs are taken, held, finished, put back or given up, by state and lease; knows no worker library.

A taken job is `leased` until `lease_until`; every later step is fenced by the number of the attempt, so that a worker that lost its lease changes nothing
any more. Time here is the database's `now()`.

Order: a job with an ordering key is taken only while no older job of the same tenant and key is unfinished. "Older" is the order of writing (`seq`); it is the
order of commits wherever the writers of one key exclude each other, as all writers of one case do by locking its row. A dead letter holds its key: what
follows may rest on what did not happen, so an operator requeues or discards it (`jiangti jobs`); until then `measure` counts it and the log shouts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import WriteSession
from kernel.ids import new_id

NO_TENANT = UUID(int=0)
"""The owner of jobs that belong to the installation as a whole."""
MAX_ATTEMPTS = 8
_ERROR_LENGTH = 4000


@dataclass(frozen=True)
class LeasedJob:
    """A job in a worker's hands; `attempts` counts this one and fences every later step."""

    id: UUID
    seq: int
    tenant_id: UUID
    queue: str
    actor: str
    body: dict[str, Any] = field(repr=False)  # may hold personal data; dramatiq logs jobs by their repr
    attempts: int
    ordering_key: str | None
    created_at: datetime
    waited: float
    """Seconds between the moment it could run and the moment it was taken."""


@dataclass(frozen=True)
class DeadJob:
    """A job that was given up, as an operator sees it; the body may hold personal data and is not shown."""

    id: UUID
    seq: int
    tenant_id: UUID
    actor: str
    matter: str
    attempts: int
    ordering_key: str | None
    error: str
    finished_at: datetime
    held: int
    """How many younger jobs wait behind it."""


@dataclass(frozen=True)
class QueueState:
    """How full the queue is; `oldest_wait` is in seconds, of jobs that could run now."""

    ready: int
    delayed: int
    leased: int
    dead: int
    oldest_wait: float


_TYPES = {
    "id": PG_UUID(as_uuid=True),
    "tenant_id": PG_UUID(as_uuid=True),
    "body": JSONB(),
    "created_at": DateTime(timezone=True),
    "finished_at": DateTime(timezone=True),
}

_LEASE = text(
    """
    WITH due AS (
        SELECT j.id FROM job j
        WHERE j.queue = :queue AND j.state = 'ready' AND j.run_at <= now()
          AND (j.ordering_key IS NULL OR NOT EXISTS (
              SELECT FROM job o
              WHERE o.tenant_id = j.tenant_id AND o.ordering_key = j.ordering_key AND o.seq < j.seq
                AND o.ordering_key IS NOT NULL AND o.state IN ('ready', 'leased', 'dead')))
        ORDER BY j.run_at, j.seq LIMIT :count
        FOR UPDATE OF j SKIP LOCKED)
    UPDATE job SET state = 'leased', attempts = attempts + 1, lease_until = now() + make_interval(secs => :seconds)
    FROM due WHERE job.id = due.id
    RETURNING job.id, job.seq, job.tenant_id, job.queue, job.actor, job.body, job.attempts, job.ordering_key, job.created_at,
              extract(epoch FROM now() - job.run_at)::float8 AS waited
    """,
)
_EMPTIED = "CASE actor WHEN 'deliver_letter' THEN jsonb_build_object('to', body -> 'to', 'kind', body -> 'kind') ELSE body - 'changes' END"
"""What a job that is done still says. What a letter told, and the values of what changed, are with whoever took it in, and no longer in the queue."""
_FINISH = text(
    f"UPDATE job SET state = 'done', finished_at = now(), lease_until = NULL, error = NULL, body = {_EMPTIED}"
    " WHERE id = :id AND state = 'leased' AND attempts = :attempts RETURNING id",
)
_POSTPONE = text(
    "UPDATE job SET state = 'ready', lease_until = NULL, run_at = now() + make_interval(secs => :seconds), error = :error"
    " WHERE id = :id AND state = 'leased' AND attempts = :attempts RETURNING id",
)
_GIVE_UP = text(
    "UPDATE job SET state = 'dead', lease_until = NULL, finished_at = now(), error = :error"
    " WHERE id = :id AND state = 'leased' AND attempts = :attempts RETURNING id",
)
_HELD = "SELECT job.id FROM job JOIN unnest(:ids, :attempts) AS held(id, attempts) USING (id, attempts) WHERE state = 'leased'"
_EXTEND = text(
    f"UPDATE job SET lease_until = now() + make_interval(secs => :seconds) WHERE id IN ({_HELD} FOR UPDATE OF job SKIP LOCKED)",
)
_RELEASE = text(
    "UPDATE job SET state = 'ready', lease_until = NULL, attempts = job.attempts - 1"
    f" WHERE id IN ({_HELD} FOR UPDATE OF job)",
)
_RECLAIM = text(
    """
    WITH lost AS (
        SELECT id FROM job WHERE state = 'leased' AND lease_until < now() ORDER BY lease_until LIMIT 500 FOR UPDATE SKIP LOCKED)
    UPDATE job SET
        state = CASE WHEN attempts >= :most THEN 'dead' ELSE 'ready' END,
        run_at = now() + make_interval(secs => random() * least(2 ^ (attempts - 1), 60)),
        error = 'the worker was lost during attempt ' || attempts,
        finished_at = CASE WHEN attempts >= :most THEN now() END,
        lease_until = NULL
    FROM lost WHERE job.id = lost.id
    RETURNING job.id, job.tenant_id, job.actor, job.attempts, job.state
    """,
)
_STATE = text(
    """
    SELECT count(*) FILTER (WHERE state = 'ready' AND run_at <= now()) AS ready,
           count(*) FILTER (WHERE state = 'ready' AND run_at > now()) AS delayed,
           count(*) FILTER (WHERE state = 'leased') AS leased,
           count(*) FILTER (WHERE state = 'dead') AS dead,
           coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'ready' AND run_at <= now())), 0)::float8 AS oldest_wait
    FROM job WHERE state IN ('ready', 'leased', 'dead')
    """,
)
_LIST_DEAD = text(
    """
    SELECT d.id, d.seq, d.tenant_id, d.actor, coalesce(d.body ->> 'event', d.body ->> 'kind', '') AS matter, d.attempts, d.ordering_key,
           coalesce(d.error, '') AS error, d.finished_at,
           (SELECT count(*) FROM job w WHERE w.tenant_id = d.tenant_id AND w.ordering_key = d.ordering_key
              AND w.ordering_key IS NOT NULL AND w.seq > d.seq AND w.state IN ('ready', 'leased', 'dead')) AS held
    FROM job d WHERE d.state = 'dead' AND d.seq > :after ORDER BY d.seq LIMIT :count
    """,
)
_PURGE = text(
    """
    WITH old AS (
        SELECT id FROM job WHERE state IN ('done', 'discarded') AND finished_at < now() - make_interval(secs => :seconds)
        ORDER BY finished_at LIMIT :count FOR UPDATE SKIP LOCKED)
    DELETE FROM job USING old WHERE job.id = old.id RETURNING job.id
    """,
)


async def lease_due(session: AsyncSession, queue: str, *, count: int, lease: timedelta) -> list[LeasedJob]:
    """Take up to `count` jobs of a queue that may run now, the oldest first; of one ordering key never more than one."""
    given = {"queue": queue, "count": count, "seconds": lease.total_seconds()}
    rows = await session.execute(_typed(_LEASE), given)
    return sorted((LeasedJob(**row) for row in rows.mappings()), key=lambda job: job.seq)


async def finish(session: AsyncSession, job: LeasedJob) -> bool:
    """Mark it done. In the transaction of its effect this makes the effect happen once; False: the lease was lost, roll back."""
    return await _step(session, _FINISH, job)


async def postpone(session: AsyncSession, job: LeasedJob, *, error: str, delay: timedelta) -> bool:
    """Put it back, to be tried again after `delay`; younger jobs of its key wait."""
    return await _step(session, _POSTPONE, job, error=error[:_ERROR_LENGTH], seconds=delay.total_seconds())


async def give_up(session: AsyncSession, job: LeasedJob, *, error: str) -> bool:
    """Make it a dead letter; its ordering key is held until an operator decides."""
    return await _step(session, _GIVE_UP, job, error=error[:_ERROR_LENGTH])


async def extend(session: AsyncSession, jobs: Iterable[LeasedJob], *, lease: timedelta) -> None:
    """Hold these jobs longer. A row that is just being finished, or that was lost, is passed over."""
    await session.execute(_pairs(_EXTEND), _held(jobs) | {"seconds": lease.total_seconds()})


async def release(session: AsyncSession, jobs: Iterable[LeasedJob]) -> None:
    """Put back jobs that were taken and never begun; the attempt does not count. Never call it for a job that may be running."""
    await session.execute(_pairs(_RELEASE), _held(jobs))


async def reclaim(session: AsyncSession, *, most: int = MAX_ATTEMPTS) -> Sequence[Any]:
    """Free the jobs whose worker was lost; one that was lost `most` times becomes a dead letter. Rows: id, tenant_id, actor, attempts, state.

    They come back at different moments, so that a job that kills its worker does not take the same neighbours with it each time.
    """
    return (await session.execute(_typed(_RECLAIM, "id", "tenant_id"), {"most": most})).all()


async def measure(session: AsyncSession) -> QueueState:
    """Count the unfinished jobs."""
    return QueueState(**(await session.execute(_STATE)).mappings().one())


async def list_dead(session: AsyncSession, *, after: int = 0, count: int = 100) -> list[DeadJob]:
    """Dead letters in the order of writing, from the one after `seq == after`."""
    rows = await session.execute(_typed(_LIST_DEAD, "id", "tenant_id", "finished_at"), {"after": after, "count": count})
    return [DeadJob(**row) for row in rows.mappings()]


async def requeue_dead(session: AsyncSession, job_id: UUID) -> bool:
    """Let a dead letter run again from its first attempt, in its old place in the order."""
    again = text(
        "UPDATE job SET state = 'ready', attempts = 0, run_at = now(), finished_at = NULL, dedupe = NULL WHERE id = :id AND state = 'dead'"
        " RETURNING id",
    )
    return (await session.execute(again, {"id": job_id})).first() is not None


async def discard_dead(session: AsyncSession, job_id: UUID) -> bool:
    """Give a dead letter up for good and free what waits behind it; the row stays until the purge."""
    away = text(
        f"UPDATE job SET state = 'discarded', finished_at = now(), body = {_EMPTIED} WHERE id = :id AND state = 'dead' RETURNING id"
    )
    return (await session.execute(away, {"id": job_id})).first() is not None


async def purge_finished(session: AsyncSession, *, older_than: timedelta, count: int = 5000) -> int:
    """Delete up to `count` jobs that ended long ago; returns how many there were."""
    return len((await session.execute(_PURGE, {"seconds": older_than.total_seconds(), "count": count})).all())


async def enqueue_for(
    session: AsyncSession, tenant_id: UUID, actor: str, body: dict[str, Any], *, dedupe: str, queue: str = "default"
) -> None:
    """A job of the machinery's own, for any tenant or NO_TENANT; only the courier may write it. A waiting one of the same key suffices."""
    insert = text(
        "INSERT INTO job (id, tenant_id, queue, actor, body, dedupe) VALUES (:id, :tenant_id, :queue, :actor, :body, :dedupe)"
        " ON CONFLICT DO NOTHING",
    ).bindparams(bindparam("body", type_=JSONB()))
    given = {"id": new_id(), "tenant_id": tenant_id, "queue": queue, "actor": actor, "body": body, "dedupe": dedupe}
    await session.execute(insert, given)


async def _step(session: AsyncSession | WriteSession, statement: TextClause, job: LeasedJob, **values: object) -> bool:
    return (await session.execute(statement, {"id": job.id, "attempts": job.attempts, **values})).first() is not None


def _typed(statement: TextClause, *columns: str) -> Any:  # noqa: ANN401 - SQLAlchemy's TextualSelect, generic over nothing
    return statement.columns(**{name: _TYPES[name] for name in columns or ("id", "tenant_id", "body", "created_at")})


def _pairs(statement: TextClause) -> TextClause:
    ids, attempts = ARRAY(PG_UUID(as_uuid=True)), ARRAY(Integer)
    return statement.bindparams(bindparam("ids", type_=ids), bindparam("attempts", type_=attempts))


def _held(jobs: Iterable[LeasedJob]) -> dict[str, Any]:
    held = list(jobs)
    return {"ids": [job.id for job in held], "attempts": [job.attempts for job in held]}
