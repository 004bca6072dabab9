"""From an empty server to a database the product can use: roles, database, schema. Every step may be repeated."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from asyncpg import InvalidCatalogNameError
from asyncpg import PostgresError as PostgresServerError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from authz import enforcer, revisions
from kernel.postgres import PostgresError, Server, database_urls
from kernel.settings import DatabaseUrls, Settings
from migrations.models import metadata
from migrations.roles import ensure_database, ensure_roles, open_database

Result = TypeVar("Result")

HERE = Path(__file__).parent
_LOCK = 8_400_001
"""Advisory lock: two processes that prepare the same server take turns. Only comfort; each step stands being repeated."""


def prepare(
    settings: Settings, server: Server, database: str | None = None, *, acknowledge_policy: bool = False
) -> DatabaseUrls:
    """Make roles and database where missing, bring the schema to its head, put this version's policy in force, and say how to connect.

    Raises SupersededPolicyError where that policy has been replaced already, unless it is acknowledged; a demo's is.
    """
    name = database or settings.database_name
    urls = database_urls(settings, server, name)
    run_blocking(_prepare(settings, server, name, urls))
    run_blocking(_record_policy(urls.owner, acknowledged=acknowledge_policy or settings.demo))
    return urls


def urls(settings: Settings, server: Server, database: str | None = None) -> DatabaseUrls:
    """The URL of each role; touches nothing."""
    return database_urls(settings, server, database)


def migrate(settings: Settings, owner_url: str, revision: str = "head") -> None:
    """Bring one database to a revision (`head`, `base`, or an identifier), as its owner."""
    run_blocking(_on_schema(settings, owner_url, lambda config: _move(config, revision)))


def differences(owner_url: str) -> list[str]:
    """What stands between the schema and this version: another revision, else what a new one would have to change. Only looks; empty when they agree.

    Raises PostgresError where the owner's role finds no database.
    """
    return run_blocking(_look(owner_url, lambda connection: _elsewhere(connection) or _differences(connection)))


def require_head(owner_url: str) -> None:
    """Raises PostgresError where the schema is not at this version's head."""
    for fault in run_blocking(_look(owner_url, _elsewhere)):
        message = f"{fault}; `jiangti migrate` brings it there"
        raise PostgresError(message)


def alembic_config(settings: Settings, connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that no file holds an address or a secret."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["role_prefix"] = settings.role_prefix
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def existing_database(server: Server) -> str:
    """A database of the server that can be connected to in order to make others."""
    return run_blocking(_existing_database(server))


def run_blocking(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end from synchronous code, also where an event loop is already running in this thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="migrations") as pool:
        return pool.submit(asyncio.run, work).result()


async def _prepare(settings: Settings, server: Server, name: str, made: DatabaseUrls) -> None:
    if server.superuser is not None:
        async with _administering(server, await _existing_database(server)) as connection:
            await ensure_roles(connection, settings)
            await ensure_database(connection, settings, name)
        async with _administering(server, name) as connection:
            await open_database(connection, settings, name)
    await _on_schema(settings, made.owner, lambda config: command.upgrade(config, "head"))


async def _record_policy(owner_url: str, *, acknowledged: bool) -> None:
    engine = create_async_engine(owner_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await revisions.record(connection, enforcer.current(), acknowledged=acknowledged)
    finally:
        await engine.dispose()


async def _existing_database(server: Server) -> str:
    """The database that DATABASE_URL names, or `postgres` while that one is still to be made."""
    if server.embedded:
        return server.maintenance_database
    engine = create_async_engine(server.url(server.maintenance_database), poolclass=NullPool)
    try:
        async with engine.connect():
            return server.maintenance_database
    except (OSError, DBAPIError, PostgresServerError) as failure:
        if getattr(getattr(failure, "orig", failure), "sqlstate", None) == InvalidCatalogNameError.sqlstate:
            return "postgres"
        raise _unprepared(server, failure) from failure
    finally:
        await engine.dispose()


@asynccontextmanager
async def _administering(server: Server, database: str) -> AsyncIterator[AsyncConnection]:
    """A connection as the administrator, outside transactions, one process at a time."""
    engine = create_async_engine(server.url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
            yield connection
    except (OSError, DBAPIError, PostgresServerError) as failure:
        raise _unprepared(server, failure) from failure
    finally:
        await engine.dispose()


async def _on_schema(settings: Settings, owner_url: str, act: Callable[[Config], object]) -> None:
    """Run an Alembic command in one transaction of the owner's."""
    engine = create_async_engine(owner_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.run_sync(lambda sync: act(alembic_config(settings, sync)))
    finally:
        await engine.dispose()


async def _look(owner_url: str, look: Callable[[Connection], list[str]]) -> list[str]:
    """Read something as the owner, in a transaction that cannot write."""
    engine = create_async_engine(owner_url, poolclass=NullPool, execution_options={"postgresql_readonly": True})
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    except (OSError, DBAPIError, PostgresServerError) as failure:
        message = f"the database cannot be read as its owner: {_reason(failure)}; `jiangti migrate` makes it"
        raise PostgresError(message) from failure
    finally:
        await engine.dispose()


def _elsewhere(connection: Connection) -> list[str]:
    """One sentence where the schema stands at another revision than this version's head."""
    found = set(MigrationContext.configure(connection).get_current_heads())
    heads = set(ScriptDirectory(str(HERE)).get_heads())
    if found == heads:
        return []
    return [
        f"the schema stands at {', '.join(sorted(found)) or 'nothing'}, this version's head is {', '.join(sorted(heads))}"
    ]


def _differences(connection: Connection) -> list[str]:
    options = {"compare_type": True, "compare_server_default": True}
    found = cast("list[Any]", compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
    return [repr(change)[:300] for change in found]


def _move(config: Config, revision: str) -> None:
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _unprepared(server: Server, failure: Exception) -> PostgresError:
    return PostgresError(f"the server {server.host}:{server.port} cannot be prepared: {_reason(failure)}")


def _reason(failure: Exception) -> str:
    return str(getattr(failure, "orig", None) or failure).splitlines()[0]
