"""The cultivation period: plan, tasks, reports, and how it ends."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.applications.types import ApplicationType
from graphql_api.context import Info
from graphql_api.cultivation.inputs import (
    AmendCultivationPlanInput,
    AssessCultivationInput,
    CompleteCultivationTaskInput,
    CultivationActInput,
    CultivationReasonInput,
    CultivationTaskInput,
    DraftCultivationPlanInput,
    FileCultivationPlanInput,
    SignCultivationPlanInput,
    StopCultivationInput,
    SubmitProgressReportInput,
    VerifyProgressReportInput,
)
from graphql_api.cultivation.types import AssessmentType, CultivationPlanType, CultivationTaskType, ProgressReportType
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.sources import returned
from programmes.cultivation import service as cultivation
from programmes.cultivation.service import PlanDraft, TaskDraft


@strawberry.type
class CultivationPlanPayload(Payload):
    plan: CultivationPlanType | None = returned()


@strawberry.type
class CultivationTaskPayload(Payload):
    task: CultivationTaskType | None = returned()


@strawberry.type
class ProgressReportPayload(Payload):
    report: ProgressReportType | None = returned()


@strawberry.type
class AssessmentPayload(Payload):
    assessment: AssessmentType | None = returned()


@strawberry.type
class CultivationPayload(Payload):
    application: ApplicationType | None = returned()


@strawberry.type
class CultivationMutation:
    @strawberry.mutation(description="Begin the period of an announced case by hand; usually it begins by itself.")
    async def start_cultivation(self, info: Info, given: Given[CultivationActInput]) -> CultivationPlanPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _case(given.application_id)
            return (await cultivation.start_cultivation(scope, key, version=given.version)).id

        return await perform(info, CultivationPlanPayload, given, act)

    @strawberry.mutation(description="Write the plan, while nobody has signed it.")
    async def draft_cultivation_plan(
        self, info: Info, given: Given[DraftCultivationPlanInput]
    ) -> CultivationPlanPayload:
        async def act(scope: WriteScope) -> UUID:
            draft = PlanDraft(given.goals, given.safeguards, _tasks(given.tasks), given.mentor)
            return (await cultivation.draft_plan(scope, _plan(given.plan_id), draft, version=given.version)).id

        return await perform(info, CultivationPlanPayload, given, act)

    @strawberry.mutation(description="Change a signed plan, with the reason; it must be signed and filed again.")
    async def amend_cultivation_plan(
        self, info: Info, given: Given[AmendCultivationPlanInput]
    ) -> CultivationPlanPayload:
        async def act(scope: WriteScope) -> UUID:
            draft = PlanDraft(given.goals, given.safeguards, _tasks(given.tasks), given.mentor)
            plan = await cultivation.amend_plan(
                scope, _plan(given.plan_id), draft, reason=given.reason, version=given.version
            )
            return plan.id

        return await perform(info, CultivationPlanPayload, given, act)

    @strawberry.mutation(description="Record a signature under the plan.")
    async def sign_cultivation_plan(self, info: Info, given: Given[SignCultivationPlanInput]) -> CultivationPlanPayload:
        async def act(scope: WriteScope) -> UUID:
            plan = await cultivation.sign_plan(
                scope,
                _plan(given.plan_id),
                signer=given.signer,
                signed_on=given.signed_on,
                version=given.version,
            )
            return plan.id

        return await perform(info, CultivationPlanPayload, given, act)

    @strawberry.mutation(
        description="File the signed plan for record: from now it is in force (S1 art. 11, S0 art. 13)."
    )
    async def file_cultivation_plan(self, info: Info, given: Given[FileCultivationPlanInput]) -> CultivationPlanPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await cultivation.file_plan(scope, _plan(given.plan_id), version=given.version)).id

        return await perform(info, CultivationPlanPayload, given, act)

    @strawberry.mutation(description="Record how a task ended.")
    async def complete_cultivation_task(
        self, info: Info, given: Given[CompleteCultivationTaskInput]
    ) -> CultivationTaskPayload:
        async def act(scope: WriteScope) -> UUID:
            task = await cultivation.complete_task(
                scope,
                key_of(given.task_id, "CultivationTask", "taskId"),
                outcome=given.outcome,
                completed=given.completed,
                version=given.version,
            )
            return task.id

        return await perform(info, CultivationTaskPayload, given, act)

    @strawberry.mutation(description="Hand in a progress report.")
    async def submit_progress_report(
        self, info: Info, given: Given[SubmitProgressReportInput]
    ) -> ProgressReportPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _report(given.report_id)
            return (await cultivation.submit_report(scope, key, content=given.content, version=given.version)).id

        return await perform(info, ProgressReportPayload, given, act)

    @strawberry.mutation(description="Confirm a report, or give it back.")
    async def verify_progress_report(
        self, info: Info, given: Given[VerifyProgressReportInput]
    ) -> ProgressReportPayload:
        async def act(scope: WriteScope) -> UUID:
            report = await cultivation.verify_report(
                scope, _report(given.report_id), accepted=given.accepted, remark=given.remark, version=given.version
            )
            return report.id

        return await perform(info, ProgressReportPayload, given, act)

    @strawberry.mutation(description="End the period with an assessment (S1 art. 10, S0 art. 11).")
    async def assess_cultivation(self, info: Info, given: Given[AssessCultivationInput]) -> AssessmentPayload:
        async def act(scope: WriteScope) -> UUID:
            assessment = await cultivation.assess(
                scope,
                _case(given.application_id),
                tasks_completed=given.tasks_completed,
                qualified=given.qualified,
                opinion=given.opinion,
                version=given.version,
            )
            return assessment.id

        return await perform(info, AssessmentPayload, given, act)

    @strawberry.mutation(description="Close a case whose assessment was not passed: no certificate.")
    async def fail_cultivation(self, info: Info, given: Given[CultivationReasonInput]) -> CultivationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _case(given.application_id)
            return (await cultivation.fail(scope, key, reason=given.reason, version=given.version)).id

        return await perform(info, CultivationPayload, given, act)

    @strawberry.mutation(description="Let a cultivation rest while a ground is looked into; its money is held.")
    async def suspend_cultivation(self, info: Info, given: Given[CultivationReasonInput]) -> CultivationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _case(given.application_id)
            return (await cultivation.suspend(scope, key, reason=given.reason, version=given.version)).id

        return await perform(info, CultivationPayload, given, act)

    @strawberry.mutation(description="Go on with a suspended cultivation.")
    async def resume_cultivation(self, info: Info, given: Given[CultivationReasonInput]) -> CultivationPayload:
        async def act(scope: WriteScope) -> UUID:
            key = _case(given.application_id)
            return (await cultivation.resume(scope, key, reason=given.reason, version=given.version)).id

        return await perform(info, CultivationPayload, given, act)

    @strawberry.mutation(description="Stop a cultivation by the organiser's approval (S1 art. 22, S0 art. 16).")
    async def stop_cultivation(self, info: Info, given: Given[StopCultivationInput]) -> CultivationPayload:
        async def act(scope: WriteScope) -> UUID:
            application = await cultivation.stop(
                scope,
                _case(given.application_id),
                ground=given.ground,
                resolution_no=given.resolution_no,
                version=given.version,
            )
            return application.id

        return await perform(info, CultivationPayload, given, act)


def _case(given: strawberry.ID) -> UUID:
    return key_of(given, "Application", "applicationId")


def _plan(given: strawberry.ID) -> UUID:
    return key_of(given, "CultivationPlan", "planId")


def _report(given: strawberry.ID) -> UUID:
    return key_of(given, "ProgressReport", "reportId")


def _tasks(given: Sequence[CultivationTaskInput]) -> list[TaskDraft]:
    return [TaskDraft(task.title, task.due_on) for task in given]
