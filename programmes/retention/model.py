"""A union's periods for keeping personal data, and what was asked and decided about erasing a person's file."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow, within_tenant


class RetentionPeriod(VersionedRow, Base):
    """For so many months a kind of record (`rules.periods.RecordKind`) is kept, by a document of the union; null months: taken back, nothing is erased."""

    __tablename__ = "retention_period"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind"),
        CheckConstraint("months between 1 and 1200", name="months"),
    )

    kind: Mapped[str]
    months: Mapped[int | None]
    document: Mapped[str]
    set_by: Mapped[UUID]


class ErasureRequest(VersionedRow, Base):
    """Somebody wants a person's file erased. `origin`: person (he asked), union (another union that had a copy erased its own, and says so).

    `state`: open, granted (the courier will do it), refused, done, noted (the other union's period ran out; nobody asked). `ground`: why it was refused.
    """

    __tablename__ = "erasure_request"
    __table_args__ = (
        within_tenant("person_id", "person"),
        Index("ix_erasure_request_state", "tenant_id", "state", "id"),
        Index("ix_erasure_request_person", "tenant_id", "person_id", "id"),
        Index(
            "uq_erasure_request_open",
            "tenant_id",
            "person_id",
            unique=True,
            postgresql_where=text("state in ('open', 'granted')"),
        ),
        UniqueConstraint("tenant_id", "letter_id"),
        CheckConstraint("recorded_by <> decided_by", name="second_person"),
    )

    person_id: Mapped[UUID]
    origin: Mapped[str]
    told_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    letter_id: Mapped[UUID | None]
    asked_on: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    ground: Mapped[str | None]
    decision_reason: Mapped[str | None]
    document_no: Mapped[str | None]
    decided_on: Mapped[date | None]
    erased_on: Mapped[date | None]
    recorded_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
