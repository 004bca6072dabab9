"""Public notice with its frozen list, objections to it, and the announcement that follows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant


class Notice(VersionedRow, Base):
    """A public notice of an edition. `ends_on` is the last of `working_days`, the first day counted. `state`: draft, published, ended.

    `case_ids` is the list as drafted, in its order; the items that everybody sees are frozen from it when another person publishes (D16).
    """

    __tablename__ = "notice"
    __table_args__ = (
        within_tenant("edition_id", "edition"),
        Index("ix_notice_edition", "tenant_id", "edition_id", "id"),
    )

    edition_id: Mapped[UUID]
    title: Mapped[str]
    working_days: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    contact: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    case_ids: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class NoticeItem(TenantRow, Base):
    """One person on a notice: only what may be shown to everybody, frozen when it was published."""

    __tablename__ = "notice_item"
    __table_args__ = (
        within_tenant("notice_id", "notice"),
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "notice_id", "application_id"),
    )

    notice_id: Mapped[UUID]
    application_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    sex: Mapped[str]
    employer: Mapped[str]
    occupation: Mapped[str]
    recommending_unit: Mapped[str]


class Objection(VersionedRow, Base):
    """What somebody reported during a notice about one person; who reported it is sealed to the investigator.

    `state`: received, inadmissible, investigating (`outcome` set: waits for the second person), upheld or not_upheld (confirmed), applied.
    It holds the person from `received` until `inadmissible` or `applied`. `complainant_kind`: person or unit. `postmarked_on`: of a letter.
    """

    __tablename__ = "objection"
    __table_args__ = (
        within_tenant("notice_id", "notice"),
        within_tenant("application_id", "application"),
        Index("ix_objection_application", "tenant_id", "application_id", "id"),
        Index("ix_objection_notice", "tenant_id", "notice_id", "id"),
    )

    notice_id: Mapped[UUID]
    application_id: Mapped[UUID]
    channel: Mapped[str]
    content: Mapped[str]
    complainant_kind: Mapped[str]
    complainant_sealed: Mapped[bytes | None]
    received_on: Mapped[date]
    postmarked_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="received")
    inadmissible_because: Mapped[str | None]
    outcome: Mapped[str | None]
    findings: Mapped[str | None]
    investigator_id: Mapped[UUID | None]
    investigated_for: Mapped[UUID | None]
    """Whom the investigator was the deputy of; that person is no second one either."""
    reviewer_id: Mapped[UUID | None]
    decision: Mapped[str | None]
    resolution_no: Mapped[str | None]
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]


class Announcement(TenantRow, Base):
    """The formal document that makes a list final."""

    __tablename__ = "announcement"
    __table_args__ = (
        within_tenant("edition_id", "edition"),
        UniqueConstraint("tenant_id", "document_no"),
        Index("ix_announcement_edition", "tenant_id", "edition_id", "id"),
    )

    edition_id: Mapped[UUID]
    document_no: Mapped[str]
    title: Mapped[str]
    announced_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class AnnouncementItem(TenantRow, Base):
    """A case that an announcement names."""

    __tablename__ = "announcement_item"
    __table_args__ = (
        within_tenant("announcement_id", "announcement"),
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id"),
    )

    announcement_id: Mapped[UUID]
    application_id: Mapped[UUID]
