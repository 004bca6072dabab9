"""One door to PostgreSQL: every transaction is bound to one tenant by its first statement.

Row-level security compares `tenant_id` with that binding and nothing else; without a binding there are no rows. A ReadSession refuses to write, in the
database itself. Sessions are made per use and never shared between concurrent tasks.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import DateTime, ForeignKeyConstraint, MetaData, Text, TextClause, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from kernel.deferred import DeferredRows
from kernel.direct import PREPARING, READING, BoundAlone, DirectPool, DirectTransaction, Watch, binding_text
from kernel.ids import new_id
from kernel.prepared import Prepared
from kernel.reach import WAIT_SECONDS
from kernel.writing import CLAIM, Claiming, OpenTransaction, SavingSession, opened, send

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; text, uuid, json and time map to their one PostgreSQL type each."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text(),
        UUID: PG_UUID(as_uuid=True),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class TenantRow:
    """A row that belongs to exactly one tenant; the key begins with the tenant, and the tenant never changes."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-19)


class VersionedRow(TenantRow):
    """A tenant row that people edit: `version` grows with each change, so that nobody overwrites what he has not seen."""

    version: Mapped[int] = mapped_column(default=1, sort_order=90)
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(sort_order=92)


class ReadSession(AsyncSession):
    """Reads the rows of one tenant."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant this transaction is bound to."""
        return self.info["tenant_id"]

    async def fetch(self, statement: Prepared, **given: object) -> list[Any]:
        """The rows of a prepared statement, in this transaction; parameters by name. What the session has not flushed is not in them."""
        return statement.decoded(await self.records(statement.sql, statement.arguments(given)))

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """The rows of a statement as asyncpg gives them; parameters by position."""
        driver: Any = self.info.get("driver")
        if driver is None:
            driver = self.info["driver"] = (await (await self.connection()).get_raw_connection()).driver_connection
        return await send(driver, sql, arguments, self.info.get("watches", ()))


