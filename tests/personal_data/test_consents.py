"""Nothing goes up without a consent in force, and a consent that is taken back stops what rests on it."""

from datetime import date
from uuid import UUID

import orjson
import pytest

from cli.demo.offices import Offices
from kernel.audit import AuditEntry
from kernel.errors import Failure
from kernel.postgres import Server
from kernel.sealing import unseal
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover, RegisterEntry
from programmes.people.model import Consent, Person
from programmes.people.rules import Purpose
from programmes.people.service import record_consent, withdraw_consent
from programmes.titles.model import Title
from tests.personal_data.climb import NAMES, Climb, climb, rows
from tests.personal_data.dump import dump, tables_with


@pytest.fixture(scope="module")
async def climbed(offices: Offices) -> Climb:
    return await climb(offices)


async def consents(offices: Offices, login: str, name: str) -> list[tuple[str, date, date | None]]:
    (person,) = await rows(offices, login, Person, name=name)
    found = await rows(offices, login, Consent, person_id=person.id)
    return sorted((row.purpose, row.given_on, row.withdrawn_on) for row in found)


async def test_an_application_records_the_consents_at_every_union_it_passes(offices: Offices, climbed: Climb) -> None:
    given = date(2022, 3, 1)
    expected = [(purpose, given, None) for purpose in ("notice", "register", "upward")]
    for login in ("wuhou-hengda.clerk", "wuhou.clerk"):
        assert await consents(offices, login, NAMES[0]) == expected


async def test_above_stands_nothing_beside_the_fields_that_were_listed(
    offices: Offices, climbed: Climb, server: Server, database_urls: DatabaseUrls
) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[0])
    async with offices.acting("wuhou.clerk") as scope:
        await withdraw_consent(scope, person.id, Purpose.NOTICE, reason="内部原因甲")
        await record_consent(scope, person.id, Purpose.NOTICE, given_on=scope.clock.today(), document="内部文号乙")
    await offices.settle()
    for incoming in await rows(offices, "chengdu.clerk", Handover, direction="incoming"):
        async with offices.reading("chengdu.clerk") as scope:
            assert incoming.snapshot_sealed is not None
            clear = unseal(
                scope.session,
                incoming.snapshot_sealed,
                table="handover",
                column="snapshot_sealed",
                row_id=incoming.id,
            )
        content = orjson.loads(clear)
        listed = [f"person.{name}" for name in sorted(content["person"])] + sorted(set(content) - {"person"})
        assert (incoming.fields, bool(incoming.legal_basis)) == (listed, True)
    below = await dump(server, database_urls, offices.tenants["wuhou"])
    above = await dump(server, database_urls, offices.tenants["chengdu"])
    inner = ("内部原因甲", "内部文号乙")
    assert tables_with(below, *inner) == ["audit_entry", "consent", "job"]
    assert tables_with(above, *inner) == []


async def test_a_dossier_that_is_not_accepted_yet_returns_and_does_not_go_up_again(
    offices: Offices, climbed: Climb
) -> None:
    (accepted,) = await rows(offices, "chengdu.clerk", Handover, title_id=climbed.titles[0])
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.undo_acceptance(scope, accepted.id, version=accepted.version, reason="误收")
    await offices.settle()
    (below,) = await rows(offices, "wuhou.clerk", Handover, correlation_id=accepted.correlation_id)
    case_id = below.application_id
    assert (below.state, case_id is not None) == ("offered", True)
    (case,) = await rows(offices, "wuhou.clerk", Application, id=case_id)
    async with offices.acting("wuhou.clerk") as scope:
        await withdraw_consent(scope, case.person_id, Purpose.UPWARD, reason="本人申请")
    await offices.settle()
    (below,) = await rows(offices, "wuhou.clerk", Handover, application_id=case_id)
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    (case,) = await rows(offices, "wuhou.clerk", Application, id=case_id)
    assert (below.state, above.state, case.state) == ("withdrawn", "withdrawn", "at_recommending_unit")
    with pytest.raises(Failure) as refused:
        await recommend(offices, case_id)
    assert (refused.value.code, refused.value.params["on"]) == ("CONSENT_WITHDRAWN", "2023-03-01")
    async with offices.acting("wuhou.clerk") as scope:
        await record_consent(scope, case.person_id, Purpose.UPWARD, given_on=date(2023, 3, 1), document="同意书 2 号")
    await recommend(offices, case_id)
    (above,) = await rows(offices, "chengdu.clerk", Handover, correlation_id=below.correlation_id)
    assert above.state == "offered"


