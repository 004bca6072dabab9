"""`jiangti jobs`: the dead letters. A dead letter holds everything younger of its case until an operator decides."""

from argparse import Namespace
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cli.commands import Commands, add_command
from kernel import audit
from kernel.database import Database
from kernel.outbox_queue import NO_TENANT, discard_dead, list_dead, measure, requeue_dead
from kernel.postgres import database_urls, find_server
from kernel.settings import Settings
from migrations.runner import run_blocking

_PAGE = 100
Decide = Callable[[AsyncSession, UUID], Awaitable[bool]]
DECISIONS: dict[str, Decide] = {"requeue": requeue_dead, "discard": discard_dead}
_PAST = {"requeue": "requeued", "discard": "discarded"}


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(commands, "jobs", "list dead letters, run one again, or give it up for good", run)
    acts = parser.add_subparsers(dest="act", metavar="act", required=True)
    acts.add_parser("list", help="what is dead and what it holds; exit code 1 if anything is")
    for act, description in (
        ("requeue", "run dead letters again, from the first attempt"),
        ("discard", "give dead letters up for good"),
    ):
        one = acts.add_parser(act, help=description)
        one.add_argument("ids", nargs="+", type=UUID, metavar="id")
        one.add_argument("--operator", required=True, help="who decides; kept in the tenant's audit trail")


def run(settings: Settings, arguments: Namespace) -> int:
    """Do it; exit code 1 where something is dead or was not found."""
    return run_blocking(_run(settings, arguments))


async def _run(settings: Settings, arguments: Namespace) -> int:
    database = Database(database_urls(settings, find_server(settings)).courier, pool_size=2)
    try:
        if arguments.act == "list":
            return await show_dead(database)
        return max([await decide(database, arguments.act, job_id, arguments.operator) for job_id in arguments.ids])
    finally:
        await database.close()


async def show_dead(database: Database) -> int:
    """Print every dead letter and a summary of the queue."""
    after = 0
    while True:
        async with database.plain() as session:
            page = await list_dead(session, after=after, count=_PAGE)
        for job in page:
            about = f"{job.actor} {job.matter}".strip()
            print(
                f"{job.id}  {job.finished_at:%Y-%m-%d %H:%M}  {about}  tenant {job.tenant_id}  attempts {job.attempts}"
            )
            print(f"    holds {job.held} others; {job.error.splitlines()[0] if job.error else 'no error kept'}")
        if len(page) < _PAGE:
            break
        after = page[-1].seq
    async with database.plain() as session:
        state = await measure(session)
    print(f"{state.ready} ready, {state.delayed} delayed, {state.leased} running, {state.dead} dead")
    return 1 if state.dead else 0


async def decide(database: Database, act: str, job_id: UUID, operator: str) -> int:
    """Requeue or discard one dead letter and leave the audit entry in its tenant; 1 if it is not a dead letter."""
    async with database.plain() as session:
        tenant_id = await session.scalar(text("SELECT tenant_id FROM job WHERE id = :id"), {"id": job_id})
    if tenant_id is None or not await _decided(database, act, job_id, tenant_id, operator):
        print(f"{job_id} is no dead letter")
        return 1
    print(f"{job_id} {_PAST[act]}")
    return 0


async def _decided(database: Database, act: str, job_id: UUID, tenant_id: UUID, operator: str) -> bool:
    if tenant_id == NO_TENANT:
        async with database.plain() as session:
            return await DECISIONS[act](session, job_id)
    async with database.write(tenant_id) as session:
        done = await DECISIONS[act](session, job_id)
        if done:
            audit.record(
                session,
                at=datetime.now(UTC),
                account_id=None,
                actor=f"operator {operator}",
                act=f"job.{act}",
                object_kind="job",
                object_id=job_id,
            )
        return done
