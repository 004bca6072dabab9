from datetime import date, timedelta

import pytest

from authz.roles import Role
from kernel.errors import Failure
from programmes.applications.model import Application
from programmes.cultivation import service as cultivation
from programmes.cultivation.model import Assessment, CultivationPlan, CultivationTask, ProgressReport
from programmes.cultivation.rules import Ground, Signer
from programmes.cultivation.service import PlanDraft, TaskDraft
from tests.programmes.awards import Awards

DRAFT = PlanDraft(
    goals="掌握五轴联动加工",
    safeguards="每周一天研修时间",
    tasks=[TaskDraft("完成技术攻关一项", date(2025, 6, 30)), TaskDraft("带徒两名", date(2026, 6, 30))],
)
PERIOD = timedelta(days=730)


async def begin(awards: Awards, programme: str = "longcheng_craftsman", union: str = "changzhou") -> CultivationPlan:
    """A case is announced, and its cultivation begins by the reaction."""
    application = await awards.add_case(programme, "announced")
    async with awards.working(union) as scope:
        await cultivation.on_application_moved(scope, moved(application))
    await awards.settle()
    return await awards.one(union, CultivationPlan, application_id=application.id)


def moved(application: Application) -> dict[str, str]:
    return {
        "application_id": str(application.id),
        "case_id": str(application.case_id),
        "desk": "organiser",
        "act": "announce",
        "from": "notice_done",
        "to": "announced",
    }


async def put_in_force(awards: Awards, plan: CultivationPlan) -> CultivationPlan:
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        today = awards.clock.today()
        plan = await cultivation.draft_plan(scope, plan.id, DRAFT, version=plan.version)
        for signer in Signer:
            plan = await cultivation.sign_plan(scope, plan.id, signer=signer, signed_on=today, version=plan.version)
        return await cultivation.file_plan(scope, plan.id, version=plan.version)


async def bring_to_the_end(awards: Awards, plan: CultivationPlan, *, completed: bool = True) -> Application:
    """Tasks with outcomes, the last report in, and the period over."""
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        for task in await awards.rows("changzhou", CultivationTask, plan_id=plan.id):
            await cultivation.complete_task(scope, task.id, outcome="已结题", completed=completed, version=task.version)
        last = (await awards.rows("changzhou", ProgressReport, plan_id=plan.id))[-1]
        await cultivation.submit_report(scope, last.id, content="两年总结", version=last.version)
    awards.clock.at += PERIOD
    return await awards.one("changzhou", Application, id=plan.application_id)


async def assess(awards: Awards, application: Application, *, tasks_completed: bool, qualified: bool) -> Application:
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        await cultivation.assess(
            scope,
            application.id,
            tasks_completed=tasks_completed,
            qualified=qualified,
            opinion="同意",
            version=application.version,
        )
    return await awards.one("changzhou", Application, id=application.id)


async def test_an_announced_case_begins_its_period_on_the_day_of_the_announcement(awards: Awards) -> None:
    plan = await begin(awards)
    assert (plan.starts_on, plan.ends_on, plan.owner_kind, plan.state) == (
        date(2024, 7, 10),
        date(2026, 7, 10),
        "employer",
        "none",
    )
    reports = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    assert [report.due_on for report in reports] == [date(2025, 7, 10), date(2026, 7, 10)]
    application = await awards.one("changzhou", Application, id=plan.application_id)
    assert application.state == "cultivating"


async def test_the_news_delivered_twice_begins_one_period(awards: Awards) -> None:
    application = await awards.add_case("longcheng_craftsman", "announced")
    for _ in range(2):
        async with awards.working("changzhou") as scope:
            await cultivation.on_application_moved(scope, moved(application))
    assert len(await awards.rows("changzhou", CultivationPlan)) == 1


async def test_an_edition_without_cultivation_begins_none(awards: Awards) -> None:
    application = await awards.add_case("zhuge_craftsman", "announced")
    async with awards.working("wuhou") as scope:
        await cultivation.on_application_moved(scope, moved(application))
    assert await awards.rows("wuhou", CultivationPlan) == []


