"""The short way to PostgreSQL: asyncpg itself, for statements that are compiled already (`kernel.prepared`).

The walls are those of `kernel.database`: the same roles, a transaction that says read-only and binds its tenant before anything else is asked; both in one
message, so that a read of one statement takes three round trips.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, cast
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.engine import URL

from kernel.prepared import DIALECT, Prepared
from kernel.reach import WAIT_SECONDS, NoConnectionError

READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
_JSON_VERSION = b"\x01"


class Fetching(Protocol):
    """What runs prepared statements on one tenant's rows: a session of `kernel.database`, or one of this module."""

    @property
    def info(self) -> dict[Any, Any]:
        """What rides along with the session."""
        ...

    @property
    def tenant_id(self) -> UUID:
        """The tenant the transaction is bound to."""
        ...

    async def fetch(self, statement: Prepared, **given: object) -> list[Any]:
        """The rows of a statement; parameters by name."""
        ...

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """The rows as asyncpg gives them; parameters by position."""
        ...


PREPARING: dict[str, Any] = {
    "statement_cache_size": 1_000,
    "max_cached_statement_lifetime": 0,
    "max_cacheable_statement_size": 0,
}
"""How a connection keeps what it has prepared: as long as it lives, however long it is."""
_PLANNED_FOR_ITS_UNION = {"plan_cache_mode": "force_custom_plan"}
"""A plan made for the average union sorts all the rows of a large one for its first page; planning each time takes less than that."""
Watch = Callable[[str], None]
"""Told of each statement as it is sent; for tests that count them."""


class DirectSession:
    """A transaction on one tenant's rows; one statement after the other."""

    __slots__ = ("_connection", "_watches", "info", "tenant_id")

    def __init__(self, connection: Any, tenant_id: UUID, info: dict[Any, Any], watches: Sequence[Watch]) -> None:  # noqa: ANN401 - an asyncpg connection
        self._connection = connection
        self._watches = watches
        self.tenant_id = tenant_id
        self.info = info

    async def fetch(self, statement: Prepared, **given: object) -> list[Any]:
        """The rows of a statement; parameters by name."""
        return statement.decoded(await self.records(statement.sql, statement.arguments(given)))

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """The rows as asyncpg gives them; parameters by position."""
        for watch in self._watches:
            watch(sql)
        return await self._connection.fetch(sql, *arguments)


class BoundAlone:
    """Runs statements that bind their tenant themselves (`binding_itself`): each is a transaction, of one round trip."""

    __slots__ = ("_pool", "info", "tenant_id")

    def __init__(self, pool: "DirectPool", tenant_id: UUID, info: dict[Any, Any]) -> None:
        self._pool = pool
        self.tenant_id = tenant_id
        self.info = info

    async def fetch(self, statement: Prepared, **given: object) -> list[Any]:
        """The rows of a statement; parameters by name."""
        return await self._pool.fetch(statement, **given)

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """The rows as asyncpg gives them; parameters by position."""
        return await self._pool.records(sql, arguments)


class DirectTransaction:
    """`async with` a transaction on one tenant's rows: begun and bound in one message, committed at its end, rolled back where its block fails."""

    __slots__ = ("_begin", "_connection", "_info", "_pool", "_tenant_id")

    def __init__(self, pool: "DirectPool", begin: str, tenant_id: UUID, info: dict[Any, Any]) -> None:
        self._pool = pool
        self._begin = begin
        self._tenant_id = tenant_id
        self._info = info
        self._connection: Any = None

    async def __aenter__(self) -> DirectSession:
        connection = self._connection = await self._pool.take()
        try:
            await connection.execute(f"{self._begin}{binding_text(self._tenant_id)}")
        except BaseException:
            self._pool.give_back(connection)
            raise
        return DirectSession(connection, self._tenant_id, self._info, self._pool.watches)

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
        except Exception:
            if kind is None:  # else the failure itself is what is told
                raise
        finally:
            self._pool.give_back(self._connection)


