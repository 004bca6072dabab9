import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from authz import guard
from authz.duties import Duty
from authz.roles import Role
from authz.subject import Subject
from kernel.audit import AuditEntry
from kernel.errors import Failure
from kernel.ids import new_id
from programmes.applications.model import Application
from programmes.cultivation.rules import Ground
from programmes.titles import queries
from programmes.titles import service as titles
from programmes.titles.model import Certificate, CertificateSeries, Honour, Revocation, Title
from programmes.titles.rules import TitleState, certificate_number, is_ground_known, yearly_series
from tests.programmes.awards import Awards, assessed, certify

DOCUMENT = "武工发〔2024〕12号"


async def name(awards: Awards, *application_ids: UUID) -> list[Title]:
    async with awards.acting("wuhou", Role.APPROVER) as scope:
        return await titles.name_directly(
            scope, awards.editions["zhuge_craftsman"], application_ids, document_no=DOCUMENT
        )


async def named(awards: Awards) -> Title:
    application = await awards.add_case("zhuge_craftsman", "announced")
    return (await name(awards, application.id))[0]


def test_a_number_has_four_digits_at_least() -> None:
    assert certificate_number(yearly_series("龙城工匠", 2026), 7) == "龙城工匠-2026-0007"
    assert certificate_number(yearly_series("龙城工匠", 2026), 12345) == "龙城工匠-2026-12345"


def test_a_document_that_names_no_ground_leaves_it_to_the_resolution() -> None:
    assert is_ground_known("fraud", ())
    assert is_ground_known("fraud", ("fraud", "unsuitable"))
    assert not is_ground_known("discipline_or_law", ("fraud", "unsuitable"))


async def test_scenario_37_after_a_passed_assessment_the_certificate_is_issued(awards: Awards) -> None:
    title = await certify(awards, await assessed(awards))
    certificate = await awards.one("changzhou", Certificate, title_id=title.id)
    assert (title.name, title.state, title.granted_on, title.naming_document_no) == (
        "龙城工匠",
        "in_force",
        date(2024, 7, 10),
        "测工发〔2024〕9号",
    )
    assert (certificate.number, certificate.awarding_body) == ("龙城工匠-2024-0001", "常州市总工会")
    assert (await awards.one("changzhou", Application)).state == "certified"


async def test_scenario_38_a_person_who_is_not_qualified_has_no_certificate(awards: Awards) -> None:
    application = await assessed(awards, qualified=False, state="assessed_fail")
    with pytest.raises(Failure) as refusal:
        await certify(awards, application)
    assert refusal.value.code == "ACT_NOT_POSSIBLE"
    assert await awards.rows("changzhou", Title) == []
    assert await awards.rows("changzhou", CertificateSeries) == []


async def test_scenario_38_a_state_alone_earns_no_certificate(awards: Awards) -> None:
    with pytest.raises(Failure) as refusal:
        await certify(awards, await assessed(awards, qualified=False))
    assert refusal.value.code == "CERTIFICATE_NOT_EARNED"
    assert refusal.value.rule is not None
    assert refusal.value.rule.document == "常工发〔2024〕60号"


async def test_the_one_who_assessed_does_not_certify(awards: Awards) -> None:
    application = await assessed(awards)
    async with awards.acting("changzhou", Role.REVIEWER, Role.APPROVER, name="一人两职") as scope:
        await guard.note(scope, Duty.ASSESSED, Subject(kind="case", id=application.id))
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.REVIEWER, Role.APPROVER, name="一人两职") as scope:
            await titles.certify(scope, application.id, version=application.version)
    assert refusal.value.code == "DUTY_CONFLICT"


