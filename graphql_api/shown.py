"""What one request showed of personal data, to be recorded before its answer leaves."""

from collections.abc import Iterable
from uuid import UUID

from authz.actor import Actor
from kernel.audit_reads import Reader, Shown, record_reads
from kernel.clock import Clock
from kernel.database import Database

MOST_NAMED = 20
"""So many objects of a kind are named one by one; of more, only how many there were."""


class ShownRows:
    """Collects keys by kind of object, and the queries they were asked by."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[UUID, None]] = {}
        self._asked: dict[str, None] = {}

    def add(self, asked: str, kind: str, keys: Iterable[UUID]) -> None:
        """These objects were read for this query."""
        before = self._keys.setdefault(kind, {})
        before.update(dict.fromkeys(keys))
        if before:
            self._asked[asked] = None

    def ask(self, fields: Iterable[str]) -> None:
        """These queries were asked, whatever they gave."""
        self._asked.update(dict.fromkeys(fields))

    def clear(self) -> None:
        """Nothing was shown after all."""
        self._keys.clear()
        self._asked.clear()

    def entries(self) -> list[Shown]:
        """What to write down."""
        found: list[Shown] = []
        for kind, keys in self._keys.items():
            if len(keys) > MOST_NAMED:
                found.append(Shown(kind, None, len(keys)))
            else:
                found += [Shown(kind, key, 1) for key in keys]
        return found

    async def write(self, database: Database, actor: Actor, clock: Clock, request_id: str) -> None:
        """Record it; nothing where nothing personal was shown, or by the machinery."""
        shown = self.entries()
        if actor.reads_only and not shown:
            shown = [Shown("nothing", None, 0)]
        if not shown or actor.account_id is None:
            return
        asked = ",".join(sorted(self._asked))
        visit = actor.standing.id if actor.standing is not None and actor.reads_only else None
        reader = Reader(actor.account_id, actor.acting_for, actor.name, asked, request_id, visit)
        await record_reads(database.direct, actor.tenant.id, at=clock.now(), reader=reader, shown=shown)
