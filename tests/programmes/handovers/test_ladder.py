"""One worker from an enterprise union to a title above, by recommendation, push and pull; through the services, the courier in between."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cli.demo import selection
from cli.demo.offices import Call, Offices
from kernel.clock import CHINA
from kernel.errors import Failure
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.funding.model import FundingRecord
from programmes.handovers import service as handovers
from programmes.handovers.model import Drift, Handover, RegisterEntry
from programmes.people.service import update_person
from programmes.titles.model import Title
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.people import facts, id_number

ZHUGE: Mapping[str, Any] = {
    "target.count": 20,
    "route.recommending": [{"level": "enterprise", "line": "territorial"}],
    "notice.working_days": 5,
}
CHENGDU: Mapping[str, Any] = {
    "target.count": 600,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 2,
    "criteria.*.max_points": 10,
}


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[Offices]:
    made = await make_offices(database_urls, at=datetime(2022, 3, 1, 9, tzinfo=CHINA))
    yield made
    await close_offices(made)


@pytest.fixture(scope="module")
async def titles(offices: Offices) -> Sequence[UUID]:
    """Three 诸葛工匠 of 2022."""
    offices.at(2022, 3, 1)
    call = Call("wuhou", "zhuge_craftsman", 2022, ZHUGE, date(2022, 3, 1), date(2022, 4, 30), "武工发〔2022〕3号")
    edition_id = await offices.open_call(call)
    for serial, name in enumerate(("赵铁工", "钱铸工", "孙焊工"), 1):
        candidate = selection.Candidate("wuhou-hengda", facts(name), id_number(serial), "13800000000", "二十年一线")
        await selection.put_forward(offices, edition_id, candidate)
    cases = await selection.take_in_all(offices, "wuhou")
    offices.at(2022, 5, 5)
    await offices.settle()
    await selection.pass_formally(offices, "wuhou", cases)
    await selection.propose(offices, "wuhou", edition_id, cases)
    number = await selection.notice_and_announce(offices, "wuhou", edition_id, cases)
    return await selection.name_all(offices, "wuhou", edition_id, cases, number)


@pytest.fixture(scope="module")
async def chengdu_edition(offices: Offices, titles: Sequence[UUID]) -> UUID:
    offices.at(2023, 3, 1)
    call = Call("chengdu", "chengdu_craftsman", 2023, CHENGDU, date(2023, 3, 1), date(2023, 4, 30), "成工发〔2023〕1号")
    return await offices.open_call(call)


async def rows(offices: Offices, login: str, model: Any, **where: Any) -> Sequence[Any]:
    async with offices.reading(login) as scope:
        query = select(model).where(model.tenant_id == scope.tenant_id).filter_by(**where).order_by(model.id)
        return (await scope.session.execute(query)).scalars().all()


async def test_the_unit_hears_how_its_case_fared_and_money_is_planned(offices: Offices, titles: Sequence[UUID]) -> None:
    cases = await rows(offices, "wuhou-hengda.clerk", Application)
    assert [(case.state, case.upstream_state) for case in cases] == [("recommended", "certified")] * 3
    records = await rows(offices, "wuhou.finance", FundingRecord)
    assert [(record.rule_code, record.amount_fen, record.state) for record in records] == [
        ("W-TITLE", 1_000_000, "planned")
    ] * 3


async def test_the_city_has_the_named_on_its_register_and_nobody_beside_or_above_it(
    offices: Offices, titles: Sequence[UUID]
) -> None:
    entries = await rows(offices, "chengdu.clerk", RegisterEntry)
    assert sorted(entry.person_name for entry in entries) == sorted(["赵铁工", "钱铸工", "孙焊工"])
    assert await rows(offices, "sichuan.clerk", RegisterEntry) == []
    assert await rows(offices, "jinjiang.clerk", RegisterEntry) == []


async def pushed(offices: Offices, edition_id: UUID, title_id: UUID) -> UUID:
    async with offices.acting("wuhou.clerk") as scope:
        case = await handovers.escalate_title(
            scope, title_id, edition_id=edition_id, deeds="续写新篇", consent_on=offices.clock.today()
        )
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, case.id, version=case.version, opinion="优先推荐", rank=None)
    await offices.settle()
    return case.id


async def test_push_the_dossier_arrives_sealed_with_one_hash(
    offices: Offices, titles: Sequence[UUID], chengdu_edition: UUID
) -> None:
    await pushed(offices, chengdu_edition, titles[0])
    below = (await rows(offices, "wuhou.clerk", Handover, direction="outgoing"))[0]
    above = (await rows(offices, "chengdu.clerk", Handover, direction="incoming"))[0]
    assert (below.kind, below.state, above.state) == ("push", "offered", "offered")
    assert below.snapshot_sha256 == above.snapshot_sha256
    (case_id,) = await selection.take_in_all(offices, "chengdu")
    (case,) = await rows(offices, "chengdu.clerk", Application, id=case_id)
    assert [title["code"] for title in case.titles_held] == ["zhuge_craftsman"]
    assert [step["tenant"] for step in case.route_so_far] == [
        "成都恒达精密机械有限公司工会",
        "武侯区总工会",
        "武侯区总工会",
    ]
    assert (await rows(offices, "wuhou.clerk", Handover, direction="outgoing"))[0].state == "accepted"
    for stranger in ("jinjiang.clerk", "sichuan.clerk", "acftu.clerk", "power-union.clerk"):
        assert await rows(offices, stranger, Handover) == []
        assert await rows(offices, stranger, Application) == []


async def test_pull_the_city_requests_the_district_confirms_the_dossier_arrives(
    offices: Offices, titles: Sequence[UUID], chengdu_edition: UUID
) -> None:
    (entry,) = await rows(offices, "chengdu.clerk", RegisterEntry, source_title_id=titles[1])
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu_edition)
    await offices.settle()
    (request,) = await rows(offices, "wuhou.clerk", Handover, kind="pull")
    assert (request.state, request.person_name) == ("requested", entry.person_name)
    async with offices.acting("wuhou.recommender") as scope:
        await handovers.confirm_request(
            scope,
            request.id,
            version=request.version,
            opinion="同意选调",
            rank=None,
            deeds="市级选调",
            consent_on=offices.clock.today(),
        )
    await offices.settle()
    (above,) = await rows(offices, "chengdu.clerk", Handover, kind="pull")
    (below,) = await rows(offices, "wuhou.clerk", Handover, kind="pull")
    assert (above.state, below.state, above.snapshot_sha256 == below.snapshot_sha256) == ("accepted", "accepted", True)
    (case,) = await rows(offices, "chengdu.clerk", Application, id=above.application_id)
    assert (case.desk, case.state) == ("organiser", "received")
    async with offices.acting("chengdu.reviewer") as scope:
        with pytest.raises(Failure) as twice:
            await handovers.request_candidate(scope, entry.id, edition_id=chengdu_edition)
    assert twice.value.code == "ALREADY_REQUESTED"


async def test_undo_goes_in_reverse_order(offices: Offices, titles: Sequence[UUID], chengdu_edition: UUID) -> None:
    own_case = await pushed(offices, chengdu_edition, titles[2])
    (below,) = await rows(offices, "wuhou.clerk", Handover, application_id=own_case)
    await selection.take_in_all(offices, "chengdu")
    async with offices.acting("wuhou.recommender") as scope:
        with pytest.raises(Failure) as first:
            await handovers.withdraw_handover(scope, below.id, version=below.version + 1, reason="撤回")
    assert first.value.code == "UPPER_FIRST"
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.undo_acceptance(scope, above.id, version=above.version, reason="误收")
    await offices.settle()
    (below,) = await rows(offices, "wuhou.clerk", Handover, application_id=own_case)
    assert below.state == "offered"
    async with offices.acting("wuhou.recommender") as scope:
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回")
    await offices.settle()
    (below,) = await rows(offices, "wuhou.clerk", Handover, application_id=own_case)
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    (case,) = await rows(offices, "wuhou.clerk", Application, id=own_case)
    assert (below.state, above.state, case.state) == ("withdrawn", "withdrawn", "at_recommending_unit")
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, own_case, version=case.version, opinion="再次推荐", rank=None)
    await offices.settle()
    await selection.take_in_all(offices, "chengdu")
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    (again,) = await rows(offices, "chengdu.clerk", Application, id=above.application_id)
    assert (above.state, above.snapshot_number, again.state) == ("accepted", 2, "received")


async def test_drift_is_listed_above_and_the_copy_stays(
    offices: Offices, titles: Sequence[UUID], chengdu_edition: UUID
) -> None:
    (title,) = await rows(offices, "wuhou.clerk", Title, id=titles[0])
    changed = facts("赵铁工", employer="成都西轨轨道装备有限公司")
    async with offices.acting("wuhou.clerk") as scope:
        await update_person(scope, title.person_id, changed, phone=None, version=1)
    await offices.settle()
    (drift,) = await rows(offices, "chengdu.clerk", Drift)
    assert (drift.field, drift.before, drift.after) == (
        "employer",
        "成都恒达精密机械有限公司",
        "成都西轨轨道装备有限公司",
    )


async def test_a_returned_case_comes_back_and_goes_up_again(
    offices: Offices, titles: Sequence[UUID], chengdu_edition: UUID
) -> None:
    (below,) = await rows(offices, "wuhou.clerk", Handover, title_id=titles[0], direction="outgoing")
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.return_handover(
            scope, above.id, version=above.version, reason="补充证明", due_on=date(2023, 4, 1)
        )
    await offices.settle()
    (case,) = await rows(offices, "wuhou.clerk", Application, id=below.application_id)
    assert (case.state, case.supplement_reason, case.supplement_due_on) == (
        "at_recommending_unit",
        "补充证明",
        date(2023, 4, 1),
    )
    async with offices.acting("wuhou.clerk") as scope:
        await applications.revise_application(scope, case.id, version=case.version, deeds="补充后的事迹")
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, case.id, version=case.version + 1, opinion="已补正", rank=None)
    await offices.settle()
    await selection.take_in_all(offices, "chengdu")
    (received,) = await rows(offices, "chengdu.clerk", Application, id=above.application_id)
    assert (received.state, received.deeds) == ("received", "补充后的事迹")
