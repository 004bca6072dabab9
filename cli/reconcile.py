"""`jiangti reconcile`: do both sides of every handover tell the same story, and is every letter delivered?

It reads as the courier does, one tenant after the other, each in a transaction bound to that tenant: nothing here sees more than a delivery would, and no role
needs a way round row-level security. So its time grows with the number of unions and handovers; it is a check for the night, and holds no lock.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from cli.commands import Commands, add_command
from kernel.database import Database
from kernel.outbox_queue import list_dead, measure
from kernel.postgres import database_urls, find_server
from kernel.settings import Settings
from migrations.runner import run_blocking
from programmes.handovers.model import Handover
from programmes.handovers.rules import Direction, HandoverState
from tenants.model import Tenant
from tenants.queries import list_tenants

PAGE = 500
ALLOWED = frozenset((state.value, state.value) for state in HandoverState if state is not HandoverState.WITHDRAWING)
"""State below and state above once every letter has arrived; a withdrawal under way is a letter on its way."""
_LOOK_SECONDS = 0.2
_SECOND_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Side:
    """What one tenant's record says of a handover."""

    tenant_id: UUID
    correlation_id: UUID
    direction: str
    counterpart_id: UUID
    state: str
    sha256: str | None


@dataclass(frozen=True)
class Difference:
    """A handover whose sides do not agree. `sender` and `receiver` are tenants: below and above."""

    correlation_id: UUID
    sender: UUID
    receiver: UUID
    said: str


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(
        commands, "reconcile", "compare both sides of every handover; exit code 1 on any difference", run
    )
    parser.add_argument(
        "--settle", type=float, default=10.0, metavar="SECONDS", help="wait this long for letters that are on their way"
    )


def run(settings: Settings, arguments: Namespace) -> int:
    """Print every difference and a summary."""
    return run_blocking(_run(settings, arguments.settle))


async def _run(settings: Settings, settle: float) -> int:
    database = Database(database_urls(settings, find_server(settings)).courier, pool_size=2)
    try:
        return await reconcile(database, settle=settle, say=print)
    finally:
        await database.close()


async def reconcile(database: Database, *, settle: float, say: Callable[[str], object]) -> int:
    """1 if a handover's sides differ, a letter is not delivered or dead letters wait; else 0. `database` is the courier's."""
    wrong = await _look_at_queue(database, settle, say)
    handovers = 0
    async for tenant_id, sides in _all_sides(database):
        handovers += sum(side.direction == Direction.OUTGOING for side in sides)
        for difference in await _confirmed(database, tenant_id, sides):
            wrong += 1
            async with database.plain() as session:
                known = await list_tenants(session, (difference.sender, difference.receiver))
            between = " -> ".join(known[end].code for end in (difference.sender, difference.receiver) if end in known)
            say(f"difference: handover {difference.correlation_id} {between}: {difference.said}")
    say(f"{handovers} handovers compared, {wrong} differences")
    return 1 if wrong else 0


def compare(below: Side | None, above: Side | None) -> str | None:
    """What is wrong with a pair, or None. An offer that was never answered is still a pair: both say `offered`."""
    if below is None:
        return f"the sender has no record, the receiver says {above.state}" if above else None
    if above is None:
        return f"the sender says {below.state}, the receiver has no record"
    if (below.tenant_id, below.counterpart_id) != (above.counterpart_id, above.tenant_id):
        return "the sides name different counterparts"
    if (below.state, above.state) not in ALLOWED:
        return f"the sender says {below.state}, the receiver says {above.state}"
    if below.sha256 != above.sha256:
        return f"the dossier's hash is {below.sha256} at the sender and {above.sha256} at the receiver"
    return None


