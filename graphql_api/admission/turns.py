"""Turns of one process: so many at a time, a bounded room to wait for them, and an answer before both are full."""

import asyncio
import math
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from graphql_api.admission.room import STRANGERS, Party, WaitingRoom
from graphql_api.negotiation import RequestRefused
from graphql_api.refusals import OVERLOADED

_LOOK_SECONDS = 0.1
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AdmissionLimits:
    """The most of everything, in one API process; times are seconds."""

    turns: int = 6
    """Work in flight, and with each turn one connection to the database."""
    share: float = 0.2
    """Of the turns, for one union (or all strangers together) while others are about; at least one turn."""
    held_up_seconds: float = 1.0
    """A turn that lasts longer is taken to wait for something (a row's lock) and counts no longer against the share; so that a union's work does not
    stand still behind it, while it holds no more than half of the turns."""
    about_seconds: float = 1.0
    """How long somebody counts as being about after he was last heard of."""
    places: int = 400
    """Requests that wait for a turn."""
    wait_seconds: float = 5.0
    """About; a fifth more or less by chance."""
    bodies: int = 200
    """Requests whose bodies are still arriving; at most half of them of one group."""
    most_per_request: int = 3
    """Turns that one request may come to have."""
    remembered: int = 10_000
    """Tokens whose union is remembered, by their hashes."""
    longest_retry: int = 30

    @property
    def most_of_one(self) -> int:
        """Turns of one group while others are about."""
        return max(1, math.floor(self.turns * self.share))

    @property
    def most_held_up(self) -> int:
        """The same with those that last long."""
        return max(1, self.turns // 2)


@dataclass(eq=False, slots=True)
class Waiting:
    """One who waits, and what he is told: when his turn began, or None where there is no room any more."""

    party: Party
    answer: asyncio.Future[float | None]


class Admission:
    """Gives turns; one per process. `now`: any steady clock, in seconds."""

    def __init__(self, limits: AdmissionLimits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or AdmissionLimits()
        self.now = now
        self.refused = 0
        self._free = self.limits.turns
        self._taken: dict[Hashable, list[float]] = {}
        self._look: asyncio.TimerHandle | None = None
        self._room: WaitingRoom[Waiting] = WaitingRoom(self.limits.places)
        self._arriving: dict[Hashable, int] = {}
        self._bodies = 0
        self._tenants: OrderedDict[bytes, UUID] = OrderedDict()
        self._heard: tuple[Hashable, float] = (STRANGERS, -math.inf)
        self._heard_before: tuple[Hashable, float] = (STRANGERS, -math.inf)
        self._turn_seconds = 0.01
        self._said_at = -math.inf

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return len(self._room)

    @property
    def arriving(self) -> int:
        """How many bodies arrive."""
        return self._bodies

    @property
    def working(self) -> int:
        """How many turns are taken."""
        return self.limits.turns - self._free

    def union_of(self, token_hash: bytes) -> UUID | None:
        """Whose token it was when it was last looked up; None where that is not known."""
        return self._tenants.get(token_hash)

    def remember(self, token_hash: bytes, tenant_id: UUID | None) -> None:
        """Whose token it is, as just looked up (None: nobody's), so that its next request waits in that union's line."""
        if tenant_id is None:
            self._tenants.pop(token_hash, None)
            return
        self._tenants[token_hash] = tenant_id
        self._tenants.move_to_end(token_hash)
        if len(self._tenants) > self.limits.remembered:
            self._tenants.popitem(last=False)

    def begin_hearing(self, group: Hashable) -> None:
        """A body begins to arrive; raises RequestRefused (503) where too many do."""
        of_group = self._arriving.get(group, 0)
        if self._bodies >= self.limits.bodies or of_group >= max(1, self.limits.bodies // 2):
            raise self.refusal(group)
        self._bodies += 1
        self._arriving[group] = of_group + 1

    def end_hearing(self, group: Hashable) -> None:
        """It has arrived, or never will."""
        self._bodies -= 1
        if self._arriving[group] == 1:
            del self._arriving[group]
        else:
            self._arriving[group] -= 1

    def refusal(self, group: Hashable = STRANGERS) -> RequestRefused:
        """Not now, but after so many seconds, by what waits in this line and how long turns take."""
        self.refused += 1
        ahead = self._room.count_of(group) + 1
        seconds = math.ceil(ahead * self._turn_seconds / self.limits.most_of_one)
        seconds = min(max(seconds, 1), self.limits.longest_retry)
        if self.now() - self._said_at >= 1:
            self._said_at = self.now()
            log.warning("busy", waiting=self.waiting, working=self.working, refused=self.refused)
        return RequestRefused(503, OVERLOADED(seconds=seconds), retry_after=seconds)

    async def enter(self, party: Party, gone: Callable[[], Coroutine[Any, Any, None]]) -> float:
        """Wait for a turn; returns when it began.

        Raises RequestRefused (503) where there is no room, it takes too long, or `gone()` ends: the client has hung up.
        """
        self._hear(party.group)
        began = None if self._room else self.take(party.group)
        if began is not None:
            return began
        waiting = Waiting(party, asyncio.get_running_loop().create_future())
        pushed = self._room.enter(party, waiting)
        if pushed is not None:
            pushed.answer.set_result(None)
        self._hand_out()
        try:
            if not waiting.answer.done():
                await self._wait(waiting.answer, gone())
            began = waiting.answer.result() if waiting.answer.done() else None
        finally:
            self._clear(waiting, began)
        if began is None:
            raise self.refusal(party.group)
        return began

    def take(self, group: Hashable) -> float | None:
        """Take a turn if there is one for this group now; returns when it began, to be given back with."""
        if self._free <= 0 or not self._may(group):
            return None
        self._free -= 1
        began = self.now()
        self._taken.setdefault(group, []).append(began)
        return began

    def take_further(self, group: Hashable) -> float | None:
        """One more for a request that has one, unless somebody waits."""
        return None if self._room else self.take(group)

    def give_back(self, group: Hashable, began: float) -> None:
        """A turn has ended; whoever is next gets it."""
        self._free += 1
        self._taken[group].remove(began)
        if not self._taken[group]:
            del self._taken[group]
        self._turn_seconds += (self.now() - began - self._turn_seconds) / 32
        self._hear(group)
        self._hand_out()

    async def _wait(self, answer: "asyncio.Future[float | None]", gone: Coroutine[Any, Any, None]) -> None:
        watch = asyncio.ensure_future(gone)
        try:
            seconds = self.limits.wait_seconds * random.uniform(0.8, 1.2)  # noqa: S311 - a crowd that came at once is not to be answered at once
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait({answer, watch}, timeout=seconds, return_when=first)
        finally:
            watch.cancel()

    def _clear(self, waiting: Waiting, used: float | None) -> None:
        """Leave nothing behind of one who waits no more: neither a place nor a turn that he has no use for."""
        if not waiting.answer.done():
            self._room.leave(waiting.party, waiting)
            waiting.answer.cancel()
            return
        given = waiting.answer.result()
        if given is not None and used is None:
            self.give_back(waiting.party.group, given)

    def _hand_out(self) -> None:
        while self._free > 0 and (waiting := self._room.take_next(self._may)) is not None:
            waiting.answer.set_result(self.take(waiting.party.group))
        if self._room and self._look is None:
            self._look = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look_again)

    def _look_again(self) -> None:
        """Time alone lets some in: others are not about any more, or a turn turns out to be held up."""
        self._look = None
        self._hand_out()

    def _may(self, group: Hashable) -> bool:
        taken = self._taken.get(group, ())
        if len(taken) < self.limits.most_of_one:
            return True
        if not self._others_about(group):
            return len(taken) < self.limits.turns
        young = self.now() - self.limits.held_up_seconds
        busy = sum(began > young for began in taken)
        return busy < self.limits.most_of_one and len(taken) < self.limits.most_held_up

    def _others_about(self, group: Hashable) -> bool:
        if self._room.holds_others(group):
            return True
        other, at = self._heard if self._heard[0] != group else self._heard_before
        return other != group and self.now() - at <= self.limits.about_seconds

    def _hear(self, group: Hashable) -> None:
        if group != self._heard[0]:
            self._heard_before = self._heard
        self._heard = (group, self.now())
