"""Who looked at whose personal data: written before the answer leaves, in one statement per request; the table takes INSERTs only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, insert, text
from sqlalchemy.orm import Mapped

from kernel.database import Base, TenantRow, WriteSession
from kernel.ids import new_id


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


async def record_reads(session: WriteSession, *, at: datetime, reader: Reader, shown: Sequence[Shown]) -> None:
    """Leave one entry for each thing shown."""
    common = {"tenant_id": session.tenant_id, "at": at, **vars(reader)}
    rows = [{"id": new_id(), **common, **vars(each)} for each in shown]
    await session.execute(insert(ReadEntry).values(rows))
