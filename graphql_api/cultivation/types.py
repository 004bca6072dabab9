"""What the contract shows of the cultivation period."""

from enum import StrEnum

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from graphql_api.applications.types import ApplicationType
from graphql_api.catalogue.types import EditionType
from graphql_api.cultivation.words import PlanState, ReportState
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, ascending, column, descending, to_many, to_one
from programmes.cultivation.model import Assessment, CultivationPlan, CultivationTask, ProgressReport


@strawberry.enum(description="Who makes and signs the plan, as the edition says.")
class PlanOwner(StrEnum):
    """The values of `cultivation_plan.owner_kind`."""

    EMPLOYER = "employer"
    RECOMMENDING_UNIT = "recommending_unit"


@strawberry.type(name="CultivationTask", description="A task of a plan; it has ended when it has an outcome.")
class CultivationTaskType(Node):
    __source__ = Source(CultivationTask, visible=allowed(Permission.PLAN_READ, Columns(id=CultivationTask.plan_id)))

    title: str = column(CultivationTask.title)
    due_on: Date = column(CultivationTask.due_on)
    outcome: str | None = column(CultivationTask.outcome)
    completed_on: Date | None = column(
        CultivationTask.completed_on, description="Null with an outcome: it ended without being completed."
    )
    version: int = column(CultivationTask.version)


@strawberry.type(name="ProgressReport", description="A periodic report on a plan.")
class ProgressReportType(Node):
    __source__ = Source(
        ProgressReport,
        order=(ascending(ProgressReport.due_on),),
        visible=allowed(Permission.REPORT_READ, Columns(id=ProgressReport.id, stage=ProgressReport.state)),
    )

    due_on: Date = column(ProgressReport.due_on)
    state: ReportState = column(ProgressReport.state)
    overdue: bool = column(ProgressReport.overdue, description="Its day has passed and it is not in.")
    content: str = column(ProgressReport.content)
    remark: str | None = column(ProgressReport.remark, description="What the verifier wrote.")
    submitted_on: Date | None = column(ProgressReport.submitted_on)
    verified_on: Date | None = column(ProgressReport.verified_on)
    plan_id: strawberry.ID = column(ProgressReport.plan_id, refers="CultivationPlan")
    version: int = column(ProgressReport.version)


@strawberry.type(
    name="Assessment", description="How a period ended; a certificate needs completed tasks and a qualified person."
)
class AssessmentType(Node):
    __source__ = Source(
        Assessment,
        order=(descending(Assessment.assessed_on),),
        visible=allowed(Permission.ASSESSMENT_READ, Columns(id=Assessment.id)),
    )

    tasks_completed: bool = column(Assessment.tasks_completed)
    qualified: bool = column(Assessment.qualified)
    opinion: str = column(Assessment.opinion)
    assessed_on: Date = column(Assessment.assessed_on)
    application: ApplicationType | None = to_one(Assessment.application_id)


@strawberry.type(name="CultivationPlan", description="The plan of one person's cultivation period.")
class CultivationPlanType(Node):
    __source__ = Source(
        CultivationPlan,
        order=(ascending(CultivationPlan.ends_on),),
        visible=allowed(Permission.PLAN_READ, Columns(id=CultivationPlan.id, stage=CultivationPlan.state)),
    )

    state: PlanState = column(CultivationPlan.state)
    owner: PlanOwner = column(CultivationPlan.owner_kind)
    starts_on: Date = column(CultivationPlan.starts_on)
    ends_on: Date = column(CultivationPlan.ends_on, description="The first day after the period.")
    goals: str = column(CultivationPlan.goals)
    safeguards: str = column(CultivationPlan.safeguards)
    mentor: str | None = column(CultivationPlan.mentor)
    signed_by_owner_on: Date | None = column(CultivationPlan.signed_by_owner_on)
    signed_by_candidate_on: Date | None = column(CultivationPlan.signed_by_candidate_on)
    filed_on: Date | None = column(CultivationPlan.filed_on)
    amend_reason: str | None = column(CultivationPlan.amend_reason, description="Why it was changed last.")
    edition: EditionType | None = to_one(CultivationPlan.edition_id, tenant=CultivationPlan.tenant_id)
    application: ApplicationType | None = to_one(CultivationPlan.application_id)
    assessment: AssessmentType | None = to_one(CultivationPlan.application_id, key=Assessment.application_id)
    tasks: list[CultivationTaskType] = to_many(CultivationTask.plan_id)
    reports: list[ProgressReportType] = to_many(ProgressReport.plan_id)
    version: int = column(CultivationPlan.version)
    updated_at: DateTime = column(CultivationPlan.updated_at)
