"""Titles granted by this tenant, their certificates and revocations; and honours its people hold from elsewhere, as reported to it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant


class Title(VersionedRow, Base):
    """`state`: in_force, revoked. `naming_document_no` is the act the title was born from."""

    __tablename__ = "title"
    __table_args__ = (
        within_tenant("person_id", "person"),
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id"),
        Index("ix_title_granted", "tenant_id", "granted_on", "id"),
        Index("ix_title_person", "tenant_id", "person_id", "id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    edition_id: Mapped[UUID]
    application_id: Mapped[UUID]
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    title_code: Mapped[str]
    name: Mapped[str]
    granted_on: Mapped[date]
    naming_document_no: Mapped[str]
    state: Mapped[str] = mapped_column(default="in_force")


class CertificateSeries(TenantRow, Base):
    """The last number given in a series of certificates, so that numbers have no gaps."""

    __tablename__ = "certificate_series"
    __table_args__ = (UniqueConstraint("tenant_id", "series"),)

    series: Mapped[str]
    last_number: Mapped[int] = mapped_column(default=0)


class Certificate(VersionedRow, Base):
    """The paper of a title. `state`: issued, withdrawn."""

    __tablename__ = "certificate"
    __table_args__ = (
        within_tenant("title_id", "title"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "title_id"),
        Index("ix_certificate_issued", "tenant_id", "issued_on", "id"),
    )

    title_id: Mapped[UUID]
    number: Mapped[str]
    awarding_body: Mapped[str]
    issued_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="issued")


class Revocation(TenantRow, Base):
    """Why and by which resolution a title ended. `ground`: fraud, discipline_or_law, unsuitable."""

    __tablename__ = "revocation"
    __table_args__ = (within_tenant("title_id", "title"), UniqueConstraint("tenant_id", "title_id"))

    title_id: Mapped[UUID]
    ground: Mapped[str]
    resolution_no: Mapped[str]
    note: Mapped[str | None]
    revoked_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Honour(VersionedRow, Base):
    """A title that another union granted to a person of this tenant, as the courier brought the news down. `state`: in_force, revoked."""

    __tablename__ = "honour"
    __table_args__ = (
        within_tenant("person_id", "person"),
        UniqueConstraint("tenant_id", "person_id", "case_id"),
        Index("ix_honour_person", "tenant_id", "person_id", "id"),
        Index("ix_honour_granted", "tenant_id", "granted_on", "id"),
    )

    person_id: Mapped[UUID]
    case_id: Mapped[UUID]
    granted_by_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    title_code: Mapped[str]
    name: Mapped[str]
    granted_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="in_force")
