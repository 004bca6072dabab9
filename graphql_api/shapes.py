"""Looking through graphql-core's types: what stands behind non-nulls, lists and connections, and which declaration made it."""

from typing import Any

from graphql import GraphQLList, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField

from graphql_api.pagination import Connection

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


def named_type(output: Any) -> Any:  # noqa: ANN401 - a GraphQL type, or None where it is unknown
    """The type without its non-nulls and lists."""
    inner = getattr(output, "of_type", None)
    return output if inner is None else named_type(inner)


def is_list(output: Any) -> bool:  # noqa: ANN401
    """Whether there is a list in it."""
    if isinstance(output, GraphQLList):
        return True
    inner = getattr(output, "of_type", None)
    return inner is not None and is_list(inner)


def definition_of(kind: GraphQLObjectType) -> StrawberryObjectDefinition | None:
    """Strawberry's definition of a type of the schema; None for introspection types."""
    definition = kind.extensions.get(_DEFINITION)
    return definition if isinstance(definition, StrawberryObjectDefinition) else None


def declaration_of(field: Any) -> object:  # noqa: ANN401 - a field of the schema
    """Strawberry's field behind a field of the schema."""
    return field.extensions.get(_DEFINITION)


def fields_of(declared: type) -> list[StrawberryField]:
    """The fields of a Strawberry type or input."""
    return get_object_definition(declared, strict=True).fields


def is_connection(kind: GraphQLObjectType) -> bool:
    """Whether a type is a page of a list."""
    definition = definition_of(kind)
    return definition is not None and definition.concrete_of is not None and definition.concrete_of.origin is Connection


def edge_type(connection: GraphQLObjectType) -> Any:  # noqa: ANN401 - an object type
    """The type of a connection's edges."""
    return named_type(connection.fields["edges"].type)


def node_type(connection: GraphQLObjectType) -> Any:  # noqa: ANN401 - an object type
    """The type of a connection's nodes."""
    return named_type(edge_type(connection).fields["node"].type)
