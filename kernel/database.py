"""One door to PostgreSQL: every transaction is bound to one tenant by its first statement.

Row-level security compares `tenant_id` with that binding and nothing else; without a binding there are no rows. A ReadSession refuses to write, in the
database itself. Sessions are made per use and never shared between concurrent tasks.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import DateTime, ForeignKeyConstraint, MetaData, Text, TextClause, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kernel.ids import new_id

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


class WriteSession(ReadSession):
    """Reads and writes the rows of one tenant; commits when its block ends without an exception."""

    def before_commit(self, act: "Callable[[WriteSession], Awaitable[None]]") -> None:
        """Call `act(session)` once, as the last thing in this transaction, however often it was asked for."""
        self.info.setdefault("before_commit", {})[act] = None


class Database:
    """The engine of one database role; `sealer` (a `kernel.sealing.Sealer`) rides along for sessions that handle personal data."""

    def __init__(self, url: str, *, pool_size: int = 10, sealer: object = None, **engine_options: Any) -> None:  # noqa: ANN401 - handed through
        self._sealer = sealer
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            json_serializer=_as_json,
            json_deserializer=orjson.loads,
            **{
                "hide_parameters": True,
                **engine_options,
            },  # else names and deeds stand in the log of a failed statement
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

    @asynccontextmanager
    async def write(self, tenant_id: UUID, *, barred: bool = False) -> AsyncGenerator[WriteSession]:
        """A transaction on one tenant's rows; all of it is kept, or nothing. `barred`: the database refuses each write in it."""
        async with (
            WriteSession(
                self._reading if barred else self.engine, info=self._info(tenant_id), expire_on_commit=False
            ) as session,
            session.begin(),
        ):
            await session.execute(binding(tenant_id))
            yield session
            if session.in_transaction():  # else the block has rolled it back, and there is nothing to say of it
                for act in session.info.get("before_commit", ()):
                    await act(session)

    @asynccontextmanager
    async def plain(self) -> AsyncGenerator[AsyncSession]:
        """A transaction bound to no tenant: sees reference tables, and of tenant tables nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def _info(self, tenant_id: UUID) -> dict[str, Any]:
        return {"tenant_id": tenant_id, "sealer": self._sealer}

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


def binding(tenant_id: UUID) -> TextClause:
    """The statement that binds a transaction: a literal, of a value that can only be a UUID."""
    return text(f"SET LOCAL app.tenant = '{UUID(str(tenant_id))}'")


def within_tenant(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to a row of the same tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)
