"""The course of a period: it starts when a case is announced, may rest or be stopped, and ends with an assessment."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from kernel.errors import Citation
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_seen, touch
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Act, Desk, State
from programmes.applications.service import lock_applications, move
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Cultivation, Rulebook
from programmes.cultivation import repository
from programmes.cultivation.errors import (
    FINAL_REPORT_MISSING,
    GROUND_NOT_IN_DOCUMENT,
    PERIOD_LENGTH_UNKNOWN,
    PERIOD_RUNNING,
    PLAN_NOT_IN_FORCE,
    PLAN_OWNER_UNKNOWN,
    TASKS_NOT_COMPLETED,
    TASKS_OPEN,
)
from programmes.cultivation.events import announce_years
from programmes.cultivation.model import Assessment, CultivationPlan, CultivationTask, ProgressReport
from programmes.cultivation.queries import find_announcement, list_reports, list_tasks
from programmes.cultivation.rules import (
    AssessmentObstacle,
    Ground,
    PlanState,
    ReportState,
    TaskFacts,
    assessment_obstacle,
    earns_certificate,
    months_later,
    report_dates,
    years_of_period,
)
from programmes.cultivation.service.reports import remember_report

_LONG_TEXT = 4000
_REASONS = {
    AssessmentObstacle.PLAN_NOT_IN_FORCE: PLAN_NOT_IN_FORCE,
    AssessmentObstacle.PERIOD_RUNNING: PERIOD_RUNNING,
    AssessmentObstacle.TASKS_OPEN: TASKS_OPEN,
    AssessmentObstacle.TASKS_NOT_COMPLETED: TASKS_NOT_COMPLETED,
    AssessmentObstacle.FINAL_REPORT_MISSING: FINAL_REPORT_MISSING,
}


async def on_application_moved(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `application_moved`: an announced case of an edition with cultivation begins it. A second delivery does nothing."""
    if body["to"] != State.ANNOUNCED or body["desk"] != Desk.ORGANISER:
        return
    application = (await lock_applications(scope, [UUID(body["application_id"])]))[0]
    rulebook = await rulebook_of(scope.session, application.edition_id)
    if application.state == State.ANNOUNCED and rulebook.has_stage("cultivation"):
        await _start(scope, application)


async def start_cultivation(scope: WriteScope, application_id: UUID, *, version: int) -> CultivationPlan:
    """Begin the period by hand, as from the day of the announcement; raises ACT_NOT_POSSIBLE where the edition has none."""
    application = (await lock_applications(scope, [application_id]))[0]
    seen = application.version
    plan = await _start(scope, application)
    require_seen(seen, version)
    return plan


async def assess(
    scope: WriteScope,
    application_id: UUID,
    *,
    tasks_completed: bool,
    qualified: bool,
    opinion: str,
    version: int,
) -> Assessment:
    """End the period: passed only where the tasks were completed *and* the person is assessed as qualified.

    Raises the obstacle, with the article: plan not in force, period still running, tasks without outcome, final report missing.
    """
    application = (await lock_applications(scope, [application_id]))[0]
    seen = application.version
    act = Act.ASSESS_FAIL
    if earns_certificate(tasks_completed=tasks_completed, qualified=qualified):
        act = Act.ASSESS_PASS
    written = clean_text(opinion, path=("input", "opinion"), limit=_LONG_TEXT)
    await move(scope, application, act, reason=written, audited=False)
    require_seen(seen, version)
    plan = await _require_assessable(scope, application, claims_completed=tasks_completed)
    plan.state = PlanState.CLOSED
    touch(plan, scope.clock.now())
    assessment = _new_assessment(scope, application, (tasks_completed, qualified), written)
    scope.session.add(assessment)
    after = {"state": application.state, "tasks_completed": tasks_completed, "qualified": qualified}
    audit_act(scope, Permission.CASE_ASSESS.value, "application", application.id, after=after)
    await scope.session.flush()
    return assessment


async def fail(scope: WriteScope, application_id: UUID, *, reason: str, version: int) -> Application:
    """Close a case whose assessment was not passed: no certificate, no money that depends on one."""
    return await _move(scope, application_id, Act.FAIL, reason=reason, version=version)


async def suspend(scope: WriteScope, application_id: UUID, *, reason: str, version: int) -> Application:
    """Let cultivation rest while a ground is looked into; payments are held by a reaction to the move."""
    return await _move(scope, application_id, Act.SUSPEND, reason=reason, version=version)


async def resume(scope: WriteScope, application_id: UUID, *, reason: str, version: int) -> Application:
    """Go on with a suspended cultivation."""
    return await _move(scope, application_id, Act.RESUME, reason=reason, version=version)


