"""The recommending desk and the formal review, over the services and a real database."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from authz.roles import Role
from cli.demo import selection
from cli.demo.offices import Offices
from kernel.errors import Citation, Failure
from programmes.applications import service as applications
from programmes.applications.model import Application, CaseAct, ReviewCheck, Snapshot
from programmes.applications.rules.eligibility import Answer
from programmes.applications.service.reviewing import conditions_of
from programmes.catalogue.model import RecommendingGrant
from programmes.catalogue.queries import rulebook_of
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover
from programmes.people.service import update_person
from tests.programmes.applications.desks import (
    call_with_places,
    case_of,
    draft,
    endorsed,
    leaving,
    peer,
    refused,
    rows,
    version_of,
)
from tests.programmes.people import facts

ARTICLE_6 = Citation("总工发〔2024〕1号", "第六条")


async def at_province(offices: Offices, edition_id: UUID, serial: int, *, letters: int = 3) -> UUID:
    """A case that begins at the province's own desk."""
    async with offices.acting("sichuan.clerk") as scope:
        return await draft(scope, edition_id, serial, letters=letters)


async def recommend(offices: Offices, login: str, case_id: UUID, *, rank: int | None = None) -> Application:
    async with offices.acting(login) as scope:
        version = await version_of(scope, case_id)
        return await applications.recommend_application(scope, case_id, version=version, opinion="同意推荐", rank=rank)


async def used_places(offices: Offices, edition_id: UUID) -> int:
    (grant,) = await rows(offices, "sichuan.clerk", RecommendingGrant, edition_id=edition_id)
    return grant.used


async def test_scenario_1_three_letters_and_a_place_make_a_nominee_with_a_frozen_dossier(
    offices: Offices, national: UUID
) -> None:
    case_id = await at_province(offices, national, 201)
    before = await used_places(offices, national)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    async with leaving(offices, "sichuan.recommender") as (scope, left):
        await applications.recommend_application(scope, case_id, version=version, opinion="同意推荐", rank=1)
    assert (left.audited, left.steps) == (["case:recommend"], ["recommend"])
    case = await case_of(offices, "sichuan.clerk", case_id)
    assert (case.state, case.desk, case.rank, case.opinion) == ("recommended", "recommending_unit", 1, "同意推荐")
    (snapshot,) = await rows(offices, "sichuan.clerk", Snapshot, application_id=case_id)
    assert (snapshot.number, len(snapshot.sha256), "person.id_number" in snapshot.fields) == (1, 64, True)
    assert await used_places(offices, national) == before + 1


async def test_scenario_2_two_letters_are_refused(offices: Offices, national: UUID) -> None:
    case_id = await at_province(offices, national, 202, letters=2)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    async with refused(offices, "sichuan.recommender", "LETTERS_MISSING") as (scope, told):
        await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)
    assert (told.no.params, told.no.rule) == ({"needed": 3, "present": 2}, ARTICLE_6)


@pytest.mark.parametrize(
    ("serial", "unit", "code"),
    [(203, "成都恒达精密机械有限公司", "LETTER_FROM_OWN_UNIT"), (204, "第1研究院", "LETTER_TWICE")],
)
async def test_scenario_3_a_letter_from_the_own_unit_or_a_second_of_one_expert_is_refused(
    offices: Offices, national: UUID, serial: int, unit: str, code: str
) -> None:
    case_id = await at_province(offices, national, serial, letters=2)
    async with offices.acting("sichuan.clerk") as scope:
        await applications.add_letter(scope, case_id, peer(1, unit))
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    async with refused(offices, "sichuan.recommender", code) as (scope, told):
        await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)
    assert (told.no.params, told.no.rule) == ({"expert": "专家1"}, ARTICLE_6)


async def test_scenarios_5_and_12_changzhou_asks_for_no_letters_and_limits_nobody(
    offices: Offices, longcheng: UUID
) -> None:
    for serial in (205, 206):
        await endorsed(offices, "tianning-fangzhi", longcheng, serial, employer="常州天宁纺织机械有限公司")
    await offices.settle()
    cases = await selection.take_in_all(offices, "tianning")
    states = [(await recommend(offices, "tianning.recommender", case_id, rank=None)).state for case_id in cases]
    assert states == ["recommended", "recommended"]
    assert await rows(offices, "tianning.clerk", RecommendingGrant, edition_id=longcheng) == []


