"""Who looked at whose personal data: written before the answer leaves, in one statement per request; the table takes INSERTs only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped

from kernel.database import Base, TenantRow
from kernel.direct import DirectPool, binding_itself
from kernel.ids import new_id
from kernel.prepared import Prepared


class ReadEntry(TenantRow, Base):
    """One object that one request showed; or, without `object_id`, a list of `rows` objects. `asked` names the queries."""

    __tablename__ = "read_entry"
    __table_args__ = (
        Index("ix_read_entry_at", "tenant_id", "at", "id"),
        Index("ix_read_entry_object", "tenant_id", "object_kind", "object_id", "id"),
        Index("ix_read_entry_account", "tenant_id", "account_id", "at", "id"),
        Index(
            "ix_read_entry_basis", "tenant_id", "basis_id", "at", "id", postgresql_where=text("basis_id is not null")
        ),
    )

    at: Mapped[datetime]
    account_id: Mapped[UUID]
    acting_for: Mapped[UUID | None]
    actor: Mapped[str]
    asked: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    rows: Mapped[int]
    request_id: Mapped[str]
    basis_id: Mapped[UUID | None]
    """The visit in which somebody of another union looked."""


@dataclass(frozen=True)
class Shown:
    """What a request showed of one kind: one object, or so many."""

    object_kind: str
    object_id: UUID | None
    rows: int


@dataclass(frozen=True)
class Reader:
    """Who looked, by which request, through which queries."""

    account_id: UUID
    acting_for: UUID | None
    actor: str
    asked: str
    request_id: str
    basis_id: UUID | None = None


async def record_reads(
    pool: DirectPool, tenant_id: UUID, *, at: datetime, reader: Reader, shown: Sequence[Shown]
) -> None:
    """Leave one entry for each thing shown, in a transaction of its own."""
    await pool.fetch(
        _RECORD,
        tenant=str(tenant_id),
        bound=tenant_id,
        moment=at,
        who=reader.account_id,
        behalf=reader.acting_for,
        name=reader.actor,
        queries=reader.asked,
        request=reader.request_id,
        basis=reader.basis_id,
        ids=[new_id() for _ in shown],
        kinds=[each.object_kind for each in shown],
        objects=[each.object_id for each in shown],
        counts=[each.rows for each in shown],
    )


def _record() -> Prepared:
    """One statement for any number of entries."""
    columns = ReadEntry.__table__.c
    given = {
        "tenant_id": bindparam("bound", type_=columns.tenant_id.type),
        "at": bindparam("moment", type_=columns.at.type),
        "account_id": bindparam("who", type_=columns.account_id.type),
        "acting_for": bindparam("behalf", type_=columns.acting_for.type),
        "actor": bindparam("name", type_=columns.actor.type),
        "asked": bindparam("queries", type_=columns.asked.type),
        "request_id": bindparam("request", type_=columns.request_id.type),
        "basis_id": bindparam("basis", type_=columns.basis_id.type),
    }
    lists = {"id": "ids", "object_kind": "kinds", "object_id": "objects", "rows": "counts"}
    arrays = [bindparam(name, type_=ARRAY(columns[column].type)) for column, name in lists.items()]
    each = func.unnest(*arrays).table_valued(*lists, name="each").render_derived()
    chosen = select(*(value.label(name) for name, value in given.items()), *(each.c[column] for column in lists))
    bound = binding_itself(chosen, bindparam("tenant", type_=Text()))
    return Prepared(insert(ReadEntry).from_select([*given, *lists], bound, include_defaults=False))


_RECORD = _record()
