"""The cultivation period of one selectee, in the organiser's tenant: the plan, its tasks, progress reports, and the assessments that end it."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow, within_tenant


class CultivationPlan(VersionedRow, Base):
    """`owner_kind` (employer or recommending_unit) is who makes and signs the plan in this edition; `ends_on` is the first day after the period.

    `state`: none, drafted, signed, filed, closed, stopped.
    """

    __tablename__ = "cultivation_plan"
    __table_args__ = (
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id"),
        Index("ix_cultivation_plan_ends", "tenant_id", "ends_on", "id"),
    )

    edition_id: Mapped[UUID]
    application_id: Mapped[UUID]
    owner_kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    goals: Mapped[str] = mapped_column(default="")
    safeguards: Mapped[str] = mapped_column(default="")
    mentor: Mapped[str | None]
    signed_by_owner_on: Mapped[date | None]
    signed_by_candidate_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    amend_reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="none")


class CultivationTask(VersionedRow, Base):
    """A task of a plan. It has ended when it has an `outcome`; it was completed when it has the day as well."""

    __tablename__ = "cultivation_task"
    __table_args__ = (
        within_tenant("plan_id", "cultivation_plan"),
        Index("ix_cultivation_task_plan", "tenant_id", "plan_id", "id"),
    )

    plan_id: Mapped[UUID]
    title: Mapped[str]
    due_on: Mapped[date]
    completed_on: Mapped[date | None]
    outcome: Mapped[str | None]


class ProgressReport(VersionedRow, Base):
    """A periodic report on a plan. `state`: open, submitted, verified; `overdue` is set when its date passes while it is open."""

    __tablename__ = "progress_report"
    __table_args__ = (
        within_tenant("plan_id", "cultivation_plan"),
        UniqueConstraint("tenant_id", "plan_id", "due_on"),
        Index("ix_progress_report_due", "tenant_id", "state", "due_on"),
        Index("ix_progress_report_all", "tenant_id", "due_on", "id"),
    )

    plan_id: Mapped[UUID]
    due_on: Mapped[date]
    content: Mapped[str] = mapped_column(default="")
    submitted_on: Mapped[date | None]
    verified_on: Mapped[date | None]
    remark: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    overdue: Mapped[bool] = mapped_column(default=False)


class Assessment(VersionedRow, Base):
    """How the period ended: were the tasks completed, and was the person assessed as qualified; both are needed for a certificate."""

    __tablename__ = "assessment"
    __table_args__ = (
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id"),
        Index("ix_assessment_assessed", "tenant_id", "assessed_on", "id"),
    )

    application_id: Mapped[UUID]
    tasks_completed: Mapped[bool]
    qualified: Mapped[bool]
    opinion: Mapped[str]
    assessed_on: Mapped[date]
    assessor_id: Mapped[UUID]
