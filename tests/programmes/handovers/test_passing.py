"""A recommendation from desk to desk inside one edition, 龙城工匠: enterprise → district → city; every letter is taken in twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from cli.demo import selection
from cli.demo.offices import Call
from cli.reconcile import reconcile
from kernel.clock import CHINA
from kernel.database import Database
from kernel.errors import Failure
from kernel.outbox_queue import list_dead, requeue_dead
from kernel.sealing import seal, unseal
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application, Evidence, Snapshot
from programmes.applications.service.dossier import digest
from programmes.handovers import service as handovers
from programmes.handovers.model import Drift, Handover
from programmes.people.model import Person
from programmes.people.service import export_person, update_person
from tests.programmes.applications.desks import (
    LONGCHENG,
    case_of,
    endorsed,
    leaving,
    refused,
    rows,
    submitted,
    version_of,
)
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import CarefulOffices, careful, count_visible, sides, states
from tests.programmes.people import facts, id_number
from workers.drain import drain

UNIT, DISTRICT, CITY = "tianning-fangzhi", "tianning", "changzhou"


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[CarefulOffices]:
    made = careful(await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA)))
    yield made
    await close_offices(made)


@pytest.fixture(scope="module")
async def edition(offices: CarefulOffices) -> UUID:
    days = date(2024, 3, 1), date(2024, 4, 30)
    return await offices.open_call(Call(CITY, "longcheng_craftsman", 2024, LONGCHENG, *days, "常工发〔2024〕61号"))


async def offered(
    offices: CarefulOffices, edition: UUID, serial: int, *, unit: str = UNIT
) -> tuple[UUID, Handover, Handover]:
    """A case that waits at the district: the unit's case, its record, the district's record."""
    case_id = await endorsed(offices, unit, edition, serial)
    await offices.settle()
    return case_id, *await sides(offices, unit, DISTRICT, application_id=case_id)


async def accept(offices: CarefulOffices, office: str, record: Handover) -> UUID:
    async with offices.acting(f"{office}.clerk") as scope:
        accepted = await handovers.accept_handover(scope, record.id, version=record.version)
    assert accepted.application_id is not None
    return accepted.application_id


async def nominated(offices: CarefulOffices, edition: UUID, serial: int) -> tuple[UUID, UUID, UUID]:
    """A case at all three desks: the unit's, the district's, the city's."""
    own, _, above = await offered(offices, edition, serial)
    at_district = await accept(offices, DISTRICT, above)
    async with offices.acting(f"{DISTRICT}.recommender") as scope:
        await applications.recommend_application(scope, at_district, version=1, opinion="同意推荐", rank=None)
    await offices.settle()
    _, at_city = await sides(offices, DISTRICT, CITY, application_id=at_district)
    city_case = await accept(offices, CITY, at_city)
    await offices.settle()
    return own, at_district, city_case


async def test_both_sides_hold_the_same_bytes_and_the_same_hash(offices: CarefulOffices, edition: UUID) -> None:
    case_id, below, above = await offered(offices, edition, 401)
    (snapshot,) = await rows(offices, f"{UNIT}.clerk", Snapshot, application_id=case_id)
    async with offices.reading(f"{UNIT}.clerk") as scope:
        sent = unseal(scope.session, snapshot.sealed, table="snapshot", column="sealed", row_id=snapshot.id)
        person_below = export_person(scope, (await rows(offices, f"{UNIT}.clerk", Person))[-1])
    async with offices.reading(f"{DISTRICT}.clerk") as scope:
        arrived = unseal(
            scope.session, above.snapshot_sealed or b"", table="handover", column="snapshot_sealed", row_id=above.id
        )
    assert arrived == sent
    assert {digest(sent), snapshot.sha256, below.snapshot_sha256, above.snapshot_sha256} == {digest(arrived)}
    assert (below.fields, below.legal_basis) == (above.fields, above.legal_basis)
    assert "总工" not in str(above.legal_basis)
    assert await rows(offices, f"{DISTRICT}.clerk", Person, name="工匠401") == []
    own = await accept(offices, DISTRICT, above)
    await offices.settle()
    (person,) = await rows(offices, f"{DISTRICT}.clerk", Person, name="工匠401")
    async with offices.reading(f"{DISTRICT}.clerk") as scope:
        assert export_person(scope, person) == person_below == orjson.loads(arrived)["person"]
    material = [
        (row.force, row.item, row.title)
        for row in await rows(offices, f"{DISTRICT}.clerk", Evidence, application_id=own)
    ]
    assert material == [(row["force"], row["item"], row["title"]) for row in orjson.loads(arrived)["evidence"]]
    assert len(material) == 5


