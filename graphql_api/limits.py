"""What a document may cost, measured before it runs: one pass, each fragment measured once, so that no nesting of fragments can make it slow.

Measured twice: over the text alone (variables count as the least they can be), and again with the coerced variables. A row of a source costs 1, its
scalars nothing; a list multiplies what stands below it by its page size, a bounded list by TYPICAL_LIST; a counted list costs COUNT_COST more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from graphql_api.reads import MOST
from graphql_api.refusals import PAGE_SIZE_OUT_OF_RANGE, PAGE_SIZE_REQUIRED, QUERY_TOO_COMPLEX
from graphql_api.registry import Registry
from graphql_api.shapes import is_connection, is_list, named_type
from kernel.errors import Failure

MAX_TOKENS = 2_000
MAX_ERRORS = 10
TYPICAL_LIST = 10
COUNT_COST = 10
_CAP = 10**6
_INTROSPECTION_ROOTS = {"__schema", "__type"}


@dataclass(frozen=True)
class Limits:
    """The most that a document may have of each measure."""

    depth: int = 12
    lists: int = 3
    aliases: int = 30
    directives: int = 9
    fields: int = 500
    roots: int = 10
    cost: int = 2_000


@dataclass
class Measure:
    """What a selection set comes to; depth and lists are the deepest below it, the others sums."""

    depth: int = 0
    lists: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    cost: int = 0

    def add(self, other: "Measure") -> None:
        """Another selection beside this one."""
        self.depth = max(self.depth, other.depth)
        self.lists = max(self.lists, other.lists)
        self.aliases = min(_CAP, self.aliases + other.aliases)
        self.directives = min(_CAP, self.directives + other.directives)
        self.fields = min(_CAP, self.fields + other.fields)
        self.cost = min(_CAP, self.cost + other.cost)


@dataclass
class Meter:
    """Measures one operation; `variables` None: the static pass."""

    registry: Registry
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any] | None
    problems: list[Failure] = field(default_factory=list[Failure])
    _known: dict[str, Measure] = field(default_factory=dict[str, Measure])

    def selection(self, selection: SelectionSetNode | None, kind: Any) -> Measure:  # noqa: ANN401 - a type, or None where it is unknown
        """What the selections of one set come to."""
        total = Measure()
        for node in () if selection is None else selection.selections:
            total.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                total.add(self._field(node, kind))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = kind if condition is None else self.registry.schema.type_map.get(condition.name.value)
                total.add(self.selection(node.selection_set, inner))
            elif isinstance(node, FragmentSpreadNode):
                total.add(self._fragment(node.name.value))
        return total

    def _fragment(self, name: str) -> Measure:
        if name not in self._known:
            self._known[name] = Measure()  # what a cycle adds to itself; validation refuses cycles
            fragment = self.fragments.get(name)
            if fragment is not None:
                kind = self.registry.schema.type_map.get(fragment.type_condition.name.value)
                self._known[name] = self.selection(fragment.selection_set, kind)
        return self._known[name]

    def _field(self, node: FieldNode, kind: Any) -> Measure:  # noqa: ANN401
        name = node.name.value
        fields = getattr(kind, "fields", {})
        described = fields.get(name)
        output = None if described is None else described.type
        inner = named_type(output)
        below = self.selection(node.selection_set, inner)
        if name in _INTROSPECTION_ROOTS:
            below.depth = below.lists = 0
        below.fields += 1
        below.aliases += node.alias is not None
        below.depth += 1
        if not isinstance(inner, GraphQLObjectType):
            return below
        if is_connection(inner):
            below.lists += 1
            below.cost = min(_CAP, below.cost * self._page_size(node, name) + (COUNT_COST if _counts(node) else 0))
        else:
            below.cost += inner.name in self.registry.sources
            if is_list(output) and not is_edges(kind, name):
                below.lists += 1
                below.cost = min(_CAP, below.cost * TYPICAL_LIST)
        return below

    def _page_size(self, node: FieldNode, name: str) -> int:
        """The size of a page; says so when it is missing or out of range."""
        first, last = self._number(node, "first"), self._number(node, "last")
        if _UNKNOWN in {first, last}:
            return 1
        if (first is _ABSENT) == (last is _ABSENT):
            self.problems.append(PAGE_SIZE_REQUIRED(path=(name,), field=name))
            return MOST
        size = last if first is _ABSENT else first
        if not isinstance(size, int) or not 1 <= size <= MOST:
            self.problems.append(
                PAGE_SIZE_OUT_OF_RANGE(path=(name, "first" if last is _ABSENT else "last"), field=name, most=MOST)
            )
            return MOST
        return size

    def _number(self, node: FieldNode, name: str) -> object:
        given = next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
        if given is None or isinstance(given, NullValueNode):
            return _ABSENT
        if isinstance(given, VariableNode):
            return _UNKNOWN if self.variables is None else self._coerced(given.name.value)
        return int(given.value) if isinstance(given, IntValueNode) and len(given.value) <= len(str(_CAP)) else None

    def _coerced(self, name: str) -> object:
        value = None if self.variables is None else self.variables.get(name)
        return _ABSENT if value is None else value


class _Mark:
    """A value that is no number."""


_ABSENT, _UNKNOWN = _Mark(), _Mark()


def measure(
    registry: Registry,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
    limits: Limits,
) -> tuple[Measure, list[Failure]]:
    """What an operation comes to, and every limit it breaks (none: it may run)."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    meter = Meter(registry, fragments, variables)
    root = registry.schema.get_root_type(operation.operation)
    total = meter.selection(operation.selection_set, root)
    total.directives += len(operation.directives or ())
    roots = _root_count(operation.selection_set, fragments, {})
    measured = {**vars(total), "roots": roots}
    broken = [
        QUERY_TOO_COMPLEX(measure=name, value=value, limit=limit)
        for name, limit in vars(limits).items()
        if (value := measured[name]) > limit
    ]
    return total, (broken or meter.problems)[:MAX_ERRORS]


def _root_count(
    selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, int]
) -> int:
    total = 0
    for node in selection.selections:
        if isinstance(node, FieldNode):
            total += 1
        elif isinstance(node, InlineFragmentNode):
            total += _root_count(node.selection_set, fragments, known)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in known:
                known[name] = 0
                known[name] = _root_count(fragments[name].selection_set, fragments, known) if name in fragments else 0
            total += known[name]
    return min(_CAP, total)


def is_edges(kind: Any, name: str) -> bool:  # noqa: ANN401 - a type, or None
    """Whether a field is the edges of a connection, whose size the connection has counted."""
    return name == "edges" and isinstance(kind, GraphQLObjectType) and is_connection(kind)


def _counts(node: FieldNode) -> bool:
    selections = () if node.selection_set is None else node.selection_set.selections
    return any(isinstance(inner, FieldNode) and inner.name.value == "totalCount" for inner in selections)
