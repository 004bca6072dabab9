"""Everything a database holds, as its administrator reads it past row-level security: what a stolen dump would show."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import Server
from kernel.settings import DatabaseUrls

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


async def dump(server: Server, urls: DatabaseUrls, tenant_id: UUID | None = None) -> Mapping[str, bytes]:
    """All values of each table (of one union), one after the other; bytes as they are, everything else as text."""
    engine = create_async_engine(server.url(urls.owner.rpartition("/")[2]), poolclass=NullPool)
    async with engine.connect() as connection:
        tables = (await connection.execute(text(_TABLES))).scalars().all()
        found: dict[str, bytes] = {}
        for table in tables:
            where = "" if tenant_id is None else f" t WHERE to_jsonb(t) ->> 'tenant_id' = '{tenant_id}'"
            rows = await connection.execute(text(f'SELECT * FROM "{table}"{where}'))
            found[table] = b"\x1f".join(_plain(value) for row in rows for value in row)
    await engine.dispose()
    return found


def tables_with(held: Mapping[str, bytes], *needles: str | bytes | UUID) -> list[str]:
    """The tables that hold one of these anywhere, in clear or as hexadecimal digits."""
    wanted = [_plain(needle) for needle in needles]
    spelt = [*wanted, *(needle.hex().encode() for needle in wanted)]
    return [table for table, content in held.items() if any(needle in content for needle in spelt)]


def _plain(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
