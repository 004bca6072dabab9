"""How many connections an installation may open at a time, against what its PostgreSQL gives; looked at before anything is served.

A pool that is promised more than the server has fails under load, which is when nobody can look into it.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.settings import LOGIN_POOL, Settings, SettingsError

_POOLS_PER_DATABASE = 2
"""`kernel.database.Database` has one for SQLAlchemy's sessions and one for prepared statements."""
_LISTENING = 1
FOR_COMMANDS = 10
"""Kept for what people start beside the processes: migrations, `jiangti jobs`, `audit verify`, `reconcile`, a backup."""
_RESERVED = ("superuser_reserved_connections", "reserved_connections")


def connections_of_api(settings: Settings) -> int:
    """The most of one API process: as the web's role, as the login role, and one that listens."""
    return _POOLS_PER_DATABASE * (settings.app_pool_size + LOGIN_POOL) + _LISTENING


def connections_of_worker(settings: Settings) -> int:
    """The most of one worker."""
    return settings.courier_pool_size


def connections_of_all(settings: Settings) -> int:
    """The most of all processes together, with room for commands."""
    processes = settings.api_processes * connections_of_api(settings)
    return processes + settings.worker_processes * connections_of_worker(settings) + FOR_COMMANDS


async def connections_given(url: str) -> int:
    """How many the server gives to roles without privileges; any role may ask."""
    engine = create_async_engine(url, poolclass=NullPool)
    asked = text("SELECT name, setting::int FROM pg_settings WHERE name = ANY(:names)")
    try:
        async with engine.connect() as connection:
            rows = (await connection.execute(asked, {"names": ["max_connections", *_RESERVED]})).all()
    finally:
        await engine.dispose()
    found = {row[0]: row[1] for row in rows}
    return found["max_connections"] - sum(found.get(name, 0) for name in _RESERVED)


async def require_room(settings: Settings, url: str) -> None:
    """Raises SettingsError, one sentence with the numbers, where the server gives fewer connections than the processes may open."""
    needed, given = connections_of_all(settings), await connections_given(url)
    if needed > given:
        message = (
            f"{settings.api_processes} API and {settings.worker_processes} worker processes may open {needed} connections"
            f" (JIANGTI_APP_POOL={settings.app_pool_size}, JIANGTI_COURIER_POOL={settings.courier_pool_size}, {FOR_COMMANDS} for"
            f" commands), but PostgreSQL gives {given}: raise its max_connections, or lower processes or pools"
        )
        raise SettingsError(message)
