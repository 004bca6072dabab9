"""Objects that are no rows: what computed fields give and hand-written resolvers return, shown by their attributes and by their resolvers that do not wait."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from graphql import FieldNode, GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType
from strawberry.types.field import StrawberryField

from graphql_api.compiled.bail import Uncompilable
from graphql_api.compiled.code import Code
from graphql_api.registry import Registry
from graphql_api.selection import Planner
from graphql_api.shapes import declaration_of


class Plain:
    """Writes expressions for values of any type but declared rows."""

    def __init__(self, registry: Registry, planner: Planner, code: Code) -> None:
        self._registry = registry
        self._planner = planner
        self._code = code

    def shown(self, kind: Any, nodes: Sequence[FieldNode], value: str) -> str:  # noqa: ANN401 - a type of the contract
        """An expression for a value of this type, of which `nodes` select; `e` is the Env."""
        if isinstance(kind, GraphQLNonNull):
            return f"required({self.shown(cast('Any', kind).of_type, nodes, value)})"
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return self._code.shown(kind, value)
        held = self._code.fresh("x")
        if isinstance(kind, GraphQLList):
            one = self._code.fresh("y")
            made = f"[{self.shown(cast('Any', kind).of_type, nodes, one)} for {one} in {held}]"
        elif isinstance(kind, GraphQLObjectType) and kind.name not in self._registry.sources:
            made = f"{self._object(kind, nodes)}({held}, e)"
        else:
            message = f"{kind} is not shown as a plain value"
            raise Uncompilable(message)
        return f"(None if ({held} := {value}) is None else {made})"

    def _object(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        parts: list[str] = []
        for name, fields in self._planner.below(nodes, kind).items():
            parts.append(f"{self._code.constant(name)}: {self._field(kind, fields)}")
        return self._code.function("v, e", f"return {{{', '.join(parts)}}}")

    def _field(self, kind: GraphQLObjectType, fields: list[FieldNode]) -> str:
        name = fields[0].name.value
        if name == "__typename":
            return self._code.constant(kind.name)
        described = kind.fields[name]
        found = getter(kind, name)
        value = f"v.{found}" if isinstance(found, str) else f"{self._code.constant(found)}(v, e)"
        return self.shown(described.type, fields, value)


def getter(kind: GraphQLObjectType, name: str) -> str | Callable[[Any, Any], Any]:
    """The attribute of a field, or what calls its resolver with the object and an Env; raises Uncompilable where it waits or takes arguments."""
    declared = declaration_of(kind.fields[name])
    if not isinstance(declared, StrawberryField) or type(declared) is not StrawberryField:
        message = f"{kind.name}.{name} is no plain field"
        raise Uncompilable(message)
    if declared.is_basic_field:
        return declared.python_name
    resolver: Any = cast("Any", declared).base_resolver
    if declared.is_async or resolver is None or declared.arguments:
        message = f"{kind.name}.{name} waits, or takes arguments"
        raise Uncompilable(message)
    resolve, info = resolver.wrapped_func, resolver.info_parameter
    if info is None:
        return lambda value, _env: resolve(value)
    return lambda value, env: resolve(value, **{info.name: env.info})
