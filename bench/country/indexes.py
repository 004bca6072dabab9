"""Indexes are built after the rows: the one place where they are taken away, and made again exactly as the migrations made them.

Primary keys stay, since foreign keys lean on them; rows come in their order.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bench.country.loading import Connection, Progress

LARGE = (
    "person",
    "application",
    "case_act",
    "evidence",
    "consent",
    "snapshot",
    "handover",
    "case_claim",
)
_INDEXES = """
SELECT i.indrelid::regclass::text AS owner, i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made,
 c.conname AS constraint, pg_get_constraintdef(c.oid) AS condition
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
WHERE i.indrelid = ANY ($1::regclass[]) AND NOT i.indisprimary
 AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f') ORDER BY 1, 2
"""


@asynccontextmanager
async def without_indexes(connection: Connection, progress: Progress) -> AsyncGenerator[None]:
    """The large tables have only their primary keys while the block runs."""
    found = await connection.fetch(_INDEXES, list(LARGE))
    for index in found:
        if index["constraint"] is None:
            await connection.execute(f"DROP INDEX {index['name']}")
        else:
            await connection.execute(f"ALTER TABLE {index['owner']} DROP CONSTRAINT {index['constraint']}")
    yield
    begun = time.perf_counter()
    for index in found:
        again = f"ALTER TABLE {index['owner']} ADD CONSTRAINT {index['constraint']} {index['condition']}"
        await connection.execute(index["made"] if index["constraint"] is None else again, timeout=7200)
    progress.note("(indexes)", len(found), time.perf_counter() - begun)