async def recommend(offices: Offices, case_id: UUID | None) -> None:
    (case,) = await rows(offices, "wuhou.clerk", Application, id=case_id)
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, case.id, version=case.version, opinion="再荐", rank=None)
    await offices.settle()


async def test_the_union_that_accepted_hears_of_it_and_hands_on_no_further(offices: Offices, climbed: Climb) -> None:
    (mine,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[1])
    async with offices.acting("wuhou.clerk") as scope:
        await withdraw_consent(scope, mine.id, Purpose.UPWARD, reason="本人申请")
    await offices.settle()
    (above,) = await rows(offices, "chengdu.clerk", Person, name=NAMES[1])
    (told,) = await rows(offices, "chengdu.clerk", Consent, person_id=above.id, purpose="upward")
    assert (told.withdrawn_on, told.reason) == (offices.clock.today(), "本人撤回同意")
    (case,) = await rows(offices, "chengdu.clerk", Application, person_id=above.id)
    assert case.state == "received"


async def test_the_register_above_forgets_the_name_and_keeps_the_count(offices: Offices, climbed: Climb) -> None:
    (title,) = await rows(offices, "wuhou.clerk", Title, id=climbed.titles[0])
    before = len(await rows(offices, "chengdu.clerk", RegisterEntry))
    async with offices.acting("wuhou.clerk") as scope:
        await withdraw_consent(scope, title.person_id, Purpose.REGISTER, reason="本人申请")
    await offices.settle()
    (entry,) = await rows(offices, "chengdu.clerk", RegisterEntry, source_title_id=title.id)
    assert (entry.state, entry.person_name, entry.employer, entry.occupation) == ("withdrawn", "—", "—", "—")
    assert len(await rows(offices, "chengdu.clerk", RegisterEntry)) == before
    async with offices.acting("chengdu.reviewer") as scope:
        with pytest.raises(Failure) as refused:
            await handovers.request_candidate(scope, entry.id, edition_id=climbed.city_edition_id)
    assert refused.value.code in {"REGISTER_ENTRY_WITHDRAWN", "OUTSIDE_WINDOW"}


async def test_what_is_not_in_force_cannot_be_taken_back_and_each_act_leaves_one_entry(
    offices: Offices, climbed: Climb
) -> None:
    (person,) = await rows(offices, "wuhou-hengda.clerk", Person, name=NAMES[2])
    async with offices.acting("wuhou-hengda.clerk") as scope:
        await withdraw_consent(scope, person.id, Purpose.REGISTER, reason="本人申请")
    async with offices.acting("wuhou-hengda.clerk") as scope:
        with pytest.raises(Failure) as again:
            await withdraw_consent(scope, person.id, Purpose.REGISTER, reason="本人申请")
    assert again.value.code == "NO_CONSENT_TO_WITHDRAW"
    async with offices.acting("wuhou-hengda.clerk") as scope:
        with pytest.raises(Failure) as ahead:
            await record_consent(scope, person.id, Purpose.REGISTER, given_on=date(2030, 1, 1), document=None)
    assert ahead.value.code == "CONSENT_DAY"
    entries = await rows(offices, "wuhou-hengda.clerk", AuditEntry, object_id=person.id)
    assert [entry.act for entry in entries] == ["person:create", "person:withdraw_consent"]
