"""The values of an operation's variables: coerced as graphql-core coerces them, and of what shape they are.

The shape is all that the compiled form depends on: the values of `@skip` and `@include`, the sizes of pages, the type in a node's id; of any other value only
whether there is one, and of a filter which conditions it has. A value that is wrong has no shape: the ordinary executor says what is wrong with it.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    get_variable_values,
)
from graphql.utilities import type_from_ast  # pyright: ignore[reportUnknownVariableType]

from graphql_api.compiled.bail import Bail
from graphql_api.ids import decode_id

Coerce = Callable[[Any], Any]
_SIZES = frozenset({"first", "last"})
_LEAST, _MOST = -(2**31), 2**31 - 1


class Variables:
    """Of one operation in a document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        uses = _uses(document)
        self._defined: list[tuple[str, Coerce, Any, bool]] = []
        self._shapes: list[tuple[str, Callable[[Any], Hashable]]] = []
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            kind: Any = type_from_ast(schema, definition.type)
            default = Undefined if definition.default_value is None else _default(schema, definition)
            self._defined.append((name, coercer(kind), default, isinstance(kind, GraphQLNonNull)))
            self._shapes.append((name, uses.get(name, _presence)))

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values under which the operation runs; raises Bail where one is wrong."""
        values: dict[str, Any] = {}
        for name, coerce, default, is_required in self._defined:
            if name in given:
                value = given[name]
                if value is None:
                    if is_required:
                        raise Bail
                    values[name] = None
                else:
                    values[name] = coerce(value)
            elif default is not Undefined:
                values[name] = default
            elif is_required:
                raise Bail
        return values

    def shape(self, values: Mapping[str, Any]) -> Hashable:
        """What of the values the compiled form depends on."""
        return tuple(shape(values.get(name)) for name, shape in self._shapes)


def coercer(kind: Any) -> Coerce:  # noqa: ANN401 - an input type
    """Coerces what is not null; raises Bail."""
    if isinstance(kind, GraphQLNonNull):
        return coercer(cast("Any", kind).of_type)
    if isinstance(kind, GraphQLList):
        return _list(cast("Any", kind).of_type)
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind)
    known = {"String": str, "ID": str, "Boolean": bool, "Int": int}.get(kind.name)
    if isinstance(kind, GraphQLScalarType) and known is not None:
        return _plain(known, _by_type(kind))
    return _by_type(kind)


def _plain(expected: type, otherwise: Coerce) -> Coerce:
    """For what JSON has itself: a look at the type is enough."""
    if expected is int:
        return lambda value: value if type(value) is int and _LEAST <= value <= _MOST else otherwise(value)
    return lambda value: value if type(value) is expected else otherwise(value)


def _by_type(kind: GraphQLScalarType | GraphQLEnumType) -> Coerce:
    def coerce(value: Any) -> Any:  # noqa: ANN401 - what JSON gave
        try:
            coerced = cast("Any", kind).coerce_input_value(value)
        except Exception as problem:
            raise Bail from problem
        if coerced is Undefined:
            raise Bail
        return coerced

    return coerce


def _list(kind: Any) -> Coerce:  # noqa: ANN401
    item, is_required = coercer(kind), isinstance(kind, GraphQLNonNull)

    def coerce(value: Any) -> list[Any]:  # noqa: ANN401
        values: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
        if is_required and None in values:
            raise Bail
        return [None if one is None else item(one) for one in values]

    return coerce


def _object(kind: GraphQLInputObjectType) -> Coerce:
    fields: list[tuple[str, Coerce, Any, bool, str]] = []

    def coerce(value: Any) -> dict[str, Any]:  # noqa: ANN401
        if not fields:  # not before it is used: inputs may hold one another
            fields.extend(_field(name, described) for name, described in kind.fields.items())
        if kind.is_one_of or not isinstance(value, dict) or cast("dict[str, Any]", value).keys() - kind.fields.keys():
            raise Bail
        coerced: dict[str, Any] = {}
        for name, item, default, is_required, out_name in fields:
            given = cast("dict[str, Any]", value).get(name, default)
            if (given is None or given is Undefined) and is_required:
                raise Bail
            if given is not Undefined:
                coerced[out_name] = None if given is None else item(given)
        return coerced

    return coerce


def _field(name: str, described: Any) -> tuple[str, Coerce, Any, bool, str]:  # noqa: ANN401 - a GraphQLInputField
    default = described.default_value
    if described.default is not None or not (default is None or default is Undefined):
        return name, _refuse, Undefined, True, name  # no input of ours has such defaults
    out_name = described.out_name or name
    return name, coercer(described.type), default, isinstance(described.type, GraphQLNonNull), out_name


def _refuse(_value: object) -> Any:  # noqa: ANN401 - never returns
    raise Bail


def _default(schema: GraphQLSchema, definition: Any) -> Any:  # noqa: ANN401 - a variable's definition
    found = get_variable_values(schema, [definition], {})
    return Undefined if isinstance(found, list) else found.coerced[definition.variable.name.value]


def _uses(document: DocumentNode) -> dict[str, Callable[[Any], Hashable]]:
    """Of the variables that decide over the compiled form by their value, how."""
    found: dict[str, Callable[[Any], Hashable]] = {}
    for node in _nodes(document):
        directives: Sequence[Any] = getattr(node, "directives", None) or ()
        values = [item.value for directive in directives for item in directive.arguments or ()]
        found |= {str(value.name.value): _itself for value in values if isinstance(value, VariableNode)}
        field: Any = node
        for item in (field.arguments or ()) if isinstance(node, FieldNode) else ():
            if isinstance(item.value, VariableNode):
                use = _itself if item.name.value in _SIZES else _type_in if field.name.value == "node" else _presence
                found[item.value.name.value] = _stricter(found.get(item.value.name.value), use)
    return found


def _stricter(one: Callable[[Any], Hashable] | None, other: Callable[[Any], Hashable]) -> Callable[[Any], Hashable]:
    """What holds enough for both uses."""
    return next((use for use in (_itself, _type_in) if use in {one, other}), other)


def _nodes(document: DocumentNode) -> Iterator[Node]:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            yield from _walk(definition)


def _walk(node: Any) -> Iterator[Node]:  # noqa: ANN401 - any node with selections
    yield node
    for inner in () if node.selection_set is None else node.selection_set.selections:
        yield from _walk(inner) if hasattr(inner, "selection_set") else (inner,)


def _itself(value: Any) -> Hashable:  # noqa: ANN401
    """Another operation of the document may call something else by the same name: a list, an input."""
    return _presence(value) if isinstance(value, list | dict) else value


def _type_in(value: Any) -> Hashable:  # noqa: ANN401
    decoded = decode_id(value) if isinstance(value, str) else None
    return None if decoded is None else decoded[0]


def _presence(value: Any) -> Hashable:  # noqa: ANN401
    if isinstance(value, dict):
        return tuple(sorted(name for name, one in cast("dict[str, Any]", value).items() if one is not None))
    return value is not None