async def stop(
    scope: WriteScope, application_id: UUID, *, ground: Ground, resolution_no: str, version: int
) -> Application:
    """Stop cultivation for one of the document's grounds, by the organiser's recorded approval (审核批准); nobody below can."""
    application = (await lock_applications(scope, [application_id]))[0]
    seen = application.version
    rulebook = await rulebook_of(scope.session, application.edition_id)
    number = clean_text(resolution_no, path=("input", "resolutionNo"), limit=100)
    await move(scope, application, Act.STOP, reason=ground.value, document_no=number)
    require_seen(seen, version)
    if rulebook.revocation.grounds and ground.value not in rulebook.revocation.grounds:
        raise GROUND_NOT_IN_DOCUMENT(path=("input", "ground"), rule=rulebook.revocation.cite.citation)
    plan = await repository.find_plan_of_application(scope.session, application.id)
    if plan is not None:
        plan.state = PlanState.STOPPED
        touch(plan, scope.clock.now())
    await scope.session.flush()
    return application


async def _move(scope: WriteScope, application_id: UUID, act: Act, *, reason: str, version: int) -> Application:
    application = (await lock_applications(scope, [application_id]))[0]
    seen = application.version
    why = clean_text(reason, path=("input", "reason"), limit=_LONG_TEXT)
    await move(scope, application, act, reason=why)
    require_seen(seen, version)
    return application


async def _start(scope: WriteScope, application: Application) -> CultivationPlan:
    await move(scope, application, Act.START_CULTIVATION)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    rule = _cultivation_of(rulebook)
    plan = await _new_plan(scope, application, rule)
    scope.session.add(plan)
    await scope.session.flush()
    await _open_reports(scope, plan, rule)
    await announce_years(scope.session, application, plan, years_of_period(plan.starts_on, _months_of(rule)))
    return plan


async def _open_reports(scope: WriteScope, plan: CultivationPlan, rule: Cultivation) -> None:
    now = scope.clock.now()
    for day in report_dates(plan.starts_on, _months_of(rule), rule.report_every_months):
        report = ProgressReport(
            tenant_id=scope.tenant_id, id=new_id(), plan_id=plan.id, due_on=day, created_at=now, updated_at=now
        )
        scope.session.add(report)
        await remember_report(scope, report)
    await scope.session.flush()


async def _new_plan(scope: WriteScope, application: Application, rule: Cultivation) -> CultivationPlan:
    if rule.plan_owner is None:
        raise PLAN_OWNER_UNKNOWN(rule=rule.cite.citation)
    announcement = await find_announcement(scope.session, application.id)
    starts_on = announcement[0] if announcement else scope.clock.today()
    now = scope.clock.now()
    return CultivationPlan(
        tenant_id=scope.tenant_id,
        id=new_id(),
        edition_id=application.edition_id,
        application_id=application.id,
        owner_kind=rule.plan_owner,
        starts_on=starts_on,
        ends_on=months_later(starts_on, _months_of(rule)),
        state=PlanState.NONE,
        created_at=now,
        updated_at=now,
    )


async def _require_assessable(
    scope: WriteScope, application: Application, *, claims_completed: bool
) -> CultivationPlan:
    rule = _cultivation_of(await rulebook_of(scope.session, application.edition_id))
    plan = await repository.find_plan_of_application(scope.session, application.id)
    if plan is None:
        raise PLAN_NOT_IN_FORCE(rule=rule.cite.citation)
    reports = await list_reports(scope.session, plan.id)
    obstacle = assessment_obstacle(
        plan_state=plan.state,
        ends_on=plan.ends_on,
        today=scope.clock.today(),
        tasks=[_facts_of(task) for task in await list_tasks(scope.session, plan.id)],
        final_report_in=not reports or reports[-1].state != ReportState.OPEN,
        claims_completed=claims_completed,
    )
    if obstacle is not None:
        rule_cited: Citation = rule.cite.citation
        raise _REASONS[obstacle](ends_on=plan.ends_on.isoformat(), rule=rule_cited)
    return plan


def _facts_of(task: CultivationTask) -> TaskFacts:
    return TaskFacts(has_outcome=task.outcome is not None, completed=task.completed_on is not None)


def _new_assessment(scope: WriteScope, application: Application, result: tuple[bool, bool], opinion: str) -> Assessment:
    now = scope.clock.now()
    return Assessment(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        tasks_completed=result[0],
        qualified=result[1],
        opinion=opinion,
        assessed_on=scope.clock.today(),
        assessor_id=scope.actor.account_id,
        created_at=now,
        updated_at=now,
    )


def _cultivation_of(rulebook: Rulebook) -> Cultivation:
    if rulebook.cultivation is None:
        message = f"the rulebook {rulebook.programme} {rulebook.version} has the stage but no cultivation"
        raise LookupError(message)
    return rulebook.cultivation


def _months_of(rule: Cultivation) -> int:
    if rule.months is None:
        raise PERIOD_LENGTH_UNKNOWN(rule=rule.cite.citation)
    return rule.months
