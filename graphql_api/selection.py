"""From a selection set to a plan: which columns of a source to read, and which relations to follow with which plans of their own.

A plan is a superset of what one place in a query needs; where the same rows are selected twice (two aliases), their needs are joined. Fragments are
visited once per selection set, and `graphql_api.limits` has bounded their number, so building a plan is linear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_argument_values,
)
from sqlalchemy import Column, ColumnElement

from authz.actor import Actor
from graphql_api.pagination import Ordering, PageRequest, page_request
from graphql_api.reads import ColumnRead, ComputedRead, ExpressionRead, KeyRead, ManyRead, OneRead, Source
from graphql_api.registry import Bound, Registry

Groups = dict[str, list[FieldNode]]


class Plan:
    """What to read of one source: columns by label, relations and computed fields by the key their resolvers look under."""

    def __init__(self, source: Source, kind: GraphQLObjectType) -> None:
        self.source = source
        self.kind = kind
        self.columns: dict[str, ColumnElement[Any]] = {source.key.key: source.key}
        self.ones: dict[int, Related] = {}
        self.manys: dict[int, Related] = {}
        self.computed: dict[int, ComputedRead] = {}

    def need(self, *columns: Column[Any]) -> None:
        """Read these columns too."""
        for column in columns:
            self.columns[column.key] = column


@dataclass
class Related:
    """A relation to follow: what it reads, with which plan; for lists the page, the filter and whether to count."""

    bound: Bound
    plan: Plan
    page: PageRequest
    filter: dict[str, Any] | None = None
    counted: bool = False
    parent: Source | None = None
    """Whose rows the list belongs to; None for a root."""

    @property
    def local(self) -> Column[Any]:
        """The parent's side of the relation."""
        read = self.bound.read
        if self.parent is None or not isinstance(read, ManyRead):
            message = f"{self.bound.name} has no parent"
            raise TypeError(message)
        return self.parent.key if read.local is None else read.local

    @property
    def ordering(self) -> Ordering:
        """The order of the list."""
        if self.bound.ordering is None:
            message = f"{self.bound.name} is no list"
            raise TypeError(message)
        return self.bound.ordering


class Planner:
    """Builds plans for one operation of one request."""

    def __init__(self, registry: Registry, info: GraphQLResolveInfo[Any], actor: Actor | None) -> None:
        self.registry = registry
        self.actor = actor
        self.variables: Any = info.variable_values
        self.fragments: dict[str, FragmentDefinitionNode] = info.fragments

    def plan(self, source: Source, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Plan:
        """The plan for rows of one type, selected by these nodes of one field."""
        plan = Plan(source, kind)
        self.add(plan, nodes)
        return plan

    def related(self, bound: Bound, nodes: Sequence[FieldNode], parent: GraphQLObjectType) -> Related:
        """The relation a field reads; arguments are those of its first node (validation made them equal)."""
        if bound.target is None or bound.target_type is None:
            message = f"{bound.name} has no source behind it"
            raise TypeError(message)
        plan = Plan(bound.target, bound.target_type)
        given = get_argument_values(parent.fields[bound.name], nodes[0], self.variables) if bound.is_paged else {}
        page = page_request(bound.ordering, given) if bound.is_paged and bound.ordering is not None else PageRequest()
        related = Related(bound, plan, page, given.get("filter"))
        self.extend(related, nodes)
        return related

    def extend(self, related: Related, nodes: Sequence[FieldNode]) -> None:
        """Add what these nodes select to a relation."""
        bound, plan = related.bound, related.plan
        if not bound.is_paged:
            self.add(plan, nodes)
            return
        for names in self.below(nodes, plan.kind).values():
            name = names[0].name.value
            if name == "totalCount":
                related.counted = True
            elif name == "pageInfo":
                plan.need(*(term.column for term in related.ordering.terms))
            elif name == "edges":
                for inner in self.below(names, plan.kind).values():
                    if inner[0].name.value == "node":
                        self.add(plan, inner)
                    elif inner[0].name.value == "cursor":
                        plan.need(*(term.column for term in related.ordering.terms))

    def add(self, plan: Plan, nodes: Sequence[FieldNode]) -> None:
        """Add the fields that these nodes select below them."""
        fields = self.registry.fields[plan.kind.name]
        for selected in self.below(nodes, plan.kind).values():
            bound = fields.get(selected[0].name.value)
            if bound is not None:
                self._add_field(plan, bound, selected)

    def _add_field(self, plan: Plan, bound: Bound, nodes: list[FieldNode]) -> None:
        read, key = bound.read, id(nodes[0])
        if isinstance(read, KeyRead):
            return
        if isinstance(read, ColumnRead):
            plan.need(read.column)
        elif isinstance(read, ExpressionRead):
            plan.columns[label(bound)] = shown(read, self.actor)
        elif isinstance(read, ComputedRead):
            plan.need(*read.needs)
            plan.computed[key] = read
        elif isinstance(read, OneRead):
            plan.need(read.local, *(() if read.tenant is None else (read.tenant,)))
            self._relate(plan.ones, plan, bound, nodes)
        elif isinstance(read, ManyRead):
            plan.need(*(() if read.local is None else (read.local,)))
            self._relate(plan.manys, plan, bound, nodes)

    def selected(self, nodes: Sequence[FieldNode], kind: GraphQLObjectType, name: str) -> list[list[FieldNode]]:
        """The nodes that select the field `name` right below these, one list for each name in the answer."""
        return [found for found in self.below(nodes, kind).values() if found[0].name.value == name]

    def _relate(self, place: dict[int, Related], plan: Plan, bound: Bound, nodes: list[FieldNode]) -> None:
        known = place.get(id(nodes[0]))
        if known is None:
            place[id(nodes[0])] = self.related(bound, nodes, plan.kind)
        else:
            self.extend(known, nodes)

    def below(self, nodes: Sequence[FieldNode], kind: GraphQLObjectType) -> Groups:
        """The fields that these nodes select below them, by their names in the answer."""
        groups: Groups = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set is not None:
                for field in self._fields(node.selection_set, kind, seen):
                    groups.setdefault(field.alias.value if field.alias else field.name.value, []).append(field)
        return groups

    def _fields(self, selection: SelectionSetNode, kind: GraphQLObjectType, seen: set[str]) -> Iterator[FieldNode]:
        for node in selection.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, kind):
                    yield from self._fields(node.selection_set, kind, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, kind):
                    yield from self._fields(fragment.selection_set, kind, seen)

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        """Whether a fragment on `condition` speaks of rows of `kind`; edges and connections are only ever selected under their own name."""
        return condition == kind.name or (condition not in self.registry.sources and condition != "Query")

    def _included(self, node: Any) -> bool:  # noqa: ANN401 - any selection node
        for directive in node.directives or ():
            if directive.name.value in {"skip", "include"}:
                given = directive.arguments[0].value
                value = self.variables.coerced.get(given.name.value) if isinstance(given, VariableNode) else given.value
                if bool(value) == (directive.name.value == "skip"):
                    return False
        return True


def shown(read: ExpressionRead, actor: Actor | None) -> ColumnElement[Any]:
    """The expression, or what it stands in for where the actor sees that."""
    clear = read.clear is not None and actor is not None and read.unless is not None and read.unless(actor)
    return read.clear if clear and read.clear is not None else read.expression


def label(bound: Bound) -> str:
    """Under which name an expression stands in a row; no column is named like it."""
    return f"~{bound.name}"
