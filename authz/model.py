"""Who did what with an object: the facts that separation of duty is judged from, and lists of what is assigned to a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from authz.masks import conditions
from kernel.database import Base, TenantRow


class DutyRecord(TenantRow, Base):
    """An account took a part in an object's case; `duty` is a word of `authz.duties`."""

    __tablename__ = "duty_record"
    __table_args__ = (
        UniqueConstraint("tenant_id", "object_id", "account_id", "duty"),
        Index("ix_duty_record_account", "tenant_id", "account_id", "duty", "object_id"),
    )

    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    account_id: Mapped[UUID]
    duty: Mapped[str]
    at: Mapped[datetime]


class CarriedDuty(Base):
    """A part taken in a case in a union below, as its dossier told it: `holder` is a keyed hash of the case and the account (`authz.carried`)."""

    __tablename__ = "carried_duty"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]


class DutyMask(Base):
    """All parts one account took in one object, as the bits of `authz.masks`; no two that exclude one another can both be committed."""

    __tablename__ = "duty_mask"
    __table_args__ = tuple(CheckConstraint(condition, name=name) for name, condition in conditions().items())

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    mask: Mapped[int] = mapped_column(BigInteger)
