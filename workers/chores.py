"""The installation's own work: sealing audit entries, clearing away what has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from kernel import schedule
from kernel.audit import AuditPending
from kernel.audit_anchor import append_anchor
from kernel.audit_chain import Anchor, seal_entries
from kernel.database import Base
from kernel.idempotency import IdempotencyKey
from kernel.logging import get_logger
from kernel.outbox_queue import LeasedJob, enqueue_for, purge_finished
from tenants.accounts.model import SignInFailure, SignInSession
from workers.workshop import Workshop

KEEP_JOBS = timedelta(days=7)
KEEP_SLOTS = timedelta(days=30)
KEEP_TRACES = timedelta(days=7)
TRACES: Mapping[type[Base], InstrumentedAttribute[datetime]] = {
    SignInFailure: SignInFailure.at,
    SignInSession: SignInSession.expires_at,
    IdempotencyKey: IdempotencyKey.at,
}
"""What people leave behind by asking, by the time from which it is of no more use. Of used keys the courier's role sees only those older than this
(`migrations/versions/0001_kernel.py`)."""
_TENANTS_AT_ONCE = 1000
_SEALS_AT_ONCE = 20
_LOOK_AGAIN = "now() + interval '10 minutes'"

_log = get_logger(__name__)


async def plan_seals(workshop: Workshop, job: LeasedJob) -> None:
    """A sealing job for each tenant that has unsealed entries; tenants without are not touched."""
    async with workshop.tend(job) as session:
        query = select(AuditPending.tenant_id).where(AuditPending.due_at <= text("now()"))
        waiting = query.order_by(AuditPending.due_at).limit(_TENANTS_AT_ONCE).with_for_update(skip_locked=True)
        tenants = (await session.scalars(waiting)).all()
        await session.execute(delete(AuditPending).where(AuditPending.tenant_id.in_(tenants)))
        for tenant_id in tenants:
            await enqueue_for(session, tenant_id, "seal_audit", {}, dedupe="seal_audit")


async def seal_audit(workshop: Workshop, job: LeasedJob) -> None:
    """Seal a tenant's entries; look again after ten minutes for those whose transactions were still open."""
    if not workshop.seal_key:
        message = "this workshop has no key to seal with"
        raise RuntimeError(message)
    anchors: list[Anchor] = []
    async with workshop.act(job, job.tenant_id) as scope:
        while len(anchors) < _SEALS_AT_ONCE and (anchor := await seal_entries(scope.session, workshop.seal_key)):
            anchors.append(anchor)
        if anchors:
            due_at = text("now()" if len(anchors) == _SEALS_AT_ONCE else _LOOK_AGAIN)
            later = insert(AuditPending).values(tenant_id=scope.tenant_id, due_at=due_at)
            await scope.session.execute(later.on_conflict_do_nothing())
    for anchor in anchors:
        _leave_anchor(workshop, anchor)


async def purge_jobs(workshop: Workshop, job: LeasedJob) -> None:
    """Delete the jobs that ended a week ago, and the record of old slots."""
    async with workshop.tend(job) as session:
        await schedule.forget_slots(session, older_than=KEEP_SLOTS)
        while await purge_finished(session, older_than=KEEP_JOBS):
            pass


async def purge_traces(workshop: Workshop, job: LeasedJob) -> None:
    """Delete failed sign-ins, sessions that have run out and used keys when they are a week old, by whichever of the two clocks is behind."""
    before = func.least(workshop.clock.now() - KEEP_TRACES, func.now() - KEEP_TRACES)
    async with workshop.tend(job) as session:
        for model, moment in TRACES.items():
            old = delete(model).where(moment < before)
            await session.execute(old.execution_options(synchronize_session=False))


def _leave_anchor(workshop: Workshop, anchor: Anchor) -> None:
    tenant: UUID = anchor.tenant_id
    _log.info(
        "audit sealed", tenant=str(tenant), seal_number=anchor.number, entries=anchor.total, seal=anchor.seal.hex()
    )
    if workshop.anchor_file is not None:
        append_anchor(workshop.anchor_file, anchor)
