"""Both sides' own records of what passes between two tenants, and the upper union's register of titles announced to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow


class Handover(VersionedRow, Base):
    """One passing of one case; both sides' records share `correlation_id`.

    `direction`: outgoing or incoming. `kind`: recommendation, push or pull. `state`: requested, offered, accepted, returned,
    declined, withdrawing, withdrawn.
    """

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("tenant_id", "correlation_id", "direction"),
        Index("ix_handover_state", "tenant_id", "direction", "state", "id"),
        Index("ix_handover_application", "tenant_id", "application_id"),
        Index("ix_handover_updated", "tenant_id", "updated_at", "id"),
    )

    correlation_id: Mapped[UUID]
    case_id: Mapped[UUID]
    direction: Mapped[str]
    kind: Mapped[str]
    counterpart_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    edition_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    title_id: Mapped[UUID | None]
    register_entry_id: Mapped[UUID | None]
    person_name: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    snapshot_sha256: Mapped[str | None]
    snapshot_sealed: Mapped[bytes | None]
    snapshot_number: Mapped[int] = mapped_column(default=0)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    legal_basis: Mapped[str | None]
    erased_on: Mapped[date | None]


class Drift(TenantRow, Base):
    """A change below after acceptance, told to the upper side."""

    __tablename__ = "drift"
    __table_args__ = (
        Index("ix_drift_handover", "tenant_id", "handover_id", "id"),
        UniqueConstraint("tenant_id", "handover_id", "change_id", "field"),
    )

    handover_id: Mapped[UUID]
    change_id: Mapped[UUID]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    at: Mapped[datetime]


class RegisterEntry(VersionedRow, Base):
    """A title granted below, announced to this tenant with consent: minimal fields.

    `state`: in_force, revoked, or withdrawn (the person took his consent back, and the entry names him no longer).
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_title_id"),
        Index("ix_register_entry_granted", "tenant_id", "title_code", "granted_on", "id"),
        Index("ix_register_entry_all", "tenant_id", "granted_on", "id"),
    )

    source_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    source_title_id: Mapped[UUID]
    case_id: Mapped[UUID]
    title_code: Mapped[str]
    title_name: Mapped[str]
    person_name: Mapped[str]
    sex: Mapped[str]
    employer: Mapped[str]
    occupation: Mapped[str]
    granted_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="in_force")
    erased_on: Mapped[date | None]
