"""Sealing old values again with the newest generation of the keys, a batch at a time. What is done is known by its tag; nothing need be remembered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, MetaData, Table, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import ReadSession, WriteSession
from kernel.keyring import Crypto
from kernel.sealing import TAG_BYTES, Sealer, describe, sealer_of

BATCH = 500
DOMAIN = "sealed_for"
"""In a column's `info`, outside tenant tables: the column, unique in its table, whose id stands where a tenant's would, and for the row as well."""


@dataclass(frozen=True)
class SealedColumn:
    """Where sealed values are: each was sealed for the id in `domain` (the tenant's, or what owns itself) and the row's id in `row`."""

    table: Table
    column: Column[bytes]
    domain: Column[UUID]
    row: Column[UUID]

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.column.name}"


def list_sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """The columns of tenant tables whose names say that they are sealed: `sealed` and `<what>_sealed`."""
    return [
        SealedColumn(table, column, table.c.tenant_id, table.c.id)
        for table in metadata.sorted_tables
        for column in table.columns
        if "tenant_id" in table.columns and is_sealed(column)
    ]


def list_sealed_apart(metadata: MetaData) -> list[SealedColumn]:
    """The sealed columns of tables that belong to no tenant; they say so themselves (`DOMAIN`)."""
    found: list[SealedColumn] = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            if DOMAIN in column.info:
                owner: Column[UUID] = table.columns[str(column.info[DOMAIN])]
                found.append(SealedColumn(table, column, owner, owner))
    return found


def is_sealed(column: Column[bytes]) -> bool:
    """Whether a column of a tenant table holds sealed values."""
    return isinstance(column.type, LargeBinary) and (column.name == "sealed" or column.name.endswith("_sealed"))


async def reseal(session: WriteSession, columns: Sequence[SealedColumn], *, batch: int = BATCH) -> int:
    """Seal up to `batch` older values of the bound tenant again; returns how many, 0 when none is left. Nobody's version changes."""
    done = 0
    for sealed in columns:
        done += await _reseal(session, sealed, sealed.domain == session.tenant_id, batch - done)
        if done == batch:
            break
    return done


async def reseal_apart(session: WriteSession, columns: Sequence[SealedColumn], *, batch: int = BATCH) -> int:
    """The same for values that belong to no tenant, whatever the session is bound to."""
    done = 0
    for sealed in columns:
        done += await _reseal(session, sealed, true(), batch - done)
        if done == batch:
            break
    return done


async def _reseal(session: WriteSession, sealed: SealedColumn, which: ColumnElement[bool], most: int) -> int:
    sealer: Sealer = sealer_of(session)
    older = (
        select(sealed.domain, sealed.row, sealed.column)
        .where(which, func.substring(sealed.column, 1, TAG_BYTES) != sealer.current_tag)
        .order_by(sealed.row)
        .limit(most)
        .with_for_update()
    )
    found = (await session.execute(older)).all()
    for domain, row_id, value in found:
        place: dict[str, Any] = {"table": sealed.table.name, "column": sealed.column.name, "row_id": row_id}
        again = sealer.seal(sealer.open(value, tenant_id=domain, **place), tenant_id=domain, **place)
        row = (sealed.domain == domain) & (sealed.row == row_id)
        await session.execute(update(sealed.table).where(row).values({sealed.column.name: again}))
    return len(found)


async def count_sealed(session: ReadSession, columns: Sequence[SealedColumn]) -> Counter[tuple[Crypto, int]]:
    """How many values of the bound tenant each algorithm and generation sealed."""
    found: Counter[tuple[Crypto, int]] = Counter()
    for sealed in columns:
        found += await _count(session, sealed, sealed.domain == session.tenant_id)
    return found


async def count_sealed_apart(session: AsyncSession, columns: Sequence[SealedColumn]) -> Counter[tuple[Crypto, int]]:
    """The same for values that belong to no tenant."""
    found: Counter[tuple[Crypto, int]] = Counter()
    for sealed in columns:
        found += await _count(session, sealed, true())
    return found


async def _count(
    session: AsyncSession, sealed: SealedColumn, which: ColumnElement[bool]
) -> Counter[tuple[Crypto, int]]:
    tag = func.substring(sealed.column, 1, TAG_BYTES)
    counted = select(tag, func.count()).where(which, sealed.column.is_not(None)).group_by(tag)
    return Counter({describe(start): values for start, values in (await session.execute(counted)).all()})
