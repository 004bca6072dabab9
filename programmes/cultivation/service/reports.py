"""Tasks get their outcomes, reports come in and are verified; what is late is marked by the clock."""

from datetime import timedelta
from uuid import UUID

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.stages import stage_name
from authz.subject import Subject
from kernel.schedule import forget_due, remember_due
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.cultivation import repository
from programmes.cultivation.errors import PLAN_STATE, REPORT_STATE, TASK_ENDED
from programmes.cultivation.events import announce_overdue, announce_report
from programmes.cultivation.model import CultivationPlan, CultivationTask, ProgressReport
from programmes.cultivation.rules import PlanState, ReportState

REPORT_DUE = "progress_report_due"
_LONG_TEXT = 4000


async def complete_task(
    scope: WriteScope, task_id: UUID, *, outcome: str, completed: bool = True, version: int
) -> CultivationTask:
    """Record how a task ended; `completed=False` where it ended without being completed. Raises PLAN_STATE or TASK_ENDED."""
    task = await repository.lock_task(scope.session, task_id)
    plan = await repository.lock_plan(scope.session, task.plan_id)
    await guard.require(scope, Permission.TASK_COMPLETE, _subject("task", task.id, plan.state, plan))
    require_version(task, version)
    _require_in_force(plan)
    if task.outcome is not None:
        raise TASK_ENDED()
    task.outcome = clean_text(outcome, path=("input", "outcome"), limit=_LONG_TEXT)
    task.completed_on = scope.clock.today() if completed else None
    touch(task, scope.clock.now())
    audit_act(scope, "task:complete", "cultivation_task", task.id, after={"completed": completed})
    await scope.session.flush()
    return task


async def submit_report(scope: WriteScope, report_id: UUID, *, content: str, version: int) -> ProgressReport:
    """Hand in a report; one that is verified is closed. Raises PLAN_STATE or REPORT_STATE."""
    report = await repository.lock_report(scope.session, report_id)
    plan = await repository.lock_plan(scope.session, report.plan_id)
    subject = _subject("report", report.id, report.state, plan)
    await guard.require(scope, Permission.REPORT_SUBMIT, subject)
    require_version(report, version)
    _require_in_force(plan)
    _require_report(report, ReportState.OPEN)
    report.content = clean_text(content, path=("input", "content"), limit=_LONG_TEXT)
    report.submitted_on = scope.clock.today()
    report.overdue = False
    report.state = ReportState.SUBMITTED
    touch(report, scope.clock.now())
    await guard.note(scope, Duty.REPORTED, subject, by=Permission.REPORT_SUBMIT)
    await forget_due(scope.session, REPORT_DUE, report.id)
    audit_act(scope, "report:submit", "progress_report", report.id, after={"state": report.state})
    await scope.session.flush()
    announce_report(scope.session, report, "submit")
    return report


async def verify_report(
    scope: WriteScope, report_id: UUID, *, accepted: bool, remark: str | None = None, version: int
) -> ProgressReport:
    """Confirm what a report says, or give it back to be written anew. Not by the one who handed it in."""
    report = await repository.lock_report(scope.session, report_id)
    plan = await repository.lock_plan(scope.session, report.plan_id)
    subject = _subject("report", report.id, report.state, plan)
    await guard.require(scope, Permission.REPORT_VERIFY, subject)
    require_version(report, version)
    _require_report(report, ReportState.SUBMITTED)
    report.remark = clean_text(remark, path=("input", "remark"), limit=_LONG_TEXT) if remark else None
    report.state = ReportState.VERIFIED if accepted else ReportState.OPEN
    report.verified_on = scope.clock.today() if accepted else None
    touch(report, scope.clock.now())
    if not accepted:
        await remember_report(scope, report)
    await guard.note(scope, Duty.VERIFIED, subject, by=Permission.REPORT_VERIFY)
    audit_act(scope, "report:verify", "progress_report", report.id, after={"state": report.state})
    await scope.session.flush()
    announce_report(scope.session, report, "verify")
    return report


async def on_report_due(scope: WriteScope, report_id: UUID) -> None:
    """The day after a report was due: mark it as overdue and announce it, unless it is in or its plan has ended."""
    report = await repository.lock_report(scope.session, report_id)
    plan = await repository.lock_plan(scope.session, report.plan_id)
    await guard.require(scope, Permission.REPORT_OPEN, _subject("report", report.id, report.state, plan))
    ended = plan.state in {PlanState.CLOSED, PlanState.STOPPED}
    if ended or report.overdue or report.state != ReportState.OPEN or scope.clock.today() <= report.due_on:
        return
    report.overdue = True
    touch(report, scope.clock.now())
    after = {"overdue": True, "due_on": report.due_on.isoformat()}
    audit_act(scope, "report:open", "progress_report", report.id, after=after)
    await scope.session.flush()
    await announce_overdue(scope.session, report)


async def remember_report(scope: WriteScope, report: ProgressReport) -> None:
    """Have the clock look at an open report on the first day on which it is late, at the earliest tomorrow."""
    last_day = max(report.due_on, scope.clock.today())
    await remember_due(scope.session, REPORT_DUE, report.id, on=last_day + timedelta(days=1))


def _subject(kind: str, object_id: UUID, stage: str, plan: CultivationPlan) -> Subject:
    return Subject(kind=kind, id=object_id, stage=stage, desk="organiser", about=(plan.application_id,))


def _require_in_force(plan: CultivationPlan) -> None:
    if plan.state != PlanState.FILED:
        raise PLAN_STATE(state=stage_name("plan", plan.state))


def _require_report(report: ProgressReport, state: ReportState) -> None:
    if report.state != state:
        raise REPORT_STATE(state=stage_name("report", report.state))
