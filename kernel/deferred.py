"""Rows that a transaction will write: collected while it decides, sent together as one statement.

Each group of rows becomes one part of the statement (`WITH w0 AS (INSERT …), w1 AS (UPDATE …) …`). PostgreSQL does all parts on one snapshot and checks
foreign keys at the end, so the order of parts does not matter; it is that of the tables' names, whatever was done first, so that transactions which wait for
one another do so in one order. Rows of one table are inserted in the order they were added. The text depends on the shape only (tables, columns, numbers of
rows) and is remembered; every value is a parameter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import orjson
from sqlalchemy import JSON, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from kernel.prepared import DIALECT

SKIP = "ON CONFLICT DO NOTHING"
"""A row that is there already will do."""
Translate = Callable[[IntegrityError], Exception]
"""Says a database's no in the words of who wrote the row; returns what it does not know as it is."""
_SHAPES = 2_000


@dataclass(frozen=True)
class _Insert:
    table: Table
    columns: tuple[str, ...]
    conflict: str


@dataclass(frozen=True)
class _Change:
    """An UPDATE of one row by its key."""

    table: Table
    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(eq=False)
class Tracked:
    """A row that was locked and may change: what it held when it was read (or written last)."""

    entity: DeclarativeBase
    known: dict[str, Any]

    def changes(self) -> dict[str, Any]:
        """The columns that differ by now."""
        now = self.entity.__dict__
        return {name: now[name] for name, before in self.known.items() if now[name] != before}


@dataclass(frozen=True)
class Statement:
    """One statement with its parameters by position; it answers with how many rows each UPDATE found, which must be 1."""

    sql: str
    arguments: Sequence[Any]
    changed: Sequence[tuple[DeclarativeBase, Mapping[str, Any]]]
    """The tracked rows with what is written of them."""


@dataclass
class DeferredRows:
    """What one transaction has still to write."""

    _rows: dict[_Insert, list[dict[str, Any]]] = field(default_factory=dict[_Insert, "list[dict[str, Any]]"])
    _changes: list[tuple[_Change, Sequence[Any]]] = field(default_factory=list["tuple[_Change, Sequence[Any]]"])
    _told: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _tracked: list[Tracked] = field(default_factory=list[Tracked])
    _translations: list[tuple[str, Translate]] = field(default_factory=list[tuple[str, Translate]])

    def insert(self, model: type[DeclarativeBase], values: dict[str, Any], *, conflict: str = "") -> None:
        """A new row; `conflict` is an ON CONFLICT clause. Columns that are not named take the table's own default."""
        shape = _Insert(_table_of(model), tuple(values), conflict)
        self._rows.setdefault(shape, []).append(values)

    def add(self, entity: DeclarativeBase) -> None:
        """A new row as an object; what was not given is null."""
        table = _table_of(type(entity))
        self.insert(type(entity), {name: getattr(entity, name) for name in _names(table)})

    def change(self, model: type[DeclarativeBase], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """New values for one row that is there; nobody may have asked for the same row."""
        shape = _Change(_table_of(model), tuple(key), tuple(values))
        self._changes.append((shape, (*values.values(), *key.values())))

    def track(self, entity: DeclarativeBase) -> None:
        """Write whatever is changed in this locked row."""
        names = _names(_table_of(type(entity)))
        self._tracked.append(Tracked(entity, {name: entity.__dict__[name] for name in names}))

    def tell(self, channel: str, payload: str) -> None:
        """Notify when the transaction commits."""
        self._told.append((channel, payload))

    def translate(self, model: type[DeclarativeBase], said: Translate) -> None:
        """How a violated constraint of this table is to be answered."""
        self._translations.append((_table_of(model).name, said))

    def rows_of(self, model: type[DeclarativeBase]) -> Iterator[dict[str, Any]]:
        """The new rows of a table that are still to be written; their values may still be changed."""
        for shape, rows in self._rows.items():
            if shape.table is model.__table__:
                yield from rows

    def changed(self) -> list[Tracked]:
        """The tracked rows with something to write."""
        return [row for row in self._tracked if row.changes()]

    def __bool__(self) -> bool:
        return bool(self._rows or self._changes or self._told or self.changed())

    def clear(self) -> None:
        """Forget everything."""
        for waiting in (self._rows, self._changes, self._told, self._tracked, self._translations):
            waiting.clear()

    def take(self) -> Statement:
        """All of it as one statement; then nothing is waiting."""
        written: list[tuple[DeclarativeBase, Mapping[str, Any]]] = []
        for row in self.changed():
            changes, table = row.changes(), _table_of(type(row.entity))
            keys = {column.name: row.known[column.name] for column in table.primary_key}
            self.change(type(row.entity), keys, changes)
            row.known.update(changes)
            written.append((row.entity, changes))
        self._rows = dict(sorted(self._rows.items(), key=lambda item: item[0].table.name))
        shape = (
            tuple((shape, len(rows)) for shape, rows in self._rows.items()),
            tuple(shape for shape, _ in self._changes),
            len(self._told),
        )
        statement = Statement(_text(*shape), self._arguments(), written)
        for waiting in (self._rows, self._changes, self._told):
            waiting.clear()
        return statement

    def said_of(self, problem: IntegrityError) -> Exception:
        """The answer to a violated constraint; the problem itself where nobody has words for it."""
        table = getattr(_cause(problem), "table_name", None)
        for known, said in self._translations:
            if known == table and (answer := said(problem)) is not problem:
                return answer
        return problem

    def _arguments(self) -> list[Any]:
        arguments: list[Any] = []
        for shape, rows in self._rows.items():
            processes = _processes(shape.table, shape.columns)
            for row in rows:
                arguments += [
                    value if process is None else process(value)
                    for value, process in zip(row.values(), processes, strict=True)
                ]
        for shape, values in self._changes:
            processes = _processes(shape.table, (*shape.columns, *shape.key))
            arguments += [
                value if process is None else process(value) for value, process in zip(values, processes, strict=True)
            ]
        for told in self._told:
            arguments += told
        return arguments


def constraint_name(problem: IntegrityError) -> str | None:
    """Which constraint was violated."""
    return getattr(_cause(problem), "constraint_name", None)


def _cause(problem: IntegrityError) -> BaseException | None:
    """The driver's own error, which SQLAlchemy's adapter keeps behind its own."""
    return getattr(problem.orig, "__cause__", None)


def _table_of(model: type[DeclarativeBase]) -> Table:
    return cast("Table", model.__table__)


@lru_cache(_SHAPES)
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.identity is None)


