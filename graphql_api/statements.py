"""The SQL of declared reads. Every statement names the tenant, asks the gate's predicate, and reads one table."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, any_, false, func, literal, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from authz.actor import Actor
from graphql_api.filters import conditions
from graphql_api.reads import ManyRead, OneRead, Slot, Source
from graphql_api.selection import Plan, Related

PARENT = "~parent"
POSITION = "~position"
Statement = Any
"""A SELECT; its columns are known at run time only."""


def by_keys(
    plan: Plan, actor: Actor | None, keys: Sequence[Any], read: OneRead | None, tenants: Sequence[Any] = ()
) -> Statement:
    """The rows whose key (or the relation's own key column) is among `keys`; with `tenants`, pairwise in those tenants."""
    source = plan.source
    key = source.key if read is None or read.key is None else read.key
    chosen = [column.label(name) for name, column in plan.columns.items()]
    if read is not None and read.tenant is not None:
        wanted = (
            func.unnest(_array(tenants, source.table.c["tenant_id"].type), _array(keys, key.type))
            .table_valued("tenant", "key", name="wanted")
            .render_derived()
        )
        joined = wanted.join(source.table, (source.table.c["tenant_id"] == wanted.c.tenant) & (key == wanted.c.key))
        return select(key.label(PARENT), *chosen).select_from(joined).where(*visible(source, actor))
    return select(key.label(PARENT), *chosen).where(*visible(source, actor), key == any_(_array(keys, key.type)))


def beside(plan: Plan, actor: Actor | None, read: OneRead, parent: Any) -> Statement:  # noqa: ANN401 - the rows it stands beside, as a FROM
    """The row that a to-one relation leads to from one row of `parent`."""
    source = plan.source
    key = source.key if read.key is None else read.key
    chosen = [column.label(name) for name, column in plan.columns.items()]
    found = [key == parent.c[read.local.key], *visible(source, actor)]
    if read.tenant is not None:
        found.append(source.table.c["tenant_id"] == parent.c[read.tenant.key])
    return select(*chosen).where(*found).correlate(parent)


def list_of(related: Related, actor: Actor | None, parent: Any) -> Statement:  # noqa: ANN401
    """The page of a list for one row of `parent`."""
    chosen = [column.label(name) for name, column in related.plan.columns.items()]
    ordering = related.ordering.clauses(backwards=related.page.backwards)
    found = select(*chosen).where(_of(related, parent), *_list_conditions(related, actor), *_window(related))
    return found.order_by(*ordering).limit(_most(related)).correlate(parent)


def count_of(related: Related, actor: Actor | None, parent: Any) -> Statement:  # noqa: ANN401
    """How many rows the list of one row of `parent` has."""
    found = select(func.count()).select_from(related.plan.source.table)
    return found.where(_of(related, parent), *_list_conditions(related, actor)).correlate(parent)


def page(related: Related, actor: Actor | None) -> Statement:
    """One page of a root list."""
    chosen = [column.label(name) for name, column in related.plan.columns.items()]
    ordering = related.ordering.clauses(backwards=related.page.backwards)
    return (
        select(*chosen)
        .where(*_list_conditions(related, actor), *_window(related))
        .order_by(*ordering)
        .limit(_most(related))
    )


def count(related: Related, actor: Actor | None) -> Statement:
    """How many rows a root list has."""
    return select(func.count()).select_from(related.plan.source.table).where(*_list_conditions(related, actor))


def children(related: Related, actor: Actor | None, parents: Sequence[Any]) -> Statement:
    """A page for each of many parents, in one statement: a LATERAL index range per parent."""
    remote = _remote(related)
    wanted = func.unnest(_array(parents, remote.type)).table_valued("key", name="wanted").render_derived()
    chosen = [column.label(name) for name, column in related.plan.columns.items()]
    ordering = related.ordering.clauses(backwards=related.page.backwards)
    position = func.row_number().over(order_by=ordering).label(POSITION)
    found = (
        select(position, *chosen)
        .where(remote == wanted.c.key, *_list_conditions(related, actor), *_window(related))
        .order_by(*ordering)
        .limit(_most(related))
        .correlate(wanted)
        .lateral("found")
    )
    shown = [found.c[name] for name in related.plan.columns]
    parent: ColumnElement[Any] = wanted.c.key
    return (
        select(parent.label(PARENT), *shown).select_from(wanted.join(found, true())).order_by(parent, found.c[POSITION])
    )


def count_children(related: Related, actor: Actor | None, parents: Sequence[Any]) -> Statement:
    """How many rows the lists of many parents have."""
    remote = _remote(related)
    among = remote == any_(_array(parents, remote.type))
    return (
        select(remote.label("parent"), func.count().label("total"))
        .where(among, *_list_conditions(related, actor))
        .group_by(remote)
    )


def visible(source: Source, actor: Actor | None) -> list[ColumnElement[bool]]:
    """What every statement on a source says of who is asking. Nobody at all sees public sources only."""
    if actor is None:
        return [] if source.public else [false()]
    found: list[ColumnElement[bool]] = []
    if source.tenant is not None:
        found.append(source.tenant == literal(actor.tenant.id, source.tenant.type))
    if source.visible is not None:
        found.append(source.visible(actor))
    return found


def _list_conditions(related: Related, actor: Actor | None) -> list[ColumnElement[bool]]:
    read, found = related.bound.read, visible(related.plan.source, actor)
    if isinstance(read, ManyRead) and read.where is not None:
        found.append(false() if actor is None else read.where(actor))
    return [*found, *conditions(related.bound.filters, related.filter)]


def _window(related: Related) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if related.page.after is not None:
        found.append(related.ordering.beyond(related.page.after, after=True))
    if related.page.before is not None:
        found.append(related.ordering.beyond(related.page.before, after=False))
    return found


def _of(related: Related, parent: Any) -> ColumnElement[bool]:  # noqa: ANN401
    return _remote(related) == parent.c[related.local.key]


def _most(related: Related) -> ColumnElement[int]:
    """One row more than the page has, as text of the statement: a plan that is kept has to know how few rows are wanted."""
    return literal_column(str(int(related.page.size) + 1))


def _remote(related: Related) -> Any:  # noqa: ANN401 - a column of any type
    read = related.bound.read
    if not isinstance(read, ManyRead) or read.remote is None:
        message = f"{related.bound.name} has no parent"
        raise TypeError(message)
    return read.remote


def _array(values: Sequence[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """One parameter, however many values: the statement's text stays the same."""
    return literal(values if isinstance(values, Slot) else list(values), ARRAY(kind))
