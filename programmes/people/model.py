"""A person file: what one union knows of one craftsman. ID number, phone and bank account are sealed; hints are what a list may show."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow, within_tenant


class Person(VersionedRow, Base):
    """`id_number_index` is the national blind index (HMAC) of the ID number; months are `YYYY-MM`; `frontline_since` is the first month on the line.

    An erased file (`erased_on`) names nobody any more: dashes, no numbers, of the months only the years.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id_number_index"),
        Index("ix_person_name", "tenant_id", "name_sort_key", "id"),
    )

    name: Mapped[str]
    name_sort_key: Mapped[str]
    sex: Mapped[str]
    birth_month: Mapped[str]
    id_number_sealed: Mapped[bytes | None]
    id_number_hint: Mapped[str]
    id_number_index: Mapped[bytes]
    phone_sealed: Mapped[bytes | None]
    phone_hint: Mapped[str | None]
    ethnicity: Mapped[str | None]
    political_status: Mapped[str | None]
    education: Mapped[str | None]
    employer: Mapped[str]
    employer_code: Mapped[str | None]
    post: Mapped[str | None]
    occupation: Mapped[str]
    industry: Mapped[str | None]
    professional_title: Mapped[str | None]
    skill_grade: Mapped[str | None]
    worked_since: Mapped[str | None]
    frontline_since: Mapped[str]
    in_service: Mapped[bool] = mapped_column(default=True)
    is_migrant_worker: Mapped[bool] = mapped_column(default=False)
    erased_on: Mapped[date | None]


class Consent(VersionedRow, Base):
    """What a person agreed to (PIPL 第二十三条、第二十五条): `purpose` is upward, notice or register; one of each is in force at most.

    `document`: the paper or file number that shows it; None where it was entered with an application or arrived with a dossier.
    """

    __tablename__ = "consent"
    __table_args__ = (
        within_tenant("person_id", "person"),
        Index("ix_consent_person", "tenant_id", "person_id", "id"),
        Index(
            "uq_consent_in_force",
            "tenant_id",
            "person_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_on is null"),
        ),
    )

    person_id: Mapped[UUID]
    purpose: Mapped[str]
    given_on: Mapped[date]
    document: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
    reason: Mapped[str | None]
