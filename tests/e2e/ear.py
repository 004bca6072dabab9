"""Hears what is told while the walk walks, and knows what should have been told: by comparing the rows before and after."""

import asyncio
import threading
from uuid import UUID

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.listening import Listener
from kernel.live import CHANNEL, decode

STANDING = {
    "application": "SELECT tenant_id, id, concat(state, desk, upstream_state) FROM application",
    "handover": "SELECT tenant_id, id, concat(state, outcome) FROM handover",
    "notice": "SELECT tenant_id, id, state FROM notice",
    "funding_record": "SELECT tenant_id, id, concat(state, question, amount_fen) FROM funding_record",
    "progress_report": "SELECT tenant_id, id, concat(state, overdue) FROM progress_report WHERE state <> 'open' OR overdue",
}
"""What of an object of a kind is told when it becomes different."""

Object = tuple[str, UUID, UUID]


class Ear:
    """`told` and `summed` (tenants of which only was told that much changed) grow until `close`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._hearing = threading.Event()
        self.told: set[Object] = set()
        self.summed: set[UUID] = set()
        self.cuts = -1
        self.before = self.standing()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hear()))
        self._thread.start()
        assert self._hearing.wait(20)

    def standing(self) -> dict[Object, str]:
        """How everything stands now."""
        return asyncio.run(self._standing())

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    async def _hear(self) -> None:
        listener = Listener(make_url(self._url), CHANNEL, self._take, self._miss)
        running = asyncio.create_task(listener.run())
        while not self._over.is_set():
            await asyncio.sleep(0.1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def _take(self, payload: str) -> None:
        told = decode(payload)
        assert told is not None
        self.told |= {(change.kind, told.tenant_id, change.object_id) for change in told.changes}
        self.summed |= set() if told.changes else {told.tenant_id}

    def _miss(self) -> None:
        self.cuts += 1
        self._hearing.set()

    async def _standing(self) -> dict[Object, str]:
        engine = create_async_engine(self._url, poolclass=NullPool)
        found: dict[Object, str] = {}
        async with engine.connect() as connection:
            for kind, statement in STANDING.items():
                for tenant_id, key, standing in await connection.execute(text(statement)):
                    found[kind, tenant_id, key] = standing
        await engine.dispose()
        return found
