"""Years of the demo's country in one database: rows of every type that the contract shows, three and more of each where a list may hold them.

Made once and cloned for each module (`year_template`). In the clones the owner role sees all tenants' rows, so that a test can
look at what a stranger must not have touched; the web's role stays behind its walls.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text

from authz import enforcer, revisions
from cli.demo import selection
from cli.demo.offices import Call, Offices
from kernel.audit_reads import ReadEntry, Reader, Shown, record_reads
from kernel.clock import CHINA
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.service.material import EvidenceInput, LetterInput
from programmes.catalogue import service as catalogue
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.service import NewEdition
from programmes.catalogue.service.places import Approval
from programmes.cultivation import service as cultivation
from programmes.cultivation.model import CultivationPlan, CultivationTask, ProgressReport
from programmes.cultivation.rules import Ground, Signer
from programmes.cultivation.service import PlanDraft, TaskDraft
from programmes.funding import service as funding
from programmes.funding.rules import FundingKind
from programmes.handovers import service as handovers
from programmes.handovers.model import RegisterEntry
from programmes.notices import service as notices
from programmes.notices.model import Notice
from programmes.notices.rules import objections
from programmes.people.model import Person
from programmes.people.service import create_person, update_person
from programmes.retention.rules.periods import RecordKind
from programmes.retention.service import record_request, set_period
from programmes.scoring import service as scoring
from programmes.scoring.model import Assignment
from programmes.scoring.rules.meetings import Verdict
from programmes.scoring.rules.resolutions import ResolutionDecision
from programmes.scoring.rules.scale import items_of
from programmes.studios.rules import StudioKind
from programmes.studios.service import StudioFacts, create_studio
from programmes.titles import service as titles
from programmes.titles.model import Honour, Title
from tenants.accounts.model import ApiToken, Membership
from tenants.delegation.model import DeputyGrant, Substitution, SubstitutionAct, Visit
from tenants.model import Tenant
from tenants.policies.model import PolicyRevision, PolicyTightening
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.people import facts, id_number

BEGINNING = datetime(2022, 3, 1, 9, tzinfo=CHINA)
END = datetime(2025, 9, 1, 9, tzinfo=CHINA)
NAMES = ("赵铁工", "钱铸工", "孙焊工", "李钳工", "周车工", "吴铣工", "郑磨工", "王电工")
EXPERTS = ("expert.luo", "expert.fang", "expert.qiu")
PANEL = ("王评审", "陈评审", "刘评审")
ZHUGE = {
    "target.count": 20,
    "route.recommending": [{"level": "enterprise", "line": "territorial"}],
    "notice.working_days": 5,
}
CHENGDU = {
    "target.count": 600,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 2,
    "criteria.*.max_points": 20,
    "notice.working_days": 5,
}
CULTIVATED = {
    "target.count": 600,
    "notice.working_days": 5,
    "cultivation.months": 12,
    "cultivation.plan_owner": "recommending_unit",
    "cultivation.report_every_months": 4,
}
NATIONAL = {
    "scoring.aggregation": "trimmed_mean",
    "scoring.experts_per_case": 3,
    "criteria.*.max_points": 20,
    "notice.working_days": 5,
    "cultivation.plan_owner": "recommending_unit",
    "cultivation.report_every_months": 6,
}


async def build_year(urls: DatabaseUrls) -> None:
    """Everything below, in its order."""
    offices = await make_offices(urls, at=BEGINNING)
    try:
        named = await _name_in_district(offices)
        await _work_in_studios(offices, named)
        await _keep_drafts(offices)
        await _name_in_city(offices, named[:5])
        await _reward(offices)
        await _cultivate_in_city(offices, named[5:])
        await _give_places(offices)
        await _name_national_studio(offices)
        await _revoke(offices, named[3])
        await _look(offices)
        await _keep_and_erase(offices)
    finally:
        await close_offices(offices)
    await _tighten(urls)
    await _lend_to_machines(urls)
    await _stand_in(urls)
    await _replace_policies(urls)
    await _let_the_owner_see_all(urls)


async def _tighten(urls: DatabaseUrls) -> None:
    """Three rows of each union's own rules, in force from a later day on: they are there to be read, and bind nobody in the year."""
    owner = Database(urls.owner)
    async with owner.plain() as session:
        unions = list((await session.execute(select(Tenant.id))).scalars())
    for union in unions:
        async with owner.write(union) as session:
            for act in ("create", "update", "reveal"):
                session.add(
                    PolicyTightening(
                        tenant_id=union,
                        id=new_id(),
                        role="clerk",
                        typ="person",
                        act=act,
                        stage="*",
                        binds_below=False,
                        reason="-",
                        document="-",
                        created_by="-",
                        valid_from=END.date() + timedelta(days=3650),
                        valid_to=None,
                        lifted_at=None,
                        lifted_by=None,
                        version=1,
                        created_at=END,
                        updated_at=END,
                    )
                )
    await owner.close()


