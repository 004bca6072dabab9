"""Innovation studios: who leads them, and by which document which level recognised them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow, within_tenant


class Studio(VersionedRow, Base):
    """`kind`: model_worker_and_craftsman, worker_innovation, skill_master, chief_technician. `state`: named, withdrawn."""

    __tablename__ = "studio"
    __table_args__ = (
        within_tenant("leader_id", "person"),
        UniqueConstraint("tenant_id", "name"),
        Index("ix_studio_named", "tenant_id", "named_on", "id"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    level: Mapped[str] = mapped_column(ForeignKey("level.code"))
    leader_id: Mapped[UUID]
    employer: Mapped[str]
    field: Mapped[str]
    named_on: Mapped[date]
    document_no: Mapped[str]
    withdrawn_on: Mapped[date | None]
    withdraw_reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="named")