@pytest.mark.parametrize("forged", [False, True])
async def test_a_tampered_dossier_is_refused_and_waits_as_a_dead_letter_until_it_is_whole_again(
    offices: CarefulOffices,
    edition: UUID,
    database_urls: DatabaseUrls,
    forged: bool,  # noqa: FBT001
) -> None:
    case_id = await endorsed(offices, UNIT, edition, 402 + forged)
    (snapshot,) = await rows(offices, f"{UNIT}.clerk", Snapshot, application_id=case_id)
    whole = snapshot.sealed

    async def put(sealed: bytes) -> None:
        """Only the owner of the database can: for everybody else a snapshot is written once."""
        owner = Database(database_urls.owner, pool_size=1)
        async with owner.write(offices.tenants[UNIT]) as session:
            changed = text("UPDATE snapshot SET sealed = :sealed WHERE id = :id")
            await session.execute(changed, {"sealed": sealed, "id": snapshot.id})
        await owner.close()

    async with offices.reading(f"{UNIT}.clerk") as scope:
        other = seal(scope.session, b"{}", table="snapshot", column="sealed", row_id=snapshot.id)
    await put(other if forged else whole[:-1] + bytes([whole[-1] ^ 1]))
    await drain(offices.courier, offices.clock, tolerant=True)
    async with offices.courier.plain() as session:
        (dead,) = await list_dead(session)
    assert (dead.matter, dead.attempts) == ("handover_offered", 8)
    assert ("SNAPSHOT_BROKEN" in dead.error, "InvalidTag" in dead.error) == (forged, not forged)
    case = await case_of(offices, f"{UNIT}.clerk", case_id)
    assert await rows(offices, f"{DISTRICT}.clerk", Handover, case_id=case.case_id) == []
    await put(whole)
    async with offices.courier.plain() as session:
        assert await requeue_dead(session, dead.id)
    await offices.settle()
    assert await states(offices, UNIT, DISTRICT, application_id=case_id) == ("offered", "offered")


async def test_letters_that_are_delivered_again_change_nothing(offices: CarefulOffices, edition: UUID) -> None:
    own, at_district, at_city = await nominated(offices, edition, 405)

    async def world() -> list[str]:
        found: list[str] = []
        for code in (UNIT, DISTRICT, CITY):
            async with offices.app.read(offices.tenants[code]) as session:
                for table in (
                    "application",
                    "handover",
                    "case_act",
                    "audit_entry",
                    "person",
                    "evidence",
                    "inbox_entry",
                ):
                    query = f"SELECT coalesce(string_agg(t::text, '|' ORDER BY t::text), '') FROM {table} t"
                    found.append((await session.execute(text(query))).scalar_one())
        return found

    before = await world()
    async with offices.courier.plain() as session:
        again = "UPDATE job SET state = 'ready', attempts = 0, run_at = now() WHERE actor = 'deliver_letter' AND state = 'done' RETURNING id"
        assert len((await session.execute(text(again))).all()) > 4
    await offices.settle()
    assert await world() == before
    assert len({own, at_district, at_city}) == 3


async def test_a_decline_is_heard_below_and_ends_the_case_there(offices: CarefulOffices, edition: UUID) -> None:
    case_id, _, above = await offered(offices, edition, 406)
    async with refused(offices, f"{DISTRICT}.clerk", "STALE_VERSION") as (scope, _):
        await handovers.decline_handover(scope, above.id, version=above.version + 1, reason="不予接收")
    async with leaving(offices, f"{DISTRICT}.clerk") as (scope, left):
        await handovers.decline_handover(scope, above.id, version=above.version, reason="名额已满")
    assert (left.audited, left.steps) == (["handover:decline"], [])
    await offices.settle()
    below, above = await sides(offices, UNIT, DISTRICT, application_id=case_id)
    assert (below.state, above.state, below.reason, below.outcome) == ("declined", "declined", "名额已满", "declined")
    case = await case_of(offices, f"{UNIT}.clerk", case_id)
    assert (case.state, case.upstream_state) == ("not_recommended", "declined")
    async with refused(offices, f"{DISTRICT}.clerk", "STEP_NOT_POSSIBLE") as (scope, told):
        await handovers.accept_handover(scope, above.id, version=above.version)
    assert told.no.params == {"state": "未接收", "step": "接收"}


