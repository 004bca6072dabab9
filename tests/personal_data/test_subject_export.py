"""A person is told everything a union holds about him, and a supervisor who has looked."""

import orjson
import pytest

from cli.demo.offices import Offices
from kernel.audit import AuditEntry
from kernel.errors import Failure
from programmes.people.model import Person
from programmes.people.service import export_subject, reveal_person, who_saw
from tests.personal_data.climb import NAMES, NUMBERS, PHONES, Climb, climb, rows


@pytest.fixture(scope="module")
async def climbed(offices: Offices) -> Climb:
    return await climb(offices)


async def test_an_export_holds_all_that_is_known_and_says_what_it_withholds(offices: Offices, climbed: Climb) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[0])
    async with offices.acting("wuhou.reviewer") as scope:
        await reveal_person(scope, person.id, reason="核对身份")
    async with offices.acting("wuhou.clerk") as scope:
        content = await export_subject(scope, person.id, reason="本人申请查阅")
    shown = content["person"]
    assert (shown["name"], shown["id_number"], shown["phone"]) == (NAMES[0], NUMBERS[0], PHONES[0])
    counts = {table: len(found) for table, found in content["rows"].items()}
    assert counts == {
        "announcement_item": 1,
        "application": 2,
        "case_act": 10,
        "certificate": 1,
        "consent": 3,
        "funding_record": 1,
        "handover": 2,
        "notice_item": 1,
        "review_check": 3,
        "snapshot": 1,
        "title": 1,
    }
    assert content["withheld"] == {"meeting_item": {"rows": 1, "why": "review is confidential to the panel"}}
    assert [(seen["actor"], seen["act"]) for seen in content["seenBy"]] == [("毛晓燕", "person:reveal")]
    assert NUMBERS[1] not in orjson.dumps(content).decode()


async def test_an_objector_stays_unknown_to_whom_he_objected(offices: Offices, climbed: Climb) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[2])
    async with offices.acting("wuhou.clerk") as scope:
        content = await export_subject(scope, person.id, reason="本人申请查阅")
    assert content["withheld"]["objection"] == {"rows": 1, "why": "whoever objected is protected"}
    text = orjson.dumps(content).decode()
    assert [word for word in ("冯举报", "工龄不符") if word in text] == []


async def test_who_saw_a_person_is_for_those_who_read_the_audit_trail(offices: Offices, climbed: Climb) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[1])
    async with offices.acting("wuhou.investigator") as scope:
        await reveal_person(scope, person.id, reason="核查")
    async with offices.acting("wuhou.clerk") as scope:
        await export_subject(scope, person.id, reason="本人申请")
    async with offices.reading("wuhou.auditor") as scope:
        looks = await who_saw(scope, person.id)
    assert [(look.act, look.reason) for look in looks] == [("person:reveal", "核查"), ("person:export", "本人申请")]
    for login, act in (("wuhou.clerk", who_saw), ("wuhou.leader", who_saw)):
        async with offices.reading(login) as scope:
            with pytest.raises(Failure) as refused:
                await act(scope, person.id)
        assert refused.value.code == "NOT_PERMITTED"
    entries = await rows(offices, "wuhou.clerk", AuditEntry, act="person:export", object_id=person.id)
    assert [entry.after for entry in entries] == [{"reason": "本人申请"}]


async def test_only_a_clerk_exports(offices: Offices, climbed: Climb) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[1])
    for login in ("wuhou.auditor", "wuhou.reviewer", "wuhou.leader", "wuhou.secadmin"):
        async with offices.acting(login) as scope:
            with pytest.raises(Failure) as refused:
                await export_subject(scope, person.id, reason="本人申请")
        assert refused.value.code == "NOT_PERMITTED"