@lru_cache(_SHAPES)
def _processes(table: Table, columns: tuple[str, ...]) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(_as_json if isinstance(table.columns[name].type, JSON) else None for name in columns)


def _as_json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


@lru_cache(_SHAPES)
def _text(inserts: tuple[tuple[_Insert, int], ...], changes: tuple[_Change, ...], told: int) -> str:
    numbers = iter(range(1, 100_000))
    parts = [_insert_text(shape, count, numbers) for shape, count in inserts]
    parts += [_change_text(shape, numbers) for shape in changes]
    named = ", ".join(f"w{place} AS ({part})" for place, part in enumerate(parts))
    counted = [f"(SELECT count(*) FROM w{place})" for place in range(len(inserts), len(parts))]
    notified = [f"pg_notify(${next(numbers)}::text, ${next(numbers)}::text)" for _ in range(told)]
    selected = f"SELECT {', '.join([*counted, *notified]) or '1'}"
    return f"WITH {named} {selected}" if parts else selected


def _insert_text(shape: _Insert, count: int, numbers: Iterator[int]) -> str:
    row = [_type(shape.table, name) for name in shape.columns]
    values = ", ".join(f"({', '.join(f'${next(numbers)}::{kind}' for kind in row)})" for _ in range(count))
    columns = ", ".join(_quoted(name) for name in shape.columns)
    return f"INSERT INTO {_quoted(shape.table.name)} ({columns}) VALUES {values} {shape.conflict}".strip()


def _change_text(shape: _Change, numbers: Iterator[int]) -> str:
    values, keys = (
        [f"{_quoted(name)} = ${next(numbers)}::{_type(shape.table, name)}" for name in names]
        for names in (shape.columns, shape.key)
    )
    table = _quoted(shape.table.name)
    return f"UPDATE {table} SET {', '.join(values)} WHERE {' AND '.join(keys)} RETURNING 1"


def _type(table: Table, name: str) -> str:
    return table.columns[name].type.compile(DIALECT)


def _quoted(name: str) -> str:
    return DIALECT.identifier_preparer.quote(name)
