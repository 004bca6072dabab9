"""Binds the declarations to the schema: which source each type stands on, and what each field of it reads, with its target resolved."""

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema

from graphql_api.filters import FilterField
from graphql_api.pagination import Ordering
from graphql_api.reads import ManyRead, Read, Source
from graphql_api.shapes import declaration_of, definition_of, fields_of, is_connection, named_type, node_type
from graphql_api.sources import ReadField


@dataclass(frozen=True)
class Bound:
    """A declared field in its place. `target` is the source its rows come from; `ordering` only for lists; `filters` by name in the contract."""

    name: str
    read: Read
    target: Source | None = None
    target_type: GraphQLObjectType | None = None
    is_paged: bool = False
    is_list: bool = False
    ordering: Ordering | None = None
    filters: dict[str, FilterField] = field(default_factory=dict[str, FilterField])


class Registry:
    """All sources by type name, and all declared fields by type name and field name."""

    def __init__(self, schema: GraphQLSchema, secret: bytes) -> None:
        self.schema = schema
        self._secret = secret
        self.sources: dict[str, Source] = {}
        self.types: dict[str, GraphQLObjectType] = {}
        self.fields: dict[str, dict[str, Bound]] = {}
        objects = [
            (kind, definition_of(kind)) for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)
        ]
        for kind, definition in objects:
            source = None if definition is None else getattr(definition.origin, "__source__", None)
            if isinstance(source, Source):
                source.type_name = kind.name
                self.sources[kind.name] = source
                self.types[kind.name] = kind
        for kind, definition in objects:
            if definition is not None:
                self.fields[kind.name] = self._bind(kind)

    def is_node(self, name: str) -> bool:
        """Whether rows of a type are found by an opaque id; reference data with keys of its own is not."""
        kind = self.types.get(name)
        return kind is not None and any(interface.name == "Node" for interface in kind.interfaces)

    def _bind(self, kind: GraphQLObjectType) -> dict[str, Bound]:
        bound: dict[str, Bound] = {}
        for name, described in kind.fields.items():
            declared = declaration_of(described)
            if isinstance(declared, ReadField):
                bound[name] = self._bound(kind, name, described.type, declared)
        return bound

    def _bound(self, kind: GraphQLObjectType, name: str, output: Any, declared: ReadField) -> Bound:  # noqa: ANN401 - an output type
        kind_behind = target_type(output)
        target = None if kind_behind is None else self.sources.get(kind_behind.name)
        read = declared.read
        if not isinstance(read, ManyRead) or target is None:
            return Bound(name, read, target, kind_behind)
        terms = target.order if read.order is None else target.ordered(read.order)
        return Bound(
            name,
            read,
            target,
            kind_behind,
            is_paged=declared.is_paged,
            is_list=not declared.is_paged,
            ordering=Ordering(f"{kind.name}.{name}", terms, self._secret),
            filters=filter_fields(read.filter),
        )


def target_type(output: Any) -> GraphQLObjectType | None:  # noqa: ANN401 - an output type
    """The object type behind lists, non-nulls and connections."""
    inner = named_type(output)
    if not isinstance(inner, GraphQLObjectType):
        return None
    return node_type(inner) if is_connection(inner) else inner


def filter_fields(given: type | None) -> dict[str, FilterField]:
    """The fields of a filter input, by their names in the contract."""
    fields = [] if given is None else fields_of(given)
    return {camel_case(item.python_name): item for item in fields if isinstance(item, FilterField)}


def camel_case(name: str) -> str:
    """`opens_on` as the contract writes it: `opensOn`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
