"""The clocks: remembered dates become jobs on their day of the business clock, chores come at their slots of real time.

Any number of processes may run this; rows are taken with SKIP LOCKED, slots by a unique key. Of slots that were missed only the latest is made up for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import croniter

from kernel.clock import CHINA
from kernel.outbox_queue import NO_TENANT, enqueue_for
from kernel.schedule import take_slot, turn_due_into_jobs
from workers.workshop import Workshop

_BATCH = 500


@dataclass(frozen=True)
class Chore:
    """A function of `workers.actors` and when it is due, in cron's five fields, China time."""

    actor: str
    cron: str

    def latest_slot(self, now: datetime) -> datetime:
        """The last moment at or before `now` at which it was due."""
        start = datetime.fromtimestamp(now.timestamp() + 1e-3, CHINA)
        return croniter(self.cron, start).get_prev(datetime).astimezone(UTC)


CHORES = (
    Chore("plan_seals", "* * * * *"),
    Chore("purge_jobs", "17 3 * * *"),
    Chore("purge_traces", "27 3 * * *"),
    Chore("disable_idle_accounts", "37 3 * * *"),
)


class Timetable:
    """Remembers which slots this process has already seen taken, so that a second between slots costs one query."""

    def __init__(self, chores: tuple[Chore, ...] = CHORES) -> None:
        self._chores = chores
        self._seen: dict[str, datetime] = {}

    async def tick(self, workshop: Workshop) -> int:
        """Turn into jobs whatever is due by now; returns how many jobs were written."""
        return await self._write_due(workshop) + await self._write_chores(workshop, datetime.now(UTC))

    async def _write_due(self, workshop: Workshop) -> int:
        written, last = 0, _BATCH
        while last == _BATCH:
            async with workshop.database.plain() as session:
                last = await turn_due_into_jobs(session, today=workshop.clock.today(), count=_BATCH)
            written += last
        return written

    async def _write_chores(self, workshop: Workshop, now: datetime) -> int:
        written = 0
        for chore in self._chores:
            slot = chore.latest_slot(now)
            if self._seen.get(chore.actor) == slot:
                continue
            async with workshop.database.plain() as session:
                if await take_slot(session, chore.actor, slot):
                    await enqueue_for(session, NO_TENANT, chore.actor, {}, dedupe=chore.actor)
                    written += 1
            self._seen[chore.actor] = slot
        return written