class WriteSession(ReadSession):
    """Reads and writes the rows of one tenant; commits when its block ends without an exception.

    What is put into `deferred` is written together: before the next statement of anybody in this transaction, at the latest with the commit.
    """

    sync_session_class = SavingSession

    def __init__(self, connection: AsyncConnection, transaction: OpenTransaction, info: dict[Any, Any]) -> None:
        self.deferred = DeferredRows()
        self._opened = transaction
        ways = {"driver": transaction.driver, "take_claim": self.take_claim, "send_deferred": self._send_deferred}
        super().__init__(connection, info=info | ways | {"deferred": self.deferred}, expire_on_commit=False)

    async def records(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        """Likewise, with everything that was done in this transaction before."""
        await self.settle()
        await self._enter_savepoint()
        return await super().records(sql, arguments)

    async def settle(self) -> None:
        """Write what waits: what SQLAlchemy's session has not flushed, and what was deferred. Raises what the database refuses."""
        await self.take_claim()
        if self.new or self.dirty or self.deleted:
            await self.flush()
        if self.deferred:
            await self._send_deferred()

    async def take_claim(self) -> None:
        """Take what must be taken first, if nobody has yet; raises what it means that it is taken."""
        claim: Claiming | None = self.info.pop(CLAIM, None)
        if claim is not None and not await super().records(claim.sql, claim.arguments):
            await claim.give_up(self)

    async def _send_deferred(self, *, savepoint: bool = True) -> None:
        if savepoint:
            await self._enter_savepoint()
        statement = self.deferred.take()
        try:
            (record,) = await super().records(statement.sql, statement.arguments)
        except IntegrityError as problem:
            raise self.deferred.said_of(problem) from problem
        if any(count != 1 for count in record[: len(statement.changed)]):
            message = "a locked row is gone"
            raise RuntimeError(message)
        self._bring_up_to_date(statement.changed)

    async def _enter_savepoint(self) -> None:
        """SQLAlchemy opens a savepoint only when somebody asks for the connection."""
        if self.in_nested_transaction():
            await self.connection()

    def _bring_up_to_date(self, written: Iterable[tuple[DeclarativeBase, Mapping[str, Any]]]) -> None:
        """The session's own objects of the same rows learn what was written past it."""
        for entity, changes in written:
            own = self.identity_map.get(identity_key(instance=entity))
            if own is not None and own is not entity:
                for name, value in changes.items():
                    set_committed_value(own, name, value)

    async def rollback(self) -> None:
        """Undo the whole transaction, whoever has done something in it."""
        await super().rollback()
        self.deferred.clear()
        if self._opened.is_open:
            await self._opened.rollback()

    async def finish(self) -> None:
        """Do what was to be done last, and commit; nothing where the block has rolled it back itself."""
        if not self._opened.is_open:
            return
        for act in tuple(self.info.get("before_commit", ())):
            await act(self)
        await self.settle()
        if self.in_transaction():
            await self.commit()
        else:
            await self._opened.commit()

    def before_commit(self, act: "Callable[[WriteSession], Awaitable[None]]") -> None:
        """Call `act(session)` once, as the last thing in this transaction, however often it was asked for."""
        self.info.setdefault("before_commit", {})[act] = None


class Database:
    """The engine of one database role; who finds no free connection within `wait_seconds` fails (`kernel.reach`).

    `sealer` (a `kernel.sealing.Sealer`) rides along for sessions that handle personal data.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        wait_seconds: float = WAIT_SECONDS,
        sealer: object = None,
        **engine_options: Any,  # noqa: ANN401 - handed through
    ) -> None:
        self._sealer = sealer
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=wait_seconds,
            json_serializer=_as_json,
            json_deserializer=orjson.loads,
            **{
                "hide_parameters": True,  # else names and deeds stand in the log of a failed statement
                **engine_options,
                "connect_args": {**PREPARING, **engine_options.get("connect_args", {})},
            },
        )
        self.direct = DirectPool(
            self.engine.url, size=pool_size, options=engine_options.get("connect_args", {}), wait_seconds=wait_seconds
        )
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def read(self, tenant_id: UUID) -> AsyncGenerator[ReadSession]:
        """A read-only transaction on one tenant's rows, as of one moment."""
        async with (
            ReadSession(self._reading, info=self._info(tenant_id), expire_on_commit=False) as session,
            session.begin(),
        ):
            await session.execute(binding(tenant_id))
            yield session

    def read_directly(self, tenant_id: UUID) -> DirectTransaction:
        """The same for statements that are prepared."""
        return self.direct.transaction(READING, tenant_id, self._info(tenant_id))

    def alone(self, tenant_id: UUID) -> BoundAlone:
        """Likewise for a single statement that binds itself."""
        return BoundAlone(self.direct, tenant_id, self._info(tenant_id))

    @asynccontextmanager
    async def write(self, tenant_id: UUID, *, barred: bool = False) -> AsyncGenerator[WriteSession]:
        """A transaction on one tenant's rows; all of it is kept, or nothing. `barred`: the database refuses each write in it."""
        async with (
            opened(self.engine, tenant_id, barred=barred) as (connection, transaction),
            WriteSession(connection, transaction, self._info(tenant_id)) as session,
        ):
            yield session
            await session.finish()

    @asynccontextmanager
    async def plain(self) -> AsyncGenerator[AsyncSession]:
        """A transaction bound to no tenant: sees reference tables, and of tenant tables nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def _info(self, tenant_id: UUID) -> dict[str, Any]:
        return {"tenant_id": tenant_id, "sealer": self._sealer, "watches": self.direct.watches}

    @contextmanager
    def watched(self, watch: Watch) -> Generator[None]:
        """Tell of every statement that is sent while the block runs, whichever way it goes."""

        def on_execute(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            watch(statement)

        self.direct.watches.append(watch)
        event.listen(self.engine.sync_engine, "before_cursor_execute", on_execute)
        try:
            yield
        finally:
            event.remove(self.engine.sync_engine, "before_cursor_execute", on_execute)
            self.direct.watches.remove(watch)

    async def close(self) -> None:
        """Give every connection back."""
        await self.direct.close()
        await self.engine.dispose()


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


def binding(tenant_id: UUID) -> TextClause:
    """The statement that binds a transaction."""
    return text(binding_text(tenant_id))


def within_tenant(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to a row of the same tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)
