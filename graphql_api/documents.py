"""From a request's text to an operation that may run: parsed, measured, validated; remembered, since clients send the same few texts."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    TypeNode,
    Undefined,
    get_operation_ast,
    get_variable_values,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import Visitor
from graphql.utilities import type_from_ast, validate_input_value  # pyright: ignore[reportUnknownVariableType]
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graphql_api.limits import MAX_ERRORS, MAX_TOKENS, Limits, measure
from graphql_api.refusals import INVALID_VALUE, UNKNOWN_OPERATION
from graphql_api.registry import Registry
from kernel.errors import Failure

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 20_000

Problems = list[GraphQLError | Failure]


@dataclass(frozen=True)
class Prepared:
    """A document and what is wrong with it (nothing: it may run); `malformed` where it is no GraphQL at all."""

    document: DocumentNode | None
    problems: Problems
    malformed: bool = False
    introspects: bool = False
    is_remembered: bool = False
    """Short enough to be kept, and with it whatever is made of it."""


@dataclass(frozen=True)
class Ready:
    """An operation with its variables, within the limits."""

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: int

    @property
    def is_mutation(self) -> bool:
        """Whether it writes."""
        return self.operation.operation is OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        """Whether it waits for what happens."""
        return self.operation.operation is OperationType.SUBSCRIPTION


class Documents:
    """Prepares documents against one schema."""

    def __init__(self, registry: Registry, limits: Limits, *, hide_suggestions: bool) -> None:
        self._registry = registry
        self._limits = limits
        self._hide = hide_suggestions
        self._remembered: OrderedDict[str, Prepared] = OrderedDict()

    def prepare(self, text: str) -> Prepared:
        """Parse, measure, validate; in this order, so that nothing slow sees what is too large."""
        known = self._remembered.get(text)
        if known is not None:
            self._remembered.move_to_end(text)
            return known
        prepared = self._prepare(text)
        if prepared.is_remembered:
            self._remembered[text] = prepared
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return prepared

    def ready(self, prepared: Prepared, operation_name: str | None, variables: Mapping[str, Any]) -> Ready | Problems:
        """The operation to run, or why not: it cannot be told which, a variable's value is wrong, or it asks for too much."""
        document = prepared.document
        operation = None if document is None else get_operation_ast(document, operation_name)
        if document is None or operation is None:
            return [UNKNOWN_OPERATION()]
        coerced = get_variable_values(
            self._registry.schema,
            operation.variable_definitions or (),
            dict(variables),
            max_errors=MAX_ERRORS,
            hide_suggestions=self._hide,
        )
        if isinstance(coerced, list):
            return self._value_problems(operation, variables) or list(coerced)
        total, broken = measure(self._registry, document, operation, coerced.coerced, self._limits)
        return list(broken) if broken else Ready(document, operation, total.cost)

    def exceeds(self, ready: Ready, coerced: Mapping[str, Any]) -> bool:
        """Whether an operation with these values asks for too much."""
        _, broken = measure(self._registry, ready.document, ready.operation, coerced, self._limits)
        return bool(broken)

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLSyntaxError as problem:
            return Prepared(None, [problem], malformed=True)
        except RecursionError:
            return Prepared(None, [GraphQLError("Document is nested too deeply.")], malformed=True)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        for operation in operations[: MAX_ERRORS + 1]:
            _, broken = measure(self._registry, document, operation, None, self._limits)
            if broken:
                return Prepared(document, list(broken))
        problems = validate(
            self._registry.schema, document, _RULES, max_errors=MAX_ERRORS - 1, hide_suggestions=self._hide
        )
        is_remembered = not problems and len(text) <= _LONGEST_REMEMBERED
        return Prepared(document, list(problems), introspects=_introspects(document), is_remembered=is_remembered)

    def _value_problems(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Problems:
        """Wrong variable values, each at its field."""
        found: Problems = []
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            kind = _input_type(self._registry, definition.type)
            if kind is None or (name not in variables and definition.default_value is not None):
                continue

            def on_error(error: GraphQLError, path: list[str | int], name: str = name) -> None:
                where = tuple(str(part) for part in (name, *path))
                found.append(INVALID_VALUE(path=where, field=".".join(where), detail=error.message))

            validate_input_value(variables.get(name, Undefined), kind, on_error, self._hide)
        return found[:MAX_ERRORS]


def _input_type(registry: Registry, node: TypeNode) -> Any:  # noqa: ANN401 - an input type; None where unknown
    return type_from_ast(registry.schema, node)


class _Introspection(Visitor):
    """Looks for the fields that show the schema."""

    found = False

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Called for each field of the document."""
        self.found = self.found or node.name.value in {"__schema", "__type"}


def _introspects(document: DocumentNode) -> bool:
    visitor = _Introspection()
    visit(document, visitor)
    return visitor.found


def root_fields(ready: Ready) -> list[str]:
    """The names of the fields that an operation asks of the root, through fragments too; each once."""
    fragments = {
        node.name.value: node for node in ready.document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    found: dict[str, None] = {}
    entered: set[str] = set()
    waiting = [ready.operation.selection_set]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                found[node.name.value] = None
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in entered:
                entered.add(node.name.value)
                waiting.append(fragments[node.name.value].selection_set)
    return list(found)
