"""Writes the Python of a compiled answer: expressions over rows, whose every name, key and converter is a constant handed in, never a word of the client's."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLScalarType
from sqlalchemy.types import Boolean, Date, Integer, SmallInteger, Text, TypeEngine

from graphql_api.compiled.bail import required
from graphql_api.ids import encode_id
from kernel.clock import CHINA

_PLAIN: dict[str, tuple[type[TypeEngine[Any]], ...]] = {
    "String": (Text,),
    "ID": (Text,),
    "Boolean": (Boolean,),
    "Date": (Date,),
    "Int": (Integer, SmallInteger),
}
"""What goes into the answer as the driver gives it: by scalar, the types of columns. orjson writes a day as our Date is written."""


class Code:
    """Functions that are written as text, with what they refer to."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"required": required}
        self._texts: list[str] = []
        self._keys: dict[str, str] = {}
        self._fixed: dict[int, str] = {}
        self._converters: dict[str, str] = {}
        self._count = 0

    def fresh(self, letter: str) -> str:
        """A name that stands nowhere else."""
        self._count += 1
        return f"{letter}{self._count}"

    def constant(self, value: object) -> str:
        """The name of a value."""
        if isinstance(value, str):
            if value not in self._keys:
                self._keys[value] = self._named("k", value)
            return self._keys[value]
        if id(value) not in self._fixed:
            self._fixed[id(value)] = self._named("c", value)
        return self._fixed[id(value)]

    def function(self, parameters: str, *lines: str) -> str:
        """The name of a function of this text."""
        name = self.fresh("f")
        body = "".join(f"    {line}\n" for line in lines)
        self._texts.append(f"def {name}({parameters}):\n{body}")
        return name

    def get(self, name: str) -> Callable[..., Any]:
        """A function that was written; all that was written before is run once."""
        if name not in self.names:
            exec(compile("\n".join(self._texts), "<compiled read>", "exec"), self.names)  # noqa: S102 - our own text
            self._texts.clear()
        return cast("Callable[..., Any]", self.names[name])

    def shown(self, kind: Any, value: str, column: Any = None) -> str:  # noqa: ANN401 - a type of the contract; a column, where it is one
        """An expression for a leaf of the contract's type `kind`; `value` is an expression for what the database, or an attribute, gave."""
        nullable = column is None or bool(getattr(column, "nullable", True))
        is_required = isinstance(kind, GraphQLNonNull)
        inner = cast("Any", kind).of_type if is_required else kind
        expression = self._nullable(inner, value, column, nullable=nullable)
        return f"required({expression})" if is_required and nullable else expression

    def _nullable(self, kind: Any, value: str, column: Any, *, nullable: bool) -> str:  # noqa: ANN401
        if not isinstance(kind, GraphQLList) and self._is_plain(kind, column):
            return value
        held = self.fresh("x")
        chosen = f"({held} := {value})" if nullable else value
        name = held if nullable else value
        if isinstance(kind, GraphQLList):
            one = self.fresh("y")
            made = f"[{self.shown(cast('Any', kind).of_type, one)} for {one} in {name}]"
        else:
            made = f"{self.converter(kind.name, lambda: converter(kind))}({name})"
        return f"(None if {chosen} is None else {made})" if nullable else made

    def _is_plain(self, kind: Any, column: Any) -> bool:  # noqa: ANN401
        types = _PLAIN.get(kind.name)
        return types is not None and column is not None and isinstance(column.type, types)

    def converter(self, name: str, made: Callable[[], Callable[[Any], Any]]) -> str:
        """The name of a converter, which is made once."""
        if name not in self._converters:
            self._converters[name] = self.constant(made())
        return self._converters[name]

    def _named(self, letter: str, value: object) -> str:
        name = self.fresh(letter)
        self.names[name] = value
        return name


def converter(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a scalar or an enum
    """How values of a leaf type are shown; raises for a value that is none."""
    if isinstance(kind, GraphQLEnumType):
        names = {described.value: name for name, described in kind.values.items()}
        members = {cast("Any", kind).wrapped_cls(value): name for value, name in names.items()}
        return {**members, **names}.__getitem__
    if isinstance(kind, GraphQLScalarType) and kind.name == "DateTime":
        return lambda value: value.astimezone(CHINA).isoformat(timespec="milliseconds")
    return cast("Any", kind).coerce_output_value


def id_shown(type_name: str) -> Callable[[UUID], str]:
    """The opaque ids of one type."""
    return lambda key: encode_id(type_name, key)
