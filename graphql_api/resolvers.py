"""The few generic resolvers behind every declared field; put straight into the executable schema, past Strawberry's argument handling.

Only roots (and payloads) touch the database: they read everything selected below them; the rest looks into the rows they brought.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from graphql_api.context import Context, Info
from graphql_api.ids import decode_id, encode_id, find_key
from graphql_api.pagination import Page, PageInfo
from graphql_api.reads import (
    MOST,
    ColumnRead,
    ExpressionRead,
    FoundRead,
    KeyRead,
    ManyRead,
    NodeRead,
    NodesRead,
    ReturnedRead,
    Row,
    Source,
)
from graphql_api.refusals import TOO_MANY_IDS
from graphql_api.registry import Bound, Registry
from graphql_api.scalars import money_of
from graphql_api.selection import Plan, Planner, label
from graphql_api.shapes import definition_of, edge_type, is_connection
from kernel.errors import Failure

Leaf = Callable[[Any, Any], Any]
Resolver = Callable[..., Any]
ResolveInfo = GraphQLResolveInfo[Context]


def install(schema: GraphQLSchema, registry: Registry) -> None:
    """Put the generic resolvers into a schema."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for name, bound in registry.fields.get(kind.name, {}).items():
                _set(kind, name, _leaf(bound, registry.sources.get(kind.name)) or _root(bound) or _related)
            _install_page(kind)
            if kind.name in registry.sources:
                kind.is_type_of = None
        elif isinstance(kind, GraphQLInterfaceType) and kind.name == "Node":
            kind.resolve_type = _type_name


def _set(kind: GraphQLObjectType, name: str, resolve: Resolver) -> None:
    field: Any = kind.fields[name]
    field.resolve = resolve


def _type_name(row: Row, _info: object, _kind: object) -> str:
    return row.type_name


def _install_page(kind: GraphQLObjectType) -> None:
    leaves: dict[str, Leaf] = {}
    definition = definition_of(kind)
    if is_connection(kind):
        leaves = {
            "edges": lambda page, _: [(page, row) for row in page.rows],
            "pageInfo": lambda page, _: page,
            "totalCount": lambda page, _: page.total_count,
        }
        _install_edge(kind)
    elif definition is not None and definition.origin is PageInfo:
        leaves = {
            "hasNextPage": lambda page, _: page.has_next_page,
            "hasPreviousPage": lambda page, _: page.has_previous_page,
            "startCursor": lambda page, _: _cursor(page, 0),
            "endCursor": lambda page, _: _cursor(page, -1),
        }
    for name, leaf in leaves.items():
        _set(kind, name, leaf)


def _install_edge(connection: GraphQLObjectType) -> None:
    leaves: dict[str, Leaf] = {
        "cursor": lambda edge, _: edge[0].ordering.cursor(edge[1]),
        "node": lambda edge, _: edge[1],
    }
    for name, leaf in leaves.items():
        _set(edge_type(connection), name, leaf)


def _cursor(page: Page, place: int) -> str | None:
    return page.ordering.cursor(page.rows[place]) if page.rows else None


def _leaf(bound: Bound, source: Source | None) -> Leaf | None:
    """For a value of the row itself."""
    read = bound.read
    if isinstance(read, KeyRead) and source is not None:
        key, type_name = source.key.key, source.type_name
        return lambda row, _: encode_id(type_name, row[key])
    if isinstance(read, ColumnRead):
        return _column(read)
    if isinstance(read, ExpressionRead):
        name = label(bound)
        return (lambda row, _: money_of(row[name])) if read.as_money else (lambda row, _: row[name])
    return None


def _column(read: ColumnRead) -> Leaf:
    key, refers = read.column.key, read.refers
    if refers is not None:
        return lambda row, _: None if row[key] is None else encode_id(refers, row[key])
    return (lambda row, _: money_of(row[key])) if read.as_money else (lambda row, _: row[key])


def _related(row: Row, info: ResolveInfo, **_given: object) -> Any:  # noqa: ANN401 - whatever the relation gave
    value = row.related[id(info.field_nodes[0])]
    if isinstance(value, Failure):
        raise value
    return value


def _root(bound: Bound) -> Resolver | None:
    """For a field that reads from the database."""
    read = bound.read
    if isinstance(read, FoundRead):
        return _found(bound, read)
    if isinstance(read, ManyRead) and read.remote is None:
        return _listed(bound, read)
    if isinstance(read, ReturnedRead):
        return _returned(bound)
    return _node if isinstance(read, NodeRead) else _nodes if isinstance(read, NodesRead) else None