async def _lend_to_machines(urls: DatabaseUrls) -> None:
    """Three tokens of one person of each union."""
    owner = Database(urls.owner)
    async with owner.plain() as session:
        unions = list((await session.execute(select(Tenant.id))).scalars())
    for union in unions:
        async with owner.write(union) as session:
            query = select(Membership).where(Membership.tenant_id == union).order_by(Membership.id).limit(1)
            for member in (await session.execute(query)).scalars():
                for number in range(3):
                    token = ApiToken(
                        tenant_id=union,
                        token_hash=new_id().bytes,
                        hint="jiangti_abcd",
                        account_id=member.account_id,
                        membership_id=member.id,
                        name=f"程序{number}",
                        permissions=["case:list"],
                        strength=1,
                        created_at=END,
                        valid_to=END.date() + timedelta(days=90),
                        last_used_at=None,
                        revoked_at=None,
                    )
                    session.add(token)
    await owner.close()


def _visits(union: UUID, counterpart: UUID) -> list[Visit | ReadEntry]:
    """Three visits, with three looks of the first."""
    visits = [
        Visit(
            tenant_id=union,
            id=new_id(),
            side="visited",
            kind="supervision",
            counterpart_id=counterpart,
            visitor_id=new_id(),
            visitor="-",
            reason="-",
            begun_at=END - timedelta(days=place, hours=3),
            ends_at=END - timedelta(days=place),
        )
        for place in range(3)
    ]
    looks = [
        ReadEntry(
            tenant_id=union,
            id=new_id(),
            at=END - timedelta(hours=place),
            account_id=visits[0].visitor_id,
            actor="-",
            asked="applications",
            object_kind="nothing",
            rows=0,
            request_id="-",
            basis_id=visits[0].id,
        )
        for place in range(3)
    ]
    return [*visits, *looks]


def _substitution(union: UUID, counterpart: UUID, place: int) -> Substitution:
    """A request, nobody having been lent yet."""
    return Substitution(
        tenant_id=union,
        id=new_id(),
        side="lending",
        counterpart_id=counterpart,
        roles=["clerk"],
        reason="-",
        asked_by="-",
        state="requested",
        version=1,
        created_at=END - timedelta(days=place),
        updated_at=END,
    )


def _lent_act(lent: Substitution, place: int) -> SubstitutionAct:
    return SubstitutionAct(
        tenant_id=lent.tenant_id,
        id=new_id(),
        substitution_id=lent.id,
        at=END - timedelta(hours=place),
        act="case:recommend",
        object_kind="application",
    )


