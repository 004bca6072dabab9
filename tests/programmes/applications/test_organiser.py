"""What the organiser may no longer do: pass more nominees than it gave places, or go on with a cancelled edition."""

from datetime import date
from uuid import UUID

from cli.demo.offices import Offices
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.eligibility import Answer
from programmes.applications.service.reviewing import conditions_of
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.catalogue.service import cancel_edition, set_quota
from tests.programmes.applications.desks import FACTORS, call_with_places, leaving, refused, rows
from tests.programmes.applications.test_recommending import nominated

DAYS = date(2024, 3, 1), date(2024, 4, 30)
REVIEWER, LEADER = "acftu.reviewer", "acftu.leader"


async def every_answer(offices: Offices, edition_id: UUID) -> list[Answer]:
    async with offices.reading(REVIEWER) as scope:
        conditions = conditions_of(await rulebook_of(scope.session, edition_id))
    return [Answer(condition.key, met=True, remark=None) for condition in conditions]


async def test_more_nominees_than_places_do_not_pass_the_formal_review(offices: Offices) -> None:
    edition_id = await call_with_places(offices, {"sichuan": 2, "jiangsu": 9}, DAYS, year=2026)
    _, first = await nominated(offices, edition_id, 901)
    await nominated(offices, edition_id, 902)
    answers = await every_answer(offices, edition_id)
    async with offices.acting(LEADER) as scope:
        edition = await get_edition(scope.session, edition_id)
        unit = offices.tenants["sichuan"]
        await set_quota(scope, edition_id, version=edition.version, unit_id=unit, places=1, factors=FACTORS)
    async with refused(offices, REVIEWER, "GATE_NOT_MET") as (scope, told):
        await applications.review_formally(scope, first, version=1, passed=True, answers=answers, reason=None)
    assert (told.no.params["key"], told.no.params["actual"]) == ("in_quota", "2/1")
    async with offices.acting(LEADER) as scope:
        version = (await get_edition(scope.session, edition_id)).version
        await set_quota(scope, edition_id, version=version, unit_id=unit, places=2, factors=FACTORS)
    async with offices.acting(REVIEWER) as scope:
        passed = await applications.review_formally(scope, first, version=1, passed=True, answers=answers, reason=None)
    assert passed.state == "formal_passed"


async def test_nobody_goes_on_with_a_case_of_a_cancelled_edition(offices: Offices) -> None:
    edition_id = await call_with_places(offices, {"sichuan": 2}, DAYS, year=2025)
    _, case_id = await nominated(offices, edition_id, 903)
    answers = await every_answer(offices, edition_id)
    async with offices.acting(LEADER) as scope:
        version = (await get_edition(scope.session, edition_id)).version
        await cancel_edition(scope, edition_id, version=version, reason="计划取消", document_no="总工办发〔2024〕8号")
    for passed in (True, False):
        async with refused(offices, REVIEWER, "EDITION_STATE") as (scope, told):
            await applications.review_formally(
                scope, case_id, version=1, passed=passed, answers=answers, reason="计划取消"
            )
        assert told.no.params["state"] == "已取消"
    (case,) = await rows(offices, "acftu.clerk", Application, id=case_id)
    assert case.state == "received"
    async with leaving(offices, REVIEWER) as (scope, left):
        (locked,) = await applications.lock_applications(scope, [case_id])
        await applications.give_back_case(scope, locked, reason="计划取消", audited=True)
    assert left.steps == ["return"]
