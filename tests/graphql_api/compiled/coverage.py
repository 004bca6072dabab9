"""Which fields of which types an answer gave a value for."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    get_operation_ast,
    parse,
)

from graphql_api.shapes import named_type
from tests.graphql_api.compiled.operations import Operation


def given_fields(schema: GraphQLSchema, operation: Operation, data: Mapping[str, Any]) -> set[str]:
    """`Type.field` for each field with a value that is not null; `Type.field[]` where a list was not empty."""
    document = parse(operation.text, no_location=True)
    asked = get_operation_ast(document, operation.name)
    assert asked is not None
    return set(_Walk(schema, document).values(asked.selection_set, schema.query_type, data))


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._types = schema.type_map
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def values(self, selection: SelectionSetNode, kind: Any, data: Mapping[str, Any]) -> Iterator[str]:
        """Under an interface a fragment's fields are taken for given where a value stands under each name."""
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield from self._field(node, kind, data)
            else:
                inner: Any = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                condition = inner.type_condition
                below = kind if condition is None else self._types[condition.name.value]
                yield from self.values(inner.selection_set, below, data)

    def _field(self, node: FieldNode, kind: Any, data: Mapping[str, Any]) -> Iterator[str]:
        name = node.name.value
        value = data.get(node.alias.value if node.alias else name)
        described = kind.fields.get(name) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else None
        if value is None or described is None:
            return
        yield f"{kind.name}.{name}"
        if node.selection_set is None:
            return
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield f"{kind.name}.{name}[]"
                yield from self.values(node.selection_set, named_type(described.type), item)
