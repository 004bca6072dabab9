"""Who is served next: a room of bounded size in which groups take turns, whoever asks how much; inside a group its clients do the same.

Pure: no loop, no clock. A full room makes room at the expense of whoever holds most of it, so that one who floods pushes out himself.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
STRANGERS = None
"""The group of those whose union is not known yet: who signs in, and the first request of a session to this process."""


class Party(NamedTuple):
    """Whose request it is: the group that shares are counted by, and the client inside it."""

    group: Hashable
    client: Hashable


class _Line(Generic[T]):
    """Those of one group, by client in turn."""

    def __init__(self) -> None:
        self.clients: OrderedDict[Hashable, deque[T]] = OrderedDict()
        self.count = 0

    def add(self, client: Hashable, waiting: T) -> None:
        self.clients.setdefault(client, deque()).append(waiting)
        self.count += 1

    def take_first(self) -> T:
        client = next(iter(self.clients))
        waiting = self.clients[client].popleft()
        self.clients.move_to_end(client)
        self._settle(client)
        return waiting

    def take_newest(self, preferred: Hashable) -> T:
        """The newest of whoever has most here; of equals, of `preferred`."""
        client = max(self.clients, key=lambda one: (len(self.clients[one]), one == preferred))
        waiting = self.clients[client].pop()
        self._settle(client)
        return waiting

    def remove(self, client: Hashable, waiting: T) -> bool:
        if waiting not in self.clients.get(client, ()):
            return False
        self.clients[client].remove(waiting)
        self._settle(client)
        return True

    def _settle(self, client: Hashable) -> None:
        self.count -= 1
        if not self.clients[client]:
            del self.clients[client]


class WaitingRoom(Generic[T]):
    """At most `places` who wait."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._lines: OrderedDict[Hashable, _Line[T]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def count_of(self, group: Hashable) -> int:
        """How many of a group wait."""
        line = self._lines.get(group)
        return 0 if line is None else line.count

    def holds_others(self, group: Hashable) -> bool:
        """Whether somebody of another group waits."""
        return len(self._lines) > (group in self._lines)

    def enter(self, party: Party, waiting: T) -> T | None:
        """Let one more in, at the end of his line; returns who has to go for it (it may be himself)."""
        self._lines.setdefault(party.group, _Line[T]()).add(party.client, waiting)
        self._count += 1
        if self._count <= self._places:
            return None
        longest = max(self._lines, key=lambda group: (self._lines[group].count, group == party.group))
        pushed = self._lines[longest].take_newest(party.client)
        self._settle(longest)
        return pushed

    def leave(self, party: Party, waiting: T) -> None:
        """Not waiting any more; nothing happens where he does not."""
        line = self._lines.get(party.group)
        if line is not None and line.remove(party.client, waiting):
            self._settle(party.group)

    def take_next(self, may: Callable[[Hashable], bool]) -> T | None:
        """Whose turn it is, among the groups that may have one; then his group stands last."""
        group = next((group for group in self._lines if may(group)), self)
        if group is self:
            return None
        waiting = self._lines[group].take_first()
        self._lines.move_to_end(group)
        self._settle(group)
        return waiting

    def _settle(self, group: Hashable) -> None:
        self._count -= 1
        if not self._lines[group].count:
            del self._lines[group]
