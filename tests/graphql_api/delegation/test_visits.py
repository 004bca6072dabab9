"""Supervision and break-glass over HTTP: who may look into which union, what he sees there, what that union is told, when it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from authz.actor import actor_from
from graphql_api.context import Context, Services
from graphql_api.ids import encode_id
from graphql_api.schema import Contract
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from programmes.applications.model import Application
from tenants.accounts.entrance import Entrance
from tenants.accounts.service import Seat, change_seat, disable_account, end_seat, lock_member
from tenants.accounts.sessions import authenticate
from tenants.service import move_tenant
from tests.graphql_api.client import Client
from tests.graphql_api.delegation.people import ENTER, GRANT, LEAVE, OPEN_CASE, VISITS, People
from tests.graphql_api.world import Cases, new_case, new_person
from tests.isolation.inputs import mutations
from tests.tenants.unions import World

UNTIL = "2026-03-02T11:00:00+08:00"
CASES = "{ applications(first: 10) { totalCount edges { node { id deeds person { id name phoneHint } history(first: 9) { totalCount } } } } }"
VIEWER = "{ viewer { name roles tenant { code } standing { basis behalf } } }"


def into(world: World, code: str, **values: Any) -> dict[str, Any]:
    return {"tenantId": encode_id("Tenant", world.unions[code].id), "reason": "年度监督检查", "until": UNTIL, **values}


async def enter(people: People, login: str, home: str, code: str) -> str:
    """The token of a visit."""
    answer = await people.send(await people.token(login, home), ENTER, **into(people.world, code))
    assert answer["errors"] == []
    return answer["token"]


async def visits(people: People, login: str, code: str) -> list[dict[str, Any]]:
    data = await people.api.data(VISITS, who=await people.token(login, code))
    return [edge["node"] for edge in data["visits"]["edges"]]


async def test_an_auditor_looks_into_a_union_below_and_it_is_told(people: People, api: Client) -> None:
    assert await visits(people, "secure", "wuhou") == []
    visitor = await enter(people, "city", "chengdu", "wuhou")
    assert (await api.data(VIEWER, who=visitor))["viewer"] == {
        "name": "city 在 chengdu",
        "roles": ["AUDITOR"],
        "tenant": {"code": "wuhou"},
        "standing": {"basis": "VISIT", "behalf": "成都市总"},
    }
    assert (await api.data(CASES, who=visitor))["applications"]["totalCount"] == 2
    for login in ("secure", "audit", "look"):
        [told] = await visits(people, login, "wuhou")
        looked = told.pop("reads")["edges"]
        assert told == {
            "side": "VISITED",
            "kind": "SUPERVISION",
            "visitor": "city 在 chengdu",
            "reason": "年度监督检查",
            "endedAt": None,
            "counterpart": {"code": "chengdu"},
        }
        names = {edge["node"]["actor"] for edge in looked}
        assert names == (set() if login == "secure" else {"city 在 chengdu（成都市总检查）"})
    [made] = await visits(people, "adm", "chengdu")
    assert (made["side"], made["counterpart"], made["reads"]["edges"]) == ("VISITING", {"code": "wuhou"}, [])
    assert await visits(people, "zhou", "wuhou") == []


async def test_everything_that_is_looked_at_is_recorded(
    people: People, api: Client, owner: Database, world: World
) -> None:
    visitor = await enter(people, "city", "chengdu", "wuhou")
    query = """query Q { a: applications(first: 1) { edges { node { history(first: 3) { edges { node { act } } } } } } ...more }
      fragment more on Query { innovationStudios(first: 1) { edges { node { id } } } }"""
    answer = await api.ask(query, who=visitor)
    assert answer.status == 200
    async with owner.read(world.unions["wuhou"].id) as session:
        found = await session.execute(
            text(
                "select object_kind, rows, asked, basis_id is not null from read_entry where request_id = :id order by 1"
            ),
            {"id": answer.headers["x-request-id"]},
        )
        rows = [tuple(row) for row in found]
    asked = "applications,innovationStudios"
    assert rows == [("application", 1, asked, True)] + [("case_act", 1, asked, True)] * 3
    empty = await api.ask("{ innovationStudios(first: 1) { totalCount } }", who=visitor)
    async with owner.read(world.unions["wuhou"].id) as session:
        found = await session.execute(
            text("select object_kind, rows, asked from read_entry where request_id = :id"),
            {"id": empty.headers["x-request-id"]},
        )
        assert [tuple(row) for row in found] == [("nothing", 0, "innovationStudios")]


async def test_both_lines_lead_down(people: People, api: Client) -> None:
    for login, home, code in (
        ("prov", "sichuan", "wuhou-plant"),
        ("grid", "power", "grid"),
        ("other", "changzhou", "grid"),
    ):
        visitor = await enter(people, login, home, code)
        assert (await api.data(VIEWER, who=visitor))["viewer"]["tenant"] == {"code": code}


@pytest.mark.parametrize(
    ("login", "home", "code", "refused"),
    [
        ("other", "changzhou", "wuhou", "NOT_FOUND"),
        ("side", "qingyang", "wuhou", "NOT_FOUND"),
        ("plant", "wuhou-plant", "wuhou", "NOT_PERMITTED"),
        ("look", "wuhou", "wuhou", "NOT_PERMITTED"),
        ("grid", "power", "changzhou", "NOT_FOUND"),
        ("weak", "chengdu", "wuhou", "VISIT_NEEDS_SECOND_FACTOR"),
        ("adm", "chengdu", "wuhou", "NOT_PERMITTED"),
        ("wuyi", "chengdu", "wuhou", "NOT_PERMITTED"),
    ],
)
async def test_who_may_not_look_in(
    people: People, owner: Database, world: World, login: str, home: str, code: str, refused: str
) -> None:
    who = await people.token(login, home)
    assert await people.refusal(who, ENTER, **into(world, code)) == refused
    case = {**into(world, code), "applicationId": encode_id("Application", new_id())}
    assert await people.refusal(who, OPEN_CASE, **case) == refused
    async with owner.read(world.unions[code].id) as session:
        assert (await session.execute(text("select count(*) from visit"))).scalar_one() == 0


async def test_a_visit_has_a_reason_and_an_end(people: People, world: World) -> None:
    who = await people.token("city", "chengdu")
    for values, code in (
        ({"reason": " "}, "REASON_REQUIRED"),
        ({"until": "2026-03-02T09:00:00+08:00"}, "BAD_VISIT_PERIOD"),
        ({"until": "2026-03-02T17:00:01+08:00"}, "BAD_VISIT_PERIOD"),
        ({"tenantId": encode_id("Tenant", new_id())}, "NOT_FOUND"),
    ):
        assert await people.refusal(who, ENTER, **into(world, "wuhou", **values)) == code
    case = {"applicationId": encode_id("Application", new_id())}
    assert await people.refusal(who, OPEN_CASE, **into(world, "wuhou", reason="", **case)) == "REASON_REQUIRED"
    late = {"until": "2026-03-02T12:00:01+08:00"}
    assert await people.refusal(who, OPEN_CASE, **into(world, "wuhou", **late, **case)) == "BAD_VISIT_PERIOD"
    assert await people.refusal(who, OPEN_CASE, **into(world, "wuhou", **case)) == "NOT_FOUND"


async def test_a_visitor_goes_no_further(people: People, world: World) -> None:
    visitor = await enter(people, "prov", "sichuan", "chengdu")
    assert await people.refusal(visitor, ENTER, **into(world, "wuhou")) == "READ_ONLY_VISIT"


async def test_every_mutation_is_refused(people: People, api: Client, contract: Contract, owner: Database) -> None:
    visitor = await enter(people, "city", "chengdu", "wuhou")
    left_open = {"signIn", "completeSignIn", "signOut", "leaveUnion"}

    async def counts() -> list[int]:
        async with owner.read(people.world.unions["wuhou"].id) as session:
            tables = ("audit_entry", "application", "person", "membership", "deputy_grant", "policy_tightening")
            return [(await session.execute(text(f"select count(*) from {name}"))).scalar_one() for name in tables]

    before, tried = await counts(), 0
    for mutation in mutations(contract.executable):
        if mutation.name in left_open:
            continue
        given = {} if mutation.input is None else {"input": mutation.build(lambda _, kind: encode_id(kind, new_id()))}
        answer = await api.data(mutation.query, who=visitor, **given)
        assert [error["code"] for error in answer[mutation.name]["errors"]] == ["READ_ONLY_VISIT"], mutation.name
        tried += 1
    assert tried > 80
    assert await counts() == before


async def test_the_database_refuses_too(
    people: People, app: Database, entrance: Entrance, clock: FixedClock, contract: Contract
) -> None:
    visitor = await authenticate(entrance, await enter(people, "city", "chengdu", "wuhou"), clock)
    assert visitor is not None
    services = Services(app, entrance, clock, None)  # type: ignore[arg-type]
    context = Context(services, contract.registry, visitor, "request")
    with pytest.raises(DBAPIError) as caught:
        async with context.write() as scope:
            await scope.session.execute(text("update application set deeds = 'x'"))
    assert getattr(caught.value.orig, "sqlstate", None) == "25006"
    assert actor_from(visitor).reads_only


Deed = Callable[[Database, World, FixedClock], Awaitable[None]]


async def unseated(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.write(world.unions["chengdu"].id) as session:
        end_seat(await lock_member(session, world.memberships["city", "chengdu"]), clock.today())


async def other_role(owner: Database, world: World, _clock: FixedClock) -> None:
    async with owner.write(world.unions["chengdu"].id) as session:
        seat = Seat(name="city", roles={"clerk"}, valid_from=date(2020, 1, 1))
        change_seat(await lock_member(session, world.memberships["city", "chengdu"]), seat)


async def disabled(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.write(world.unions["chengdu"].id) as session:
        await disable_account(session, clock, world.accounts["city"])


async def time_over(owner: Database, _world: World, clock: FixedClock) -> None:
    async with owner.plain() as session:
        await session.execute(text("update sign_in_session set last_seen_at = '2026-03-02T03:00Z'"))
    clock.move(hours=2)


async def moved_away(owner: Database, world: World, _clock: FixedClock) -> None:
    async with owner.plain() as session:
        await move_tenant(session, world.unions["wuhou"].id, world.unions["changzhou"].id)


ENDS: dict[str, Deed] = {
    "his place ends": unseated,
    "he is no auditor any more": other_role,
    "his account is disabled": disabled,
    "the time is over": time_over,
    "the union is no longer below his": moved_away,
}


@pytest.mark.parametrize("name", ENDS)
async def test_a_visit_is_over_when(
    people: People, api: Client, owner: Database, world: World, clock: FixedClock, name: str
) -> None:
    visitor = await enter(people, "city", "chengdu", "wuhou")
    assert (await api.data(CASES, who=visitor))["applications"]["totalCount"] == 2
    await ENDS[name](owner, world, clock)
    assert (await api.ask(CASES, who=visitor)).status == 401


async def test_the_auditor_leaves(people: People, api: Client) -> None:
    visitor = await enter(people, "city", "chengdu", "wuhou")
    assert (await api.data(LEAVE, who=visitor))["answer"] == {"done": True, "errors": []}
    assert (await api.ask(CASES, who=visitor)).status == 401
    ended = "2026-03-02T09:00:00.000+08:00"
    assert [one["endedAt"] for one in await visits(people, "audit", "wuhou")] == [ended]
    assert [one["endedAt"] for one in await visits(people, "adm", "chengdu")] == [ended]
    home = await people.token("city", "chengdu")
    assert (await api.data(LEAVE, who=home))["answer"]["errors"] == [{"code": "NOT_VISITING"}]


async def test_leaving_and_looking_at_once(people: People, api: Client) -> None:
    """However they meet, afterwards nothing is seen, and the two records agree."""
    visitor = await enter(people, "city", "chengdu", "wuhou")
    asked = [api.ask(CASES, who=visitor) for _ in range(6)]
    answers = await asyncio.gather(api.ask(LEAVE, who=visitor), api.ask(LEAVE, who=visitor), *asked)
    assert {answer.status for answer in answers} <= {200, 401}
    assert (await api.ask(CASES, who=visitor)).status == 401
    assert [one["endedAt"] for one in await visits(people, "audit", "wuhou")] == [
        one["endedAt"] for one in await visits(people, "adm", "chengdu")
    ]


async def test_one_case_is_opened_and_nothing_else(
    people: People, api: Client, owner: Database, cases: Cases, world: World, clock: FixedClock
) -> None:
    key = cases.applications["wuhou"][0]
    given = into(world, "wuhou", applicationId=encode_id("Application", key))
    answer = await people.send(await people.token("city", "chengdu"), OPEN_CASE, **given)
    assert answer["errors"] == []
    visitor = answer["token"]
    seen = (await api.data(CASES, who=visitor))["applications"]
    assert (seen["totalCount"], [edge["node"]["id"] for edge in seen["edges"]]) == (1, [encode_id("Application", key)])
    assert seen["edges"][0]["node"]["history"]["totalCount"] == 3
    others = [
        encode_id("Application", cases.applications["wuhou"][1]),
        encode_id("Person", cases.people["wuhou"][1]),
        encode_id("Member", world.memberships["zhou", "wuhou"]),
    ]
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    assert (await api.data(nodes, who=visitor, ids=others))["nodes"] == [None, None, None]
    rest = "{ members(first: 9) { totalCount } auditEntries(first: 9) { totalCount } readEntries(first: 9) { totalCount } people(first: 9) { totalCount } }"
    told = await api.data(rest, who=visitor)
    assert {name: found["totalCount"] for name, found in told.items()} == {
        "members": 0,
        "auditEntries": 0,
        "readEntries": 0,
        "people": 1,
    }
    assert (await api.ask("{ policyRows { revision } }", who=visitor)).body["errors"][0]["extensions"][
        "reason"
    ] == "OUTSIDE_VISIT"
    [record] = await visits(people, "audit", "wuhou")
    assert (record["kind"], record["reason"]) == ("CASE", "年度监督检查")
    assert any(edge["node"]["objectKind"] == "person" for edge in record["reads"]["edges"])


async def test_a_case_is_named_as_ones_own_union_has_it(
    people: People, api: Client, owner: Database, cases: Cases, world: World, clock: FixedClock
) -> None:
    """The same case stands in both unions under ids of their own."""
    below = cases.applications["wuhou"][0]
    async with owner.read(world.unions["wuhou"].id) as session:
        case_id = (
            await session.execute(text("select case_id from application where id = :id"), {"id": below})
        ).scalar_one()
    async with owner.write(world.unions["chengdu"].id) as session:
        above: Application = new_case(cases.unions, "chengdu", cases.people["wuhou"][0], cases.edition, 7, clock)
        above.case_id = case_id
        person = new_person(world.unions["chengdu"].id, 7, clock)
        session.add(person)
        await session.flush()
        above.person_id = person.id
        session.add(above)
    given = into(world, "wuhou", applicationId=encode_id("Application", above.id))
    answer = await people.send(await people.token("city", "chengdu"), OPEN_CASE, **given)
    seen = (await api.data(CASES, who=answer["token"]))["applications"]
    assert [edge["node"]["id"] for edge in seen["edges"]] == [encode_id("Application", below)]


async def test_what_is_masked_stays_masked(people: People, api: Client, owner: Database, world: World) -> None:
    async with owner.write(world.unions["wuhou"].id) as session:
        await session.execute(text("update person set phone_hint = '138****0000'"))
    visitor = await enter(people, "city", "chengdu", "wuhou")
    shown = (await api.data(CASES, who=visitor))["applications"]["edges"]
    assert {edge["node"]["person"]["phoneHint"] for edge in shown} == {"138****0000"}


async def test_a_deputy_does_not_look_in_for_an_auditor(people: People, world: World) -> None:
    answer = await people.send(
        await people.token("city", "chengdu"), GRANT, **people.deputy("wuyi", "auditor", code="chengdu")
    )
    standing_in = await people.act_as("wuyi", answer["grant"]["id"], "chengdu")
    assert await people.refusal(standing_in, ENTER, **into(world, "wuhou")) == "NOT_IN_OWN_NAME"
