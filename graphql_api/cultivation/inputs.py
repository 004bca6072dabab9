"""What plans and reports can be filtered by, and what clients say when they act on them."""

import strawberry

from graphql_api.cultivation.words import Ground, PlanState, ReportState, Signer
from graphql_api.filters import among, at_most, equals, refers_to
from graphql_api.scalars import Date
from programmes.cultivation.model import CultivationPlan, ProgressReport


@strawberry.input(description="Which plans; all given conditions hold.")
class CultivationPlanFilter:
    state: list[PlanState] | None = among(CultivationPlan.state)
    edition: strawberry.ID | None = refers_to(CultivationPlan.edition_id, "Edition")
    application: strawberry.ID | None = refers_to(CultivationPlan.application_id, "Application")
    ends_until: Date | None = at_most(CultivationPlan.ends_on)


@strawberry.input(description="Which reports; all given conditions hold.")
class ProgressReportFilter:
    state: list[ReportState] | None = among(ProgressReport.state)
    overdue: bool | None = equals(ProgressReport.overdue)
    due_until: Date | None = at_most(ProgressReport.due_on)


@strawberry.input
class CultivationActInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int


@strawberry.input
class CultivationReasonInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    reason: str


@strawberry.input
class StopCultivationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    ground: Ground
    resolution_no: str = strawberry.field(description="Of the organiser's own approval.")


@strawberry.input
class AssessCultivationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    tasks_completed: bool
    qualified: bool
    opinion: str


@strawberry.input
class CultivationTaskInput:
    title: str
    due_on: Date = strawberry.field(description="Within the period.")


@strawberry.input
class DraftCultivationPlanInput:
    idempotency_key: str
    plan_id: strawberry.ID
    version: int
    goals: str
    safeguards: str
    tasks: list[CultivationTaskInput]
    mentor: str | None = None


@strawberry.input
class AmendCultivationPlanInput:
    idempotency_key: str
    plan_id: strawberry.ID
    version: int
    goals: str
    safeguards: str
    tasks: list[CultivationTaskInput]
    reason: str
    mentor: str | None = None


@strawberry.input
class SignCultivationPlanInput:
    idempotency_key: str
    plan_id: strawberry.ID
    version: int
    signer: Signer
    signed_on: Date


@strawberry.input
class FileCultivationPlanInput:
    idempotency_key: str
    plan_id: strawberry.ID
    version: int


@strawberry.input
class CompleteCultivationTaskInput:
    idempotency_key: str
    task_id: strawberry.ID
    version: int
    outcome: str
    completed: bool = strawberry.field(default=True, description="False where it ended without being completed.")


@strawberry.input
class SubmitProgressReportInput:
    idempotency_key: str
    report_id: strawberry.ID
    version: int
    content: str


@strawberry.input
class VerifyProgressReportInput:
    idempotency_key: str
    report_id: strawberry.ID
    version: int
    accepted: bool = strawberry.field(description="False gives the report back to be written anew.")
    remark: str | None = None