async def _stand_in(urls: DatabaseUrls) -> None:
    """In each union three grants to deputies, of which one is used up."""
    owner = Database(urls.owner)
    async with owner.plain() as session:
        unions = list((await session.execute(select(Tenant.id))).scalars())
    for union in unions:
        async with owner.write(union) as session:
            session.add_all(_visits(union, unions[0]))
            session.add(lent := _substitution(union, unions[0], 0))
            session.add_all(_substitution(union, unions[0], place) for place in (1, 2))
            await session.flush()
            session.add_all(_lent_act(lent, place) for place in range(3))
            session.add_all(
                DeputyGrant(
                    tenant_id=union,
                    id=new_id(),
                    granter_id=new_id(),
                    granter="-",
                    deputy_id=new_id(),
                    deputy="-",
                    roles=["clerk"],
                    reason="-",
                    valid_from=END.date() - timedelta(days=place * 30),
                    valid_to=END.date() - timedelta(days=place * 30 - 30),
                    granted_at=END,
                )
                for place in range(3)
            )
    await owner.close()


async def rows_of(offices: Offices, login: str, model: Any, **where: object) -> Sequence[Any]:
    """The rows of a person's union."""
    async with offices.reading(login) as scope:
        query = select(model).where(model.tenant_id == scope.tenant_id).filter_by(**where).order_by(model.id)
        return (await scope.session.execute(query)).scalars().all()


async def _name_in_district(offices: Offices) -> list[UUID]:
    call = Call("wuhou", "zhuge_craftsman", 2022, ZHUGE, date(2022, 3, 1), date(2022, 4, 30), "武工发〔2022〕3号")
    edition_id = await offices.open_call(call)
    for serial, name in enumerate(NAMES, 1):
        candidate = selection.Candidate("wuhou-hengda", facts(name), id_number(serial), "13800000000", "二十年一线")
        await selection.put_forward(offices, edition_id, candidate)
    cases = await selection.take_in_all(offices, "wuhou")
    offices.at(2022, 5, 5)
    await offices.settle()
    await selection.pass_formally(offices, "wuhou", cases)
    await selection.propose(offices, "wuhou", edition_id, cases)
    number = await selection.notice_and_announce(offices, "wuhou", edition_id, cases)
    return await selection.name_all(offices, "wuhou", edition_id, cases, number)


async def _work_in_studios(offices: Offices, named: Sequence[UUID]) -> None:
    for number, title in enumerate(
        [row for row in await rows_of(offices, "wuhou.clerk", Title) if row.id in named[:3]]
    ):
        await _name_studio(offices, "wuhou", title.person_id, f"武工发〔2022〕{30 + number}号")


async def _name_studio(offices: Offices, office: str, leader_id: UUID, document_no: str) -> None:
    async with offices.acting(f"{office}.clerk") as scope:
        studio = StudioFacts(
            kind=StudioKind.MODEL_WORKER_AND_CRAFTSMAN,
            name=f"工作室 {document_no}",
            leader_id=leader_id,
            employer="成都恒达精密机械有限公司",
            field="精密加工",
            named_on=scope.clock.today(),
            document_no=document_no,
        )
        await create_studio(scope, studio)
    await offices.settle()


async def _keep_drafts(offices: Offices) -> None:
    """What is not published is seen by its organiser only."""
    async with offices.acting("wuhou.reviewer") as scope:
        await catalogue.create_edition(scope, NewEdition(programme_code="zhuge_craftsman", year=2023))


async def _name_in_city(offices: Offices, named: Sequence[UUID]) -> None:
    """成都工匠 2023: four pushed, one pulled; the first three on the first lists, the others on lists of their own."""
    offices.at(2023, 3, 1)
    call = Call("chengdu", "chengdu_craftsman", 2023, CHENGDU, date(2023, 3, 1), date(2023, 4, 30), "成工发〔2023〕1号")
    edition_id = await offices.open_call(call)
    for title_id in named[:4]:
        await _push(offices, edition_id, title_id)
    await _pull(offices, edition_id, named[4])
    await selection.take_in_all(offices, "chengdu")
    await _change_below(offices, named[0])
    cases = [case.id for case in await rows_of(offices, "chengdu.clerk", Application, edition_id=edition_id)]
    await selection.pass_formally(offices, "chengdu", cases)
    await _score(offices, edition_id, cases)
    offices.at(2023, 5, 8)
    await offices.settle()
    lists = (cases[:3], cases[3:4], cases[4:])
    for number, listed in enumerate(lists):
        await _meet(offices, edition_id, listed)
        await _resolve(offices, edition_id, listed, number)
    for number, listed in enumerate(lists):
        await _publish(offices, edition_id, listed, number)
    await _object(offices, edition_id)
    offices.at(2023, 5, 30)
    await offices.settle()
    for number, listed in enumerate(lists):
        async with offices.acting("chengdu.leader") as scope:
            entry = notices.AnnouncementEntry(f"成人才〔2023〕{number}号", "命名决定", scope.clock.today())
            await notices.announce(scope, edition_id, entry, listed)
    await selection.name_all(offices, "chengdu", edition_id, cases, "成委〔2023〕31号")


