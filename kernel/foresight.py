"""Reads made ahead: what an act will ask of the database is fetched in one statement, and the functions that ask find it there.

A `Piece` is a declared SELECT. `async with foresight(session, PERSON.of(person_id=…), LETTERS.of(…)):` sends all of them as one statement; inside the block
`found(session, PERSON, person_id=…)` gives the rows. Outside of it, and for what was not foreseen, `found` gives None and the function asks for itself: so
services need not know whether somebody has looked ahead. Every piece is one column of the answer, an array of records. Locks belong to a statement of
their own, before: what is read here is as of a moment after them.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import DeclarativeBase

from kernel.direct import Fetching
from kernel.prepared import Prepared
from kernel.writing import CLAIM, Claiming

T = TypeVar("T")
E = TypeVar("E", bound=DeclarativeBase)
Rows = Select[*tuple[Any, ...]]
_FORESEEN = "foreseen"
TENANT = "tenant_id"
"""The parameter that is always the session's tenant."""


class Piece(Generic[T]):
    """A SELECT that may be made together with others; `made` turns each row's values into what the piece is read as.

    Its parameter `tenant_id`, if it has one, is the session's tenant.
    """

    def __init__(self, statement: Rows, made: Callable[[Sequence[Any]], T]) -> None:
        self.made = made
        record = func.row(*statement.selected_columns)
        self.prepared = Prepared(statement.with_only_columns(record, maintain_column_froms=True))

    @classmethod
    def of_rows(cls, model: type[E], chosen: Callable[[Rows], Rows], *, without: Collection[str] = ()) -> "Piece[E]":
        """Rows of a model as objects that belong to no session; `without`: columns that are too large to be brought, and are not there."""
        names = [attribute.key for attribute in inspect(model).column_attrs if attribute.key not in without]
        statement = chosen(select(*(getattr(model, name) for name in names)))
        return cast("Piece[E]", cls(statement, cast("Any", maker(model, names))))

    def of(self, **given: object) -> "Asked[T]":
        """The piece with its parameters; that of the tenant is added."""
        return Asked(self, tuple(sorted(given.items())))

    def read(self, records: Sequence[Any]) -> list[T]:
        """The rows from an array of records."""
        return [self.made(record) for record in records]


@dataclass(frozen=True)
class Column:
    """A value that the statement itself will find: a column of a row that is held (`kernel.holding`)."""

    sql: str


Replaced = tuple[tuple[int, str], ...]
"""Parameters that are written into a statement instead, by position."""


def written(prepared: Prepared, given: Mapping[str, Any]) -> tuple[list[Any], Replaced]:
    """The parameters by position, without those that stand for a column, and these."""
    replaced: list[tuple[int, str]] = []
    for position, name in enumerate(prepared.names, start=1):
        value = given.get(name)
        if isinstance(value, Column):
            replaced.append((position, value.sql))
        elif isinstance(value, list) and any(isinstance(item, Column) for item in cast("list[Any]", value)):
            replaced.append((position, f"ARRAY[{', '.join(item.sql for item in cast('list[Column]', value))}]"))
    left_out = {position for position, _ in replaced}
    values = prepared.arguments({name: None if isinstance(value, Column) else value for name, value in given.items()})
    return [value for position, value in enumerate(values, start=1) if position not in left_out], tuple(replaced)


