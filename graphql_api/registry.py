"""Binds the declarations to the schema: which source each type stands on, and what each field of it reads, with its target resolved."""

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from graphql_api.filters import FilterField
from graphql_api.pagination import Connection, Ordering
from graphql_api.sources import ManyRead, Read, ReadField, Source

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


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
        objects = [(kind, definition_of(kind)) for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
        for kind, definition in objects:
            source = None if definition is None else getattr(definition.origin, "__source__", None)
            if isinstance(source, Source):
                source.type_name = kind.name
                self.sources[kind.name] = source
                self.types[kind.name] = kind
        for kind, definition in objects:
            if definition is not None:
                self.fields[kind.name] = self._bind(kind)

    def _bind(self, kind: GraphQLObjectType) -> dict[str, Bound]:
        bound: dict[str, Bound] = {}
        for name, described in kind.fields.items():
            declared = described.extensions.get(_DEFINITION)
            if isinstance(declared, ReadField):
                bound[name] = self._bound(kind, name, described.type, declared)
        return bound

    def _bound(self, kind: GraphQLObjectType, name: str, output: GraphQLOutputType, declared: ReadField) -> Bound:
        target_type = self._target_type(output)
        target = None if target_type is None else self.sources.get(target_type.name)
        read = declared.read
        if not isinstance(read, ManyRead) or target is None:
            return Bound(name, read, target, target_type)
        terms = target.order if read.order is None else target.ordered(read.order)
        return Bound(
            name,
            read,
            target,
            target_type,
            is_paged=declared.is_paged,
            is_list=not declared.is_paged,
            ordering=Ordering(f"{kind.name}.{name}", terms, self._secret),
            filters=filter_fields(read.filter),
        )

    def _target_type(self, output: GraphQLOutputType) -> GraphQLObjectType | None:
        """The object type behind lists, non-nulls and connections."""
        inner: Any = output
        while isinstance(inner, GraphQLList | GraphQLNonNull):
            inner = inner.of_type
        if not isinstance(inner, GraphQLObjectType):
            return None
        return self._target_type(node_type(inner)) if is_connection(inner) else inner


def definition_of(kind: GraphQLObjectType) -> StrawberryObjectDefinition | None:
    """Strawberry's definition of a type of the schema; None for introspection types."""
    definition = kind.extensions.get(_DEFINITION)
    return definition if isinstance(definition, StrawberryObjectDefinition) else None


def declared_field(described: Any) -> StrawberryField | None:  # noqa: ANN401 - a GraphQLField of any parameters
    """Strawberry's field behind a field of the schema."""
    found = described.extensions.get(_DEFINITION)
    return found if isinstance(found, StrawberryField) else None


def is_connection(kind: GraphQLObjectType) -> bool:
    """Whether a type is a page of a list."""
    definition = definition_of(kind)
    return definition is not None and definition.concrete_of is not None and definition.concrete_of.origin is Connection


def node_type(connection: GraphQLObjectType) -> GraphQLOutputType:
    """The type of the nodes of a connection type."""
    edges: Any = connection.fields["edges"].type
    while isinstance(edges, GraphQLList | GraphQLNonNull):
        edges = edges.of_type
    return edges.fields["node"].type


def filter_fields(given: type | None) -> dict[str, FilterField]:
    """The fields of a filter input, by their names in the contract."""
    if given is None:
        return {}
    definition: StrawberryObjectDefinition = given.__strawberry_definition__  # pyright: ignore[reportAttributeAccessIssue]
    return {camel_case(item.python_name): item for item in definition.fields if isinstance(item, FilterField)}


def camel_case(name: str) -> str:
    """`opens_on` as the contract writes it: `opensOn`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
