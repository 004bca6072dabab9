"""Policies over the contract: what is in force, tightening it, and why somebody may not."""

from typing import Any

import pytest
from sqlalchemy import text

from authz import enforcer
from graphql_api.gate_objects import PLACES
from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import Door
from tests.graphql_api.world import new_person
from tests.tenants.unions import World, add_person, enrol

TIGHTEN = "mutation ($i: TightenPolicyInput!) { a: tightenPolicy(input: $i) { tightening { id kind act stage version liftedAt } errors { code } } }"
LIFT = (
    "mutation ($i: LiftPolicyInput!) { a: liftPolicy(input: $i) { tightening { version liftedBy } errors { code } } }"
)
ROWS = "query ($k: String, $r: Role) { policyRows(kind: $k, role: $r) { revision lines { file text } tightenings { role action stage isOwn union document } } }"
EXPLAIN = """query ($m: ID!, $a: String!, $o: ID) { explainAccess(memberId: $m, action: $a, objectId: $o) {
    allowed sentence code policyRow revision isLive roles level stage relations tightening { union isOwn document } } }"""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret")


@pytest.fixture(autouse=True)
async def guards(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "guard", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "guard.cd", ("chengdu", {"security_admin"}))
    await enrol(owner, clock, world, "guard", "guard.cd")


def new(**given: Any) -> dict[str, Any]:
    usual = {
        "role": "CLERK",
        "action": "person:reveal",
        "reason": "由审查人查看",
        "document": "成工办〔2026〕3号",
        "validFrom": "2026-03-02",
    }
    return {"idempotencyKey": str(new_id()), **usual, **given}


async def explained(api: Client, who: str, member: str, action: str, thing: str | None = None) -> Any:
    return (await api.data(EXPLAIN, who=who, m=member, a=action, o=thing))["explainAccess"]


async def test_a_superiors_row_shows_below_and_is_lifted_above_only(api: Client, door: Door) -> None:
    above, below = await door.token("chengdu", "guard.cd"), await door.token("wuhou", "guard")
    made = (await api.data(TIGHTEN, who=above, i=new(bindsBelow=True)))["a"]
    assert made["errors"] == []
    assert made["tightening"] | {"id": ""} == {
        "id": "",
        "kind": "person",
        "act": "reveal",
        "stage": "*",
        "version": 1,
        "liftedAt": None,
    }
    bound = {"role": "CLERK", "action": "person:reveal", "stage": "*", "document": "成工办〔2026〕3号"}
    for who, is_own in ((above, True), (below, False)):
        rows = (await api.data(ROWS, who=who, k="person"))["policyRows"]
        assert rows["tightenings"] == [{**bound, "isOwn": is_own, "union": "成都市总"}]
        assert rows["revision"] == enforcer.current().revision
        assert {line["file"] for line in rows["lines"]} == {"people.csv"}
    lift = {"idempotencyKey": str(new_id()), "tighteningId": made["tightening"]["id"], "version": 1}
    assert (await api.data(LIFT, who=below, i=lift))["a"] == {"tightening": None, "errors": [{"code": "NOT_FOUND"}]}
    lifted = (await api.data(LIFT, who=above, i={**lift, "idempotencyKey": str(new_id())}))["a"]
    assert lifted == {"tightening": {"version": 2, "liftedBy": "guard.cd 在 chengdu"}, "errors": []}
    assert (await api.data(ROWS, who=below, k="person"))["policyRows"]["tightenings"] == []


async def test_only_administrators_and_auditors_read_policies(api: Client, door: Door) -> None:
    lists = "{ policyTightenings(first: 5) { totalCount } policyRevisions(first: 5) { edges { node { number revision lines } } } }"
    guard, clerk = await door.token(login="guard"), await door.token()
    await api.data(TIGHTEN, who=guard, i=new())
    found = await api.data(lists, who=guard)
    assert found["policyTightenings"] == {"totalCount": 1}
    (newest,) = [edge["node"] for edge in found["policyRevisions"]["edges"]]
    assert newest["revision"] == enforcer.current().revision
    assert len(newest["lines"]) == len({str(row.line) for row in enforcer.current().rows})
    assert await api.data(lists, who=clerk) == {
        "policyTightenings": {"totalCount": 0},
        "policyRevisions": {"edges": []},
    }
    assert (await api.ask(ROWS, who=clerk)).codes == ["FORBIDDEN"]
    assert (await api.data(TIGHTEN, who=clerk, i=new()))["a"]["errors"] == [{"code": "NOT_PERMITTED"}]