@dataclass(frozen=True, eq=False)
class Asked(Generic[T]):
    """A piece with its parameters."""

    piece: Piece[T]
    given: tuple[tuple[str, Any], ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """By what it is found again."""
        given = (
            (name, tuple(cast("list[Any]", value)) if isinstance(value, list) else value) for name, value in self.given
        )
        return self.piece, *given

    def arguments(self, tenant_id: UUID) -> list[Any]:
        """Its parameters by position."""
        return self.piece.prepared.arguments({TENANT: tenant_id, **dict(self.given)})

    def written(self, tenant_id: UUID) -> tuple[list[Any], Replaced]:
        """Likewise, where some stand for columns."""
        return written(self.piece.prepared, {TENANT: tenant_id, **dict(self.given)})


def maker(model: type[E], names: Sequence[str]) -> Callable[[Sequence[Any]], E]:
    """How a row with these columns becomes an object that belongs to no session."""
    manager: Any = inspect(model).class_manager

    def made(values: Sequence[Any]) -> E:
        entity = manager.new_instance()
        entity.__dict__.update(zip(names, values, strict=True))
        return cast("E", entity)

    return made


def tuple_of(values: Sequence[Any]) -> tuple[Any, ...]:
    """The row as it is."""
    return tuple(values)


async def fetch_together(session: Fetching, *asked: Asked[Any]) -> list[list[Any]]:
    """The rows of each piece, all in one statement; pieces that lock are carried out in the order given.

    What the session still has to claim is claimed by the same statement, before any piece is looked at; raises what it means that it is taken.
    """
    claim: Claiming | None = session.info.pop(CLAIM, None)
    leading: Sequence[Any] = () if claim is None else claim.arguments
    sql = _text(tuple(one.piece.prepared.sql for one in asked), "" if claim is None else claim.sql, len(leading))
    arguments: list[Any] = [*leading, *(value for one in asked for value in one.arguments(session.tenant_id))]
    (record,) = await session.records(sql, arguments)
    if claim is not None and record[0] is None:
        await claim.give_up(session)
    return [one.piece.read(records) for one, records in zip(asked, record, strict=True)]


@asynccontextmanager
async def foresight(session: Fetching, *asked: Asked[Any]) -> AsyncGenerator[None]:
    """Look ahead for the functions that are called in the block."""
    rows = await fetch_together(session, *asked)
    for one, found_rows in zip(asked, rows, strict=True):
        foresee(session, one, found_rows)
    with remembering(session):
        yield


@contextmanager
def remembering(session: Fetching) -> Generator[None]:
    """What was foreseen is forgotten at the end of the block."""
    try:
        yield
    finally:
        session.info.pop(_FORESEEN, None)


def foresee(session: Fetching, asked: Asked[T], rows: list[T]) -> None:
    """What was read with a lock is known ahead as well, until the block of `foresight` ends."""
    session.info.setdefault(_FORESEEN, {})[asked.key] = rows


def found(session: Any, piece: Piece[T], **given: object) -> list[T] | None:  # noqa: ANN401 - any session, foreseeing or not
    """The rows that were fetched ahead; None where nobody looked ahead for this."""
    return found_again(session, piece.of(**given))


def found_again(session: Any, asked: Asked[T]) -> list[T] | None:  # noqa: ANN401
    """Likewise, of a piece with its parameters."""
    foreseen: Mapping[Any, list[Any]] | None = session.info.get(_FORESEEN)
    return None if foreseen is None else foreseen.get(asked.key)


@lru_cache(1_000)
def _text(pieces: tuple[str, ...], first: str, taken: int) -> str:
    columns: list[str] = []
    for sql in pieces:
        count, text = moved(sql, taken)
        taken += count
        column = f"ARRAY({text})"
        columns.append(f"CASE WHEN (SELECT count(*) FROM claim) = 1 THEN {column} END" if first else column)
    selected = f"SELECT {', '.join(columns)}"
    return f"WITH claim AS ({first}) {selected}" if first else selected


def moved(sql: str, by: int, replaced: Replaced = ()) -> tuple[int, str]:
    """How many parameters a statement has, and its text with their positions moved on; those `replaced` are written out and counted no more."""
    texts = dict(replaced)
    parts = sql.split("$")
    numbers: dict[int, str] = {}
    text = [parts[0]]
    for part in parts[1:]:
        digits = next((place for place, letter in enumerate(part) if not letter.isdigit()), len(part))
        position = int(part[:digits])
        if position not in numbers:
            before = sum(1 for other in texts if other < position)
            numbers[position] = texts.get(position) or f"${position - before + by}"
        text.append(f"{numbers[position]}{part[digits:]}")
    return len(numbers) - len(texts), "".join(text)