async def _node(_root: object, info: ResolveInfo, **given: Any) -> Row | None:  # noqa: ANN401 - coerced arguments
    return (await find_nodes(info, [given["id"]]))[0]


async def _nodes(_root: object, info: ResolveInfo, **given: Any) -> list[Row | None]:  # noqa: ANN401
    return await find_nodes(info, given["ids"])


def _listed(bound: Bound, read: ManyRead) -> Resolver:
    async def resolve(_root: object, info: ResolveInfo, **_given: object) -> Page:
        context: Context = info.context
        if not read.public:
            context.require_actor()
        related = Planner(context.registry, info, context.actor).related(bound, info.field_nodes, info.parent_type)
        async with context.reading(info.field_name, public=read.public) as reading:
            return await reading.page(related)

    return resolve


def _found(bound: Bound, read: FoundRead) -> Resolver:
    target = _target(bound)

    async def resolve(_root: object, info: ResolveInfo, **given: Any) -> Row | None:  # noqa: ANN401
        context: Context = info.context
        if not read.public:
            context.require_actor()
        key = find_key(given["id"], target[1].name)
        return None if key is None else await _row(info, target, key, public=read.public)

    return resolve


def _returned(bound: Bound) -> Resolver:
    target = _target(bound)

    async def resolve(payload: Any, info: ResolveInfo) -> Row | None:  # noqa: ANN401 - a Payload
        key = payload.ids.get(bound.name)
        return None if key is None else await _row(info, target, key)

    return resolve


def _target(bound: Bound) -> tuple[Source, GraphQLObjectType]:
    if bound.target is None or bound.target_type is None:
        message = f"{bound.name} has no source behind it"
        raise TypeError(message)
    return bound.target, bound.target_type


async def _row(
    info: ResolveInfo, target: tuple[Source, GraphQLObjectType], key: UUID, *, public: bool = False
) -> Row | None:
    context: Context = info.context
    plan = Planner(context.registry, info, context.actor).plan(*target, info.field_nodes)
    async with context.reading(info.field_name, public=public) as reading:
        return (await reading.rows(plan, [key])).get(key)


async def find_row(info: Info | ResolveInfo, type_name: str, key: UUID) -> Row | None:
    """One row of a declared type with what the current field selects below it; for the rare hand-written resolver."""
    registry = info.context.registry
    raw = cast("Any", info)._raw_info if isinstance(info, strawberry.Info) else info  # noqa: SLF001
    compiled = getattr(raw, "declared_row", None)
    if compiled is not None:
        return await compiled(type_name, key)
    return await _row(raw, (registry.sources[type_name], registry.types[type_name]), key)


async def find_shown(info: Info, type_name: str, key: UUID, *, field: str, of: str) -> Row | None:
    """The row that the field `field` of the answer (a type named `of`) shows, with what is selected below that field; one statement even where nothing is."""
    context, raw = info.context, cast("Any", info)._raw_info  # noqa: SLF001
    registry = context.registry
    planner = Planner(registry, raw, context.actor)
    plan = Plan(registry.sources[type_name], registry.types[type_name])
    chosen = planner.selected(raw.field_nodes, cast("GraphQLObjectType", registry.schema.type_map[of]), field)
    for nodes in chosen:
        planner.add(plan, nodes)
    async with context.reading(raw.field_name, noted=bool(chosen)) as reading:
        return (await reading.rows(plan, [key])).get(key)


async def find_nodes(info: ResolveInfo, ids: Sequence[str]) -> list[Row | None]:
    """Rows by their ids, in their order; null for what is malformed, unknown, or another tenant's."""
    context: Context = info.context
    context.require_actor()
    if len(ids) > MOST:
        raise TOO_MANY_IDS(path=("ids",), most=MOST)
    decoded = [decode_id(given) for given in ids]
    kinds = dict.fromkeys(name for name, _ in filter(None, decoded) if context.registry.is_node(name))
    found: dict[tuple[str, UUID], Row] = {}
    async with context.reading(info.field_name) as reading:
        for name in kinds:
            plan = Planner(context.registry, info, context.actor).plan(
                context.registry.sources[name], context.registry.types[name], info.field_nodes
            )
            keys = [key for kind, key in filter(None, decoded) if kind == name]
            found |= {(name, key): row for key, row in (await reading.rows(plan, keys)).items()}
    return [None if place is None else found.get(place) for place in decoded]