async def _look_at_queue(database: Database, settle: float, say: Callable[[str], object]) -> int:
    """Wait for what is on its way; then count what is still undelivered, and the dead letters."""
    waiting = await _count_waiting(database)
    for _ in range(round(settle / _LOOK_SECONDS)):
        if not waiting:
            break
        await asyncio.sleep(_LOOK_SECONDS)
        waiting = await _count_waiting(database)
    if waiting:
        say(f"undelivered: {waiting} letters or reactions wait or run")
    async with database.plain() as session:
        dead = (await measure(session)).dead
        for job in await list_dead(session):
            say(f"dead letter: {job.id} {job.actor} {job.matter}, holds {job.held} others: {job.error.splitlines()[0]}")
    return waiting + dead


async def _count_waiting(database: Database) -> int:
    query = text("SELECT count(*) FROM job WHERE state IN ('ready', 'leased') AND actor IN ('deliver_letter', 'react')")
    async with database.plain() as session:
        return (await session.execute(query)).scalar_one()


async def _all_sides(database: Database) -> AsyncIterator[tuple[UUID, Sequence[Side]]]:
    """Every record of every tenant, a page at a time."""
    after = UUID(int=0)
    while True:
        async with database.plain() as session:
            query = select(Tenant.id).where(Tenant.id > after).order_by(Tenant.id).limit(PAGE)
            tenants = (await session.scalars(query)).all()
        if not tenants:
            return
        for tenant_id in tenants:
            async for sides in _sides_of(database, tenant_id):
                yield tenant_id, sides
        after = tenants[-1]


async def _sides_of(database: Database, tenant_id: UUID) -> AsyncIterator[Sequence[Side]]:
    after = UUID(int=0)
    while True:
        async with database.read(tenant_id) as session:
            query = select(Handover).where(Handover.tenant_id == tenant_id, Handover.id > after)
            rows = (await session.scalars(query.order_by(Handover.id).limit(PAGE))).all()
            sides = [_side(row) for row in rows]
        if not rows:
            return
        yield sides
        after = rows[-1].id


async def _confirmed(database: Database, tenant_id: UUID, sides: Iterable[Side]) -> Sequence[Difference]:
    """The differences of a page that are still there at a second look: the sides are read one after the other, and a letter may arrive in between."""
    found = await _differences(database, sides)
    if not found:
        return []
    await asyncio.sleep(_SECOND_LOOK_SECONDS)
    again = await _records(database, tenant_id, {difference.correlation_id for difference in found})
    return await _differences(database, again)


async def _differences(database: Database, sides: Iterable[Side]) -> list[Difference]:
    """Outgoing records are compared with their counterpart's; of incoming ones only those without a sender's record are reported."""
    by_counterpart: dict[UUID, list[Side]] = {}
    for side in sides:
        by_counterpart.setdefault(side.counterpart_id, []).append(side)
    found: list[Difference] = []
    for counterpart_id, ours in by_counterpart.items():
        records = await _records(database, counterpart_id, {side.correlation_id for side in ours})
        theirs = {(record.correlation_id, record.direction): record for record in records}
        for side in ours:
            difference = _judge(side, theirs)
            if difference is not None:
                found.append(difference)
    return found


def _judge(side: Side, theirs: dict[tuple[UUID, str], Side]) -> Difference | None:
    if side.direction == Direction.OUTGOING:
        said = compare(side, theirs.get((side.correlation_id, Direction.INCOMING)))
        sender, receiver = side.tenant_id, side.counterpart_id
    else:
        missing = (side.correlation_id, Direction.OUTGOING) not in theirs
        said = compare(None, side) if missing else None
        sender, receiver = side.counterpart_id, side.tenant_id
    return None if said is None else Difference(side.correlation_id, sender, receiver, said)


async def _records(database: Database, tenant_id: UUID, correlation_ids: set[UUID]) -> list[Side]:
    async with database.read(tenant_id) as session:
        query = select(Handover).where(Handover.tenant_id == tenant_id, Handover.correlation_id.in_(correlation_ids))
        return [_side(row) for row in await session.scalars(query)]


def _side(row: Handover) -> Side:
    return Side(row.tenant_id, row.correlation_id, row.direction, row.counterpart_id, row.state, row.snapshot_sha256)
