"""Person files over the services: entered, corrected, shown, sealed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.demo.offices import Offices
from kernel.audit import AuditEntry
from kernel.clock import CHINA
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.people.model import Person
from programmes.people.rules import PersonFacts
from programmes.people.service import create_person, reveal_person, update_person
from tests.programmes.applications.desks import leaving, refused, rows
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.people import facts, id_number

CLERK = "wuhou-hengda.clerk"
CREDIT_CODE = "91350100M000100Y43"


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[Offices]:
    made = await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA))
    yield made
    await close_offices(made)


async def enter(offices: Offices, serial: int, changed: PersonFacts | None = None, phone: str | None = None) -> Person:
    async with offices.acting(CLERK) as scope:
        return await create_person(scope, changed or facts(), id_number=id_number(serial), phone=phone)


async def test_a_person_is_entered_with_what_the_number_tells(offices: Offices) -> None:
    async with leaving(offices, CLERK) as (scope, left):
        man = await create_person(
            scope,
            replace(facts("张三"), employer_code=" 91350100m000100y43 "),
            id_number=id_number(1).lower(),
            phone="138 0000 0000",
        )
        woman = await create_person(scope, facts("李四"), id_number=id_number(2), phone=None)
    assert left.audited == ["person:create", "person:create"]
    assert (man.sex, man.birth_month, man.id_number_hint) == ("male", "1980-05", id_number(1)[-4:])
    assert (man.phone_hint, man.name_sort_key, man.employer_code) == ("138****0000", "zhang san", CREDIT_CODE)
    assert (woman.sex, woman.phone_hint) == ("female", None)


@pytest.mark.parametrize(
    ("changes", "number", "phone", "code", "field"),
    [
        ({}, "5101071980051200", None, "ID_NUMBER_FORMAT", "idNumber"),
        ({}, "510107800512001", None, "ID_NUMBER_OLD", "idNumber"),
        ({}, "510107198005120011", None, "ID_NUMBER_CHECKSUM", "idNumber"),
        ({}, "510107198013120019", None, "ID_NUMBER_DATE", "idNumber"),
        ({}, "990107198005120019", None, "ID_NUMBER_REGION", "idNumber"),
        ({}, id_number(1, born="20200512"), None, "ID_NUMBER_AGE", "idNumber"),
        ({}, "", None, "ID_NUMBER_FORMAT", "idNumber"),
        ({}, id_number(3), "12345", "PHONE_FORMAT", "phone"),
        ({}, id_number(3), "", "PHONE_FORMAT", "phone"),
        ({"employer_code": "91350100M000100Y44"}, id_number(3), None, "CREDIT_CODE_CHECKSUM", "employerCode"),
        ({"employer_code": "9135"}, id_number(3), None, "CREDIT_CODE_FORMAT", "employerCode"),
        ({"frontline_since": "2024-04"}, id_number(3), None, "BAD_MONTH", "frontlineSince"),
        ({"frontline_since": "2024年3月"}, id_number(3), None, "BAD_MONTH", "frontlineSince"),
        ({"skill_grade": "八级工"}, id_number(3), None, "BAD_CHOICE", "skillGrade"),
        ({"name": "张\x00三"}, id_number(3), None, "BAD_CHARACTER", "name"),
        ({"employer": "厂" * 101}, id_number(3), None, "TOO_LONG", "employer"),
    ],
)
async def test_what_is_malformed_is_refused_at_its_field_and_nothing_is_stored(
    offices: Offices, changes: dict[str, str], number: str, phone: str | None, code: str, field: str
) -> None:
    async with refused(offices, CLERK, code) as (scope, told):
        await create_person(scope, replace(facts(), **changes), id_number=number, phone=phone)
    assert told.no.path == (("input", "facts", field) if changes else ("input", field))
    assert number[6:14] not in told.no.sentence() or not number


async def test_one_number_makes_one_file_here_also_when_two_enter_it_at_once(offices: Offices) -> None:
    await enter(offices, 11)
    async with refused(offices, CLERK, "PERSON_EXISTS") as (scope, told):
        await create_person(scope, facts("另一人"), id_number=id_number(11), phone=None)
    assert told.no.path == ("input", "idNumber")
    said = await asyncio.gather(*(enter(offices, 12) for _ in range(4)), return_exceptions=True)
    codes = sorted(answer.code if isinstance(answer, Failure) else "entered" for answer in said)
    assert codes == ["PERSON_EXISTS"] * 3 + ["entered"]
    async with offices.acting("jinjiang-shujin.clerk") as scope:
        elsewhere = await create_person(scope, facts(), id_number=id_number(11), phone=None)
    (here,) = await rows(offices, CLERK, Person, id_number_hint=id_number(11)[-4:])
    assert elsewhere.id_number_index == here.id_number_index
    assert elsewhere.id_number_sealed != here.id_number_sealed


async def test_a_correction_names_the_changed_fields_and_a_stale_one_is_refused(offices: Offices) -> None:
    person = await enter(offices, 21, phone="13800000021")
    async with leaving(offices, CLERK) as (scope, left):
        await update_person(
            scope, person.id, facts("赵改名", employer="成都西轨轨道装备有限公司"), phone="028-85550000", version=1
        )
    assert left.audited == ["person:update"]
    entry = (await rows(offices, CLERK, AuditEntry, object_id=person.id))[-1]
    assert entry.after == {"fields": ["employer", "name", "phone"]}
    (known,) = await rows(offices, CLERK, Person, id=person.id)
    assert (known.version, known.name_sort_key, known.phone_hint) == (2, "zhao gai ming", "028****0000")
    async with refused(offices, CLERK, "STALE_VERSION") as (scope, told):
        await update_person(scope, person.id, facts("旧版本"), phone=None, version=1)
    assert told.no.params == {"current": 2}
    async with refused(offices, CLERK, "BAD_MONTH") as (scope, _):
        await update_person(scope, person.id, facts(since="2030-01"), phone=None, version=2)
    async with refused(offices, CLERK, "PHONE_FORMAT") as (scope, _):
        await update_person(scope, person.id, facts(), phone="1", version=2)


async def test_a_correction_that_changes_nothing_tells_nobody(offices: Offices) -> None:
    person = await enter(offices, 22)
    async with offices.courier.plain() as session:
        before = (await session.execute(text("SELECT count(*) FROM job"))).scalar_one()
    async with offices.acting(CLERK) as scope:
        await update_person(scope, person.id, facts(), phone=None, version=1)
    async with offices.courier.plain() as session:
        assert (await session.execute(text("SELECT count(*) FROM job"))).scalar_one() == before


async def test_showing_the_numbers_leaves_exactly_one_entry_with_its_reason_and_not_the_numbers(
    offices: Offices,
) -> None:
    person = await enter(offices, 31, phone="13800000031")
    async with leaving(offices, CLERK) as (scope, left):
        shown = await reveal_person(scope, person.id, reason="核对身份证复印件")
    assert (shown.id_number, shown.phone) == (id_number(31), "13800000031")
    assert left.audited == ["person:reveal"]
    entry = (await rows(offices, CLERK, AuditEntry, object_id=person.id))[-1]
    assert (entry.account_id, entry.after) == (offices.accounts[CLERK], {"reason": "核对身份证复印件"})
    async with refused(offices, CLERK, "BLANK") as (scope, told):
        await reveal_person(scope, person.id, reason="  ")
    assert told.no.path == ("input", "reason")


async def test_who_may_not_is_refused_and_a_stranger_finds_nobody(offices: Offices) -> None:
    person = await enter(offices, 32)
    for login in ("wuhou-hengda.chair",):
        async with refused(offices, login, "NOT_PERMITTED") as (scope, _):
            await create_person(scope, facts(), id_number=id_number(33), phone=None)
        async with refused(offices, login, "NOT_PERMITTED") as (scope, _):
            await update_person(scope, person.id, facts("越权"), phone=None, version=1)
    for stranger in ("wuhou.clerk", "wuhou-rongxie.clerk", "chengdu.clerk"):
        async with refused(offices, stranger, "NOT_FOUND") as (scope, _):
            await reveal_person(scope, person.id, reason="好奇")
        async with refused(offices, stranger, "NOT_FOUND") as (scope, _):
            await update_person(scope, person.id, facts(), phone=None, version=1)
    async with refused(offices, CLERK, "NOT_FOUND") as (scope, _):
        await reveal_person(scope, new_id(), reason="没有此人")


async def test_in_the_whole_database_no_number_stands_in_clear(offices: Offices, database_urls: DatabaseUrls) -> None:
    person = await enter(offices, 41, phone="13912345678")
    async with offices.acting(CLERK) as scope:
        await reveal_person(scope, person.id, reason="核对")
        await update_person(scope, person.id, facts("改了"), phone="13912345679", version=1)
    secrets = [id_number(41), "13912345678", "13912345679"]
    needles = [form for secret in secrets for form in (secret, secret.encode().hex())]
    owner = Database(database_urls.owner, pool_size=1)
    found: dict[str, list[str]] = {}
    filled: set[str] = set()
    tables = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    async with owner.read(offices.tenants["wuhou-hengda"]) as session:
        for table in (await session.execute(tables)).scalars().all():
            content = (await session.execute(text(f"SELECT t::text FROM {table} t"))).scalars().all()
            filled |= {table} if content else set()
            found[table] = [needle for needle in needles if any(needle in row for row in content)]
        sealed = await session.execute(text("SELECT id_number_sealed FROM person WHERE id = :id"), {"id": person.id})
        assert len(sealed.scalar_one()) == 3 + 12 + 18 + 16
    await owner.close()
    assert {table: needles for table, needles in found.items() if needles} == {}
    assert {"person", "audit_entry"} <= filled


async def test_what_no_other_union_is_told_does_not_reach_the_queue(offices: Offices) -> None:
    person = await enter(offices, 19)
    private = replace(facts(), ethnicity="藏族", political_status="民革党员")
    async with offices.acting(CLERK) as scope:
        await update_person(scope, person.id, private, phone=None, version=1)
    async with offices.acting(CLERK) as scope:
        await update_person(scope, person.id, replace(private, post="班长", ethnicity=None), phone=None, version=2)
    async with offices.courier.plain() as session:
        bodies = (
            await session.execute(
                text("SELECT body->'changes' FROM job WHERE body->>'person_id' = :id"), {"id": str(person.id)}
            )
        ).scalars()
        assert list(bodies) == [{"post": [None, "班长"]}]


async def test_a_statement_that_fails_does_not_say_what_it_was_given(offices: Offices) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with offices.app.plain() as session:
            await session.execute(text("SELECT 1 / 0, CAST(:name AS text)"), {"name": "张三丰"})
    assert "division by zero" in str(failure.value)
    assert "张三丰" not in str(failure.value)
