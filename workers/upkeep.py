"""What a worker process does beside jobs: holds its leases, frees those of the dead, keeps the timetable, shows that it lives."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from dramatiq.asyncio import get_event_loop_thread
from dramatiq.broker import Broker
from dramatiq.middleware import Middleware
from dramatiq.worker import Worker

from kernel import queue_metrics, schedule
from kernel.logging import get_logger
from kernel.outbox_queue import extend, measure, reclaim
from workers.broker import QueueBroker
from workers.schedule import Timetable

_TICK_SECONDS = 1.0
_BEAT_SECONDS = 10.0
_MEASURE_SECONDS = 30.0
_SHUTDOWN_SECONDS = 5.0

_log = get_logger(__name__)


class Upkeep(Middleware):
    """Runs on the worker's event loop from boot until the last job has been put down. Add it after `AsyncIO`."""

    def __init__(self, broker: QueueBroker) -> None:
        self._broker = broker
        self._timetable = Timetable()
        self._running: Future[None] | None = None
        self._name = f"{socket.gethostname()}:{os.getpid()}"

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Start."""
        del broker, worker
        thread = get_event_loop_thread()
        if thread is not None:
            self._running = asyncio.run_coroutine_threadsafe(self._run(), thread.loop)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Take nothing more; what runs keeps its lease."""
        del broker, worker
        self._broker.draining.set()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """End, and give the connections back."""
        del broker, worker
        if self._running is not None:
            self._running.cancel()
        try:
            self._broker.run(asyncio.wait_for(self._broker.workshop.database.close(), _SHUTDOWN_SECONDS))
        except Exception as failure:  # noqa: BLE001 - the process ends anyway
            _log.warning("connections were left open", failure=repr(failure))

    async def _run(self) -> None:
        lease = self._broker.patience.lease.total_seconds()
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(lease / 3, self._hold))
            group.create_task(_every(lease / 3, self._reclaim))
            group.create_task(_every(_TICK_SECONDS, self._tick))
            group.create_task(_every(_BEAT_SECONDS, self._beat))
            group.create_task(_every(_MEASURE_SECONDS, self._measure))

    async def _hold(self) -> None:
        jobs = self._broker.hands.all()
        if jobs:
            async with self._broker.workshop.database.plain() as session:
                await extend(session, jobs, lease=self._broker.patience.lease)

    async def _reclaim(self) -> None:
        async with self._broker.workshop.database.plain() as session:
            freed = await reclaim(session, most=self._broker.patience.attempts)
        for row in freed:
            say = _log.error if row.state == "dead" else _log.warning
            say(
                "lease expired",
                job=str(row.id),
                tenant=str(row.tenant_id),
                actor=row.actor,
                attempt=row.attempts,
                now=row.state,
            )
        if freed:
            self._broker.wake()

    async def _tick(self) -> None:
        if not self._broker.draining.is_set() and await self._timetable.tick(self._broker.workshop):
            self._broker.wake()

    async def _beat(self) -> None:
        async with self._broker.workshop.database.plain() as session:
            await schedule.beat(session, self._name, self._broker.hands.finished)

    async def _measure(self) -> None:
        async with self._broker.workshop.database.plain() as session:
            state = await measure(session)
        queue_metrics.show(state)
        if state.dead:
            _log.error("dead letters wait for an operator (jiangti jobs list)", dead=state.dead)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Again and again; a failure is logged and the next round comes."""
    while True:
        try:
            await work()
        except Exception as failure:  # noqa: BLE001 - a database that is away must not end the upkeep
            _log.warning("upkeep failed", work=getattr(work, "__name__", ""), failure=repr(failure)[:500])
        await asyncio.sleep(seconds)