async def test_naming_without_cultivation_grants_all_on_the_list(awards: Awards) -> None:
    cases = [await awards.add_case("zhuge_craftsman", "announced") for _ in range(3)]
    granted = await name(awards, *(case.id for case in cases))
    assert [title.case_id for title in granted] == [case.case_id for case in cases]
    assert {title.naming_document_no for title in granted} == {DOCUMENT}
    certificates = await awards.rows("wuhou", Certificate)
    assert sorted((paper.number, paper.awarding_body) for paper in certificates) == [
        (f"诸葛工匠-2024-000{number}", "中共成都市武侯区委、成都市武侯区人民政府") for number in (1, 2, 3)
    ]
    [entry] = await awards.rows("wuhou", AuditEntry, act="case:name")
    assert entry.after["cases"] == [str(case.id) for case in cases]


async def test_naming_is_for_all_on_the_list_or_for_none(awards: Awards) -> None:
    good, bad = (
        await awards.add_case("zhuge_craftsman", "announced"),
        await awards.add_case("zhuge_craftsman", "proposed"),
    )
    with pytest.raises(Failure) as refusal:
        await name(awards, good.id, bad.id)
    assert refusal.value.code == "ACT_NOT_POSSIBLE"
    assert await awards.rows("wuhou", Title) == []


async def test_an_open_objection_holds_up_the_name_and_the_certificate(awards: Awards) -> None:
    held = await awards.add_case("zhuge_craftsman", "announced", open_objections=1)
    with pytest.raises(Failure) as refusal:
        await name(awards, held.id)
    assert refusal.value.code == "OPEN_OBJECTION"
    trained = await assessed(awards, open_objections=1)
    with pytest.raises(Failure) as refusal:
        await certify(awards, trained)
    assert refusal.value.code == "OPEN_OBJECTION"
    assert await awards.rows("wuhou", Title) == []


async def test_an_edition_with_cultivation_names_nobody_directly(awards: Awards) -> None:
    application = await awards.add_case("longcheng_craftsman", "announced")
    with pytest.raises(Failure) as refusal:
        async with awards.acting("changzhou", Role.APPROVER) as scope:
            await titles.name_directly(
                scope, awards.editions["longcheng_craftsman"], [application.id], document_no=DOCUMENT
            )
    assert refusal.value.code == "ACT_NOT_POSSIBLE"


async def test_parallel_certificates_are_numbered_without_gaps(awards: Awards) -> None:
    cases = [await assessed(awards) for _ in range(8)]
    failing = await assessed(awards, qualified=False)
    results = await asyncio.gather(*(certify(awards, case) for case in (*cases, failing)), return_exceptions=True)
    assert sum(isinstance(result, Failure) for result in results) == 1
    numbers = sorted(paper.number for paper in await awards.rows("changzhou", Certificate))
    assert numbers == [f"龙城工匠-2024-{number:04d}" for number in range(1, 9)]


async def test_each_year_counts_anew(awards: Awards) -> None:
    await certify(awards, await assessed(awards))
    application = await assessed(awards)
    awards.clock.at += timedelta(days=365)
    await certify(awards, application)
    numbers = sorted(paper.number for paper in await awards.rows("changzhou", Certificate))
    assert numbers == ["龙城工匠-2024-0001", "龙城工匠-2025-0001"]


async def test_scenario_42_a_revoked_title_loses_its_certificate(awards: Awards) -> None:
    title = await certify(awards, await assessed(awards))
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        revoked = await titles.revoke(
            scope,
            title.id,
            ground=Ground.DISCIPLINE_OR_LAW,
            resolution_no="常工党〔2026〕5号",
            version=title.version,
        )
    assert revoked.state == "revoked"
    certificate = await awards.one("changzhou", Certificate)
    assert (certificate.state, certificate.withdrawn_on) == ("withdrawn", date(2024, 7, 10))
    revocation = await awards.one("changzhou", Revocation)
    assert (revocation.ground, revocation.resolution_no) == ("discipline_or_law", "常工党〔2026〕5号")
    assert (await awards.one("changzhou", Application)).state == "revoked"


async def test_a_title_is_revoked_once(awards: Awards) -> None:
    title = await named(awards)
    codes: list[str] = []
    for _ in range(2):
        try:
            async with awards.acting("wuhou", Role.APPROVER) as scope:
                current = (await awards.one("wuhou", Title)).version
                await titles.revoke(scope, title.id, ground=Ground.FRAUD, resolution_no="1号", version=current)
        except Failure as refusal:
            codes.append(refusal.code)
    assert codes == ["TITLE_NOT_IN_FORCE"]


