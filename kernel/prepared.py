"""Statements of SQLAlchemy's that are compiled once and then spoken to asyncpg directly: no cache key, no ORM, no greenlet at each use."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import ARRAY, Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import NullType, TypeDecorator

Process = Callable[[Any], Any]


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


DIALECT: Any = cast("Any", asyncpg_dialect)(json_serializer=_as_json, json_deserializer=orjson.loads)
"""How statements are written; connections that run them hand JSON over as `kernel.direct` sets it up."""


class Prepared:
    """`sql` with positions for parameters; `arguments` puts values into their order, `decoded` does what the columns' types do to what came back."""

    __slots__ = ("_binds", "_given", "_names", "_results", "sql", "values")

    def __init__(self, statement: Executable) -> None:
        compiled = cast("Any", statement).compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._names: Sequence[str] = tuple(compiled.positiontup or ())
        self.values: dict[str, Any] = dict(compiled.params)
        self._binds: dict[str, Process] = dict(compiled._bind_processors)  # noqa: SLF001 - the processors have no other door
        self._results = tuple(_result_process(column.type) for column in compiled._result_columns)  # noqa: SLF001
        self._given: tuple[tuple[str, Any, Process | None], ...] = tuple(
            (name, self.values[name], self._binds.get(name)) for name in self._names
        )

    @property
    def names(self) -> Sequence[str]:
        """The parameters in the order of their positions."""
        return self._names

    @property
    def is_plain(self) -> bool:
        """Whether rows need no decoding."""
        return not any(self._results)

    def bind_process(self, name: str) -> Process | None:
        """What is done to a value before it is sent."""
        return self._binds.get(name)

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their positions; what is not given keeps the value it was written with."""
        arguments: list[Any] = []
        for name, value, process in self._given:
            chosen = given.get(name, value)
            arguments.append(chosen if process is None else process(chosen))
        return arguments

    def decoded(self, records: Sequence[Any]) -> list[Any]:
        """The rows with their values as the columns' types have them."""
        if self.is_plain:
            return list(records)
        return [
            tuple(
                value if process is None else process(value)
                for value, process in zip(record, self._results, strict=True)
            )
            for record in records
        ]


def _result_process(kind: Any) -> Process | None:  # noqa: ANN401 - a column's type
    """None where asyncpg gives what the type wants already."""
    items: Any = cast("Any", kind).item_type if isinstance(kind, ARRAY) else None
    if isinstance(kind, NullType) or (items is not None and not isinstance(items, TypeDecorator)):
        return None
    return kind.dialect_impl(DIALECT)._cached_result_processor(DIALECT, None)  # noqa: SLF001