async def test_an_unread_dossier_can_be_withdrawn_and_sent_anew(offices: CarefulOffices, edition: UUID) -> None:
    case_id, below, _ = await offered(offices, edition, 407)
    async with refused(offices, f"{UNIT}.clerk", "STALE_VERSION") as (scope, _):
        await handovers.withdraw_handover(scope, below.id, version=below.version - 1, reason="撤回")
    async with leaving(offices, f"{UNIT}.clerk") as (scope, left):
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="材料有误")
    assert (left.audited, left.steps) == (["handover:withdraw"], [])
    await offices.settle()
    assert await states(offices, UNIT, DISTRICT, application_id=case_id) == ("withdrawn", "withdrawn")
    assert (await case_of(offices, f"{UNIT}.clerk", case_id)).state == "draft"
    async with offices.acting(f"{UNIT}.clerk") as scope:
        await applications.submit_application(scope, case_id, version=await version_of(scope, case_id))
    async with offices.acting(f"{UNIT}.chair") as scope:
        version = await version_of(scope, case_id)
        await applications.endorse_application(scope, case_id, version=version, opinion="更正后上报")
    await offices.settle()
    below, above = await sides(offices, UNIT, DISTRICT, application_id=case_id)
    assert (below.state, above.state, above.snapshot_number) == ("offered", "offered", 2)


@pytest.mark.parametrize("serial", [411, 412, 413])
async def test_when_both_act_at_once_the_sides_agree_in_the_end(
    offices: CarefulOffices, edition: UUID, serial: int
) -> None:
    case_id, below, above = await offered(offices, edition, serial)

    async def withdraw() -> None:
        async with offices.acting(f"{UNIT}.clerk") as scope:
            await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回")

    async def take_in() -> None:
        await accept(offices, DISTRICT, above)

    if serial == 411:
        await asyncio.gather(withdraw(), take_in())
    elif serial == 412:
        await withdraw()
        await take_in()
    else:
        await take_in()
        await withdraw()
    await offices.settle()
    assert await states(offices, UNIT, DISTRICT, application_id=case_id) == ("accepted", "accepted")
    assert (await case_of(offices, f"{UNIT}.clerk", case_id)).state == "endorsed"


async def test_a_withdrawal_that_arrives_first_leaves_nothing_to_accept(offices: CarefulOffices, edition: UUID) -> None:
    case_id, below, above = await offered(offices, edition, 414)
    async with offices.acting(f"{UNIT}.clerk") as scope:
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回")
    await offices.settle()
    async with refused(offices, f"{DISTRICT}.clerk", "STEP_NOT_POSSIBLE") as (scope, _):
        await handovers.accept_handover(scope, above.id, version=above.version + 1)
    case = await case_of(offices, f"{UNIT}.clerk", case_id)
    assert (case.state, await rows(offices, f"{DISTRICT}.clerk", Application, case_id=case.case_id)) == ("draft", [])


async def test_a_return_that_crosses_a_withdrawal_ends_in_a_return_on_both_sides(
    offices: CarefulOffices, edition: UUID
) -> None:
    case_id, below, above = await offered(offices, edition, 415)
    async with offices.acting(f"{UNIT}.clerk") as scope:
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回")
    async with leaving(offices, f"{DISTRICT}.clerk") as (scope, left):
        await handovers.return_handover(scope, above.id, version=above.version, reason="补材料", due_on=None)
    assert (left.audited, left.steps) == (["handover:return"], [])
    await offices.settle()
    assert await states(offices, UNIT, DISTRICT, application_id=case_id) == ("returned", "returned")
    case = await case_of(offices, f"{UNIT}.clerk", case_id)
    assert (case.state, case.supplement_reason) == ("draft", "补材料")