async def test_d2_no_other_union_revokes_a_title(awards: Awards) -> None:
    title = await named(awards)
    for union in ("chengdu", "jinjiang"):
        with pytest.raises(Failure) as refusal:
            async with awards.acting(union, Role.APPROVER) as scope:
                await titles.revoke(scope, title.id, ground=Ground.FRAUD, resolution_no="1号", version=1)
        assert refusal.value.code == "NOT_FOUND"
    with pytest.raises(Failure) as refusal:
        async with awards.acting("wuhou", Role.REVIEWER) as scope:
            await titles.revoke(scope, title.id, ground=Ground.FRAUD, resolution_no="1号", version=1)
    assert refusal.value.code == "NOT_PERMITTED"


def news(awards: Awards, person_id: UUID, case_id: UUID, state: TitleState = TitleState.IN_FORCE) -> titles.HonourNews:
    return titles.HonourNews(
        person_id=person_id,
        case_id=case_id,
        granted_by_id=awards.unions["chengdu"].id,
        title_code="chengdu_craftsman",
        name="成都工匠",
        granted_on=date(2023, 5, 1),
        state=state,
    )


async def test_news_of_an_honour_is_recorded_once(awards: Awards) -> None:
    person_id, case_id = await awards.add_person("wuhou", "李师傅"), new_id()
    for _ in range(2):
        async with awards.working("wuhou") as scope:
            await titles.record_honour(scope, news(awards, person_id, case_id))
    honour = await awards.one("wuhou", Honour)
    assert (honour.name, honour.state, honour.version) == ("成都工匠", "in_force", 1)


async def test_news_of_a_revocation_changes_the_honour(awards: Awards) -> None:
    person_id, case_id = await awards.add_person("wuhou", "李师傅"), new_id()
    for state in (TitleState.IN_FORCE, TitleState.REVOKED):
        async with awards.working("wuhou") as scope:
            await titles.record_honour(scope, news(awards, person_id, case_id, state))
    assert (await awards.one("wuhou", Honour)).state == "revoked"


async def test_the_register_card_holds_the_permitted_fields_only(awards: Awards) -> None:
    title = await named(awards)
    async with awards.reading("wuhou") as scope:
        card = await queries.register_card(scope.session, title.id)
    assert (card.person_name, card.title_code, card.state) == ("李师傅", "zhuge_craftsman", "in_force")
    assert set(card.__dataclass_fields__) == {
        "title_id",
        "case_id",
        "programme_id",
        "edition_id",
        "title_code",
        "title_name",
        "person_name",
        "sex",
        "employer",
        "occupation",
        "granted_on",
        "state",
    }


async def test_the_timeline_of_a_person_tells_what_happened_in_order(awards: Awards) -> None:
    title = await named(awards)
    async with awards.working("wuhou") as scope:
        await titles.record_honour(scope, news(awards, title.person_id, new_id()))
    awards.clock.at += timedelta(days=30)
    async with awards.acting("wuhou", Role.APPROVER) as scope:
        await titles.revoke(scope, title.id, ground=Ground.FRAUD, resolution_no="武工党〔2024〕1号", version=1)
    async with awards.reading("wuhou") as scope:
        entries = await queries.list_timeline(scope.session, title.person_id)
    assert [(entry.on, entry.kind, entry.name, entry.document_no) for entry in entries] == [
        (date(2023, 5, 1), "honoured", "成都工匠", None),
        (date(2024, 7, 10), "granted", "诸葛工匠", DOCUMENT),
        (date(2024, 8, 9), "revoked", "诸葛工匠", "武工党〔2024〕1号"),
    ]
    assert [entry.by_id for entry in entries] == [awards.unions[union].id for union in ("chengdu", "wuhou", "wuhou")]