class DirectPool:
    """At most `size` connections of one database role, opened as they are needed; the one given back last is taken first.

    asyncpg's own pool asks the server to forget a session's settings after each use and hands connections out through two tasks; nothing here outlives a
    transaction, so a stack does (decision 0031).
    """

    def __init__(self, url: URL, *, size: int, options: Mapping[str, Any], wait_seconds: float = WAIT_SECONDS) -> None:
        _, given = DIALECT.create_connect_args(url)
        settings = {**_PLANNED_FOR_ITS_UNION, **options.get("server_settings", {})}
        chosen: dict[str, Any] = {**PREPARING, **given, **options, "server_settings": settings}
        self._given = {name: value for name, value in chosen.items() if name not in _SQLALCHEMY_ONLY}
        self._wait_seconds = wait_seconds
        self._size = self._left = size
        self._idle: list[Any] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._taken: set[Any] = set()
        self.watches: list[Watch] = []

    def transaction(self, begin: str, tenant_id: UUID, info: dict[Any, Any]) -> DirectTransaction:
        """A transaction on one tenant's rows, begun as `begin` says."""
        return DirectTransaction(self, begin, tenant_id, info)

    async def fetch(self, statement: Prepared, **given: object) -> list[Any]:
        """The rows of one statement in a transaction of its own; bound to no tenant, unless it binds itself."""
        return statement.decoded(await self.records(statement.sql, statement.arguments(given)))

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """The same as asyncpg gives them; parameters by position."""
        for watch in self.watches:
            watch(sql)
        connection = await self.take()
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            self.give_back(connection)

    async def take(self) -> Any:  # noqa: ANN401 - an asyncpg connection
        """A connection outside any transaction; raises NoConnectionError where none becomes free in time."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                self._taken.add(connection)
                return connection
            self._left += 1
        if self._left > 0:
            self._left -= 1
            return await self._open()
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(self._wait_seconds):
                connection = await waiting
        except BaseException as ended:
            self._withdraw(waiting)
            if isinstance(ended, TimeoutError):
                raise NoConnectionError from ended
            raise
        return connection if connection is not None else await self._open()

    def give_back(self, connection: Any) -> None:  # noqa: ANN401
        """The connection is free again; one that is not where it was is closed, and another may be opened in its place."""
        if connection not in self._taken:  # the pool was closed in the meantime
            connection.terminate()
            return
        self._taken.discard(connection)
        if connection.is_closed() or connection.is_in_transaction() or connection._protocol._is_cancelling():  # noqa: SLF001 - no other door
            connection.terminate()
            connection = None
        self._pass_on(connection)

    def _pass_on(self, connection: Any) -> None:  # noqa: ANN401
        """To whoever has waited longest; None: the place of one, in which he may open his own."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                if connection is not None:
                    self._taken.add(connection)
                waiting.set_result(connection)
                return
        if connection is None:
            self._left += 1
        else:
            self._idle.append(connection)

    def _withdraw(self, waiting: "asyncio.Future[Any]") -> None:
        """Leave nothing behind of one who waits no more, not even what he was given at the last moment."""
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        if waiting.done() and not waiting.cancelled():
            connection = waiting.result()
            self._taken.discard(connection)
            self._pass_on(connection)

    async def _open(self) -> Any:  # noqa: ANN401
        """A new connection, in a place that is the caller's; he loses it where that fails."""
        try:
            connection = await cast("Any", asyncpg).connect(**self._given)
            await _set_up(connection)
        except BaseException:
            self._pass_on(None)
            raise
        self._taken.add(connection)
        return connection

    async def close(self) -> None:
        """Close every connection, also those that are at work; whoever asks later opens anew."""
        for connection in (*self._idle, *self._taken):
            connection.terminate()
        self._idle.clear()
        self._taken.clear()
        self._left = self._size


_SQLALCHEMY_ONLY = frozenset({"prepared_statement_cache_size", "prepared_statement_name_func", "async_creator_fn"})


def binding_text(tenant_id: UUID) -> str:
    """The statement that binds a transaction: a literal, of a value that can only be a UUID."""
    return f"SET LOCAL app.tenant = '{UUID(str(tenant_id))}'"


def binding_itself(statement: Any, tenant: ColumnElement[str]) -> Any:  # noqa: ANN401 - a SELECT, and one that is bound
    """The statement as one that binds its transaction to a tenant (a text parameter) before it looks at any row; it is all of its transaction.

    The rows stand in a LATERAL subquery that depends on the binding and that OFFSET 0 keeps whole, so PostgreSQL cannot begin it before the binding is
    made; were it to, there would be no binding, and no rows. A transaction's setting ends with it (decision 0031).
    """
    bound = select(func.set_config("app.tenant", tenant, true()).label("tenant")).subquery("bound")
    rows = statement.where(bound.c.tenant.is_not(None)).offset(literal_column("0")).correlate(bound).lateral("of_bound")
    return select(*rows.c).select_from(bound.join(rows, true()))


async def _set_up(connection: Any) -> None:  # noqa: ANN401
    """JSON goes over as SQLAlchemy's own connections hand it over: text in, values out."""
    for name, version in (("json", b""), ("jsonb", _JSON_VERSION)):
        await connection.set_type_codec(
            name, schema="pg_catalog", format="binary", encoder=_encoder(version), decoder=_decoder(version)
        )


def _encoder(version: bytes) -> Callable[[str], bytes]:
    return lambda text: version + text.encode()


def _decoder(version: bytes) -> Callable[[bytes], Any]:
    return lambda data: orjson.loads(data[len(version) :])
