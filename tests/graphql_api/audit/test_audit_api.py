"""Every look at personal data is on record before it is answered; auditors read both records, and nobody else does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import UndefinedTableError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from authz.roles import Role
from graphql_api.ids import encode_id
from graphql_api.shown import MOST_NAMED
from kernel import audit
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client, Tokens
from tests.graphql_api.conftest import NOW
from tests.graphql_api.sql_count import counting
from tests.graphql_api.world import Cases, new_person

PERSON = "query ($id: ID!) { person(id: $id) { name } }"
PEOPLE = "query ($first: Int!) { people(first: $first) { edges { node { name } } } }"
CASE = "query ($id: ID!) { application(id: $id) { state person { name } } }"
READS = """
query ($filter: ReadEntryFilter) { readEntries(first: 100, filter: $filter) { edges { node {
  at actor accountId actingFor asked objectKind objectId rows requestId
} } } }
"""
WRITES = """
query ($first: Int!, $filter: AuditEntryFilter) { auditEntries(first: $first, filter: $filter) { edges { node {
  id at actor accountId actingFor act objectKind objectId before after requestId
} } } }
"""


@pytest.fixture(autouse=True)
async def blank(owner: Database, cases: Cases) -> None:
    """Nothing was read or done yet."""
    async with owner.plain() as session:
        await session.execute(text("TRUNCATE read_entry, audit_entry"))


def auditor(tokens: Tokens, cases: Cases, role: Role = Role.AUDITOR, union: str = "wuhou") -> str:
    return tokens.enter(cases.unions[union], role)


async def reads(desk: Client, who: str, **given: str) -> list[dict[str, Any]]:
    answer = await desk.data(READS, who=who, filter=given)
    return [edge["node"] for edge in answer["readEntries"]["edges"]]


async def writes(desk: Client, who: str, /, first: int = 50, **given: str) -> list[dict[str, Any]]:
    answer = await desk.data(WRITES, who=who, first=first, filter=given)
    return [edge["node"] for edge in answer["auditEntries"]["edges"]]


async def test_reading_one_person_leaves_who_what_when_and_the_request(
    desk: Client, tokens: Tokens, cases: Cases
) -> None:
    account = new_id()
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK, account_id=account, name="沈清")
    shown = encode_id("Person", cases.people["wuhou"][0])
    answer = await desk.ask(PERSON, who=who, id=shown)
    assert answer.data == {"person": {"name": "张0三"}}
    [entry] = await reads(desk, auditor(tokens, cases))
    assert entry == {
        "at": entry["at"],
        "actor": "沈清",
        "accountId": encode_id("Account", account),
        "actingFor": None,
        "asked": "person",
        "objectKind": "person",
        "objectId": shown,
        "rows": 1,
        "requestId": answer.headers["x-request-id"],
    }


async def test_a_dossier_leaves_an_entry_for_the_case_and_one_for_its_person(
    desk: Client, tokens: Tokens, cases: Cases
) -> None:
    case, person = cases.applications["wuhou"][1], cases.people["wuhou"][1]
    await desk.data(CASE, who=tokens.enter(cases.unions["wuhou"], Role.CLERK), id=encode_id("Application", case))
    found = await reads(desk, auditor(tokens, cases))
    assert {(entry["objectKind"], entry["objectId"]) for entry in found} == {
        ("application", encode_id("Application", case)),
        ("person", encode_id("Person", person)),
    }
    assert {(entry["asked"], entry["rows"]) for entry in found} == {("application", 1)}
    assert await reads(desk, auditor(tokens, cases), object=encode_id("Person", person)) == [
        entry for entry in found if entry["objectKind"] == "person"
    ]


async def test_what_is_not_seen_is_not_on_record(desk: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    for key in (cases.people["qingyang"][0], new_id()):
        assert await desk.data(PERSON, who=who, id=encode_id("Person", key)) == {"person": None}
    assert await reads(desk, auditor(tokens, cases)) == []
    assert await reads(desk, auditor(tokens, cases, union="qingyang")) == []


@pytest.mark.parametrize("count", [1, 3])
async def test_a_request_is_recorded_in_one_statement(
    desk: Client, app: Database, tokens: Tokens, cases: Cases, count: int
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    with counting(app, also_reads=True) as sql:
        answer = await desk.data(PEOPLE, who=who, first=count)
    assert len(answer["people"]["edges"]) == count
    assert [statement.split()[0] for statement in sql.statements] == ["SELECT", "INSERT"]
    assert len(await reads(desk, auditor(tokens, cases))) == count


async def test_a_long_list_is_recorded_once_with_its_length(
    desk: Client, owner: Database, tokens: Tokens, cases: Cases
) -> None:
    union = cases.unions["chengdu"]
    async with owner.write(union.id) as session:
        session.add_all([new_person(union.id, number, FixedClock(NOW)) for number in range(MOST_NAMED + 1)])
    who = tokens.enter(union, Role.CLERK)
    await desk.data(PEOPLE, who=who, first=MOST_NAMED)
    assert len(await reads(desk, auditor(tokens, cases, union="chengdu"))) == MOST_NAMED
    await desk.data(PEOPLE, who=who, first=100)
    found = await reads(desk, auditor(tokens, cases, union="chengdu"))
    assert [(entry["objectId"], entry["rows"]) for entry in found if entry["objectId"] is None] == [
        (None, MOST_NAMED + 1)
    ]
    assert len(found) == MOST_NAMED + 1


async def test_what_cannot_be_recorded_is_not_answered(
    desk: Client, owner: Database, tokens: Tokens, cases: Cases
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    async with owner.plain() as session:
        await session.execute(text("ALTER TABLE read_entry RENAME TO read_entry_away"))
    try:
        with pytest.raises(UndefinedTableError, match="read_entry"):
            await desk.ask(PERSON, who=who, id=encode_id("Person", cases.people["wuhou"][0]))
    finally:
        async with owner.plain() as session:
            await session.execute(text("ALTER TABLE read_entry_away RENAME TO read_entry"))


async def test_nobody_changes_or_removes_an_entry_with_the_webs_password(app: Database, cases: Cases) -> None:
    for statement in ("UPDATE read_entry SET actor = ''", "DELETE FROM read_entry", "DELETE FROM audit_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with app.write(cases.unions["wuhou"].id) as session:
                await session.execute(text(statement))


@pytest.mark.parametrize("role", [Role.CLERK, Role.CHAIR, Role.APPROVER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
async def test_others_see_neither_record(desk: Client, app: Database, tokens: Tokens, cases: Cases, role: Role) -> None:
    await act(app, cases, new_id(), "case:create", NOW)
    await desk.data(
        PERSON,
        who=tokens.enter(cases.unions["wuhou"], Role.CLERK),
        id=encode_id("Person", cases.people["wuhou"][0]),
    )
    for seeing in (Role.AUDITOR, Role.AUDIT_ADMIN):
        assert len(await reads(desk, auditor(tokens, cases, seeing))) == 1
        assert len(await writes(desk, auditor(tokens, cases, seeing))) == 1
    who = auditor(tokens, cases, role)
    assert await reads(desk, who) == []
    assert await writes(desk, who) == []


async def act(app: Database, cases: Cases, account: UUID, word: str, at: Any, union: str = "wuhou") -> UUID:
    object_id = new_id()
    async with app.write(cases.unions[union].id) as session:
        audit.record(
            session,
            at=at,
            account_id=account,
            acting_for=cases.edition,
            actor="沈清",
            act=word,
            object_kind="application",
            object_id=object_id,
            before={"state": "draft"},
            after={"state": "submitted"},
            request_id="r-1",
        )
    return object_id


async def test_entries_are_found_by_object_actor_act_and_time(
    desk: Client, app: Database, tokens: Tokens, cases: Cases
) -> None:
    one, other = new_id(), new_id()
    early, late = NOW - timedelta(days=2), NOW - timedelta(days=1)
    first = await act(app, cases, one, "case:create", early)
    second = await act(app, cases, other, "case:submit", late)
    await act(app, cases, one, "case:create", late, union="qingyang")
    who = auditor(tokens, cases)
    shown = [encode_id("Application", key) for key in (second, first)]
    assert [entry["objectId"] for entry in await writes(desk, who)] == shown
    narrowed: list[dict[str, str]] = [
        {"object": shown[1]},
        {"account": encode_id("Account", one)},
        {"act": "case:create"},
        {"toTime": early.isoformat()},
    ]
    for given in narrowed:
        assert [entry["objectId"] for entry in await writes(desk, who, 50, **given)] == shown[1:]
    assert [entry["objectId"] for entry in await writes(desk, who, fromTime=late.isoformat())] == shown[:1]
    [entry] = await writes(desk, who, act="case:create")
    assert (entry["before"], entry["after"]) == ({"state": "draft"}, {"state": "submitted"})
    assert (entry["actingFor"], entry["requestId"]) == (encode_id("Account", cases.edition), "r-1")


@pytest.mark.parametrize("count", [1, 3])
async def test_the_record_costs_the_same_however_long_it_is(
    desk: Client, app: Database, tokens: Tokens, cases: Cases, count: int
) -> None:
    for _ in range(3):
        await act(app, cases, new_id(), "case:create", NOW)
    with counting(app) as sql:
        assert len(await writes(desk, auditor(tokens, cases), first=count)) == count
    assert sql.count == 1
