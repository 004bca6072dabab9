"""Work that must happen after a commit is a row written in that commit: a job, or a letter to another tenant.

`enqueue` and `post` belong to the running transaction; without the commit there is no job. A tenant's jobs of one `ordering_key` run one after the other,
in the order they were written (`kernel.outbox_queue`, which takes them out again, says how). `dedupe` keeps a second waiting job of the same key away. A
letter is a job of the courier, addressed to another tenant; its receiver remembers the letter's id in its inbox, in the same transaction as the effect, so
that a second delivery does nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, WriteSession
from kernel.deferred import SKIP
from kernel.ids import new_id

DELIVER = "deliver_letter"


class Job(Base):
    """A piece of work. `state`: ready, leased (a worker has it), done, dead (given up; an operator decides), discarded (by an operator)."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "queue", "run_at", "seq", postgresql_where=text("state = 'ready'")),
        Index("ix_job_lease", "lease_until", postgresql_where=text("state = 'leased'")),
        Index(
            "ix_job_ordering",
            "tenant_id",
            "ordering_key",
            "seq",
            postgresql_where=text("ordering_key is not null and state in ('ready', 'leased', 'dead')"),
        ),
        Index(
            "uq_job_dedupe",
            "tenant_id",
            "actor",
            "dedupe",
            unique=True,
            postgresql_where=text("dedupe is not null and state in ('ready', 'leased')"),
        ),
        Index("ix_job_dead", "seq", postgresql_where=text("state = 'dead'")),
        Index("ix_job_finished", "finished_at", postgresql_where=text("state in ('done', 'discarded')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    tenant_id: Mapped[UUID]
    queue: Mapped[str] = mapped_column(server_default="default")
    actor: Mapped[str]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="ready")
    run_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    dedupe: Mapped[str | None]
    ordering_key: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]


class InboxEntry(TenantRow, Base):
    """A letter this tenant has taken in; `id` is the letter's own id."""

    __tablename__ = "inbox_entry"

    sender_id: Mapped[UUID]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


async def enqueue(
    session: WriteSession,
    actor: str,
    body: Mapping[str, Any],
    *,
    queue: str = "default",
    run_at: datetime | None = None,
    dedupe: str | None = None,
    ordering_key: str | None = None,
) -> UUID:
    """Leave a job for the worker function named `actor`; `run_at` is real time, not the demo clock's."""
    job_id = new_id()
    values: dict[str, Any] = {
        "id": job_id,
        "tenant_id": session.tenant_id,
        "queue": queue,
        "actor": actor,
        "body": dict(body),
        "dedupe": dedupe,
        "ordering_key": ordering_key,
    }
    if run_at is not None:
        values["run_at"] = run_at
    session.deferred.insert(Job, values, conflict=SKIP)
    return job_id


async def post(session: WriteSession, *, to: UUID, kind: str, body: Mapping[str, Any], ordering_key: str) -> UUID:
    """Send a letter of `kind` to the tenant `to`; letters of one ordering key arrive in order. Returns the letter's id."""
    letter = {"to": str(to), "kind": kind, "body": dict(body)}
    return await enqueue(session, DELIVER, letter, queue="courier", ordering_key=ordering_key)


async def emit(session: WriteSession, event: str, body: Mapping[str, Any], *, ordering_key: str) -> UUID:
    """Announce what happened; the reactions to `event` run after the commit, in order per `ordering_key`."""
    return await enqueue(session, "react", {"event": event, **body}, ordering_key=ordering_key)
