"""The installation's own work: sealing audit entries, clearing away what has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from authz.scope import WriteScope
from kernel import schedule
from kernel.audit import AuditPending
from kernel.audit_chain import Anchor, seal_entries
from kernel.database import Base
from kernel.idempotency import IdempotencyKey
from kernel.outbox_queue import LeasedJob, enqueue_for, purge_finished
from tenants.accounts.model import Account, FederatedAttempt, SignInChallenge, SignInFailure, SignInSession
from tenants.accounts.policy import IDLE_ACCOUNT
from workers.anchors import leave_anchor, send_anchor
from workers.workshop import Workshop

KEEP_JOBS = timedelta(days=7)
KEEP_SLOTS = timedelta(days=30)
KEEP_TRACES = timedelta(days=7)
TRACES: Mapping[type[Base], InstrumentedAttribute[datetime]] = {
    SignInFailure: SignInFailure.at,
    SignInSession: SignInSession.expires_at,
    SignInChallenge: SignInChallenge.expires_at,
    FederatedAttempt: FederatedAttempt.expires_at,
    IdempotencyKey: IdempotencyKey.at,
}
"""What people leave behind by asking, by the time from which it is of no more use. Of used keys the courier's role sees only those older than this
(`migrations/versions/0001_kernel.py`)."""
_TENANTS_AT_ONCE = 1000
_SEALS_AT_ONCE = 20
_LOOK_AGAIN = {1: "now() + interval '1 minute'", 2: "now() + interval '10 minutes'"}
"""After the longest transaction of the web, and after the longest of a worker."""


async def plan_seals(workshop: Workshop, job: LeasedJob) -> None:
    """A sealing job for each tenant that has unsealed entries; tenants without are not touched."""
    async with workshop.tend(job) as session:
        query = select(AuditPending.tenant_id, AuditPending.round).where(AuditPending.due_at <= text("now()"))
        waiting = query.order_by(AuditPending.due_at).limit(_TENANTS_AT_ONCE).with_for_update(skip_locked=True)
        found = [(row.tenant_id, row.round) for row in await session.execute(waiting)]
        await session.execute(delete(AuditPending).where(tuple_(AuditPending.tenant_id, AuditPending.round).in_(found)))
        for tenant_id in dict.fromkeys(tenant_id for tenant_id, _ in found):
            await enqueue_for(session, tenant_id, "seal_audit", {}, dedupe="seal_audit")


async def seal_audit(workshop: Workshop, job: LeasedJob) -> None:
    """Seal a tenant's entries; where there were some, look again for those whose transactions were still open."""
    if not workshop.seal_key:
        message = "this workshop has no key to seal with"
        raise RuntimeError(message)
    anchors: list[Anchor] = []
    async with workshop.act(job, job.tenant_id) as scope:
        while len(anchors) < _SEALS_AT_ONCE and (anchor := await seal_entries(scope.session, workshop.seal_key)):
            anchors.append(anchor)
        if anchors:
            await send_anchor(scope, anchors[-1])
            await _look_again(scope, at_once=len(anchors) == _SEALS_AT_ONCE)
    for anchor in anchors:
        leave_anchor(workshop, anchor)


async def _look_again(scope: WriteScope, *, at_once: bool) -> None:
    rounds = ({0: "now()"} if at_once else {}) | _LOOK_AGAIN
    for number, due_at in rounds.items():
        later = insert(AuditPending).values(tenant_id=scope.tenant_id, round=number, due_at=text(due_at))
        await scope.session.execute(later.on_conflict_do_nothing())


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


async def disable_idle_accounts(workshop: Workshop, job: LeasedJob) -> None:
    """Nobody signs in any more with an account that was not used for long (等保 8.1.4.2.c); `tenants.accounts.service.enable_account` undoes it."""
    before = func.least(workshop.clock.now() - IDLE_ACCOUNT, func.now() - IDLE_ACCOUNT)
    async with workshop.tend(job) as session:
        if workshop.accounts_idle:
            idle = update(Account).where(
                Account.state == "active", func.coalesce(Account.active_at, Account.created_at) < before
            )
            await session.execute(idle.values(state="disabled").execution_options(synchronize_session=False))