async def test_scenario_61_a_plan_without_the_employers_signature_is_not_activated(awards: Awards) -> None:
    plan = await begin(awards)
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        plan = await cultivation.draft_plan(scope, plan.id, DRAFT, version=plan.version)
        plan = await cultivation.sign_plan(
            scope, plan.id, signer=Signer.CANDIDATE, signed_on=awards.clock.today(), version=plan.version
        )
        with pytest.raises(Failure) as refusal:
            await cultivation.file_plan(scope, plan.id, version=plan.version)
    assert refusal.value.code == "PLAN_NOT_SIGNED"
    assert refusal.value.sentence() == "培育方案尚未由所在单位签订，不能生效"
    assert refusal.value.rule is not None
    assert refusal.value.rule.document == "常工发〔2024〕60号"


async def test_a_plan_signed_by_both_and_filed_is_in_force(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    assert (plan.state, plan.filed_on) == ("filed", date(2024, 7, 10))


async def test_an_incomplete_plan_is_not_signed(awards: Awards) -> None:
    plan = await begin(awards)
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        bare = PlanDraft(goals="目标", safeguards="保障", tasks=[])
        plan = await cultivation.draft_plan(scope, plan.id, bare, version=plan.version)
        with pytest.raises(Failure) as refusal:
            await cultivation.sign_plan(
                scope, plan.id, signer=Signer.OWNER, signed_on=awards.clock.today(), version=plan.version
            )
    assert (refusal.value.code, refusal.value.params) == ("PLAN_INCOMPLETE", {"missing": "培育任务"})


async def test_a_changed_plan_is_signed_anew_and_keeps_ended_tasks(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    first, _ = await awards.rows("changzhou", CultivationTask, plan_id=plan.id)
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        await cultivation.complete_task(scope, first.id, outcome="完成", version=first.version)
        change = PlanDraft(goals="新目标", safeguards="保障", tasks=[TaskDraft("新任务", date(2026, 1, 1))])
        plan = await cultivation.amend_plan(scope, plan.id, change, reason="岗位调整", version=plan.version)
    assert (plan.state, plan.signed_by_owner_on, plan.amend_reason) == ("drafted", None, "岗位调整")
    tasks = await awards.rows("changzhou", CultivationTask, plan_id=plan.id)
    assert [task.title for task in tasks] == ["完成技术攻关一项", "新任务"]


async def test_a_task_is_due_within_the_period(awards: Awards) -> None:
    plan = await begin(awards)
    late = PlanDraft(goals="目标", safeguards="保障", tasks=[TaskDraft("任务", date(2026, 7, 11))])
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.REVIEWER) as scope:
            await cultivation.draft_plan(scope, plan.id, late, version=plan.version)
    assert (refusal.value.code, refusal.value.path) == ("TASK_OUTSIDE_PERIOD", ("input", "tasks", "0", "dueOn"))


async def test_a_stale_version_is_told_the_current_one(awards: Awards) -> None:
    plan = await begin(awards)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.REVIEWER) as scope:
            await cultivation.draft_plan(scope, plan.id, DRAFT, version=plan.version - 1)
    assert (refusal.value.code, refusal.value.params) == ("STALE_VERSION", {"current": plan.version})


async def test_a_stranger_tenant_finds_no_plan(awards: Awards) -> None:
    plan = await begin(awards)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("chengdu", Role.REVIEWER) as scope:
            await cultivation.draft_plan(scope, plan.id, DRAFT, version=plan.version)
    assert refusal.value.code == "NOT_FOUND"