async def test_what_the_city_returns_goes_back_one_desk_and_the_unit_hears_of_it_until_it_goes_up_again(
    offices: CarefulOffices, edition: UUID
) -> None:
    own, at_district, at_city = await nominated(offices, edition, 416)
    (record,) = await rows(offices, f"{CITY}.clerk", Handover, application_id=at_city)
    async with leaving(offices, f"{CITY}.reviewer") as (scope, left):
        await handovers.return_handover(
            scope, record.id, version=record.version, reason="补证书", due_on=date(2024, 4, 1)
        )
    assert (left.audited, left.steps) == (["handover:return"], ["return"])
    await offices.settle()
    assert (await case_of(offices, f"{CITY}.clerk", at_city)).state == "returned"
    back = await case_of(offices, f"{DISTRICT}.clerk", at_district)
    assert (back.state, back.upstream_state) == ("at_recommending_unit", "returned")
    assert (await case_of(offices, f"{UNIT}.clerk", own)).upstream_state == "returned"
    async with offices.acting(f"{DISTRICT}.recommender") as scope:
        await applications.recommend_application(scope, at_district, version=back.version, opinion="已补正", rank=None)
    await offices.settle()
    assert (await case_of(offices, f"{UNIT}.clerk", own)).upstream_state == "recommended"
    assert await selection.take_in_all(offices, CITY) == [at_city]
    assert (await case_of(offices, f"{CITY}.clerk", at_city)).state == "received"
    assert (await case_of(offices, f"{DISTRICT}.clerk", at_district)).upstream_state == "received"
    assert (await case_of(offices, f"{UNIT}.clerk", own)).upstream_state == "received"


async def test_undo_goes_from_above_downwards_and_is_no_return(offices: CarefulOffices, edition: UUID) -> None:
    own, at_district, at_city = await nominated(offices, edition, 417)
    (district_in,) = await rows(
        offices, f"{DISTRICT}.clerk", Handover, application_id=at_district, direction="incoming"
    )
    async with refused(offices, f"{DISTRICT}.clerk", "ALREADY_HANDED_ON") as (scope, told):
        await handovers.undo_acceptance(scope, district_in.id, version=district_in.version, reason="误收")
    assert told.no.params == {"state": "已推荐"}
    below, city_in = await sides(offices, DISTRICT, CITY, application_id=at_district)
    async with refused(offices, f"{DISTRICT}.recommender", "UPPER_FIRST") as (scope, _):
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回")
    async with leaving(offices, f"{CITY}.reviewer") as (scope, left):
        await handovers.undo_acceptance(scope, city_in.id, version=city_in.version, reason="误收")
    assert (left.audited, left.steps) == (["handover:undo"], ["return"])
    await offices.settle()
    below, _ = await sides(offices, DISTRICT, CITY, application_id=at_district)
    case = await case_of(offices, f"{DISTRICT}.clerk", at_district)
    assert (below.state, below.outcome, case.state, case.upstream_state) == ("offered", None, "recommended", None)
    assert (await case_of(offices, f"{UNIT}.clerk", own)).upstream_state == "recommended"
    async with offices.acting(f"{DISTRICT}.recommender") as scope:
        await handovers.withdraw_handover(scope, below.id, version=below.version, reason="撤回重报")
    await offices.settle()
    assert await states(offices, DISTRICT, CITY, application_id=at_district) == ("withdrawn", "withdrawn")
    assert (await case_of(offices, f"{CITY}.clerk", at_city)).state == "withdrawn"
    (district_in,) = await rows(
        offices, f"{DISTRICT}.clerk", Handover, application_id=at_district, direction="incoming"
    )
    async with offices.acting(f"{DISTRICT}.clerk") as scope:
        await handovers.undo_acceptance(scope, district_in.id, version=district_in.version, reason="退回基层")
    await offices.settle()
    assert await states(offices, UNIT, DISTRICT, application_id=own) == ("offered", "offered")


async def test_a_case_given_up_after_its_return_makes_room_for_the_persons_other_route(
    offices: CarefulOffices, edition: UUID
) -> None:
    own, _, above = await offered(offices, edition, 418)
    first = await accept(offices, DISTRICT, above)
    (record,) = await rows(offices, f"{DISTRICT}.clerk", Handover, application_id=first)
    async with offices.acting(f"{DISTRICT}.clerk") as scope:
        await handovers.return_handover(scope, record.id, version=record.version, reason="补", due_on=None)
    await offices.settle()
    async with offices.acting(f"{UNIT}.clerk") as scope:
        version = await version_of(scope, own)
        await applications.withdraw_application(scope, own, version=version, reason="改由新单位申报")
    _, _, second_above = await offered(offices, edition, 418, unit="tianning-dianji")
    second = await accept(offices, DISTRICT, second_above)
    await offices.settle()
    cases = {case.id: case.state for case in await rows(offices, f"{DISTRICT}.clerk", Application)}
    assert (cases[first], cases[second]) == ("withdrawn", "at_recommending_unit")