async def _push(offices: Offices, edition_id: UUID, title_id: UUID) -> None:
    async with offices.acting("wuhou.clerk") as scope:
        case = await handovers.escalate_title(
            scope, title_id, edition_id=edition_id, deeds="续写新篇", consent_on=scope.clock.today()
        )
        for item in (1, 2, 3):
            evidence = EvidenceInput(force="innovation", item=item, title=f"专利证书{item}", issuer="国家知识产权局")
            await applications.add_evidence(scope, case.id, evidence)
            letter = LetterInput(f"高{item}", "四川大学", "教授", "机械", "正高级职称", "同意推荐", scope.clock.today())
            await applications.add_letter(scope, case.id, letter)
        (case,) = await applications.lock_applications(scope, [case.id])
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, case.id, version=case.version, opinion="优先推荐", rank=None)
    await offices.settle()


async def _pull(offices: Offices, edition_id: UUID, title_id: UUID) -> None:
    (entry,) = await rows_of(offices, "chengdu.clerk", RegisterEntry, source_title_id=title_id)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.request_candidate(scope, entry.id, edition_id=edition_id)
    await offices.settle()
    async with offices.reading("wuhou.recommender") as scope:
        request = (await scope.session.execute(text("SELECT id, version FROM handover WHERE kind = 'pull'"))).one()
    async with offices.acting("wuhou.recommender") as scope:
        await handovers.confirm_request(
            scope,
            request.id,
            version=request.version,
            opinion="同意选调",
            rank=None,
            deeds="市级选调",
            consent_on=scope.clock.today(),
        )
    await offices.settle()


async def _change_below(offices: Offices, title_id: UUID) -> None:
    """Three facts of a person change after the city took the case in: three drifts there."""
    (title,) = await rows_of(offices, "wuhou.clerk", Title, id=title_id)
    async with offices.acting("wuhou.clerk") as scope:
        changed = replace(
            facts(NAMES[0]), employer="成都西轨轨道装备有限公司", occupation="钳工", skill_grade="特级技师"
        )
        await update_person(scope, title.person_id, changed, phone="13900000001", version=1)
    await offices.settle()


async def _score(offices: Offices, edition_id: UUID, cases: Sequence[UUID]) -> None:
    async with offices.acting("chengdu.secretary") as scope:
        known: dict[str, Any] = {"employer": "某研究院", "unit_id": offices.tenants["sichuan"], "specialty": "制造"}
        pool = [scoring.ExpertEntry(offices.accounts[login], **known) for login in EXPERTS]
        await scoring.assign_experts(scope, cases, pool)
        items = items_of((await rulebook_of(scope.session, edition_id)).criteria)
    points = {item.key: 1500 for item in items}
    assigned = await rows_of(offices, "chengdu.clerk", Assignment)
    logins = {offices.accounts[login]: login for login in EXPERTS}
    for assignment in [*assigned, assigned[0], assigned[0]]:
        await _fill_sheet(offices, assignment, logins[assignment.expert_account_id], points)
    async with offices.acting("chengdu.secretary") as scope:
        await scoring.aggregate_scores(scope, edition_id)


