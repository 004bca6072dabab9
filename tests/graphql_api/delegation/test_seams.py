"""Where standing in for another meets the other ways in: places that nobody has taken, idempotency keys, other sessions, records of reads."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.delegation.people import ACT_AS, APPOINT, ASK, ENTER, GRANT, People
from tests.graphql_api.world import Cases
from tests.tenants.unions import PASSWORD, World, add_person, enrol
from workers.drain import drain

VIEWER = "{ viewer { login } }"
UNTIL = "2026-03-02T11:00:00+08:00"
CONSENT = """mutation ($input: RecordConsentInput!) { answer: recordConsent(input: $input) {
  person { name } errors { code } } }"""
END_SESSIONS = (
    "mutation ($input: EndMemberSessionsInput!) { answer: endMemberSessions(input: $input) { errors { code } } }"
)
ACCESS = "query ($m: ID!) { memberAccess(memberId: $m) { sessions { strength } } }"
END_MEMBER = "mutation ($input: EndMemberInput!) { answer: endMember(input: $input) { errors { code } } }"
SEAT = "mutation ($input: ChangeMemberInput!) { answer: changeMember(input: $input) { errors { code } } }"
RECORD_ERASURE = """mutation ($input: RecordErasureRequestInput!) { answer: recordErasureRequest(input: $input) {
  request { id } errors { code message } } }"""
DECIDE_ERASURE = """mutation ($input: DecideErasureRequestInput!) { answer: decideErasureRequest(input: $input) {
  errors { code message } } }"""
CHANGE_PASSWORD = (
    "mutation ($input: ChangeOwnPasswordInput!) { answer: changeOwnPassword(input: $input) { errors { code } } }"
)
MAKE_PLACE = "mutation ($input: AddMemberInput!) { answer: addMember(input: $input) { member { id } errors { code } } }"
THEN_ANOTHER = """mutation ($visit: EnterUnionInput!, $other: SignInInput!) {
  enterUnion(input: $visit) { viewer { tenant { name } } errors { code } }
  signIn(input: $other) { viewer { login } errors { code } } }"""
READS = "select object_kind, object_id, asked, actor from read_entry where request_id = :id order by object_kind"


def visit(world: World, code: str) -> dict[str, Any]:
    return {"tenantId": encode_id("Tenant", world.unions[code].id), "reason": "年度监督检查", "until": UNTIL}


@pytest.fixture
async def offered(owner: Database, world: World) -> UUID:
    """A place at 武侯 that is kept for a login that has not come yet."""
    place = new_id()
    async with owner.write(world.unions["wuhou"].id) as session:
        statement = """insert into membership (tenant_id, id, offered_to, name, roles, made_by, valid_from)
            values (:tenant, :id, 'li.na', '空位', '{}', :maker, '2026-01-01')"""
        await session.execute(text(statement), {"tenant": session.tenant_id, "id": place, "maker": new_id()})
    return place


async def test_nobody_hands_anything_to_a_place_that_nobody_has_taken(
    people: People, api: Client, courier: Database, clock: FixedClock, offered: UUID
) -> None:
    given = people.deputy("zheng", "clerk", deputyId=encode_id("Colleague", offered))
    assert await people.refusal(await people.token("zhou"), GRANT, **given) == "NOT_FOUND"
    names = await api.data("{ colleagues(first: 50) { edges { node { name } } } }", who=await people.token("zhou"))
    assert "空位" not in str(names)
    asked = {"idempotencyKey": str(new_id()), "line": "TERRITORIAL", "roles": ["CLERK"], "reason": "只有一人"}
    answer = await people.send(await people.token("head", "wuhou-plant"), ASK, **asked)
    await drain(courier, clock)
    lend = {
        "idempotencyKey": str(new_id()),
        "substitutionId": answer["substitution"]["id"],
        "version": 1,
        "memberId": encode_id("Member", offered),
        "validTo": "2026-03-10",
    }
    assert await people.refusal(await people.token("secure"), APPOINT, **lend) == "PLACE_NOT_TAKEN"


async def test_a_key_of_ones_own_is_not_that_of_whom_one_stands_in_for(
    people: People, owner: Database, world: World, cases: Cases
) -> None:
    standing_in = await people.act_as("wuyi", await people.grant("zhou", "wuyi", "clerk"))
    given = {
        "idempotencyKey": "one-key-for-both",
        "personId": encode_id("Person", cases.people["wuhou"][0]),
        "purpose": "UPWARD",
        "givenOn": "2026-01-01",
    }
    for who in (await people.token("wuyi"), standing_in, standing_in):
        assert (await people.send(who, CONSENT, **given))["errors"] == []
    async with owner.read(world.unions["wuhou"].id) as session:
        found = await session.execute(text("select acting_for from audit_entry where act like 'person:%' order by id"))
        assert found.scalars().all() == [None, world.accounts["zhou"]]


async def test_what_a_mutation_shows_of_a_person_is_on_record_also_when_its_key_comes_again(
    people: People, api: Client, owner: Database, world: World, cases: Cases
) -> None:
    person = cases.people["wuhou"][0]
    given = {
        "idempotencyKey": "shown-again-and-again",
        "personId": encode_id("Person", person),
        "purpose": "UPWARD",
        "givenOn": "2026-01-01",
    }
    for _ in range(2):
        answer = await api.ask(CONSENT, who=await people.token("wuyi"), input=given)
        async with owner.read(world.unions["wuhou"].id) as session:
            rows = await session.execute(text(READS), {"id": answer.headers["x-request-id"]})
            assert [tuple(row) for row in rows] == [("person", person, "person,recordConsent", "wuyi 在 wuhou")]


async def test_a_visit_stays_on_record_when_somebody_else_signs_in_within_its_request(
    people: People, api: Client, owner: Database, world: World
) -> None:
    other = {"tenant": "wuhou", "login": "zhou", "password": PASSWORD}
    city = await people.token("city", "chengdu")
    answer = await api.ask(THEN_ANOTHER, who=city, visit=visit(world, "wuhou"), other=other)
    assert answer.data is not None
    assert answer.data["signIn"]["viewer"] == {"login": "zhou"}
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = (await session.execute(text(READS), {"id": answer.headers["x-request-id"]})).all()
    assert [(row.object_kind, row.asked) for row in rows] == [("tenant", "enterUnion,signIn,tenant")]


async def test_whose_sessions_are_ended_looks_in_nowhere_either(people: People, api: Client, world: World) -> None:
    city, adm = await people.token("city", "chengdu"), await people.token("adm", "chengdu")
    visitor = (await people.send(city, ENTER, **visit(world, "wuhou")))["token"]
    member = encode_id("Member", world.memberships["city", "chengdu"])
    assert len((await api.data(ACCESS, who=adm, m=member))["memberAccess"]["sessions"]) == 2
    given = {"idempotencyKey": str(new_id()), "memberId": member}
    assert (await people.send(adm, END_SESSIONS, **given))["errors"] == []
    assert (await api.ask(VIEWER, who=visitor)).status == 401
    assert (await api.data(ACCESS, who=adm, m=member))["memberAccess"]["sessions"] == []


async def test_what_an_administrators_deputy_does_to_an_account_names_what_he_rests_on(
    people: People, owner: Database, clock: FixedClock, world: World
) -> None:
    await add_person(owner, clock, world, "second", ("wuhou", {"security_admin"}))
    await enrol(owner, clock, world, "second")
    standing_in = await people.act_as("second", await people.grant("secure", "second", "security_admin"))
    given = {"idempotencyKey": str(new_id()), "memberId": encode_id("Member", world.memberships["zheng", "wuhou"])}
    assert (await people.send(standing_in, END_SESSIONS, **given))["errors"] == []
    async with owner.read(world.unions["wuhou"].id) as session:
        statement = "select acting_for, after -> 'standing' ->> 'basis' from audit_entry where act = 'session:revoke'"
        found = (await session.execute(text(statement))).one()
    assert tuple(found) == (world.accounts["secure"], "deputy")


@pytest.mark.parametrize("login", ["zhou", "zheng"])
async def test_who_is_seated_again_neither_is_nor_has_the_deputy_of_before(people: People, login: str) -> None:
    grant = await people.grant("zhou", "zheng", "clerk")
    secure, member = await people.token("secure"), encode_id("Member", people.world.memberships[login, "wuhou"])
    ended = await people.send(secure, END_MEMBER, idempotencyKey=str(new_id()), memberId=member)
    seat = {"name": login, "roles": ["CLERK", "REVIEWER"], "validFrom": "2026-01-01"}
    seated = await people.send(secure, SEAT, idempotencyKey=str(new_id()), memberId=member, **seat)
    assert (ended["errors"], seated["errors"]) == ([], [])
    assert await people.refusal(await people.token("zheng"), ACT_AS, grantId=grant) == "NOT_FOUND"


@pytest.mark.parametrize("recorder", ["the deputy", "who is stood in for"])
async def test_a_deputy_and_whom_he_stands_in_for_are_one_person_when_a_file_is_to_be_erased(
    people: People, owner: Database, clock: FixedClock, world: World, cases: Cases, recorder: str
) -> None:
    await add_person(owner, clock, world, "boss", ("wuhou", {"clerk", "chair"}))
    own = await people.token("boss")
    standing_in = await people.act_as("zheng", await people.grant("boss", "zheng", "clerk", "chair"))
    first, second = (standing_in, own) if recorder == "the deputy" else (own, standing_in)
    asked = {"personId": encode_id("Person", cases.people["wuhou"][0]), "askedOn": "2026-03-01", "reason": "本人申请"}
    answer = await people.send(first, RECORD_ERASURE, idempotencyKey=str(new_id()), **asked)
    assert answer["errors"] == []
    decide = {"requestId": answer["request"]["id"], "version": 1, "granted": True, "reason": "本人申请属实"}
    for who in (first, second):
        given = {"idempotencyKey": str(new_id()), **decide}
        assert await people.refusal(who, DECIDE_ERASURE, **given) == "ERASURE_OWN_REQUEST"


async def test_a_password_is_changed_in_ones_own_name(people: People, api: Client) -> None:
    own = await people.token("zheng")
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "clerk"))
    given = {"oldPassword": PASSWORD, "newPassword": "another-baoshan-lu-18"}
    assert await people.refusal(standing_in, CHANGE_PASSWORD, **given) == "NOT_IN_OWN_NAME"
    assert (await api.data(VIEWER, who=own))["viewer"] == {"login": "zheng"}


async def test_whose_deputy_made_a_place_gives_it_no_roles_later(
    people: People, owner: Database, clock: FixedClock, world: World
) -> None:
    for login in ("first", "second"):
        await add_person(owner, clock, world, login, ("wuhou", {"system_admin"}))
    await enrol(owner, clock, world, "first", "second")
    standing_in = await people.act_as("second", await people.grant("first", "second", "system_admin"))
    place = {"login": "next", "name": "新人", "proposedRoles": ["CLERK"], "validFrom": "2026-03-01"}
    made = await people.send(standing_in, MAKE_PLACE, idempotencyKey=str(new_id()), **place)
    assert made["errors"] == []
    first = {"name": "first", "roles": ["SECURITY_ADMIN"], "validFrom": "2026-01-01"}
    member = encode_id("Member", world.memberships["first", "wuhou"])
    turned = await people.send(
        await people.token("secure"), SEAT, idempotencyKey=str(new_id()), memberId=member, **first
    )
    assert turned["errors"] == []
    await people.token("next", "wuhou")
    seat = {"memberId": made["member"]["id"], "name": "新人", "roles": ["CLERK"], "validFrom": "2026-03-01"}
    barred = await people.refusal(await people.token("first"), SEAT, idempotencyKey=str(new_id()), **seat)
    assert barred == "DUTY_CONFLICT"
    done = await people.send(await people.token("secure"), SEAT, idempotencyKey=str(new_id()), **seat)
    assert done["errors"] == []
