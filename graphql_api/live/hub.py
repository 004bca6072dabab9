"""Who waits for what, inside one process: a change comes in once and goes to the feeds of its tenant, at no cost for those of others."""

import asyncio
from collections import deque
from collections.abc import Callable
from uuid import UUID

from kernel.live import Change, Told, decode


class Feed:
    """The changes that wait for one subscription. At most `most`: with one more it is over, and `overflow` is called, once."""

    def __init__(self, tenant_id: UUID, most: int, overflow: Callable[[], None]) -> None:
        self.tenant_id = tenant_id
        self.kinds: frozenset[str] | None = None
        self._most = most
        self._overflow = overflow
        self._waiting: deque[Change] = deque()
        self._is_missing = True
        self._is_over = False
        self._filled = asyncio.Event()
        self._filled.set()

    def add(self, change: Change) -> None:
        """Put a change at the end."""
        if self._is_over or (self.kinds is not None and change.kind not in self.kinds):
            return
        if len(self._waiting) >= self._most:
            self._is_over = True
            self._waiting.clear()
            self._overflow()
        else:
            self._waiting.append(change)
            self._filled.set()

    def miss(self) -> None:
        """Something may have been missed: what waits is worth no more than reading everything again."""
        self._waiting.clear()
        self._is_missing = True
        self._filled.set()

    async def next(self) -> Change | None:
        """The next change, or None where something may have been missed; first of all, None."""
        while True:
            if self._is_missing:
                self._is_missing = False
                return None
            if self._waiting:
                return self._waiting.popleft()
            self._filled.clear()
            await self._filled.wait()


class Hub:
    """All feeds of a process, by tenant."""

    def __init__(self) -> None:
        self._feeds: dict[UUID, set[Feed]] = {}

    def open(self, tenant_id: UUID, most: int, overflow: Callable[[], None]) -> Feed:
        """A feed that hears of this tenant from now on."""
        feed = Feed(tenant_id, most, overflow)
        self._feeds.setdefault(tenant_id, set()).add(feed)
        return feed

    def close(self, feed: Feed) -> None:
        """The feed hears nothing any more."""
        others = self._feeds.get(feed.tenant_id, set())
        others.discard(feed)
        if not others:
            self._feeds.pop(feed.tenant_id, None)

    def hear(self, payload: str) -> None:
        """Hand a notification on; what is none of ours is dropped."""
        told = decode(payload)
        if told is not None:
            self._tell(told)

    def miss(self) -> None:
        """Every feed may have missed something."""
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.miss()

    def count(self) -> int:
        """How many feeds are open."""
        return sum(len(feeds) for feeds in self._feeds.values())

    def _tell(self, told: Told) -> None:
        for feed in self._feeds.get(told.tenant_id, ()):
            if not told.changes:
                feed.miss()
            for change in told.changes:
                feed.add(change)
