"""The applying desk, over the services and a real database."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from authz.roles import Role
from cli.demo.offices import Offices
from kernel.errors import Failure
from kernel.ids import new_id
from programmes.applications import service as applications
from programmes.applications.model import Application, CaseAct, Evidence, PeerLetter
from programmes.applications.service.material import EvidenceInput
from programmes.people.service import create_person
from tests.programmes.applications.desks import (
    acting_as,
    add_material,
    case_of,
    draft,
    leaving,
    peer,
    refused,
    rows,
    submitted,
    version_of,
)
from tests.programmes.people import facts, id_number

HENGDA, SHUJIN = "wuhou-hengda", "jinjiang-shujin"


async def test_from_draft_to_endorsed_and_back_once_each_act_leaves_one_entry_and_one_step(
    offices: Offices, national: UUID
) -> None:
    clerk, chair = f"{HENGDA}.clerk", f"{HENGDA}.chair"
    async with leaving(offices, clerk) as (scope, created):
        person = await create_person(scope, facts("郑一"), id_number=id_number(101), phone=None)
        case = await applications.create_application(
            scope, edition_id=national, person_id=person.id, deeds="", consent_on=None
        )
    assert (created.audited, created.steps) == (["person:create", "case:create"], ["create"])
    async with leaving(offices, clerk) as (scope, revised):
        await applications.revise_application(
            scope, case.id, version=1, deeds="二十年一线", consent_on=date(2024, 3, 1)
        )
    assert (revised.audited, revised.steps) == (["case:revise"], ["revise"])
    async with leaving(offices, clerk) as (scope, filed):
        await add_material(scope, case.id)
    assert (filed.audited, filed.steps) == (["case:revise"] * 5, ["revise"] * 5)
    async with leaving(offices, clerk) as (scope, sent):
        await applications.submit_application(scope, case.id, version=7)
    assert (sent.audited, sent.steps) == (["case:submit"], ["submit"])
    async with leaving(offices, chair) as (scope, returned):
        await applications.return_application(scope, case.id, version=8, reason="补充材料")
    assert (returned.audited, returned.steps) == (["case:return"], ["return"])
    back = await case_of(offices, clerk, case.id)
    assert (back.state, back.supplement_reason) == ("draft", "补充材料")
    async with offices.acting(clerk) as scope:
        await applications.submit_application(scope, case.id, version=9)
    async with leaving(offices, chair) as (scope, up):
        await applications.endorse_application(scope, case.id, version=10, opinion="同意上报")
    assert (up.audited, up.steps) == (["case:endorse"], ["endorse"])
    done = await case_of(offices, clerk, case.id)
    assert (done.state, done.unit_opinion, done.supplement_reason) == ("endorsed", "同意上报", None)
    history = [
        (step.act, step.from_state, step.to_state)
        for step in await rows(offices, clerk, CaseAct, application_id=case.id)
    ]
    assert [entry for entry in history if entry[0] != "revise"] == [
        ("create", None, "draft"),
        ("submit", "draft", "submitted"),
        ("return", "submitted", "draft"),
        ("submit", "draft", "submitted"),
        ("endorse", "submitted", "endorsed"),
    ]


async def test_a_draft_is_submitted_only_with_consent_deeds_and_material_for_each_force(
    offices: Offices, national: UUID
) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        case_id = await draft(scope, national, 102, material=False, deeds="", consent=False)
    async with refused(offices, clerk, "CONSENT_MISSING") as (scope, _):
        await applications.submit_application(scope, case_id, version=1)
    async with offices.acting(clerk) as scope:
        await applications.revise_application(scope, case_id, version=1, consent_on=date(2024, 3, 1))
    async with refused(offices, clerk, "DEEDS_MISSING") as (scope, _):
        await applications.submit_application(scope, case_id, version=2)
    async with offices.acting(clerk) as scope:
        await applications.revise_application(scope, case_id, version=2, deeds="事迹")
        await add_material(scope, case_id, ("leadership", "practice", "innovation", "inheritance"))
    async with refused(offices, clerk, "EVIDENCE_MISSING") as (scope, told):
        await applications.submit_application(scope, case_id, version=7)
    assert told.no.params == {"force": "攻关力"}
    assert told.no.rule is not None
    assert told.no.rule.document == "总工发〔2024〕1号"
    async with offices.acting(clerk) as scope:
        await add_material(scope, case_id, ("breakthrough",))
        assert (await applications.submit_application(scope, case_id, version=8)).state == "submitted"


async def test_the_window_includes_its_first_and_last_day(offices: Offices, national: UUID) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        first, last = await draft(scope, national, 103), await draft(scope, national, 104)
        person = await create_person(scope, facts("来晚"), id_number=id_number(105), phone=None)
        await applications.submit_application(scope, first, version=await version_of(scope, first))
    offices.at(2024, 4, 30, 23)
    async with offices.acting(clerk) as scope:
        await applications.submit_application(scope, last, version=await version_of(scope, last))
    offices.at(2024, 5, 1, 0)
    async with refused(offices, clerk, "OUTSIDE_WINDOW") as (scope, told):
        await applications.create_application(
            scope, edition_id=national, person_id=person.id, deeds="", consent_on=None
        )
    assert told.no.params == {"opens": "2024-03-01", "closes": "2024-04-30"}
    async with refused(offices, f"{HENGDA}.chair", "OUTSIDE_WINDOW") as (scope, _):
        await applications.endorse_application(scope, last, version=await version_of(scope, last), opinion="同意")
    offices.at(2024, 2, 29)
    async with refused(offices, clerk, "OUTSIDE_WINDOW") as (scope, _):
        await applications.create_application(
            scope, edition_id=national, person_id=person.id, deeds="", consent_on=None
        )


async def test_one_person_has_one_route_and_the_other_union_is_not_named(offices: Offices, national: UUID) -> None:
    first = await submitted(offices, HENGDA, national, 106)
    async with offices.acting(f"{SHUJIN}.clerk") as scope:
        second = await draft(scope, national, 106, employer="成都锦江蜀锦工坊有限公司")
        version = await version_of(scope, second)
    async with refused(offices, f"{SHUJIN}.clerk", "PERSON_IN_PROGRESS") as (scope, told):
        await applications.submit_application(scope, second, version=version)
    assert (told.no.params, told.no.path) == ({}, ("input", "personId"))
    assert "恒达" not in told.no.sentence() + told.no.sentence("en")
    async with offices.acting(f"{HENGDA}.clerk") as scope:
        await applications.withdraw_application(
            scope, first, version=await version_of(scope, first), reason="改由锦江申报"
        )
    async with offices.acting(f"{SHUJIN}.clerk") as scope:
        await applications.submit_application(scope, second, version=version)
    async with offices.acting(f"{HENGDA}.clerk") as scope:
        again = await applications.create_application(
            scope,
            edition_id=national,
            person_id=(await case_of(offices, f"{HENGDA}.clerk", first)).person_id,
            deeds="",
            consent_on=None,
        )
    assert again.state == "draft"


async def test_of_two_unions_that_submit_at_the_same_moment_one_gets_the_person(
    offices: Offices, national: UUID
) -> None:
    cases: dict[str, tuple[UUID, int]] = {}
    for unit in (HENGDA, SHUJIN):
        async with offices.acting(f"{unit}.clerk") as scope:
            case_id = await draft(scope, national, 107)
            cases[unit] = case_id, await version_of(scope, case_id)

    async def submit(unit: str) -> str:
        async with offices.acting(f"{unit}.clerk") as scope:
            case = await applications.submit_application(scope, cases[unit][0], version=cases[unit][1])
        return case.state

    said = await asyncio.gather(*(submit(unit) for unit in cases), return_exceptions=True)
    codes = sorted(answer.code if isinstance(answer, Failure) else str(answer) for answer in said)
    assert codes == ["PERSON_IN_PROGRESS", "submitted"]


async def test_declining_frees_the_person_for_another_route(offices: Offices, national: UUID) -> None:
    first = await submitted(offices, HENGDA, national, 108)
    async with leaving(offices, f"{HENGDA}.chair") as (scope, left):
        await applications.decline_application(
            scope, first, version=await version_of(scope, first), reason="条件尚不成熟"
        )
    assert (left.audited, left.steps) == (["case:decline"], ["decline"])
    second = await submitted(offices, SHUJIN, national, 108)
    assert (await case_of(offices, f"{SHUJIN}.clerk", second)).state == "submitted"


async def test_a_person_has_one_live_case_in_an_edition_also_when_two_are_begun_at_once(
    offices: Offices, national: UUID
) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        person = await create_person(scope, facts("同时"), id_number=id_number(109), phone=None)

    async def begin() -> str:
        async with offices.acting(clerk) as scope:
            case = await applications.create_application(
                scope, edition_id=national, person_id=person.id, deeds="", consent_on=None
            )
        return case.state

    said = await asyncio.gather(*(begin() for _ in range(4)), return_exceptions=True)
    codes = sorted(answer.code if isinstance(answer, Failure) else str(answer) for answer in said)
    assert codes == ["CASE_EXISTS"] * 3 + ["draft"]
    assert len(await rows(offices, clerk, Application, person_id=person.id)) == 1


async def test_a_stale_version_is_refused_with_the_current_one_by_every_act(offices: Offices, national: UUID) -> None:
    clerk, chair = f"{HENGDA}.clerk", f"{HENGDA}.chair"
    async with offices.acting(clerk) as scope:
        case_id = await draft(scope, national, 110)
        version = await version_of(scope, case_id)

    async def stale(login: str, act: str, **given: object) -> None:
        async with refused(offices, login, "STALE_VERSION") as (scope, told):
            await getattr(applications, act)(scope, case_id, version=version - 1, **given)
        assert (told.no.params, told.no.path) == ({"current": version}, ("input", "version"))

    await stale(clerk, "revise_application", deeds="别的")
    await stale(clerk, "submit_application")
    await stale(clerk, "withdraw_application", reason="不报了")
    async with offices.acting(clerk) as scope:
        await applications.submit_application(scope, case_id, version=version)
    version += 1
    await stale(chair, "return_application", reason="补")
    await stale(chair, "decline_application", reason="否")
    await stale(chair, "endorse_application", opinion="同意")


async def test_who_drafted_does_not_endorse_and_a_role_without_the_act_is_refused(
    offices: Offices, national: UUID
) -> None:
    case_id = await submitted(offices, HENGDA, national, 111)
    clerk = f"{HENGDA}.clerk"
    async with refused(offices, clerk, "DUTY_CONFLICT", roles=(Role.CLERK, Role.CHAIR)) as (scope, told):
        await applications.endorse_application(
            scope, case_id, version=await version_of(scope, case_id), opinion="自己同意"
        )
    assert "separation_of_duty.csv" in str(told.no.params["policy"])
    async with refused(offices, clerk, "NOT_PERMITTED") as (scope, _):
        await applications.endorse_application(scope, case_id, version=-1, opinion="越权")
    async with refused(offices, f"{HENGDA}.chair", "NOT_PERMITTED") as (scope, _):
        await applications.create_application(scope, edition_id=national, person_id=new_id(), deeds="", consent_on=None)
    async with refused(offices, clerk, "ACT_NOT_POSSIBLE") as (scope, told):
        await applications.revise_application(scope, case_id, version=1, deeds="已提交")
    assert told.no.params == {"state": "已提交本单位工会", "act": "修改"}


@pytest.mark.parametrize(
    ("entry", "code", "path"),
    [
        (EvidenceInput("courage", 1, "证书"), "FORCE_UNKNOWN", "force"),
        (EvidenceInput("practice", 4, "证书"), "FORCE_UNKNOWN", "force"),
        (EvidenceInput("practice", 1, " "), "BLANK", "title"),
        (EvidenceInput("practice", 1, "证" * 201), "TOO_LONG", "title"),
        (EvidenceInput("practice", 1, "证\x07书"), "BAD_CHARACTER", "title"),
        (EvidenceInput("practice", 1, "证书", file_sha256="AB" * 32), "BAD_HASH", "fileSha256"),
        (EvidenceInput("practice", 1, "证书", file_sha256="ab" * 31), "BAD_HASH", "fileSha256"),
        (EvidenceInput("practice", 1, "证书", issued_on=date(2024, 3, 2)), "BAD_DATE", "issuedOn"),
        (EvidenceInput("practice", 1, "证书", note="注" * 501), "TOO_LONG", "note"),
    ],
)
async def test_malformed_material_is_refused_at_its_field(
    offices: Offices, national: UUID, entry: EvidenceInput, code: str, path: str
) -> None:
    known = await rows(offices, f"{HENGDA}.clerk", Application, state="draft")
    if not known:
        async with offices.acting(f"{HENGDA}.clerk") as scope:
            await draft(scope, national, 112)
        known = await rows(offices, f"{HENGDA}.clerk", Application, state="draft")
    async with refused(offices, f"{HENGDA}.clerk", code) as (scope, told):
        await applications.add_evidence(scope, known[0].id, entry)
    assert told.no.path == ("input", path)


async def test_malformed_letters_and_texts_are_refused_at_their_field(offices: Offices, national: UUID) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        case_id = await draft(scope, national, 113, material=False)
    for letter, code, path in (
        (replace(peer(1), expert_name=""), "BLANK", "expertName"),
        (replace(peer(1), content="好" * 2001), "TOO_LONG", "content"),
        (replace(peer(1), signed_on=date(2024, 3, 2)), "BAD_DATE", "signedOn"),
    ):
        async with refused(offices, clerk, code) as (scope, told):
            await applications.add_letter(scope, case_id, letter)
        assert told.no.path == ("input", path)
    async with refused(offices, clerk, "TOO_LONG") as (scope, told):
        await applications.revise_application(scope, case_id, version=1, deeds="好" * 5001)
    assert told.no.path == ("input", "deeds")
    async with refused(offices, clerk, "BAD_DATE") as (scope, told):
        await applications.revise_application(scope, case_id, version=1, consent_on=date(2024, 3, 2))
    assert told.no.path == ("input", "consentOn")
    async with refused(offices, clerk, "BLANK") as (scope, told):
        await applications.withdraw_application(scope, case_id, version=1, reason=" ")
    assert told.no.path == ("input", "reason")


async def test_material_and_letters_can_be_taken_out_of_a_draft_only(offices: Offices, national: UUID) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        case_id = await draft(scope, national, 114, letters=1)
        await applications.add_evidence(scope, case_id, EvidenceInput("practice", 2, "多余"))
    (extra,) = await rows(offices, clerk, Evidence, application_id=case_id, item=2)
    (letter,) = await rows(offices, clerk, PeerLetter, application_id=case_id)
    for remove, row in ((applications.remove_evidence, extra), (applications.remove_letter, letter)):
        async with refused(offices, clerk, "STALE_VERSION") as (scope, _):
            await remove(scope, row.id, version=row.version + 1)
    async with leaving(offices, clerk) as (scope, left):
        await applications.remove_evidence(scope, extra.id, version=extra.version)
        await applications.remove_letter(scope, letter.id, version=letter.version)
    assert (left.audited, left.steps) == (["case:revise"] * 2, ["revise"] * 2)
    assert await rows(offices, clerk, PeerLetter, application_id=case_id) == []
    (kept, *_) = await rows(offices, clerk, Evidence, application_id=case_id)
    async with offices.acting(clerk) as scope:
        await applications.submit_application(scope, case_id, version=await version_of(scope, case_id))
    async with refused(offices, clerk, "ACT_NOT_POSSIBLE") as (scope, _):
        await applications.remove_evidence(scope, kept.id, version=kept.version)


async def test_material_that_several_take_out_at_once_is_taken_out_once(offices: Offices, national: UUID) -> None:
    clerk = f"{HENGDA}.clerk"
    async with offices.acting(clerk) as scope:
        case_id = await draft(scope, national, 119)
    (first, *_) = await rows(offices, clerk, Evidence, application_id=case_id)
    version = (await case_of(offices, clerk, case_id)).version

    async def remove() -> None:
        async with offices.acting(clerk) as scope:
            await applications.remove_evidence(scope, first.id, version=first.version)

    said = await asyncio.gather(*(remove() for _ in range(6)), return_exceptions=True)
    assert [each.code for each in said if isinstance(each, Failure)] == ["NOT_FOUND"] * 5
    assert (await case_of(offices, clerk, case_id)).version == version + 1


async def test_outside_its_tenant_a_case_does_not_exist(offices: Offices, national: UUID) -> None:
    case_id = await submitted(offices, HENGDA, national, 115)
    (material, *_) = await rows(offices, f"{HENGDA}.clerk", Evidence, application_id=case_id)
    for stranger in (f"{SHUJIN}.clerk", "wuhou.clerk", "acftu.clerk"):
        async with refused(offices, stranger, "NOT_FOUND") as (scope, _):
            await applications.withdraw_application(scope, case_id, version=7, reason="越界")
        async with refused(offices, stranger, "NOT_FOUND") as (scope, _):
            await applications.remove_evidence(scope, material.id, version=material.version)
    async with refused(offices, f"{HENGDA}.clerk", "NOT_FOUND") as (scope, _):
        await applications.withdraw_application(scope, new_id(), version=1, reason="没有")


async def test_the_federation_applies_for_nobody_and_a_stranger_to_the_route_is_told_the_article(
    offices: Offices, longcheng: UUID, national: UUID
) -> None:
    async with refused(offices, "acftu.clerk", "NOT_PERMITTED") as (scope, _):
        await applications.create_application(scope, edition_id=national, person_id=new_id(), deeds="", consent_on=None)
    async with acting_as(offices, f"{HENGDA}.clerk", Role.CLERK) as scope:
        person = await create_person(scope, facts("外地"), id_number=id_number(116), phone=None)
    async with refused(offices, f"{HENGDA}.clerk", "ROUTE_NOT_ALLOWED") as (scope, told):
        await applications.create_application(
            scope, edition_id=longcheng, person_id=person.id, deeds="", consent_on=None
        )
    assert told.no.rule is not None
    assert told.no.rule.document == "常工发〔2024〕60号"


async def test_an_employee_of_the_organiser_is_no_candidate_of_its_edition(offices: Offices, longcheng: UUID) -> None:
    organiser = (await offices.actor("changzhou.clerk")).tenant.name
    async with refused(offices, "tianning-fangzhi.clerk", "ORGANISERS_OWN") as (scope, _):
        await draft(scope, longcheng, 861, employer=organiser)
