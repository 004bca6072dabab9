"""Sealing old values again with the newest generation of the keys, a batch at a time. What is done is known by its tag; nothing need be remembered."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Column, LargeBinary, MetaData, Table, func, select, update

from kernel.database import ReadSession, WriteSession
from kernel.keyring import Crypto
from kernel.sealing import TAG_BYTES, describe, seal, sealer_of, unseal

BATCH = 500
SealedColumn = tuple[Table, Column[bytes]]


def list_sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """The columns of tenant tables whose names say that they are sealed: `sealed` and `<what>_sealed`."""
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if "tenant_id" in table.columns and is_sealed(column)
    ]


def is_sealed(column: Column[bytes]) -> bool:
    """Whether a column holds sealed values."""
    return isinstance(column.type, LargeBinary) and (column.name == "sealed" or column.name.endswith("_sealed"))


async def reseal(session: WriteSession, columns: Sequence[SealedColumn], *, batch: int = BATCH) -> int:
    """Seal up to `batch` older values of the bound tenant again; returns how many, 0 when none is left. Nobody's version changes."""
    done = 0
    tag = sealer_of(session).current_tag
    for table, column in columns:
        older = (
            select(table.c.id, column)
            .where(table.c.tenant_id == session.tenant_id, func.substring(column, 1, TAG_BYTES) != tag)
            .order_by(table.c.id)
            .limit(batch - done)
            .with_for_update()
        )
        for row_id, sealed in (await session.execute(older)).all():
            clear = unseal(session, sealed, table=table.name, column=column.name, row_id=row_id)
            again = seal(session, clear, table=table.name, column=column.name, row_id=row_id)
            row = (table.c.tenant_id == session.tenant_id) & (table.c.id == row_id)
            await session.execute(update(table).where(row).values({column.name: again}))
            done += 1
        if done == batch:
            break
    return done


async def count_sealed(session: ReadSession, columns: Sequence[SealedColumn]) -> Counter[tuple[Crypto, int]]:
    """How many values of the bound tenant each algorithm and generation sealed."""
    found: Counter[tuple[Crypto, int]] = Counter()
    for table, column in columns:
        tag = func.substring(column, 1, TAG_BYTES)
        of_tenant = (table.c.tenant_id == session.tenant_id) & column.is_not(None)
        for start, values in (await session.execute(select(tag, func.count()).where(of_tenant).group_by(tag))).all():
            found[describe(start)] += values
    return found
