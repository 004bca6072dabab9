"""From title to title, 诸葛工匠 2022 → 成都工匠 2023: register, pull, push, news of titles, and their end; every letter is taken in twice."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from cli.demo import selection
from cli.demo.offices import Call
from cli.reconcile import reconcile
from kernel.clock import CHINA
from kernel.errors import Citation
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.eligibility import Answer
from programmes.cultivation.rules import Ground
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover, RegisterEntry
from programmes.titles import service as titles_service
from programmes.titles.model import Honour, Title
from tests.programmes.applications.desks import case_of, endorsed, leaving, refused, rows, version_of
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import (
    KINDS,
    CarefulOffices,
    careful,
    count_visible,
    name_now,
    sides,
    states,
)
from workers.drain import CrashError, drain

DISTRICT_RECOMMENDS: Mapping[str, Any] = {
    "target.count": 20,
    "route.recommending": [{"level": "district", "line": "territorial"}],
    "notice.working_days": 5,
}
CHENGDU: Mapping[str, Any] = {
    "target.count": 600,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 2,
    "criteria.*.max_points": 10,
}
PEOPLE = range(501, 512)


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[CarefulOffices]:
    made = careful(await make_offices(database_urls, at=datetime(2022, 3, 1, 9, tzinfo=CHINA)))
    yield made
    await close_offices(made)


@pytest.fixture(scope="module")
async def zhuge(offices: CarefulOffices) -> UUID:
    days = date(2022, 3, 1), date(2022, 4, 30)
    return await offices.open_call(
        Call("wuhou", "zhuge_craftsman", 2022, DISTRICT_RECOMMENDS, *days, "武工发〔2022〕3号")
    )


async def arrive(offices: CarefulOffices, edition_id: UUID, serials: Sequence[int]) -> list[UUID]:
    """Cases of the unit at the district, not yet recommended there."""
    for serial in serials:
        await endorsed(offices, "wuhou-hengda", edition_id, serial)
    await offices.settle()
    return await selection.take_in_all(offices, "wuhou")


async def recommend(offices: CarefulOffices, case_id: UUID) -> Application:
    async with offices.acting("wuhou.recommender") as scope:
        version = await version_of(scope, case_id)
        return await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)


@pytest.fixture(scope="module")
async def titles(offices: CarefulOffices, zhuge: UUID) -> Sequence[UUID]:
    """诸葛工匠 of the district, in the order of PEOPLE; the day is then 2023-03-01."""
    cases = await arrive(offices, zhuge, PEOPLE)
    for case_id in cases:
        await recommend(offices, case_id)
    await offices.settle()
    granted = await name_now(offices, "wuhou", zhuge, cases, "武工发〔2022〕9号")
    offices.at(2023, 3, 1)
    return granted


@pytest.fixture(scope="module")
async def chengdu(offices: CarefulOffices, titles: Sequence[UUID]) -> UUID:
    days = date(2023, 3, 1), date(2023, 4, 30)
    return await offices.open_call(Call("chengdu", "chengdu_craftsman", 2023, CHENGDU, *days, "成工发〔2023〕1号"))


async def entry_of(offices: CarefulOffices, title_id: UUID) -> RegisterEntry:
    (entry,) = await rows(offices, "chengdu.clerk", RegisterEntry, source_title_id=title_id)
    return entry


async def request(offices: CarefulOffices, title_id: UUID, edition_id: UUID) -> tuple[Handover, Handover]:
    """The city asks for a craftsman of its register; both records."""
    entry = await entry_of(offices, title_id)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.request_candidate(scope, entry.id, edition_id=edition_id)
    await offices.settle()
    return await sides(offices, "wuhou", "chengdu", title_id=title_id)


async def confirm(offices: CarefulOffices, record: Handover) -> None:
    async with offices.acting("wuhou.recommender") as scope:
        today = offices.clock.today()
        await handovers.confirm_request(
            scope, record.id, version=record.version, opinion="同意", rank=None, deeds="选调", consent_on=today
        )


async def escalate(offices: CarefulOffices, title_id: UUID, edition_id: UUID) -> UUID:
    async with offices.acting("wuhou.clerk") as scope:
        today = offices.clock.today()
        case = await handovers.escalate_title(scope, title_id, edition_id=edition_id, deeds="新篇", consent_on=today)
    return case.id


async def pushed(offices: CarefulOffices, title_id: UUID, edition_id: UUID) -> UUID:
    case_id = await escalate(offices, title_id, edition_id)
    await recommend(offices, case_id)
    return case_id


async def test_one_rank_is_given_once_where_a_union_recommends_to_itself(offices: CarefulOffices, zhuge: UUID) -> None:
    first, second = await arrive(offices, zhuge, [531, 532])
    async with offices.acting("wuhou.recommender") as scope:
        version = (await applications.lock_applications(scope, [first]))[0].version
        await applications.recommend_application(scope, first, version=version, opinion="同意", rank=1)
    version = (await case_of(offices, "wuhou.clerk", second)).version
    async with refused(offices, "wuhou.recommender", "RANK_TAKEN") as (scope, _):
        await applications.recommend_application(scope, second, version=version, opinion="同意", rank=1)


async def test_an_organiser_that_recommends_itself_does_both_in_turn_and_gives_back_to_the_unit(
    offices: CarefulOffices, zhuge: UUID
) -> None:
    (case_id,) = await arrive(offices, zhuge, [520])
    case = await case_of(offices, "wuhou.clerk", case_id)
    assert (case.desk, case.state) == ("recommending_unit", "at_recommending_unit")
    async with leaving(offices, "wuhou.recommender") as (scope, left):
        await applications.recommend_application(scope, case_id, version=case.version, opinion="同意", rank=None)
    assert (left.audited, left.steps) == (["case:recommend"], ["recommend", "receive"])
    case = await case_of(offices, "wuhou.clerk", case_id)
    assert (case.desk, case.state) == ("organiser", "received")
    async with refused(offices, "wuhou.reviewer", "GIVE_BACK_BY_HANDOVER") as (scope, _):
        await applications.return_application(scope, case_id, version=case.version, reason="补")
    await offices.settle()
    (record,) = await rows(offices, "wuhou.clerk", Handover, application_id=case_id)
    async with offices.acting("wuhou.reviewer") as scope:
        await handovers.return_handover(scope, record.id, version=record.version, reason="补材料", due_on=None)
    await offices.settle()
    (below, _) = await sides(offices, "wuhou-hengda", "wuhou", correlation_id=record.correlation_id)
    assert below.application_id is not None
    own = below.application_id
    assert (await case_of(offices, "wuhou-hengda.clerk", own)).state == "draft"
    async with offices.acting("wuhou-hengda.clerk") as scope:
        await applications.submit_application(scope, own, version=await version_of(scope, own))
    async with offices.acting("wuhou-hengda.chair") as scope:
        await applications.endorse_application(scope, own, version=await version_of(scope, own), opinion="已补")
    await offices.settle()
    assert await selection.take_in_all(offices, "wuhou") == [case_id]
    again = await case_of(offices, "wuhou.clerk", case_id)
    assert (again.desk, again.state) == ("recommending_unit", "at_recommending_unit")


async def test_the_city_has_them_on_its_register_and_nobody_else_has(
    offices: CarefulOffices, titles: Sequence[UUID]
) -> None:
    entries = await rows(offices, "chengdu.clerk", RegisterEntry)
    assert {entry.source_title_id: entry.state for entry in entries} == dict.fromkeys(titles, "in_force")
    for stranger in ("sichuan.clerk", "acftu.clerk", "jinjiang.clerk", "power-union.clerk", "wuhou-rongxie.clerk"):
        assert await count_visible(offices, stranger, ("register_entry", "title", "handover")) == {
            "register_entry": 0,
            "title": 0,
            "handover": 0,
        }


async def test_a_pull_is_requested_confirmed_and_taken_in_with_one_hash(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, above = await request(offices, titles[0], chengdu)
    assert (below.state, above.state, below.kind, below.case_id == above.case_id) == (
        "requested",
        "requested",
        "pull",
        True,
    )
    async with refused(offices, "chengdu.reviewer", "ALREADY_REQUESTED") as (scope, _):
        entry = await entry_of(offices, titles[0])
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    async with refused(offices, "wuhou.recommender", "CONSENT_MISSING") as (scope, _):
        await handovers.confirm_request(
            scope, below.id, version=below.version, opinion="同意", rank=None, deeds="", consent_on=None
        )
    async with refused(offices, "wuhou.clerk", "NOT_PERMITTED") as (scope, _):
        await handovers.confirm_request(
            scope, below.id, version=below.version, opinion="同意", rank=None, deeds="", consent_on=date(2023, 3, 1)
        )
    async with refused(offices, "wuhou.leader", "STALE_VERSION") as (scope, _):
        await handovers.refuse_request(scope, below.id, version=below.version - 1, reason="旧版本")
    await confirm(offices, below)
    confirmed, _ = await sides(offices, "wuhou", "chengdu", title_id=titles[0])
    async with refused(offices, "wuhou.leader", "STEP_NOT_POSSIBLE") as (scope, _):
        await handovers.refuse_request(scope, below.id, version=confirmed.version, reason="反悔")
    await offices.settle()
    below, above = await sides(offices, "wuhou", "chengdu", title_id=titles[0])
    assert (below.state, above.state, below.snapshot_sha256) == ("accepted", "accepted", above.snapshot_sha256)


async def test_a_request_of_a_union_that_is_not_on_the_route_is_not_confirmed(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, above = await request(offices, titles[7], chengdu)

    async def asked_by(union: str) -> None:
        async with offices.acting("wuhou.clerk") as scope:
            known = update(Handover).where(Handover.tenant_id == scope.tenant_id, Handover.id == below.id)
            await scope.session.execute(known.values(counterpart_id=offices.tenants[union]))

    await asked_by("sichuan")
    async with refused(offices, "wuhou.recommender", "REQUESTER_NOT_ON_ROUTE") as (scope, _):
        await handovers.confirm_request(
            scope, below.id, version=below.version, opinion="同意", rank=None, deeds="选调", consent_on=date(2023, 3, 1)
        )
    await asked_by("chengdu")
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.withdraw_handover(scope, above.id, version=above.version, reason="不要")
    await offices.settle()


async def test_a_request_can_be_refused_or_taken_back_and_made_anew(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, above = await request(offices, titles[1], chengdu)
    async with leaving(offices, "wuhou.leader") as (scope, left):
        await handovers.refuse_request(scope, below.id, version=below.version, reason="本人不愿")
    assert left.audited == ["handover:refuse"]
    await offices.settle()
    below, above = await sides(offices, "wuhou", "chengdu", title_id=titles[1])
    assert (below.state, above.state, above.reason) == ("declined", "declined", "本人不愿")
    below, above = await request(offices, titles[1], chengdu)
    async with leaving(offices, "chengdu.reviewer") as (scope, left):
        await handovers.withdraw_handover(scope, above.id, version=above.version, reason="名额已满")
    assert left.audited == ["handover:withdraw"]
    await offices.settle()
    assert await states(offices, "wuhou", "chengdu", title_id=titles[1]) == ("withdrawn", "withdrawn")
    async with refused(offices, "wuhou.recommender", "STEP_NOT_POSSIBLE") as (scope, _):
        await handovers.confirm_request(
            scope, below.id, version=below.version + 1, opinion="同意", rank=None, deeds="", consent_on=date(2023, 3, 1)
        )


async def test_a_request_refused_below_while_it_is_taken_back_above_is_refused_on_both_sides(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, above = await request(offices, titles[2], chengdu)
    async with offices.acting("wuhou.leader") as scope:
        await handovers.refuse_request(scope, below.id, version=below.version, reason="不愿")
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.withdraw_handover(scope, above.id, version=above.version, reason="不要")
    await offices.settle()
    assert await states(offices, "wuhou", "chengdu", title_id=titles[2]) == ("declined", "declined")


async def test_a_request_confirmed_below_while_it_is_taken_back_above_waits_for_a_clerk(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, above = await request(offices, titles[3], chengdu)
    await confirm(offices, below)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.withdraw_handover(scope, above.id, version=above.version, reason="不要")
    await offices.settle()
    assert await states(offices, "wuhou", "chengdu", title_id=titles[3]) == ("offered", "offered")
    _, above = await sides(offices, "wuhou", "chengdu", title_id=titles[3])
    assert above.application_id is None
    async with offices.acting("chengdu.clerk") as scope:
        await handovers.decline_handover(scope, above.id, version=above.version, reason="已撤销选调")
    await offices.settle()
    assert await states(offices, "wuhou", "chengdu", title_id=titles[3]) == ("declined", "declined")


async def test_whom_the_district_has_pushed_the_city_need_not_request(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    await pushed(offices, titles[4], chengdu)
    await offices.settle()
    async with refused(offices, "chengdu.reviewer", "ALREADY_REQUESTED") as (scope, _):
        entry = await entry_of(offices, titles[4])
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    async with refused(offices, "wuhou.clerk", "CASE_EXISTS") as (scope, _):
        await handovers.escalate_title(scope, titles[4], edition_id=chengdu, deeds="", consent_on=date(2023, 3, 1))


async def test_a_push_answers_a_request_that_waits(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    await request(offices, titles[5], chengdu)
    await pushed(offices, titles[5], chengdu)
    await offices.settle()
    below, above = await sides(offices, "wuhou", "chengdu", title_id=titles[5])
    assert (below.kind, below.state, above.state) == ("pull", "accepted", "accepted")


async def test_a_candidate_is_asked_for_only_in_an_edition_of_ones_own_while_it_is_open(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID, zhuge: UUID
) -> None:
    entry = await entry_of(offices, titles[6])
    async with refused(offices, "chengdu.reviewer", "ROUTE_NOT_ALLOWED") as (scope, _):
        await handovers.request_candidate(scope, entry.id, edition_id=zhuge)
    async with refused(offices, "chengdu.clerk", "NOT_PERMITTED") as (scope, _):
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    async with refused(offices, "sichuan.reviewer", "NOT_FOUND") as (scope, _):
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    now = offices.clock.at
    offices.at(2023, 5, 1)
    async with refused(offices, "chengdu.reviewer", "OUTSIDE_WINDOW") as (scope, _):
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    offices.clock.at = now


async def test_who_holds_the_title_is_not_passed_for_it_again_whatever_the_dossier_says(
    offices: CarefulOffices, titles: Sequence[UUID]
) -> None:
    days = date(2023, 3, 1), date(2023, 4, 30)
    edition_id = await offices.open_call(
        Call("wuhou", "zhuge_craftsman", 2023, DISTRICT_RECOMMENDS, *days, "武工发〔2023〕3号")
    )
    (named, *_) = await rows(offices, "wuhou-hengda.clerk", Application, upstream_state="certified")
    async with offices.acting("wuhou-hengda.clerk") as scope:
        case = await applications.create_application(
            scope, edition_id=edition_id, person_id=named.person_id, deeds="再报", consent_on=date(2023, 3, 1)
        )
        await applications.submit_application(scope, case.id, version=1)
    async with offices.acting("wuhou-hengda.chair") as scope:
        await applications.endorse_application(scope, case.id, version=2, opinion="同意")
    await offices.settle()
    (at_district,) = await selection.take_in_all(offices, "wuhou")
    await recommend(offices, at_district)
    yes = [Answer(key, met=True, remark=None) for key in ("frontline_workers", "merit", "not_titled_already")]
    version = (await case_of(offices, "wuhou.clerk", at_district)).version
    async with refused(offices, "wuhou.reviewer", "GATE_NOT_MET") as (scope, told):
        await applications.review_formally(scope, at_district, version=version, passed=True, answers=yes, reason=None)
    assert (told.no.params["key"], told.no.params["actual"]) == ("not_titled_already", "zhuge_craftsman")
    assert isinstance(told.no.rule, Citation)


async def test_news_of_a_title_above_reaches_every_desk_it_came_through_and_so_does_its_end(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    own = await pushed(offices, titles[7], chengdu)
    await offices.settle()
    case_id = (await case_of(offices, "wuhou.clerk", own)).case_id
    _, above = await sides(offices, "wuhou", "chengdu", application_id=own)
    async with offices.acting("chengdu.clerk") as scope:
        accepted = await handovers.accept_handover(scope, above.id, version=above.version)
    await offices.settle()
    assert accepted.application_id is not None
    (granted,) = await name_now(offices, "chengdu", chengdu, [accepted.application_id], "成委发〔2023〕7号")
    for login in ("wuhou.clerk", "wuhou-hengda.clerk"):
        (honour,) = await rows(offices, login, Honour, case_id=case_id)
        assert (honour.title_code, honour.granted_by_id, honour.state) == (
            "chengdu_craftsman",
            offices.tenants["chengdu"],
            "in_force",
        )
    assert (await case_of(offices, "wuhou.clerk", own)).upstream_state == "certified"
    (entry,) = await rows(offices, "sichuan.clerk", RegisterEntry)
    assert (entry.source_title_id, entry.title_code) == (granted, "chengdu_craftsman")
    async with offices.acting("chengdu.leader") as scope:
        await titles_service.revoke(scope, granted, ground=Ground.FRAUD, resolution_no="成工党〔2023〕1号", version=1)
    await offices.settle()
    ends = [
        (await rows(offices, login, Honour, case_id=case_id))[0].state
        for login in ("wuhou.clerk", "wuhou-hengda.clerk")
    ]
    assert ends == ["revoked", "revoked"]
    assert [row.state for row in await rows(offices, "sichuan.clerk", RegisterEntry)] == ["revoked"]
    assert (await case_of(offices, "wuhou.clerk", own)).upstream_state == "revoked"


async def test_a_revoked_title_is_revoked_on_the_register_and_leads_nowhere(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    below, _ = await request(offices, titles[8], chengdu)
    (title,) = await rows(offices, "wuhou.clerk", Title, id=titles[8])
    async with offices.acting("wuhou.leader") as scope:
        await titles_service.revoke(
            scope, title.id, ground=Ground.FRAUD, resolution_no="武工党〔2023〕2号", version=title.version
        )
    await offices.settle()
    entry = await entry_of(offices, titles[8])
    assert (entry.state, entry.version) == ("revoked", 2)
    async with refused(offices, "wuhou.recommender", "TITLE_NOT_IN_FORCE") as (scope, _):
        await handovers.confirm_request(
            scope, below.id, version=below.version, opinion="同意", rank=None, deeds="", consent_on=date(2023, 3, 1)
        )
    async with offices.acting("wuhou.leader") as scope:
        await handovers.refuse_request(scope, below.id, version=below.version, reason="称号已撤销")
    await offices.settle()
    async with refused(offices, "chengdu.reviewer", "REGISTER_ENTRY_REVOKED") as (scope, _):
        await handovers.request_candidate(scope, entry.id, edition_id=chengdu)
    async with refused(offices, "wuhou.clerk", "TITLE_NOT_IN_FORCE") as (scope, _):
        await handovers.escalate_title(scope, titles[8], edition_id=chengdu, deeds="", consent_on=date(2023, 3, 1))


async def aftermath(offices: CarefulOffices, own: UUID) -> list[Any]:
    """What a push has left on both sides, without the ids and times."""
    case = await case_of(offices, "wuhou.clerk", own)
    found: list[Any] = []
    for login in ("wuhou.clerk", "chengdu.clerk", "wuhou-hengda.clerk"):
        cases = await rows(offices, login, Application, case_id=case.case_id)
        found += [(row.desk, row.state, row.upstream_state, row.version, len(row.route_so_far)) for row in cases]
        records = await rows(offices, login, Handover, case_id=case.case_id)
        found += [
            (row.direction, row.kind, row.state, row.outcome, row.version, row.snapshot_number) for row in records
        ]
        found.append(len(await rows(offices, login, Honour, case_id=case.case_id)))
    return found


async def through(offices: CarefulOffices, title_id: UUID, edition_id: UUID, settle: Any) -> UUID:
    """A push, its acceptance and the title it brings; `settle` lets the workers work after each."""
    own = await pushed(offices, title_id, edition_id)
    await settle()
    _, above = await sides(offices, "wuhou", "chengdu", application_id=own)
    async with offices.acting("chengdu.clerk") as scope:
        accepted = await handovers.accept_handover(scope, above.id, version=above.version)
    await settle()
    assert accepted.application_id is not None
    await name_now(offices, "chengdu", edition_id, [accepted.application_id], "成委发〔2023〕8号")
    return own


async def test_a_courier_that_dies_at_every_moment_of_every_job_loses_and_doubles_nothing(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    undisturbed = await aftermath(offices, await through(offices, titles[9], chengdu, offices.settle))
    died: set[tuple[UUID, str]] = set()

    def die_once(moment: str, job: Any) -> None:
        if (job.id, moment) not in died:
            died.add((job.id, moment))
            raise CrashError

    async def settle() -> None:
        await drain(offices.courier, offices.clock, crash=die_once)

    offices_settle = offices.settle
    offices.settle = settle  # type: ignore[method-assign]
    try:
        own = await through(offices, titles[10], chengdu, settle)
    finally:
        offices.settle = offices_settle  # type: ignore[method-assign]
    moments = {moment: sum(each == moment for _, each in died) for moment in ("leased", "before_commit", "committed")}
    assert moments["leased"] == moments["before_commit"] == moments["committed"] > 8
    assert await aftermath(offices, own) == undisturbed


async def test_in_the_end_all_sides_agree_and_every_kind_of_letter_was_taken_in_twice(
    offices: CarefulOffices, titles: Sequence[UUID], chengdu: UUID
) -> None:
    said: list[str] = []
    assert (await reconcile(offices.courier, settle=0, say=said.append), said[:-1]) == (0, [])
    elsewhere = {"handover_undone", "handover_withdrawn", "handover_given_back", "drift"}  # in test_passing
    elsewhere |= {"audit_anchor", "consent_withdrawn", "file_erased"}  # in tests/workers and personal_data
    elsewhere |= {kind for kind in KINDS if kind.startswith("substitute_")}  # in tests/graphql_api/delegation
    assert offices.seen == KINDS - elsewhere
