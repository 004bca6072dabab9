"""The arguments of lists and roots: what is known when a selection is compiled, and slots for what each request brings."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    value_from_ast,  # pyright: ignore[reportUnknownVariableType] - graphql-core leaves it so
)

from graphql_api.compiled.bail import Uncompilable
from graphql_api.filters import FilterField
from graphql_api.pagination import Ordering, PageRequest
from graphql_api.reads import MOST, Slot
from graphql_api.registry import Bound

Positions = Callable[[Any], tuple[Any, ...]]


class Arguments:
    """Of one operation; `values` are the variables of the request at hand, which later ones of the same shape share in all that is taken from them here."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.checks: list[Positions] = []
        """The cursors that requests bring: a broken one is refused wherever it stands, also below a list that is empty."""

    def page(
        self, bound: Bound, node: FieldNode, parent: GraphQLObjectType
    ) -> tuple[PageRequest, dict[str, Any] | None]:
        """The page that a list is asked for, and its filter."""
        if not bound.is_paged or bound.ordering is None:
            return PageRequest(), None
        kinds: Any = parent.fields[bound.name].args
        given = {item.name.value: item.value for item in node.arguments or ()}
        first, last = (self._now(given.get(name), kinds[name].type) for name in ("first", "last"))
        after, before = (self._position(bound.ordering, given.get(name)) for name in ("after", "before"))
        wanted = given.get("filter")
        chosen = None if wanted is None else self._filter(bound.filters, wanted, kinds["filter"].type)
        page = PageRequest(first or last or MOST, first is None and last is not None, after, before)
        return page, chosen

    def read(self, node: FieldNode, name: str) -> Callable[[Any], Any]:
        """How a text argument of a root is found when it runs."""
        given = next((item.value for item in node.arguments or () if item.name.value == name), None)
        if isinstance(given, VariableNode):
            variable = given.name.value
            return lambda env: env.variables[variable]
        fixed = getattr(given, "value", None)
        return lambda _env: fixed

    def _now(self, node: ValueNode | None, kind: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
        """A value that the shape holds."""
        if node is None:
            return None
        if isinstance(node, VariableNode):
            return self._values.get(node.name.value)
        found = value_from_ast(node, kind)
        return None if found is Undefined else found

    def _position(self, ordering: Ordering, node: ValueNode | None) -> tuple[Any, ...] | None:
        if node is None or isinstance(node, NullValueNode):
            return None
        if not isinstance(node, VariableNode):
            return ordering.position(getattr(node, "value", ""), "cursor")
        name = node.name.value
        if self._values.get(name) is None:
            return None
        key = hash((name, ordering.name))

        def positions(env: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an Env
            if key not in env.memo:
                env.memo[key] = ordering.position(env.variables[name], "cursor")
            return env.memo[key]

        self.checks.append(positions)
        return tuple(_part(positions, name, number) for number in range(len(ordering.terms)))

    def _filter(self, fields: Mapping[str, FilterField], node: ValueNode, kind: Any) -> dict[str, Any] | None:  # noqa: ANN401
        if isinstance(node, VariableNode):
            given: dict[str, Any] = self._values.get(node.name.value) or {}
            return {
                name: _prepared(fields[name], node.name.value, (name,))
                for name, value in given.items()
                if value is not None
            }
        if not isinstance(node, ObjectValueNode):
            return None
        chosen: dict[str, Any] = {}
        for item in node.fields:
            name = item.name.value
            if isinstance(item.value, VariableNode):
                variable = item.value.name.value
                if self._values.get(variable) is not None:
                    chosen[name] = _prepared(fields[name], variable, ())
            else:
                value = value_from_ast(item.value, kind.fields[name].type)
                if value is Undefined:
                    message = f"a variable within the value of {name}"
                    raise Uncompilable(message)
                chosen[name] = value
        return chosen


def _part(positions: Positions, name: str, number: int) -> Slot:
    return Slot(f"{name}[{number}]", lambda env: positions(env)[number])


def _prepared(field: FilterField, variable: str, path: tuple[str, ...]) -> Slot:
    """What a filter's condition makes of a variable's value."""
    condition = field.condition
    if condition is None:
        raise Uncompilable(variable)

    def read(env: Any) -> Any:  # noqa: ANN401 - an Env
        value = env.variables[variable]
        for name in path:
            value = value[name]
        return condition.prepare(value)

    return Slot(".".join((variable, *path)), read)