async def test_scenario_49_without_the_rung_below_the_district_needs_a_recorded_exception(
    offices: Offices, chengdu: UUID
) -> None:
    await endorsed(offices, "wuhou-hengda", chengdu, 207)
    await offices.settle()
    (case_id,) = await selection.take_in_all(offices, "wuhou")
    async with refused(offices, "wuhou.recommender", "FEEDER_MISSING") as (scope, told):
        await applications.recommend_application(scope, case_id, version=1, opinion="同意", rank=None)
    assert told.no.params == {"title": "诸葛工匠"}
    assert told.no.rule is not None
    assert told.no.rule.article == "（八）"
    async with offices.acting("wuhou.clerk") as scope:
        await applications.revise_application(
            scope, case_id, version=1, exception_reason="绝技传承人", exception_approver="武侯区总工会主席会议"
        )
    assert (await recommend(offices, "wuhou.recommender", case_id)).state == "recommended"


async def test_a_city_may_not_recommend_to_the_federation_and_is_told_the_article(
    offices: Offices, national: UUID
) -> None:
    async with offices.acting("chengdu.clerk") as scope:
        case_id = await draft(scope, national, 208, letters=3)
    version = (await case_of(offices, "chengdu.clerk", case_id)).version
    async with refused(offices, "chengdu.recommender", "ROUTE_NOT_ALLOWED") as (scope, told):
        await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)
    assert told.no.rule == ARTICLE_6
    assert told.no.params == {
        "unit": "成都市总工会",
        "organiser": "中华全国总工会",
        "allowed": "各省（区、市）总工会、各全国产业工会",
    }


async def test_nobody_recommends_whom_he_entered_himself(offices: Offices, national: UUID) -> None:
    case_id = await at_province(offices, national, 209)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    both = (Role.CLERK, Role.RECOMMENDER)
    async with refused(offices, "sichuan.clerk", "DUTY_CONFLICT", roles=both) as (scope, _):
        await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)
    for login in ("sichuan.chair", "sichuan.reviewer", "sichuan.leader"):
        async with refused(offices, login, "NOT_PERMITTED") as (scope, _):
            await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)


async def test_a_rank_is_given_once_also_when_two_take_it_at_the_same_moment(offices: Offices, national: UUID) -> None:
    cases = [await at_province(offices, national, serial) for serial in (210, 211, 212)]
    said = await asyncio.gather(
        *(recommend(offices, "sichuan.recommender", case_id, rank=7) for case_id in cases[:2]), return_exceptions=True
    )
    assert sorted(each.code if isinstance(each, Failure) else str(type(each).__name__) for each in said) == [
        "Application",
        "RANK_TAKEN",
    ]
    version = (await case_of(offices, "sichuan.clerk", cases[2])).version
    for rank, code in ((7, "RANK_TAKEN"), (0, "BAD_RANK"), (-1, "BAD_RANK"), (10**12, "BAD_RANK")):
        async with refused(offices, "sichuan.recommender", code) as (scope, told):
            await applications.recommend_application(scope, cases[2], version=version, opinion="同意", rank=rank)
        assert told.no.path == ("input", "rank")


async def test_scenario_11_twenty_at_once_use_five_places_and_no_more(offices: Offices, national: UUID) -> None:
    edition_id = await call_with_places(offices, {"sichuan": 5}, (date(2024, 3, 1), date(2024, 4, 30)), year=2025)
    async with offices.acting("sichuan.clerk") as scope:
        cases = [await draft(scope, edition_id, serial, letters=3, material=False) for serial in range(220, 240)]

    said = await asyncio.gather(
        *(recommend(offices, "sichuan.recommender", case_id) for case_id in cases), return_exceptions=True
    )
    refusals = [answer for answer in said if isinstance(answer, Failure)]
    assert [refusal.code for refusal in refusals] == ["QUOTA_FULL"] * 15
    assert {(refusal.params["used"], refusal.params["places"]) for refusal in refusals} == {(5, 5)}
    assert {refusal.rule for refusal in refusals} == {Citation("总工发〔2024〕1号", "第五条")}
    states = [case.state for case in await rows(offices, "sichuan.clerk", Application, edition_id=edition_id)]
    assert sorted(states) == ["at_recommending_unit"] * 15 + ["recommended"] * 5
    assert await used_places(offices, edition_id) == 5
    steps = [
        row for row in await rows(offices, "sichuan.clerk", CaseAct, act="recommend") if row.application_id in cases
    ]
    assert len(steps) == 5