async def test_an_explanation_names_row_facts_and_tightening(
    api: Client, door: Door, world: World, owner: Database, clock: FixedClock
) -> None:
    home = world.unions["wuhou"].id
    person = new_person(home, 1, clock)
    async with owner.write(home) as session:
        session.add(person)
    admin, guard = await door.token(login="admin"), await door.token(login="guard")
    member = encode_id("Member", world.memberships["zhang.wei", "wuhou"])
    thing = encode_id("Person", person.id)
    told = await explained(api, admin, member, "person:reveal", thing)
    assert told == {
        "allowed": True,
        "sentence": f"可以：角色“干事、工会主席”可对“—”状态的人员档案执行“查看敏感信息”（策略：{told['policyRow']}）",
        "code": None,
        "policyRow": "people.csv:8 clerk|recommender|reviewer|investigator|finance_clerk,person,reveal,*,holder,*,allow",
        "revision": enforcer.current().revision,
        "isLive": True,
        "roles": ["CLERK", "CHAIR"],
        "level": "district",
        "stage": "-",
        "relations": ["holder"],
        "tightening": None,
    }
    await api.data(TIGHTEN, who=guard, i=new())
    refused = await explained(api, admin, member, "person:reveal", thing)
    assert (refused["allowed"], refused["code"]) == (False, "TIGHTENED")
    assert refused["tightening"] == {"union": "武侯区总", "isOwn": True, "document": "成工办〔2026〕3号"}
    missing = await explained(api, admin, member, "funding:pay")
    assert (missing["code"], missing["allowed"]) == ("NOT_PERMITTED", False)
    own = encode_id("Member", world.memberships["admin", "wuhou"])
    himself = await explained(api, admin, own, "membership:revoke", own)
    assert (himself["code"], himself["relations"]) == ("OWN_ACCOUNT", ["holder", "is_self_account"])


async def test_a_place_that_has_ended_has_no_roles(api: Client, door: Door, world: World, owner: Database) -> None:
    admin = await door.token(login="admin")
    member = encode_id("Member", world.memberships["zhang.wei", "wuhou"])
    for day, is_live in (("2026-03-03", True), ("2026-03-02", False)):
        async with owner.write(world.unions["wuhou"].id) as session:
            await session.execute(
                text(f"UPDATE membership SET valid_to = '{day}' WHERE id = :id"),
                {"id": world.memberships["zhang.wei", "wuhou"]},
            )
        told = await explained(api, admin, member, "case:list")
        assert (told["isLive"], told["allowed"], told["roles"] == []) == (is_live, is_live, not is_live)


async def test_nothing_is_explained_about_another_union(
    api: Client, door: Door, world: World, owner: Database, clock: FixedClock
) -> None:
    elsewhere = world.unions["qingyang"].id
    person = new_person(elsewhere, 1, clock)
    async with owner.write(elsewhere) as session:
        session.add(person)
    admin = await door.token(login="admin")
    member = encode_id("Member", world.memberships["zhang.wei", "wuhou"])
    strange = encode_id("Member", world.memberships["li.na", "qingyang"])
    asked = [
        (strange, None),
        (encode_id("Member", new_id()), None),
        ("nonsense", None),
        (member, encode_id("Person", person.id)),
        (member, encode_id("Person", new_id())),
        (member, "nonsense"),
    ]
    assert [await explained(api, admin, who, "person:read", thing) for who, thing in asked] == [None] * len(asked)
    clerk = await door.token()
    assert (await api.ask(EXPLAIN, who=clerk, m=member, a="person:read")).codes == ["FORBIDDEN"]
    assert (await api.ask(EXPLAIN, who=admin, m=member, a="person:fly")).codes == ["UNKNOWN_PERMISSION"]
    other_kind = await api.ask(EXPLAIN, who=admin, m=member, a="case:list", o=encode_id("Person", person.id))
    assert other_kind.codes == ["OTHER_KIND"]


@pytest.mark.parametrize("type_name", sorted(PLACES))
async def test_every_place_can_be_asked(api: Client, door: Door, world: World, type_name: str) -> None:
    admin = await door.token(login="admin")
    member = encode_id("Member", world.memberships["zhang.wei", "wuhou"])
    permission = {"case": "case:list", "policy": "policy:read"}.get(
        kind := min(PLACES[type_name].kinds), f"{kind}:read"
    )
    assert await explained(api, admin, member, permission, encode_id(type_name, new_id())) is None
    assert type_name in build(b"").registry.sources
