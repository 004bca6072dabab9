"""Every name that a job may carry, and its function. A job of another name is a dead letter."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from kernel.outbox import DELIVER
from kernel.outbox_queue import LeasedJob
from kernel.schedule import DUE_ACTOR
from workers.chores import disable_idle_accounts, plan_seals, purge_jobs, purge_traces, seal_audit
from workers.courier import deliver_letter
from workers.workshop import HopelessError, Workshop

JobFunction = Callable[[Workshop, LeasedJob], Awaitable[None]]
QUEUES = ("courier", "default")


async def react(workshop: Workshop, job: LeasedJob) -> None:
    """Run everything that follows from an event, in one transaction of the tenant where it happened."""
    event = job.body.get("event")
    if not isinstance(event, str):
        message = "the event has no name"
        raise HopelessError(message)
    async with workshop.act(job, job.tenant_id) as scope:
        for reaction in workshop.reactions.get(event, ()):
            await reaction(scope, job.body)


async def fall_due(workshop: Workshop, job: LeasedJob) -> None:
    """Run what a remembered date was remembered for."""
    kind = str(job.body.get("kind"))
    handler = workshop.dues.get(kind)
    if handler is None:
        message = f"nobody handles the date {kind!r}"
        raise HopelessError(message)
    async with workshop.act(job, job.tenant_id) as scope:
        await handler(scope, UUID(str(job.body["object_id"])))


ACTORS: Mapping[str, JobFunction] = {
    DELIVER: deliver_letter,
    "react": react,
    DUE_ACTOR: fall_due,
    "plan_seals": plan_seals,
    "seal_audit": seal_audit,
    "purge_jobs": purge_jobs,
    "purge_traces": purge_traces,
    "disable_idle_accounts": disable_idle_accounts,
}