async def _fill_sheet(offices: Offices, assignment: Assignment, login: str, points: dict[str, int]) -> None:
    """A second time for the same assignment: it is given back first."""
    (now,) = await rows_of(offices, "chengdu.clerk", Assignment, id=assignment.id)
    if now.state == "submitted":
        async with offices.acting("chengdu.secretary") as scope:
            await scoring.reopen_score(scope, assignment.id, "笔误", version=now.version)
    async with offices.acting(login, "chengdu") as scope:
        await scoring.submit_score(scope, assignment.id, points)


async def _meet(offices: Offices, edition_id: UUID, cases: Sequence[UUID]) -> None:
    async with offices.acting("chengdu.secretary") as scope:
        members = [scoring.Member(name, "评审专家委员会") for name in PANEL]
        meeting = await scoring.open_meeting(
            scope, edition_id, name="评审会议", held_on=scope.clock.today(), members=members, quorum=2
        )
    async with offices.acting("chengdu.panel") as scope:
        verdicts = [Verdict(case, proposed=True, position=place, reason="综合") for place, case in enumerate(cases, 1)]
        await scoring.conclude_meeting(
            scope, meeting.id, version=meeting.version, present=list(PANEL), minutes="一致同意", verdicts=verdicts
        )


async def _resolve(offices: Offices, edition_id: UUID, cases: Sequence[UUID], number: int) -> None:
    async with offices.acting("chengdu.party") as scope:
        today = scope.clock.today()
        entry = scoring.ResolutionEntry(f"成党〔{today:%Y}〕{number}号", "党组", today, ResolutionDecision.APPROVE)
        await scoring.record_resolution(scope, edition_id, entry, cases)
    await offices.settle()


async def _publish(offices: Offices, edition_id: UUID, cases: Sequence[UUID], number: int) -> None:
    async with offices.acting("chengdu.reviewer") as scope:
        entry = notices.NoticeEntry(f"公示{number}", scope.clock.today(), "电话 028-85550000，工会公示组")
        draft = await notices.draft_notice(scope, edition_id, entry, cases)
    async with offices.acting("chengdu.notice") as scope:
        await notices.publish_notice(scope, draft.id, version=draft.version)


async def _object(offices: Offices, edition_id: UUID) -> None:
    """Three objections; all are rejected, so that nobody is held."""
    (notice, *_) = await rows_of(offices, "chengdu.notice", Notice, edition_id=edition_id)
    (case, *_) = await rows_of(offices, "chengdu.clerk", Application, edition_id=edition_id)
    for number in range(3):
        async with offices.acting("chengdu.notice") as scope:
            told = objections.Complainant(objections.ComplainantKind.PERSON, f"群众{number}", "13900139000")
            entry = notices.ObjectionEntry(objections.Channel.VISIT, "情况反映", told, scope.clock.today())
            lodged = await notices.lodge_objection(scope, notice.id, case.id, entry)
        async with offices.acting("chengdu.investigator") as scope:
            because = objections.Inadmissible.DUPLICATE
            await notices.reject_objection(
                scope, lodged.id, version=lodged.version, because=because, reply="无具体事实"
            )


async def _reward(offices: Offices) -> None:
    """The district records what the city paid for three of its craftsmen."""
    for number, honour in enumerate((await rows_of(offices, "wuhou.finance", Honour))[:3]):
        async with offices.acting("wuhou.finance") as scope:
            await funding.record_reward(
                scope,
                honour.id,
                kind=FundingKind.REWARD,
                amount_fen=2_000_000,
                document_no=f"成工发〔2023〕4{number}号",
            )
    await offices.settle()