async def test_drift_below_is_listed_above_once_and_hidden_fields_are_not(
    offices: CarefulOffices, edition: UUID
) -> None:
    own, _, above = await offered(offices, edition, 419)
    district_case = await accept(offices, DISTRICT, above)
    await offices.settle()
    person_id = (await case_of(offices, f"{UNIT}.clerk", own)).person_id
    async with offices.acting(f"{UNIT}.clerk") as scope:
        await update_person(
            scope, person_id, facts("工匠419", employer="常州天宁特种电机有限公司"), phone="13800000419", version=1
        )
    await offices.settle()
    drift = await rows(offices, f"{DISTRICT}.clerk", Drift, handover_id=above.id)
    assert [(row.field, row.before, row.after) for row in drift] == [
        ("employer", "成都恒达精密机械有限公司", "常州天宁特种电机有限公司")
    ]
    copy_id = (await case_of(offices, f"{DISTRICT}.clerk", district_case)).person_id
    (copy,) = await rows(offices, f"{DISTRICT}.clerk", Person, id=copy_id)
    assert copy.employer == "成都恒达精密机械有限公司"


async def test_beside_above_and_on_the_industry_line_nobody_sees_anything(
    offices: CarefulOffices, edition: UUID
) -> None:
    await endorsed(offices, "sgcc-changzhou", edition, 420)
    await offices.settle()
    await selection.take_in_all(offices, "czjkq")
    tables = ("application", "handover", "snapshot", "person", "case_act", "evidence", "register_entry")
    for holder in ("sgcc-changzhou.clerk", "czjkq.clerk"):
        seen = await count_visible(offices, holder, tables)
        assert (seen["application"], seen["handover"], seen["person"]) == (1, 1, 1)
    for stranger in ("power-union.clerk", "jiangsu.clerk", "acftu.clerk", "wujin.clerk", "czjkq-guijiao.clerk"):
        assert await count_visible(offices, stranger, tables) == dict.fromkeys(tables, 0)
    (record,) = await rows(offices, "czjkq.clerk", Handover)
    for stranger in ("power-union.clerk", "jiangsu.clerk", "wujin.clerk"):
        async with refused(offices, stranger, "NOT_FOUND") as (scope, _):
            await handovers.return_handover(scope, record.id, version=record.version, reason="越界", due_on=None)


async def test_one_person_is_in_progress_across_the_country_however_far_the_case_has_gone(
    offices: CarefulOffices, edition: UUID
) -> None:
    await nominated(offices, edition, 421)
    with pytest.raises(Failure) as elsewhere:
        await submitted(offices, "wujin-jixie", edition, 421)
    assert elsewhere.value.code == "PERSON_IN_PROGRESS"
    assert id_number(421) not in str(elsewhere.value)


async def test_an_older_version_and_a_wrong_hand_are_refused_by_every_step(
    offices: CarefulOffices, edition: UUID
) -> None:
    _, _, above = await offered(offices, edition, 422)
    steps: dict[str, dict[str, Any]] = {
        "accept_handover": {},
        "return_handover": {"reason": "补", "due_on": None},
        "decline_handover": {"reason": "否"},
    }
    for step, given in steps.items():
        async with refused(offices, f"{DISTRICT}.clerk", "STALE_VERSION") as (scope, told):
            await getattr(handovers, step)(scope, above.id, version=above.version - 1, **given)
        assert told.no.params == {"current": above.version}
        async with refused(offices, f"{DISTRICT}.finance", "NOT_PERMITTED") as (scope, _):
            await getattr(handovers, step)(scope, above.id, version=above.version, **given)
    async with refused(offices, f"{DISTRICT}.clerk", "STEP_NOT_POSSIBLE") as (scope, _):
        await handovers.undo_acceptance(scope, above.id, version=above.version, reason="尚未接收")
    async with leaving(offices, f"{DISTRICT}.clerk") as (scope, left):
        await handovers.accept_handover(scope, above.id, version=above.version)
    assert (left.audited, left.steps) == (["handover:accept"], ["receive"])
    async with refused(offices, f"{DISTRICT}.clerk", "STALE_VERSION") as (scope, _):
        await handovers.undo_acceptance(scope, above.id, version=above.version, reason="旧版本")
    async with refused(offices, f"{DISTRICT}.clerk", "STEP_NOT_POSSIBLE") as (scope, _):
        await handovers.accept_handover(scope, above.id, version=above.version + 1)
    await offices.settle()


async def test_in_the_end_all_sides_agree(offices: CarefulOffices, edition: UUID) -> None:
    said: list[str] = []
    assert (await reconcile(offices.courier, settle=0, say=said.append), said[:-1]) == (0, [])
    assert {"handover_undone", "handover_withdrawn", "handover_given_back", "drift"} <= offices.seen
