"""How generated rows come into a database: as its administrator, by COPY, with foreign keys trusted and everything else as the migrations made it."""

import sys
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg

from kernel.postgres import Server

Connection = Any
"""asyncpg's connection, which has no types."""
_connect: Any = cast("Any", asyncpg).connect


@asynccontextmanager
async def administering(server: Server, database: str) -> AsyncGenerator[Connection]:
    """A connection that sees all rows of all unions and does not look foreign keys up; a test looks them up afterwards."""
    connection = await _connect(server.url(database).replace("+asyncpg", ""))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET work_mem = '256MB'")
        await connection.execute("SET maintenance_work_mem = '1GB'")
        yield connection
    finally:
        await connection.close()


class Progress:
    """Says what was loaded, how fast, to standard error; `rows` sums up by table."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._begun = time.perf_counter()
        self.rows: dict[str, tuple[int, float]] = {}

    def note(self, table: str, count: int, seconds: float) -> None:
        """So many rows came into the table in so many seconds."""
        known = self.rows.get(table, (0, 0.0))
        self.rows[table] = known[0] + count, known[1] + seconds
        if not self._quiet:
            rate = count / seconds if seconds else 0.0
            print(f"{table:<22} {count:>12,} rows {rate:>12,.0f} rows/s {self.minutes:6.1f} min", file=sys.stderr)

    @property
    def minutes(self) -> float:
        """Since the beginning."""
        return (time.perf_counter() - self._begun) / 60


async def copy_rows(
    connection: Connection, progress: Progress, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Bring rows in by binary COPY; they may come from a generator."""
    begun = time.perf_counter()
    said = await connection.copy_records_to_table(table, records=rows, columns=list(columns))
    progress.note(table, int(said.split()[1]), time.perf_counter() - begun)


async def copy_mappings(
    connection: Connection, progress: Progress, table: str, rows: Sequence[dict[str, object]]
) -> None:
    """Likewise rows that name their columns; all name the same."""
    if rows:
        columns = list(rows[0])
        await copy_rows(connection, progress, table, columns, ([row[name] for name in columns] for row in rows))


async def insert_rows(connection: Connection, progress: Progress, table: str, statement: str) -> None:
    """Bring in what a statement makes inside PostgreSQL."""
    begun = time.perf_counter()
    said = await connection.execute(statement, timeout=7200)
    progress.note(table, int(said.split()[2]), time.perf_counter() - begun)