async def _cultivate_in_city(offices: Offices, named: Sequence[UUID]) -> None:
    """成都工匠 2024: recognised after a year of cultivation; two pass and one fails."""
    offices.at(2024, 3, 1)
    call = Call(
        "chengdu", "chengdu_craftsman", 2024, CULTIVATED, date(2024, 3, 1), date(2024, 4, 30), "成工发〔2024〕1号"
    )
    edition_id = await offices.open_call(call)
    for title_id in named:
        await _push(offices, edition_id, title_id)
    await _begin_at_industry_member(offices, edition_id)
    cases = await selection.take_in_all(offices, "chengdu")
    await selection.pass_formally(offices, "chengdu", cases)
    offices.at(2024, 5, 8)
    await offices.settle()
    await _meet(offices, edition_id, cases)
    await _resolve(offices, edition_id, cases, 1)
    await selection.notice_and_announce(offices, "chengdu", edition_id, cases)
    for plan in await rows_of(offices, "chengdu.reviewer", CultivationPlan):
        await _file_plan(offices, plan)
    offices.clock.at = END
    await offices.settle()
    for number, plan in enumerate(await rows_of(offices, "chengdu.reviewer", CultivationPlan)):
        await _assess(offices, plan, passes=number < 2)


async def _begin_at_industry_member(offices: Offices, edition_id: UUID) -> None:
    """A file and a draft in a union that stands on the industry's line, too."""
    async with offices.acting("jinjiang-dianli.clerk") as scope:
        person = await create_person(scope, facts("冯电工"), id_number=id_number(77), phone="13800000077")
        await applications.create_application(
            scope, edition_id=edition_id, person_id=person.id, deeds="", consent_on=scope.clock.today()
        )


async def _file_plan(offices: Offices, plan: CultivationPlan) -> None:
    draft = PlanDraft("攻克一项", "经费", [TaskDraft(f"任务{n}", plan.ends_on - timedelta(n)) for n in (1, 2, 3)])
    async with offices.acting("chengdu.reviewer") as scope:
        written = await cultivation.draft_plan(scope, plan.id, draft, version=plan.version)
        for signer in (Signer.OWNER, Signer.CANDIDATE):
            written = await cultivation.sign_plan(
                scope, plan.id, signer=signer, signed_on=scope.clock.today(), version=written.version
            )
        await cultivation.file_plan(scope, plan.id, version=written.version)


async def _assess(offices: Offices, plan: CultivationPlan, *, passes: bool) -> None:
    for report in await rows_of(offices, "chengdu.reviewer", ProgressReport, plan_id=plan.id):
        async with offices.acting("chengdu.clerk") as scope:
            await cultivation.submit_report(scope, report.id, content="按计划推进", version=report.version)
    for task in await rows_of(offices, "chengdu.reviewer", CultivationTask, plan_id=plan.id):
        async with offices.acting("chengdu.reviewer") as scope:
            await cultivation.complete_task(scope, task.id, outcome="完成", completed=passes, version=task.version)
    (case,) = await rows_of(offices, "chengdu.clerk", Application, id=plan.application_id)
    async with offices.acting("chengdu.reviewer") as scope:
        given: dict[str, Any] = {
            "tasks_completed": passes,
            "qualified": passes,
            "opinion": "评价",
            "version": case.version,
        }
        await cultivation.assess(scope, case.id, **given)


async def _give_places(offices: Offices) -> None:
    """大国工匠 2025: places for three, three further units; issued, so that the units are told."""
    async with offices.acting("acftu.reviewer") as scope:
        edition = await catalogue.create_edition(scope, NewEdition(programme_code="national_craftsman", year=2025))
        await catalogue.fill_edition(scope, edition.id, version=edition.version, values=NATIONAL)
        factors = {factor.key: "综合" for factor in (await rulebook_of(scope.session, edition.id)).quota.factors}
        for unit in ("sichuan", "jiangsu", "power-union"):
            places: dict[str, Any] = {"unit_id": offices.tenants[unit], "places": 8, "factors": factors}
            await catalogue.set_quota(scope, edition.id, version=edition.version, **places)
    async with offices.acting("acftu.leader") as scope:
        for number, unit in enumerate(("chengdu", "changzhou", "yangzhou")):
            approval = Approval(f"总工办〔2025〕{number}号", "书记处", scope.clock.today())
            (edition,) = (await scope.session.execute(_LAST_EDITION, {"year": 2025})).all()
            await catalogue.grant_extra_unit(
                scope, edition.id, version=edition.version, unit_id=offices.tenants[unit], approval=approval, places=2
            )
        (edition,) = (await scope.session.execute(_LAST_EDITION, {"year": 2025})).all()
        schedule = catalogue.Schedule(scope.clock.today(), scope.clock.today() + timedelta(60))
        await catalogue.issue_edition(
            scope, edition.id, version=edition.version, document_no="总工办发〔2025〕3号", schedule=schedule
        )
    await offices.settle()
    drafts = (("acftu", "national_craftsman"), ("chengdu", "chengdu_craftsman"), ("changzhou", "longcheng_craftsman"))
    for office, programme in drafts:
        async with offices.acting(f"{office}.reviewer") as scope:
            await catalogue.create_edition(scope, NewEdition(programme_code=programme, year=2026))


