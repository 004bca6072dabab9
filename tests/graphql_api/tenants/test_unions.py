import pytest

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tenants.service import NewTenant, add_tenant
from tests.graphql_api.client import Client
from tests.graphql_api.sql_count import counting
from tests.graphql_api.tenants.door import Door
from tests.tenants.unions import World, add_person

BY_ID = "query ($id: ID!) { tenant(id: $id) { id code name } node(id: $id) { id } }"
BY_CODE = "query ($code: String!) { tenant(code: $code) { code } }"
CHILDREN = """query ($code: String!, $first: Int, $after: String) { tenant(code: $code) {
  children(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { code level { name } parent { code } ancestors { code } } } } } }"""


async def test_a_union_with_its_place_in_the_tree(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    await add_person(owner, clock, world, "grid", ("grid", {"clerk"}))
    query = """{ tenant(code: "grid") { name level { code name rank line } active createdAt parent { code parent { code } }
      industryParent { code } ancestors { code level } children(first: 1) { edges { cursor } } } }"""
    found = (await api.data(query, who=await door.token("grid", "grid")))["tenant"]
    above = found.pop("ancestors")
    assert sorted((one["code"], one["level"]) for one in above) == [
        ("acftu", "national"),
        ("changzhou", "city"),
        ("jiangsu", "province"),
        ("power", "national_industry"),
    ]
    assert (above[0]["code"], above[-1]["code"]) == ("acftu", "changzhou")
    assert found == {
        "name": "国网常州供电",
        "level": {"code": "enterprise", "name": "企业（基层）", "rank": 60, "line": "TERRITORIAL"},
        "active": True,
        "createdAt": "2026-03-02T09:00:00.000+08:00",
        "parent": {"code": "changzhou", "parent": {"code": "jiangsu"}},
        "industryParent": {"code": "power"},
        "children": {"edges": []},
    }


async def test_those_above_and_below_are_there_and_no_others(api: Client, door: Door, world: World) -> None:
    token = await door.token()
    seen = {code for code in world.unions if (await api.data(BY_CODE, who=token, code=code))["tenant"] is not None}
    assert seen == {"acftu", "sichuan", "chengdu", "wuhou", "wuhou-plant"}
    for code, union in world.unions.items():
        key = encode_id("Tenant", union.id)
        there = {"id": key, "code": code, "name": union.name} if code in seen else None
        answer = await api.data(BY_ID, who=token, id=key)
        assert answer == {"tenant": there, "node": {"id": key} if code in seen else None}


async def test_a_strangers_union_is_answered_like_none(api: Client, door: Door, world: World) -> None:
    token = await door.token()
    strange, unknown = encode_id("Tenant", world.unions["qingyang"].id), encode_id("Tenant", new_id())
    answers = [await api.ask(BY_ID, who=token, id=key) for key in (strange, unknown)]
    assert answers[0].body == answers[1].body
    assert answers[0].status == answers[1].status
    for code in ("qingyang", "no-such", "", "\0", "x" * 5000):
        assert await api.data(BY_CODE, who=token, code=code) == {"tenant": None}
    for malformed in ("", "x", encode_id("Session", world.unions["wuhou"].id)):
        assert (await api.data("query ($id: ID!) { tenant(id: $id) { id } }", who=token, id=malformed)) == {
            "tenant": None
        }


async def test_a_sibling_is_in_no_list(api: Client, door: Door) -> None:
    token = await door.token()
    answer = (await api.data(CHILDREN, who=token, code="chengdu", first=10))["tenant"]["children"]
    assert answer["totalCount"] == 1
    assert [edge["node"]["code"] for edge in answer["edges"]] == ["wuhou"]


@pytest.mark.parametrize("query", ["{ tenant { code } }", '{ tenant(id: "x", code: "y") { code } }'])
async def test_a_union_is_named_by_one_of_id_and_code(api: Client, door: Door, query: str) -> None:
    assert (await api.ask(query, who=await door.token())).codes == ["ID_OR_CODE"]


async def test_children_come_in_pages_and_in_as_many_statements_for_three_as_for_one(
    api: Client, app: Database, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    token = await door.token()
    counts: list[list[str]] = []
    with counting(app) as sql:
        await api.data(CHILDREN, who=token, code="wuhou", first=3)
    counts.append(sql.statements)
    async with owner.plain() as session:
        for number in (2, 3):
            new = NewTenant(code=f"plant-{number}", name="厂", level="enterprise", parent_id=world.unions["wuhou"].id)
            await add_tenant(session, clock, new)
    with counting(app) as sql:
        answer = (await api.data(CHILDREN, who=token, code="wuhou", first=3))["tenant"]["children"]
    counts.append(sql.statements)
    assert [len(statements) for statements in counts] == [len(counts[0])] * 2
    assert [edge["node"] for edge in answer["edges"]] == [
        {
            "code": code,
            "level": {"name": "企业（基层）"},
            "parent": {"code": "wuhou"},
            "ancestors": [{"code": above} for above in ("acftu", "sichuan", "chengdu", "wuhou")],
        }
        for code in ("wuhou-plant", "plant-2", "plant-3")
    ]
    page = (await api.data(CHILDREN, who=token, code="wuhou", first=2))["tenant"]["children"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], len(page["edges"])) == (3, True, 2)
    rest = await api.data(CHILDREN, who=token, code="wuhou", first=2, after=page["pageInfo"]["endCursor"])
    assert [edge["node"]["code"] for edge in rest["tenant"]["children"]["edges"]] == ["plant-3"]


async def test_an_industrial_union_sees_its_members_in_all_provinces(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    await add_person(owner, clock, world, "power", ("power", {"clerk"}))
    query = """{ tenant(code: "power") { level { line } industryMembers(first: 9) { edges { node { code parent { code } } } }
      children(first: 9) { totalCount } } }"""
    assert (await api.data(query, who=await door.token("power", "power")))["tenant"] == {
        "level": {"line": "INDUSTRY"},
        "industryMembers": {"edges": [{"node": {"code": "grid", "parent": None}}]},
        "children": {"totalCount": 0},
    }
