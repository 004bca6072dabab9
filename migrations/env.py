"""What Alembic runs: on the connection that the runner hands over, or, from the `alembic` command, on one of its own."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import database_urls, find_server
from kernel.settings import Settings
from migrations.models import metadata


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate_alone() -> None:
    settings = Settings.from_env()
    context.config.attributes.setdefault("role_prefix", settings.role_prefix)
    engine = create_async_engine(database_urls(settings, find_server(settings)).owner, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


def _main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
    else:
        asyncio.run(_migrate_alone())


_main()
