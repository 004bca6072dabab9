"""A flat: one statement and the rows it brings, with the function that makes the answer of them.

Rows reached by to-one relations stand in the same record (joined); short lists below few rows stand in it as arrays of records; other relations are flats of
their own, read once for all rows together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from authz.actor import Actor
from graphql_api.compiled.bail import Bail
from graphql_api.context import Context
from graphql_api.reads import Batch, Row
from kernel.direct import Fetching
from kernel.errors import Failure

Read = Callable[["Env"], Any]
Rows = Sequence[Any]


class Env:
    """One run: who asks, with which variables, in which transaction; `keys` and `tenants` are those of the relation being followed."""

    __slots__ = ("actor", "asked", "context", "keys", "memo", "session", "tenants", "variables")

    @property
    def info(self) -> "Env":
        """What hand-written resolvers are given: they look at `context` alone."""
        return self

    def __init__(self, context: Context, actor: Actor, variables: dict[str, Any]) -> None:
        self.context = context
        self.actor = actor
        self.variables = variables
        self.session: Fetching | None = None
        self.asked = ""
        self.keys: Sequence[Any] = ()
        self.tenants: Sequence[Any] = ()
        self.memo: dict[int, Any] = {}

    async def records(self, statement: "Ask") -> Rows:
        """The rows of a statement."""
        if self.session is None:
            raise Bail
        return await self.session.records(statement.sql, [read(self) for read in statement.reads])


@dataclass(frozen=True)
class Ask:
    """A statement and where each of its parameters comes from."""

    sql: str
    reads: tuple[Read, ...]
    statement: Any = None
    """As SQLAlchemy has it."""
    alone: bool = False
    """It binds its tenant itself."""


@dataclass(frozen=True)
class Note:
    """Rows of personal data: under which kind they are recorded, and their keys."""

    kind: str
    keys: Callable[[Rows], list[UUID]]


@dataclass(frozen=True)
class Computed:
    """A field that is computed for all rows at once: its batch, and where in a record the values stand that it needs."""

    batch: Batch
    type_name: str
    needs: tuple[tuple[str, int], ...]


@dataclass
class Flat:
    """How rows become an answer."""

    ask: Ask
    notes: list[Note] = field(default_factory=list[Note])
    computed: list[Computed] = field(default_factory=list[Computed])
    relations: list["Relation"] = field(default_factory=list["Relation"])
    rebind: Callable[[Ask], Ask] | None = None
    """What makes its statement one that binds itself."""

    @property
    def alone(self) -> bool:
        """Whether its statement binds itself, and is the only one."""
        return self.ask.alone

    def be_alone(self) -> None:
        """Nothing is read but this flat: where its statement is all there is, let it bind itself."""
        if not self.relations and not self.computed and self.rebind is not None:
            self.ask = self.rebind(self.ask)

    async def complete(self, rows: Rows, env: Env) -> tuple[Rows, list[Any]]:
        """The rows with what is computed for them at their ends, and what the relations below them gave."""
        if not rows:
            return rows, [{}] * len(self.relations)
        for note in self.notes:
            if keys := note.keys(rows):
                env.context.shown.add(env.asked, note.kind, keys)
        related = [await relation.read(rows, env) for relation in self.relations]
        for computed in self.computed:
            rows = await _extended(computed, rows, env)
        return rows, related


async def _extended(computed: Computed, rows: Rows, env: Env) -> Rows:
    scope = env.context.direct_scope(env.session)
    given = [Row(computed.type_name, ((key, row[place]) for key, place in computed.needs)) for row in rows]
    try:
        values = await computed.batch(scope, given)
    except Failure as failure:
        raise Bail from failure
    if any(isinstance(value, Failure) for value in values):
        raise Bail
    return [(*row, value) for row, value in zip(rows, values, strict=True)]


@dataclass
class Relation:
    """A flat that is read for the rows of another one; `place` is where their own side of the relation stands."""

    flat: Flat
    place: int

    async def read(self, rows: Rows, env: Env) -> Any:  # noqa: ANN401 - what was rendered, by key
        """What the rows show of it."""
        raise NotImplementedError


@dataclass
class One(Relation):
    """At most one row each; `tenant` is where its tenant stands, if the relation names one."""

    render: Callable[[Rows, list[Any], Env], list[Any]]
    tenant: int | None

    async def read(self, rows: Rows, env: Env) -> dict[Any, Any]:
        """The rows by key, as they are shown."""
        place, tenant = self.place, self.tenant
        wanted = {row[place]: None if tenant is None else row[tenant] for row in rows if row[place] is not None}
        if not wanted:
            return {}
        env.keys, env.tenants = list(wanted), list(wanted.values())
        found = {record[0]: record for record in await env.records(self.flat.ask)}
        complete, related = await self.flat.complete(list(found.values()), env)
        return dict(zip(found, self.render(complete, related, env), strict=True))


@dataclass
class Cut:
    """The page of a list: so many rows of what was read, one more being a sign that there are others."""

    size: int
    backwards: bool = False
    has_after: bool = False
    has_before: bool = False

    def rows(self, records: Rows) -> Rows:
        """What is shown of it."""
        kept = records[: self.size]
        return kept[::-1] if self.backwards else kept

    def edges(self, records: Rows) -> tuple[bool, bool]:
        """Whether there is a next page, and a previous one."""
        more = len(records) > self.size
        return (self.has_before, more) if self.backwards else (more, self.has_after)


@dataclass
class Many(Relation):
    """A list each; `render(rows, related, env, next, previous, total)` makes one of them."""

    render: Callable[..., Any]
    cut: Cut
    count: Ask | None

    async def read(self, rows: Rows, env: Env) -> Callable[[Any], Any]:
        """The lists by key, as they are shown."""
        parents = list(dict.fromkeys(row[self.place] for row in rows if row[self.place] is not None))
        env.keys = parents
        groups: dict[Any, list[Any]] = {parent: [] for parent in parents}
        if parents:
            for record in await env.records(self.flat.ask):
                groups[record[0]].append(record)
        totals: dict[Any, int] = {}
        if self.count is not None and parents:
            totals = {record[0]: record[1] for record in await env.records(self.count)}
        kept = [self.cut.rows(group) for group in groups.values()]
        complete, related = await self.flat.complete([row for group in kept for row in group], env)
        shown, start = dict[Any, Any](), 0
        for (parent, group), rest in zip(groups.items(), kept, strict=True):
            mine = complete[start : start + len(rest)]
            start += len(rest)
            shown[parent] = self.render(mine, related, env, *self.cut.edges(group), totals.get(parent, 0))
        return lambda parent: (
            shown[parent] if parent in shown else self.render((), related, env, *self.cut.edges(()), 0)
        )
