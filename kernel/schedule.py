"""What is to happen on a date, and which slots of the clock have been served.

A service that sets a date (the end of a notice, a report's due date) calls `remember_due` in its transaction; on that day of the business clock the courier
turns the row into one job, in one transaction. The handler must look again whether the matter is still open and really due. The rows of all tenants stand
in one index by date, so that a quiet day costs nothing however many tenants there are.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Index, Text, bindparam, delete, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, WriteSession
from kernel.ids import new_id

DUE_ACTOR = "fall_due"


class DueItem(Base):
    """On `due_on` (business clock) the object of this kind wants attention. The courier sees all rows, a tenant its own."""

    __tablename__ = "due_item"
    __table_args__ = (Index("ix_due_item_due", "due_on", "tenant_id"),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_on: Mapped[date]


class ScheduleRun(Base):
    """A slot of a chore's timetable that one scheduler has taken; the key keeps every other one out."""

    __tablename__ = "schedule_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)


class WorkerBeat(Base):
    """A worker process's sign of life, in real time."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    beat_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_jobs: Mapped[int] = mapped_column(default=0)


async def remember_due(session: WriteSession, kind: str, object_id: UUID, *, on: date) -> None:
    """Have the handler of `kind` (`workers.due`) called for the object on that day; a new date replaces the old one."""
    row = {"tenant_id": session.tenant_id, "kind": kind, "object_id": object_id, "due_on": on}
    wanted = insert(DueItem).values(row)
    key = ["tenant_id", "kind", "object_id"]
    await session.execute(wanted.on_conflict_do_update(index_elements=key, set_={"due_on": on}))


async def forget_due(session: WriteSession, kind: str, object_id: UUID) -> None:
    """The matter is settled; nothing happens any more on its date."""
    await session.execute(delete(DueItem).filter_by(tenant_id=session.tenant_id, kind=kind, object_id=object_id))


_TAKE_DUE = (
    text(
        """
        WITH due AS (
            SELECT tenant_id, kind, object_id, due_on FROM due_item
            WHERE due_on <= :today ORDER BY due_on, tenant_id LIMIT :count FOR UPDATE SKIP LOCKED)
        DELETE FROM due_item d USING due
        WHERE (d.tenant_id, d.kind, d.object_id) = (due.tenant_id, due.kind, due.object_id)
        RETURNING d.tenant_id, d.kind, d.object_id, d.due_on
        """,
    )
    .bindparams(bindparam("today", type_=Date()))
    .columns(tenant_id=PG_UUID(as_uuid=True), kind=Text(), object_id=PG_UUID(as_uuid=True), due_on=Date())
)
_WRITE_JOBS = text(
    """
    INSERT INTO job (id, tenant_id, actor, body, dedupe, ordering_key)
    SELECT id, tenant_id, :actor, jsonb_build_object('kind', kind, 'object_id', object_id, 'due_on', due_on),
           kind || ':' || object_id || ':' || due_on, kind || ':' || object_id
    FROM unnest(:ids, :tenants, :kinds, :objects, :dates) WITH ORDINALITY AS due(id, tenant_id, kind, object_id, due_on, position)
    ORDER BY position
    ON CONFLICT DO NOTHING
    """,
).bindparams(
    bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("tenants", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("objects", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("dates", type_=ARRAY(Date())),
)


async def turn_due_into_jobs(session: AsyncSession, *, today: date, count: int = 500) -> int:
    """Take up to `count` items of all tenants whose day has come and write their jobs, oldest day first; only the courier may. Returns how many."""
    rows = (await session.execute(_TAKE_DUE, {"today": today, "count": count})).all()
    if not rows:
        return 0
    rows = sorted(rows, key=lambda row: (row.due_on, row.tenant_id, row.kind, row.object_id))
    values: dict[str, Any] = {
        "actor": DUE_ACTOR,
        "ids": [new_id() for _ in rows],
        "tenants": [row.tenant_id for row in rows],
        "kinds": [row.kind for row in rows],
        "objects": [row.object_id for row in rows],
        "dates": [row.due_on for row in rows],
    }
    await session.execute(_WRITE_JOBS, values)
    return len(rows)


async def take_slot(session: AsyncSession, name: str, slot: datetime) -> bool:
    """Whether this slot is ours: True for exactly one of all schedulers that ask, if its transaction commits."""
    taken = insert(ScheduleRun).values(name=name, slot=slot).on_conflict_do_nothing().returning(ScheduleRun.name)
    return (await session.execute(taken)).first() is not None


async def beat(session: AsyncSession, name: str, finished_jobs: int) -> None:
    """Leave a sign of life, and clear away the names that have been silent for a day."""
    values = {"finished_jobs": finished_jobs, "beat_at": text("now()")}
    alive = insert(WorkerBeat).values(name=name, **values)
    await session.execute(alive.on_conflict_do_update(index_elements=["name"], set_=values))
    await session.execute(text("DELETE FROM worker_beat WHERE beat_at < now() - interval '1 day'"))


async def forget_slots(session: AsyncSession, *, older_than: timedelta) -> None:
    """Drop the record of slots that no scheduler can ask for any more."""
    away = text("DELETE FROM schedule_run WHERE slot < now() - make_interval(secs => :seconds)")
    await session.execute(away, {"seconds": older_than.total_seconds()})
