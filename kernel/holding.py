"""Rows that an act holds, and what it will ask about them, in one statement.

    case = Held("held", CASE, application_id=…)
    async with holding(session, [case], lambda case: [EDITION.of(edition_id=case.edition_id), …]) as (cases,):

The function says what will be asked of a row, before the row is known: it is called with a stand-in whose columns are written into the statement, and again
with the row itself, to find the answers by. Rows are locked in the order given, each before the next; the idempotency key is claimed before all of them.

A statement sees the moment it began at, a row it has waited for is that of a later one. So where a row was changed by whom we waited for, what is asked of it
is read once more, now that it is held.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Table, Text, inspect, literal_column, select, text
from sqlalchemy.orm import DeclarativeBase

from kernel.database import WriteSession
from kernel.foresight import TENANT, Asked, Column, Replaced, foresee, foresight, maker, moved, remembering, written
from kernel.prepared import Prepared
from kernel.writing import CLAIM, Claiming

E = TypeVar("E", bound=DeclarativeBase)
_LOCK = " FOR UPDATE"
_CLAIMED = "(SELECT count(*) FROM claim) = 1"
Ahead = Callable[..., Sequence[Asked[Any]]]


class Lock(Generic[E]):
    """Which rows of a model are locked: by conditions with parameters, one of which is the session's `tenant_id`."""

    def __init__(self, model: type[E], *conditions: ColumnElement[bool]) -> None:
        names = [attribute.key for attribute in inspect(model).column_attrs]
        table = cast("Table", model.__table__).name
        moment: ColumnElement[str] = literal_column(f"{table}.xmin::text", Text())
        whole = select(text(f"{table}.*"), moment.label("of_moment")).where(*conditions).select_from(model)
        self.names = tuple(names)
        self.make = maker(model, names)
        self.locking = Prepared(whole.with_for_update())
        self.seen = Prepared(select(moment).where(*conditions).select_from(model))


class Held(Generic[E]):
    """A row that will be held, under a name of its own within the statement; its attributes stand for the row's columns."""

    def __init__(self, name: str, lock: Lock[E], **given: object) -> None:
        self.name = name
        self.lock = lock
        self.given = given

    def __getattr__(self, column: str) -> Column:
        return Column(f"(SELECT {self.name}.{column} FROM {self.name})")


@asynccontextmanager
async def holding(session: WriteSession, held: Sequence[Held[Any]], ahead: Ahead) -> AsyncGenerator[list[list[Any]]]:
    """The rows that were found and are held until the transaction ends, for each lock; what is changed in them is written with the rest.

    `ahead` is asked with one row for each lock; where the first lock finds none, nothing is known ahead.
    """
    asked = ahead(*held)
    rows, answers, is_stale = await _fetch(session, held, asked)
    for each in (row for found in rows for row in found):
        session.deferred.track(each)
    first = [found[0] if found else None for found in rows]
    if first[0] is None:
        yield rows
        return
    known = ahead(*first)
    if is_stale:
        async with foresight(session, *known):
            yield rows
        return
    for one, records in zip(known, answers, strict=True):
        foresee(session, one, one.piece.read(records))
    with remembering(session):
        yield rows


async def _fetch(
    session: WriteSession, held: Sequence[Held[Any]], asked: Sequence[Asked[Any]]
) -> tuple[list[list[Any]], Sequence[Any], bool]:
    claim: Claiming | None = session.info.pop(CLAIM, None)
    leading: Sequence[Any] = () if claim is None else claim.arguments
    locks = [written(each.lock.locking, {TENANT: session.tenant_id, **each.given}) for each in held]
    arguments: list[Any] = [*leading, *(value for given in locks for value in given[0])]
    asking = [one.written(session.tenant_id) for one in asked]
    arguments += [value for given in asking for value in given[0]]
    sql = _text(
        "" if claim is None else claim.sql,
        len(leading),
        tuple((each.name, each.lock, given[1]) for each, given in zip(held, locks, strict=True)),
        tuple((one.piece.prepared.sql, given[1]) for one, given in zip(asked, asking, strict=True)),
    )
    (record,) = await session.records(sql, arguments)
    if claim is not None and not record[0]:
        await claim.give_up(session)
    count = len(held)
    rows = [[each.lock.make(values[:-1]) for values in record[1 + at]] for at, each in enumerate(held)]
    stale = any(values and values[0][-1] != record[1 + count + at] for at, values in enumerate(record[1 : 1 + count]))
    return rows, record[1 + 2 * count :], stale


@lru_cache(1_000)
def _text(
    claim: str, taken: int, locks: tuple[tuple[str, Lock[Any], Replaced], ...], asked: tuple[tuple[str, Replaced], ...]
) -> str:
    named, rows, seen = [f"claim AS ({claim})"] if claim else [], list[str](), list[str]()
    for name, lock, replaced in locks:
        count, sql = moved(lock.locking.sql, taken, replaced)
        locking = sql.removesuffix(_LOCK) + (f" AND {_CLAIMED}" if claim else "") + _LOCK
        named.append(f"{name} AS MATERIALIZED ({locking})")
        values = ", ".join(f"{name}.{column}" for column in (*lock.names, "of_moment"))
        rows.append(f"ARRAY(SELECT row({values}) FROM {name})")
        seen.append(f"({moved(lock.seen.sql, taken, replaced)[1]})")
        taken += count
    columns: list[str] = []
    for sql, replaced in asked:
        count, chosen = moved(sql, taken, replaced)
        columns.append(f"ARRAY({chosen})")
        taken += count
    is_new = _CLAIMED if claim else "true"
    return f"WITH {', '.join(named)} SELECT {', '.join([is_new, *rows, *seen, *columns])}"