async def nominated(offices: Offices, edition_id: UUID, serial: int) -> tuple[UUID, UUID]:
    """A case the province has recommended and the federation has taken in: below, above."""
    below = await at_province(offices, edition_id, serial)
    await recommend(offices, "sichuan.recommender", below)
    await offices.settle()
    await selection.take_in_all(offices, "acftu")
    (case,) = await rows(offices, "sichuan.clerk", Application, id=below)
    (arrived,) = await rows(offices, "acftu.clerk", Application, case_id=case.case_id)
    return below, arrived.id


async def give_back(offices: Offices, above: UUID, *, due_on: date | None) -> None:
    (handover,) = await rows(offices, "acftu.clerk", Handover, application_id=above)
    async with offices.acting("acftu.reviewer") as scope:
        await handovers.return_handover(
            scope, handover.id, version=handover.version, reason="补充专家信", due_on=due_on
        )
    await offices.settle()


async def test_a_returned_nominee_frees_its_place_and_may_come_back_until_its_deadline_though_the_call_is_over(
    offices: Offices,
) -> None:
    days = (date(2024, 3, 1), date(2024, 3, 20))
    edition_id = await call_with_places(offices, {"sichuan": 3}, days, year=2026)
    below, above = await nominated(offices, edition_id, 241)
    late, late_above = await nominated(offices, edition_id, 242)
    assert await used_places(offices, edition_id) == 2
    offices.at(2024, 3, 25)
    await offices.settle()
    await give_back(offices, above, due_on=date(2024, 4, 8))
    await give_back(offices, late_above, due_on=None)
    assert await used_places(offices, edition_id) == 0
    case = await case_of(offices, "sichuan.clerk", below)
    assert (case.state, case.rank, case.supplement_due_on) == ("at_recommending_unit", None, date(2024, 4, 8))
    offices.at(2024, 4, 9)
    async with refused(offices, "sichuan.recommender", "OUTSIDE_WINDOW") as (scope, _):
        await applications.recommend_application(scope, below, version=case.version, opinion="补正", rank=None)
    offices.at(2024, 4, 8)
    again = await recommend(offices, "sichuan.recommender", below)
    assert (again.state, again.supplement_due_on, again.upstream_state) == ("recommended", None, None)
    async with refused(offices, "sichuan.recommender", "OUTSIDE_WINDOW") as (scope, _):
        version = await version_of(scope, late)
        await applications.recommend_application(scope, late, version=version, opinion="补正", rank=None)
    await offices.settle()
    assert await selection.take_in_all(offices, "acftu") == [above]
    assert (await case_of(offices, "acftu.clerk", above)).state == "received"
    assert await used_places(offices, edition_id) == 1


async def answers_for(offices: Offices, case_id: UUID) -> Sequence[Answer]:
    async with offices.reading("acftu.reviewer") as scope:
        (case,) = await rows(offices, "acftu.clerk", Application, id=case_id)
        conditions = conditions_of(await rulebook_of(scope.session, case.edition_id))
    return [Answer(condition.key, met=True, remark="已核") for condition in conditions]


async def test_the_formal_review_keeps_a_checklist_with_articles_and_cannot_pass_a_hard_condition(
    offices: Offices, national: UUID
) -> None:
    _, above = await nominated(offices, national, 243)
    yes = await answers_for(offices, above)
    async with refused(offices, "acftu.reviewer", "CHECK_MISSING") as (scope, _):
        await applications.review_formally(scope, above, version=1, passed=True, answers=[], reason=None)
    async with refused(offices, "acftu.reviewer", "STALE_VERSION") as (scope, _):
        await applications.review_formally(scope, above, version=0, passed=True, answers=yes, reason=None)
    async with refused(offices, "acftu.clerk", "NOT_PERMITTED") as (scope, _):
        await applications.review_formally(scope, above, version=1, passed=True, answers=yes, reason=None)
    async with refused(offices, "acftu.reviewer", "BLANK") as (scope, told):
        await applications.review_formally(scope, above, version=1, passed=False, answers=yes, reason=" ")
    assert told.no.path == ("input", "reason")
    hard_no = [Answer(answer.key, met=answer.key != "political_soundness", remark=None) for answer in yes]
    async with refused(offices, "acftu.reviewer", "GATE_NOT_MET") as (scope, told):
        await applications.review_formally(scope, above, version=1, passed=True, answers=hard_no, reason=None)
    assert told.no.rule == Citation("总工发〔2024〕1号", "第三条")
    async with leaving(offices, "acftu.reviewer") as (scope, left):
        await applications.review_formally(scope, above, version=1, passed=True, answers=yes, reason=None)
    assert (left.audited, left.steps) == (["case:formal_pass"], ["formal_pass"])
    checks = {check.key: check for check in await rows(offices, "acftu.clerk", ReviewCheck, application_id=above)}
    assert {(check.document, check.article, check.outcome) for check in checks.values() if check.hard} == {
        ("总工发〔2024〕1号", article, "met") for article in ("第三条", "第六条", "第七条", "第十条")
    }
    assert checks["peer_letters"].remark == "已核"