async def test_scenario_60_and_81_a_missed_report_is_flagged_by_the_clock(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    awards.clock.at += timedelta(days=365)  # the day it is due
    await awards.settle(tick=True)
    first, second = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    assert (first.due_on, first.overdue) == (awards.clock.today(), False)
    awards.clock.at += timedelta(days=1)
    await awards.settle(tick=True)
    first, second = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    assert (first.overdue, second.overdue) == (True, False)
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        report = await cultivation.submit_report(scope, first.id, content="迟到的报告", version=first.version)
    assert (report.state, report.overdue) == ("submitted", False)


async def test_a_report_in_time_is_never_flagged(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    first, _ = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    async with awards.acting("changzhou", Role.REVIEWER) as scope:
        await cultivation.submit_report(scope, first.id, content="年度进展", version=first.version)
    awards.clock.at += timedelta(days=366)
    await awards.settle(tick=True)
    first, _ = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    assert (first.state, first.overdue) == ("submitted", False)


async def test_a_report_is_verified_by_another_person(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    first, _ = await awards.rows("changzhou", ProgressReport, plan_id=plan.id)
    async with awards.acting("changzhou", Role.REVIEWER, name="甲") as scope:
        report = await cultivation.submit_report(scope, first.id, content="年度进展", version=first.version)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.REVIEWER, name="甲") as scope:
            await cultivation.verify_report(scope, report.id, accepted=True, version=report.version)
    assert refusal.value.code == "DUTY_CONFLICT"
    async with awards.acting("changzhou", Role.REVIEWER, name="乙") as scope:
        report = await cultivation.verify_report(scope, report.id, accepted=True, version=report.version)
    assert (report.state, report.verified_on) == ("verified", date(2024, 7, 10))


async def test_nobody_is_assessed_while_the_period_runs(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    application = await bring_to_the_end(awards, plan)
    awards.clock.at -= timedelta(days=1)
    with pytest.raises(Failure) as refusal:
        await assess(awards, application, tasks_completed=True, qualified=True)
    assert refusal.value.sentence() == "培育期至 2026-07-10 届满，届满前不能作最终评价"


@pytest.mark.parametrize(
    ("tasks_completed", "qualified", "state"),
    [(True, True, "assessed_pass"), (True, False, "assessed_fail"), (False, True, "assessed_fail")],
)
async def test_scenario_37_and_38_both_conditions_are_needed_to_pass(
    awards: Awards,
    tasks_completed: bool,  # noqa: FBT001
    qualified: bool,  # noqa: FBT001
    state: str,
) -> None:
    plan = await put_in_force(awards, await begin(awards))
    application = await bring_to_the_end(awards, plan, completed=tasks_completed)
    application = await assess(awards, application, tasks_completed=tasks_completed, qualified=qualified)
    assert application.state == state
    assessment = await awards.one("changzhou", Assessment, application_id=application.id)
    assert (assessment.tasks_completed, assessment.qualified) == (tasks_completed, qualified)
    assert (await awards.one("changzhou", CultivationPlan, id=plan.id)).state == "closed"


async def test_uncompleted_tasks_cannot_be_called_completed(awards: Awards) -> None:
    plan = await put_in_force(awards, await begin(awards))
    application = await bring_to_the_end(awards, plan, completed=False)
    with pytest.raises(Failure) as refusal:
        await assess(awards, application, tasks_completed=True, qualified=True)
    assert refusal.value.code == "TASKS_NOT_COMPLETED"
    assert (await awards.one("changzhou", Application, id=application.id)).state == "cultivating"


async def test_scenario_41_only_the_organisers_leader_stops_a_cultivation(awards: Awards) -> None:
    plan = await begin(awards)
    application = await awards.one("changzhou", Application, id=plan.application_id)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.REVIEWER) as scope:
            await cultivation.stop(
                scope,
                application.id,
                ground=Ground.FRAUD,
                resolution_no="常工党〔2025〕3号",
                version=application.version,
            )
    assert refusal.value.code == "NOT_PERMITTED"
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        stopped = await cultivation.stop(
            scope, application.id, ground=Ground.FRAUD, resolution_no="常工党〔2025〕3号", version=application.version
        )
    assert stopped.state == "stopped"
    assert (await awards.one("changzhou", CultivationPlan, id=plan.id)).state == "stopped"


async def test_a_suspended_cultivation_goes_on(awards: Awards) -> None:
    plan = await begin(awards)
    application = await awards.one("changzhou", Application, id=plan.application_id)
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        resting = await cultivation.suspend(scope, application.id, reason="核查中", version=application.version)
        assert resting.state == "suspended"
        again = await cultivation.resume(scope, application.id, reason="查无实据", version=resting.version)
    assert again.state == "cultivating"


async def test_an_act_on_a_case_names_the_version_it_was_made_on(awards: Awards) -> None:
    plan = await begin(awards)
    application = await awards.one("changzhou", Application, id=plan.application_id)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.APPROVER) as scope:
            await cultivation.suspend(scope, application.id, reason="核查中", version=application.version - 1)
    assert (refusal.value.code, refusal.value.params) == ("STALE_VERSION", {"current": application.version})
    assert (await awards.one("changzhou", Application, id=application.id)).state == "cultivating"
