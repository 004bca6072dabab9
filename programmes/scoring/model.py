"""Experts, their sheets, the meeting that proposes and the resolution that decides. All in the organiser's tenant. Points are in hundredths."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant


class Expert(VersionedRow, Base):
    """An expert of the pool: where he works and which union he comes from (null: none of ours), so that conflicts can be seen."""

    __tablename__ = "expert"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id"),)

    account_id: Mapped[UUID]
    name: Mapped[str]
    employer: Mapped[str]
    employer_code: Mapped[str | None]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    specialty: Mapped[str | None]


class Assignment(VersionedRow, Base):
    """A case given to an expert. `state`: open, submitted, excluded (`conflict`: a word of the rules, or `recused`).

    `return_reason`: why the secretary gave the last sheet back, as documented.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id", "expert_account_id"),
        Index("ix_assignment_expert", "tenant_id", "expert_account_id", "state", "id"),
    )

    edition_id: Mapped[UUID]
    application_id: Mapped[UUID]
    expert_account_id: Mapped[UUID]
    expert_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    conflict: Mapped[str | None]
    return_reason: Mapped[str | None]


class ScoreSheet(TenantRow, Base):
    """One expert's points for one case: `points` maps `force_item` to hundredths. Sealed when submitted; a change is a new `number`."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        within_tenant("assignment_id", "assignment"),
        UniqueConstraint("tenant_id", "assignment_id", "number"),
        Index("ix_score_sheet_application", "tenant_id", "application_id", "id"),
    )

    assignment_id: Mapped[UUID]
    application_id: Mapped[UUID]
    expert_account_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(default=1)
    points: Mapped[dict[str, Any]]
    total: Mapped[int]
    comment: Mapped[str]
    change_reason: Mapped[str | None]
    submitted_at: Mapped[datetime]


class ScoreSummary(TenantRow, Base):
    """What the sheets of a case come to, by the edition's rule of aggregation; `rank` among the cases of the edition, ties share a rank."""

    __tablename__ = "score_summary"
    __table_args__ = (
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id"),
        Index("ix_score_summary_rank", "tenant_id", "rank", "id"),
    )

    edition_id: Mapped[UUID]
    application_id: Mapped[UUID]
    sheets: Mapped[int]
    mean: Mapped[int]
    median: Mapped[int]
    trimmed_mean: Mapped[int]
    spread: Mapped[int]
    score: Mapped[int]
    rank: Mapped[int]
    at: Mapped[datetime]


class Meeting(VersionedRow, Base):
    """A review meeting of an edition. `members` are people with whether they were present; `state`: open, concluded."""

    __tablename__ = "meeting"
    __table_args__ = (
        within_tenant("edition_id", "edition"),
        Index("ix_meeting_edition", "tenant_id", "edition_id", "id"),
    )

    edition_id: Mapped[UUID]
    name: Mapped[str]
    held_on: Mapped[date]
    members: Mapped[list[Any]]
    quorum: Mapped[int]
    minutes: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")


class MeetingItem(TenantRow, Base):
    """What the meeting said of one case: proposed or not, its place on the list, and why it departs from the order of scores where it does."""

    __tablename__ = "meeting_item"
    __table_args__ = (
        within_tenant("meeting_id", "meeting"),
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "meeting_id", "application_id"),
    )

    meeting_id: Mapped[UUID]
    application_id: Mapped[UUID]
    outcome: Mapped[str]
    position: Mapped[int | None]
    reason: Mapped[str | None]


class Resolution(TenantRow, Base):
    """A recorded collective decision: its number and date, the body that took it, and the cases it speaks of."""

    __tablename__ = "resolution"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_resolution_edition", "tenant_id", "edition_id", "id"),
    )

    edition_id: Mapped[UUID]
    number: Mapped[str]
    body: Mapped[str]
    resolved_on: Mapped[date]
    decision: Mapped[str]
    application_ids: Mapped[list[Any]]
    note: Mapped[str | None]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
