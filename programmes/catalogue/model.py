"""Programmes and rulebooks are reference rows; an edition is a row of its organiser that everybody may read once it is issued."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant
from kernel.ids import new_id


class Programme(Base):
    """A craftsman programme of one organiser; its title (honour) is known by `title_code` across the country."""

    __tablename__ = "programme"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title_code: Mapped[str]
    title_name: Mapped[str]
    level: Mapped[str] = mapped_column(ForeignKey("level.code"))
    organiser_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))


class RulebookVersion(Base):
    """One version of a programme's rules, as validated data; never changed after it was loaded."""

    __tablename__ = "rulebook_version"
    __table_args__ = (UniqueConstraint("programme_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    version: Mapped[str]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    loaded_at: Mapped[datetime]


class Edition(VersionedRow, Base):
    """One year or cohort of a programme. `filled` holds the values a person gave where the source is silent; locked with the rulebook at issue.

    `state`: draft, issued, open, reviewing, noticing, announced, cultivating, closed, cancelled. Every state but draft is public.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("tenant_id", "programme_id", "year", "cohort_no"),
        Index("ix_edition_year", "tenant_id", "year", "id"),
        Index("ix_edition_id", "id"),
        Index("ix_edition_opens_on", "opens_on", postgresql_where=text("state = 'issued'")),
        Index("ix_edition_closes_on", "closes_on", postgresql_where=text("state = 'open'")),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    rulebook_version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_version.id"))
    name: Mapped[str]
    year: Mapped[int]
    cohort_no: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="draft")
    document_no: Mapped[str | None]
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rules: Mapped[dict[str, Any] | None]
    rules_sha256: Mapped[str | None]
    issued_at: Mapped[datetime | None]


class Quota(VersionedRow, Base):
    """Places that the organiser of an edition gives one recommending unit, with the four factors they were weighed by."""

    __tablename__ = "quota"
    __table_args__ = (
        within_tenant("edition_id", "edition"),
        UniqueConstraint("tenant_id", "edition_id", "unit_id"),
        CheckConstraint("places >= 1", name="places"),
    )

    edition_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    places: Mapped[int]
    factors: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ExtraUnit(TenantRow, Base):
    """An organiser's record that a further unit may recommend in an edition: by which approval, of whom, with how many places (null: no limit)."""

    __tablename__ = "extra_unit"
    __table_args__ = (within_tenant("edition_id", "edition"), UniqueConstraint("tenant_id", "edition_id", "unit_id"))

    edition_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    places: Mapped[int | None]
    document_no: Mapped[str]
    approved_by: Mapped[str]
    approved_on: Mapped[date]
    recorded_at: Mapped[datetime]


class RecommendingGrant(TenantRow, Base):
    """A recommending unit's own record of what an edition allows it: places of a quota (null: no limit), or an approval as an extra unit.

    `kind`: quota or extra. Brought by the courier when the edition is issued. `used` never passes `places`.
    """

    __tablename__ = "recommending_grant"
    __table_args__ = (
        UniqueConstraint("tenant_id", "edition_id"),
        CheckConstraint("used >= 0 and (places is null or used <= places)", name="places"),
    )

    edition_id: Mapped[UUID]
    kind: Mapped[str]
    places: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    document_no: Mapped[str | None]
    granted_at: Mapped[datetime]
