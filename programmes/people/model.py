"""A person file: what one union knows of one craftsman. ID number, phone and bank account are sealed; hints are what a list may show."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow


class Person(VersionedRow, Base):
    """`id_number_index` is the national blind index (HMAC) of the ID number; months are `YYYY-MM`; `frontline_since` is the first month on the line."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id_number_index"),
        Index("ix_person_name", "tenant_id", "name_sort_key", "id"),
    )

    name: Mapped[str]
    name_sort_key: Mapped[str]
    sex: Mapped[str]
    birth_month: Mapped[str]
    id_number_sealed: Mapped[bytes]
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
