"""The statements of flats, put together from those of `graphql_api.statements`: the rows of a source, what stands beside them, and short lists as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal, select, true

from authz.actor import Actor
from graphql_api import statements
from graphql_api.compiled.flats import Ask, Env, Read
from graphql_api.reads import OneRead, Slot
from graphql_api.selection import Plan, Related
from kernel.direct import binding_itself
from kernel.prepared import Prepared, Process

KEYS = Slot("keys", lambda env: env.keys)
TENANTS = Slot("tenants", lambda env: env.tenants)
TENANT = Slot("tenant", lambda env: str(env.actor.tenant.id))


@dataclass
class Place:
    """Rows of one source within a record: those of the statement itself (`beside` None), or those beside them by a to-one relation."""

    plan: Plan
    beside: "tuple[Place, OneRead] | None" = None
    columns: Any = None
    """What the place is called in the statement, once it is written."""


@dataclass
class Listed:
    """A list within a record: an array of records, or (`counted`) how many there are."""

    parent: Place
    related: Related
    shape: "Shape"
    counted: bool = False


@dataclass
class Shape:
    """The records of a statement: what stands in them, in this order."""

    root: Place
    places: list[Place] = field(default_factory=list[Place])
    items: list[tuple[Place, str] | Listed | str] = field(default_factory=list[Any])

    def index(self, place: Place, label: str) -> int:
        """Where a column of a place stands in the record."""
        for number, item in enumerate(self.items):
            if isinstance(item, tuple) and item[0] is place and item[1] == label:
                return number
        self.items.append((place, label))
        return len(self.items) - 1

    def add(self, item: Listed | str) -> int:
        """A further item; its place in the record."""
        self.items.append(item)
        return len(self.items) - 1


def by_keys(shape: Shape, actor: Actor, read: OneRead | None) -> Ask:
    """The rows with these keys; the key comes first."""
    tenants: Any = TENANTS if read is not None and read.tenant is not None else ()
    base = statements.by_keys(shape.root.plan, actor, KEYS, read, tenants)  # pyright: ignore[reportArgumentType] - a Slot stands for them
    return _ask(_full(shape, actor, base.subquery(), ()))


def page(shape: Shape, related: Related, actor: Actor) -> Ask:
    """One page of a root list."""
    base = statements.page(related, actor).subquery()
    return _ask(_full(shape, actor, base, _order(related, base)))


def children(shape: Shape, related: Related, actor: Actor) -> Ask:
    """A page for each of many parents; the parent's key comes first."""
    base = statements.children(related, actor, KEYS).subquery()  # pyright: ignore[reportArgumentType]
    return _ask(_full(shape, actor, base, (base.c[statements.PARENT], *_order(related, base))))


def count(related: Related, actor: Actor) -> Ask:
    """How many rows a root list has."""
    return _ask(statements.count(related, actor))


def count_children(related: Related, actor: Actor) -> Ask:
    """How many rows the lists of many parents have, by parent."""
    return _ask(statements.count_children(related, actor, KEYS))  # pyright: ignore[reportArgumentType]


def _order(related: Related, base: Any) -> Sequence[ColumnElement[Any]]:  # noqa: ANN401 - a subquery
    """The order of the list once more: what is joined to it may have lost it."""
    backwards = related.page.backwards
    columns = [(base.c[term.column.key], term.descending != backwards) for term in related.ordering.terms]
    return [column.desc() if descending else column.asc() for column, descending in columns]


def _full(
    shape: Shape,
    actor: Actor,
    base: Any,  # noqa: ANN401 - a FROM
    order: Sequence[ColumnElement[Any]],
    *,
    as_record: bool = False,
) -> Any:  # noqa: ANN401 - a SELECT
    """The base rows with everything that stands beside them."""
    joined = base
    shape.root.columns = base
    for place in shape.places:
        if place.beside is None:
            continue
        parent, read = place.beside
        found = statements.beside(place.plan, actor, read, parent.columns).lateral()
        place.columns = found
        joined = joined.outerjoin(found, true())
    chosen = [_item(item, actor, base) for item in shape.items]
    if as_record:
        return select(func.row(*chosen)).select_from(joined).order_by(*order)
    named = [column.label(f"c{number}") for number, column in enumerate(chosen)]
    return select(*named).select_from(joined).order_by(*order)


def _item(item: tuple[Place, str] | Listed | str, actor: Actor, base: Any) -> Any:  # noqa: ANN401
    if isinstance(item, str):
        return base.c[item]
    if isinstance(item, tuple):
        return item[0].columns.c[item[1]]
    parent = item.parent.columns
    if item.counted:
        return statements.count_of(item.related, actor, parent).scalar_subquery()
    found = statements.list_of(item.related, actor, parent).lateral()
    rows = _full(item.shape, actor, found, _order(item.related, found), as_record=True)
    return func.array(rows.correlate(parent).scalar_subquery())


def alone(ask: Ask) -> Ask:
    """The same as a statement that binds its tenant itself."""
    return _ask(ask.statement, is_alone=True)


def _ask(statement: Any, *, is_alone: bool = False) -> Ask:  # noqa: ANN401
    prepared = Prepared(binding_itself(statement, literal(TENANT, Text())) if is_alone else statement)
    return Ask(prepared.sql, tuple(_read(prepared, name) for name in prepared.names), statement, is_alone)


def _read(prepared: Prepared, name: str) -> Read:
    value, process = prepared.values[name], prepared.bind_process(name)
    if isinstance(value, Slot):
        return value.read if process is None else _processed(value.read, process)
    fixed = value if process is None else process(value)

    def given(_env: Env) -> Any:  # noqa: ANN401
        return fixed

    return given


def _processed(read: Read, process: Process) -> Read:
    return lambda env: process(read(env))
