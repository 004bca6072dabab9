"""What is asked of the database, caught as it goes by, and the plans PostgreSQL makes for it."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from kernel.settings import DatabaseUrls
from migrations.models import metadata

TENANT_TABLES = frozenset(table.name for table in metadata.tables.values() if "tenant_id" in table.c)
_PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_BINDING = re.compile("SET LOCAL app.tenant = '[-0-9a-f]{36}'")
_INDEX_SCANS = frozenset({"Index Scan", "Index Only Scan", "Bitmap Index Scan"})


@dataclass(frozen=True)
class Asked:
    """A statement with the values it was first asked with, the role that asked, and what bound its transaction."""

    statement: str
    parameters: tuple[Any, ...]
    role: str
    binding: str | None


@contextmanager
def catching() -> Generator[dict[str, Asked]]:
    """Every statement of every database while the block runs, once by its text, whichever way it goes: by SQLAlchemy, or straight to asyncpg."""
    caught: dict[str, Asked] = {}
    bindings: dict[int, str] = {}
    driver: Any = asyncpg.Connection
    fetch, execute = driver.fetch, driver.execute

    def note(connection: Any, statement: str, parameters: Any) -> None:
        bound = _BINDING.search(statement)
        if bound is not None:
            bindings[id(connection)] = bound[0]
        words = statement.lstrip()
        if words.startswith(_PLANNED) and statement not in caught:
            first = parameters[0] if isinstance(parameters, list) else parameters
            role = connection._params.user.rsplit("_", 1)[1]
            caught[statement] = Asked(words, tuple(first), role, bindings.get(id(connection)))

    def on_execute(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        note(connection.connection.driver_connection, statement, parameters)

    async def fetching(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
        note(self, query, arguments)
        return await fetch(self, query, *arguments, **options)

    async def executing(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
        note(self, query, arguments)
        return await execute(self, query, *arguments, **options)

    event.listen(Engine, "before_cursor_execute", on_execute)
    driver.fetch, driver.execute = fetching, executing
    try:
        yield caught
    finally:
        driver.fetch, driver.execute = fetch, execute
        event.remove(Engine, "before_cursor_execute", on_execute)


@dataclass(frozen=True)
class Planner:
    """Makes plans as the role that asked, with row-level security; steps to be avoided are made as dear as can be, and stay where there is no other."""

    urls: DatabaseUrls
    leading: dict[str, str]
    """The first column of each index."""

    async def plan(self, asked: Asked, *, avoid: tuple[str, ...]) -> dict[str, Any]:
        engine = create_async_engine(getattr(self.urls, asked.role), poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                for setting in avoid:
                    await connection.exec_driver_sql(f"SET LOCAL {setting} = off")
                if asked.binding is not None:
                    await connection.exec_driver_sql(asked.binding)
                explained = await connection.exec_driver_sql(
                    f"EXPLAIN (FORMAT JSON) {asked.statement}", asked.parameters
                )
                return explained.scalar_one()[0]["Plan"]
        finally:
            await engine.dispose()

    def full_reads(self, plan: dict[str, Any]) -> Iterator[str]:
        """Steps that read a tenant table without being led to a range of it by an index's first column."""
        for step in steps_of(plan):
            table, index = step.get("Relation Name"), step.get("Index Name")
            if step["Node Type"] == "Seq Scan" and table in TENANT_TABLES:
                yield f"Seq Scan on {table}"
            if step["Node Type"] in _INDEX_SCANS and index in self.leading:
                wanted = self.leading[index]
                if f"{wanted} " not in step.get("Index Cond", "") and f"{wanted})" not in step.get("Index Cond", ""):
                    yield f"all of {index}"

    def gathered(self, plan: dict[str, Any]) -> Iterator[str]:
        """Steps that gather all rows of a tenant, or sort them, before a page of them can be given."""
        for step in steps_of(plan):
            if step["Node Type"] == "Sort" and any(
                below.get("Relation Name") in TENANT_TABLES for below in steps_of(step)
            ):
                yield f"Sort by {', '.join(step['Sort Key'])}"


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan, those below too."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps_of(below)


async def make_planner(urls: DatabaseUrls) -> Planner:
    """Reads which column each index of a tenant table begins with."""
    engine = create_async_engine(urls.owner, poolclass=NullPool)
    async with engine.connect() as connection:
        leading = await _leading(connection)
    await engine.dispose()
    return Planner(urls, leading)


async def _leading(connection: AsyncConnection) -> dict[str, str]:
    query = text(
        "SELECT c.relname, t.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
    )
    return {index: column for index, table, column in (await connection.execute(query)).all() if table in TENANT_TABLES}