async def test_four_years_and_eleven_months_are_rejected_and_the_finding_is_kept(
    offices: Offices, national: UUID
) -> None:
    below, above = await nominated(offices, national, 244)
    person = (await rows(offices, "acftu.clerk", Application, id=above))[0].person_id
    async with offices.acting("acftu.clerk") as scope:
        await update_person(scope, person, facts("工匠244", since="2019-05"), phone=None, version=1)
    yes = await answers_for(offices, above)
    async with refused(offices, "acftu.reviewer", "GATE_NOT_MET") as (scope, told):
        await applications.review_formally(scope, above, version=1, passed=True, answers=yes, reason=None)
    assert told.no.params["actual"] == "4 年 11 个月"
    async with leaving(offices, "acftu.reviewer") as (scope, left):
        await applications.review_formally(scope, above, version=1, passed=False, answers=yes, reason="年限不足")
    assert (left.audited, left.steps) == (["case:formal_reject"], ["formal_reject"])
    (check,) = await rows(offices, "acftu.clerk", ReviewCheck, application_id=above, key="frontline_years")
    assert (check.outcome, check.remark) == ("not_met", "4 年 11 个月")
    await offices.settle()
    assert (await case_of(offices, "sichuan.clerk", below)).upstream_state == "formal_rejected"


async def test_scenario_16_a_province_and_a_national_industry_cannot_both_put_one_person_forward(
    offices: Offices, national: UUID
) -> None:
    await at_province(offices, national, 245)
    async with refused(offices, "power-union.clerk", "PERSON_IN_PROGRESS") as (scope, told):
        await draft(scope, national, 245, letters=3)
    assert (told.no.params, told.no.path) == ({}, ("input", "personId"))


async def test_an_older_version_is_refused_by_every_act_of_the_recommending_desk(
    offices: Offices, national: UUID
) -> None:
    case_id = await at_province(offices, national, 246)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version

    async def stale(login: str, act: str, **given: object) -> None:
        async with refused(offices, login, "STALE_VERSION") as (scope, told):
            await getattr(applications, act)(scope, case_id, version=version - 1, **given)
        assert told.no.params == {"current": version}

    await stale("sichuan.recommender", "recommend_application", opinion="同意", rank=None)
    await stale("sichuan.recommender", "not_recommend_application", reason="否")
    await stale("sichuan.recommender", "return_application", reason="补")
    await stale("sichuan.clerk", "revise_application", deeds="别的")
    await stale("sichuan.clerk", "withdraw_application", reason="不报了")


@pytest.mark.parametrize(
    ("serial", "login", "act", "state"),
    [
        (247, "sichuan.recommender", "not_recommend", "not_recommended"),
        (248, "sichuan.clerk", "withdraw", "withdrawn"),
    ],
)
async def test_a_case_that_ends_at_the_recommending_desk_leaves_one_entry_and_frees_the_person(
    offices: Offices, national: UUID, serial: int, login: str, act: str, state: str
) -> None:
    case_id = await at_province(offices, national, serial)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    async with leaving(offices, login) as (scope, left):
        await getattr(applications, f"{act}_application")(scope, case_id, version=version, reason="集体研究")
    assert (left.audited, left.steps) == ([f"case:{act}"], [act])
    assert (await case_of(offices, "sichuan.clerk", case_id)).state == state
    async with offices.acting("power-union.clerk") as scope:
        elsewhere = await draft(scope, national, serial, letters=3)
    assert (await case_of(offices, "power-union.clerk", elsewhere)).state == "at_recommending_unit"


async def test_a_case_that_began_here_is_given_back_to_a_draft_here(offices: Offices, national: UUID) -> None:
    case_id = await at_province(offices, national, 249)
    version = (await case_of(offices, "sichuan.clerk", case_id)).version
    async with leaving(offices, "sichuan.recommender") as (scope, left):
        await applications.return_application(scope, case_id, version=version, reason="重写事迹")
    assert (left.audited, left.steps) == (["case:return"], ["return", "receive"])
    case = await case_of(offices, "sichuan.clerk", case_id)
    assert (case.desk, case.state, case.supplement_reason) == ("applying_unit", "draft", "重写事迹")
