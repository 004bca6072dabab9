"""A write transaction as it is carried out: opened and bound in one message, its rows sent together, committed in another.

SQLAlchemy's session works in the same transaction for whatever asks it: before each of its statements, and before each savepoint, what was deferred is
written, so that everybody reads what was written before. An act that asks nothing of it takes four messages: BEGIN with the binding, one to read, one to
write, COMMIT.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.util import await_only

from kernel.deferred import DeferredRows
from kernel.direct import Watch, binding_text
from kernel.prepared import DIALECT

_LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError, ConnectionError)
_MOST_STALE = 5
"""So many connections that the server has left in the meantime are thrown away before one gives up: nothing was asked of them."""
CLAIM = "claim"
"""Under this name a session keeps what must be taken before anything is read or written in its transaction."""
_DBAPI: Any = cast("Any", asyncpg_dialect).import_dbapi()
_BEGIN = {False: "BEGIN", True: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


class Claiming(Protocol):
    """What is taken first: alone, or as the first part of the first statement (`kernel.foresight`)."""

    @property
    def sql(self) -> str:
        """Gives one row where it could be taken, else none."""
        ...

    @property
    def arguments(self) -> Sequence[Any]:
        """By position."""
        ...

    async def give_up(self, session: Any) -> None:  # noqa: ANN401 - the session it was to be taken in
        """Raises what it means that it was taken before."""
        ...


class OpenTransaction:
    """A transaction that was begun past SQLAlchemy, in the shape in which its adapter of asyncpg keeps one: it ends the one or the other way, once."""

    def __init__(self, adapter: Any, driver: Any) -> None:  # noqa: ANN401 - neither has types
        self._adapter = adapter
        self.driver = driver

    async def begin(self, tenant_id: UUID, *, barred: bool) -> None:
        """Open it and bind it. From the first moment the adapter knows of it, so that the pool ends it whatever happens here."""
        self._adapter._transaction = self  # noqa: SLF001 - the adapter has no other door
        await self.driver.execute(f"{_BEGIN[barred]}; {binding_text(tenant_id)}")

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it yet."""
        return self._adapter._transaction is self  # noqa: SLF001

    async def commit(self) -> None:
        """Keep everything."""
        self._adapter._transaction = None  # noqa: SLF001
        await self.driver.execute("COMMIT")

    async def rollback(self) -> None:
        """Undo everything."""
        self._adapter._transaction = None  # noqa: SLF001
        await self.driver.execute("ROLLBACK")


@asynccontextmanager
async def opened(engine: AsyncEngine, tenant_id: UUID, *, barred: bool) -> AsyncGenerator[tuple[Any, OpenTransaction]]:
    """A connection of the engine in a transaction on one tenant's rows; what is not committed when the block ends is undone."""
    for left in reversed(range(_MOST_STALE)):
        async with engine.connect() as connection:
            lent = await connection.get_raw_connection()
            transaction = OpenTransaction(lent.dbapi_connection, lent.driver_connection)
            try:
                await transaction.begin(tenant_id, barred=barred)
            except _LOST as problem:
                await connection.invalidate(problem)
                if left:
                    continue
                raise _as_sqlalchemy(problem, "BEGIN") from problem
            yield connection, transaction
            return


async def send(driver: Any, sql: str, arguments: Sequence[Any], watches: Sequence[Watch] = ()) -> list[Any]:  # noqa: ANN401
    """The records of one statement; errors are those that SQLAlchemy would raise."""
    for watch in watches:
        watch(sql)
    try:
        return await driver.fetch(sql, *arguments)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        raise _as_sqlalchemy(problem, sql) from problem


def _as_sqlalchemy(problem: Exception, sql: str) -> Exception:
    translations: Any = _DBAPI._asyncpg_error_translate  # noqa: SLF001 - the one place where it is said
    kind = next((translations[base] for base in type(problem).__mro__ if base in translations), None)
    if kind is None:
        return problem
    original = kind(problem.args[0] if problem.args else "", problem)
    original.__cause__ = problem
    error = cast("Any", DBAPIError)
    lost = isinstance(problem, asyncpg.PostgresConnectionError | asyncpg.AdminShutdownError)
    given = {"hide_parameters": True, "connection_invalidated": lost, "dialect": DIALECT}
    return error.instance(sql, None, original, _DBAPI.Error, **given)


class SavingSession(Session):
    """Writes what was deferred before it sends a statement of its own."""


def _settle(session: Session, *, before_savepoint: bool = False) -> None:
    if CLAIM in session.info:
        await_only(session.info["take_claim"]())
    if session.info["deferred"]:
        session.flush()
        await_only(session.info["send_deferred"](savepoint=not before_savepoint))


@event.listens_for(SavingSession, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:  # pyright: ignore[reportUnusedFunction] - SQLAlchemy calls it
    _settle(state.session)


@event.listens_for(SavingSession, "after_transaction_create")
def _before_savepoint(session: Session, transaction: SessionTransaction) -> None:  # pyright: ignore[reportUnusedFunction]
    if transaction.nested:
        _settle(session, before_savepoint=True)


@event.listens_for(SavingSession, "before_flush")
def _before_flush(session: Session, _context: object, _instances: object) -> None:  # pyright: ignore[reportUnusedFunction]
    """What must be taken first is taken before anything is written."""
    if CLAIM in session.info:
        await_only(session.info["take_claim"]())


@event.listens_for(SavingSession, "before_commit")
def _before_release(session: Session) -> None:  # pyright: ignore[reportUnusedFunction]
    _settle(session)


@event.listens_for(SavingSession, "after_soft_rollback")
def _after_rollback(session: Session, _previous: SessionTransaction) -> None:  # pyright: ignore[reportUnusedFunction]
    deferred: DeferredRows = session.info["deferred"]
    deferred.clear()