_LAST_EDITION = text(
    "SELECT id, version FROM edition WHERE year = :year AND tenant_id = current_setting('app.tenant')::uuid"
)


async def _name_national_studio(offices: Offices) -> None:
    """Its subsidy is due by N-STUDIO."""
    async with offices.acting("acftu.clerk") as scope:
        person = await create_person(scope, facts("陈院士"), id_number=id_number(99), phone=None)
    await _name_studio(offices, "acftu", person.id, "总工办发〔2025〕9号")


async def _revoke(offices: Offices, title_id: UUID) -> None:
    (title,) = await rows_of(offices, "wuhou.clerk", Title, id=title_id)
    async with offices.acting("wuhou.leader") as scope:
        given: dict[str, Any] = {
            "ground": Ground.FRAUD,
            "resolution_no": "武党〔2025〕1号",
            "note": None,
            "version": title.version,
        }
        await titles.revoke(scope, title.id, **given)
    await offices.settle()


async def _look(offices: Offices) -> None:
    """Three files are looked at in each of three unions."""
    for login in ("wuhou.clerk", "chengdu.clerk", "wuhou-hengda.clerk"):
        people = [person.id for person in await rows_of(offices, login, Person)][:3]
        async with offices.acting(login) as scope:
            reader = Reader(offices.accounts[login], None, "沈清", "person", "request-of-the-year")
            shown = [Shown("person", person_id, 1) for person_id in people]
            at = scope.clock.now()
            await record_reads(offices.app.direct, scope.tenant_id, at=at, reader=reader, shown=shown)


async def _replace_policies(urls: DatabaseUrls) -> None:
    """Two policies were in force before the present one."""
    owner = Database(urls.owner, pool_size=1)
    async with owner.plain() as session:
        await session.execute(delete(PolicyRevision))
        for revision in ("first", "second"):
            await session.execute(insert(PolicyRevision).values(id=new_id(), revision=revision, lines=["-"]))
        await revisions.record(await session.connection(), enforcer.current())
    await owner.close()


async def _keep_and_erase(offices: Offices) -> None:
    """Three unions set periods that no day of the year reaches; three people in each ask to be erased, and nobody has decided."""
    for login, leader in (
        ("wuhou.clerk", "wuhou.leader"),
        ("chengdu.clerk", "chengdu.leader"),
        ("wuhou-hengda.clerk", "wuhou-hengda.chair"),
    ):
        for kind in list(RecordKind)[:3]:
            async with offices.acting(leader) as scope:
                await set_period(scope, kind, months=600, document="保存期限规定", version=None)
        for person in (await rows_of(offices, login, Person))[:3]:
            async with offices.acting(login) as scope:
                await record_request(scope, person.id, asked_on=scope.clock.today(), reason="本人申请")


async def _let_the_owner_see_all(urls: DatabaseUrls) -> None:
    """In the clones of this database the owner of the tables is no longer held by row-level security; nobody else gains anything."""
    owner = Database(urls.owner, pool_size=1)
    async with owner.plain() as session:
        names = await session.execute(text("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind = 'r'"))
        for name in names.scalars().all():
            await session.execute(text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
    await owner.close()
