from typing import Any

from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import Door
from tests.tenants.unions import PASSWORD, World

MEMBERS = "{ members(first: 20) { totalCount edges { node { name roles validFrom validTo } } } }"
MEMBER = "member { name roles validFrom validTo } errors { code path }"
ADD = f"mutation ($input: AddMemberInput!) {{ answer: addMember(input: $input) {{ {MEMBER} }} }}"
CHANGE = f"mutation ($input: ChangeMemberInput!) {{ answer: changeMember(input: $input) {{ {MEMBER} }} }}"
END = f"mutation ($input: EndMemberInput!) {{ answer: endMember(input: $input) {{ {MEMBER} }} }}"


def new_person(**values: Any) -> dict[str, Any]:
    given = {
        "login": "chen.jie",
        "name": "陈洁",
        "roles": ["REVIEWER"],
        "validFrom": "2026-03-01",
        "password": PASSWORD,
    }
    return {"idempotencyKey": str(new_id()), **given, **values}


async def refusal(api: Client, token: str, query: str, given: dict[str, Any]) -> tuple[str, list[str]]:
    answer = (await api.data(query, who=token, input=given))["answer"]
    assert answer["member"] is None
    (error,) = answer["errors"]
    return error["code"], error["path"]


async def acts(owner: Database, world: World) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = await session.execute(
            text("select act, before, after from audit_entry where object_kind = 'membership' order by id")
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


async def test_administrators_see_the_people_of_their_union(api: Client, door: Door) -> None:
    expected = {
        ("admin 在 wuhou", "SYSTEM_ADMIN"),
        ("audit 在 wuhou", "AUDIT_ADMIN"),
        ("zhang.wei 在 wuhou", "CLERK,CHAIR"),
    }
    for login in ("admin", "audit"):
        members = (await api.data(MEMBERS, who=await door.token(login=login)))["members"]
        seen = {
            (edge["node"]["name"], ",".join(sorted(edge["node"]["roles"], reverse=True))) for edge in members["edges"]
        }
        assert seen == expected
        assert members["totalCount"] == 3
    assert (await api.data(MEMBERS, who=await door.token()))["members"] == {"totalCount": 0, "edges": []}


async def test_a_person_is_seated_changed_and_unseated(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    admin = await door.token(login="admin")
    given = new_person()
    added = (await api.data(ADD.replace("member {", "member { id"), who=admin, input=given))["answer"]
    member_id = added["member"].pop("id")
    assert added == {
        "member": {"name": "陈洁", "roles": ["REVIEWER"], "validFrom": "2026-03-01", "validTo": None},
        "errors": [],
    }
    again = (await api.data(ADD.replace("member {", "member { id"), who=admin, input=given))["answer"]
    assert again["member"]["id"] == member_id
    hers = await door.first_token("wuhou", "chen.jie")
    change = {
        "idempotencyKey": str(new_id()),
        "memberId": member_id,
        "name": "陈洁",
        "roles": ["CLERK", "EXPERT"],
        "validFrom": "2026-03-01",
    }
    changed = (await api.data(CHANGE, who=admin, input=change))["answer"]
    assert (changed["errors"], changed["member"]["roles"]) == ([], ["CLERK", "EXPERT"])
    assert (await api.data("{ viewer { roles } }", who=hers))["viewer"]["roles"] == ["CLERK", "EXPERT"]
    ended = (await api.data(END, who=admin, input={"idempotencyKey": str(new_id()), "memberId": member_id}))["answer"]
    assert (ended["errors"], ended["member"]["validTo"]) == ([], "2026-03-02")
    assert (await api.ask("{ viewer { roles } }", who=hers)).codes == ["UNAUTHENTICATED"]
    shown = {"roles": ["reviewer"], "valid_from": "2026-03-01", "valid_to": None}
    later = {**shown, "roles": ["clerk", "expert"]}
    done = await acts(owner, world)
    assert [act for act, _, _ in done] == ["membership:create", "membership:create", "membership:revoke"]
    assert {key: value for key, value in done[0][2].items() if key in shown} == shown
    assert done[1:] == [
        ("membership:create", shown, later),
        ("membership:revoke", later, {**later, "valid_to": "2026-03-02"}),
    ]


async def test_no_trace_of_the_password_is_kept(api: Client, door: Door, owner: Database, world: World) -> None:
    given = new_person(password="a-rather-good-one")
    await api.data(ADD, who=await door.token(login="admin"), input=given)
    async with owner.read(world.unions["wuhou"].id) as session:
        first = (await session.execute(text("select request_sha256 from idempotency_key"))).scalar_one()
    other = new_person(password="another-good-one", login="chen.jie2")
    await api.data(
        ADD,
        who=await door.token(login="admin"),
        input={**other, "idempotencyKey": given["idempotencyKey"], "login": "chen.jie"},
    )
    async with owner.read(world.unions["wuhou"].id) as session:
        assert (await session.execute(text("select request_sha256 from idempotency_key"))).scalar_one() == first


async def test_who_may_not_seat_people(api: Client, door: Door) -> None:
    for login in ("zhang.wei", "audit"):
        assert await refusal(api, await door.token(login=login), ADD, new_person()) == ("NOT_PERMITTED", [])
    assert (await door.answer("wuhou", "chen.jie"))["errors"][0]["code"] == "SIGN_IN_FAILED"


async def test_nobody_seats_or_changes_himself(api: Client, door: Door, world: World) -> None:
    admin = await door.token(login="admin")
    own = encode_id("Member", world.memberships["admin", "wuhou"])
    change = {
        "idempotencyKey": str(new_id()),
        "memberId": own,
        "name": "管理员",
        "roles": ["CLERK"],
        "validFrom": "2026-03-01",
    }
    assert await refusal(api, admin, CHANGE, change) == ("OWN_ACCOUNT", [])
    assert await refusal(api, admin, END, {"idempotencyKey": str(new_id()), "memberId": own}) == ("OWN_ACCOUNT", [])


async def test_bad_members_are_refused_at_their_field(api: Client, door: Door) -> None:
    admin = await door.token(login="admin")
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"roles": ["SYSTEM_ADMIN", "AUDIT_ADMIN"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"roles": ["SYSTEM_ADMIN", "SECURITY_ADMIN"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"roles": ["SYSTEM_ADMIN", "CLERK"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"roles": ["AUDIT_ADMIN", "FINANCE_APPROVER"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"roles": ["COURIER"]}, "UNKNOWN_ROLE", ["input", "roles"]),
        ({"roles": []}, "NO_ROLES", ["input", "roles"]),
        ({"validTo": "2026-03-01"}, "BAD_PERIOD", ["input", "validTo"]),
        ({"login": "no spaces"}, "BAD_LOGIN", ["input", "login"]),
        ({"login": "li.na"}, "LOGIN_TAKEN", ["input", "login"]),
        ({"login": "nobody", "password": None}, "LOGIN_UNKNOWN", ["input", "login"]),
        ({"password": "short"}, "WEAK_PASSWORD", ["input", "password"]),
        ({"name": " "}, "BLANK", ["input", "name"]),
        ({"login": "zhang.wei", "password": None}, "ALREADY_MEMBER", []),
    ]
    for values, code, path in cases:
        assert await refusal(api, admin, ADD, new_person(**values)) == (code, path), values
    assert (await api.ask(ADD, who=admin, input=new_person(roles=["KING"]))).codes == ["INVALID_VALUE"]
    assert (await api.data(MEMBERS, who=admin))["members"]["totalCount"] == 3
    assert (await api.data(ADD, who=admin, input=new_person()))["answer"]["errors"] == []


async def test_a_person_of_another_union_is_seated_by_login(api: Client, door: Door) -> None:
    answer = (
        await api.data(
            ADD, who=await door.token(login="admin"), input=new_person(login="li.na", name="李娜", password=None)
        )
    )["answer"]
    assert answer["errors"] == []
    assert (await door.answer("wuhou", "li.na"))["viewer"]["roles"] == ["REVIEWER"]


async def test_another_unions_member_is_not_there(api: Client, door: Door, world: World) -> None:
    admin = await door.token(login="admin")
    for key in (world.memberships["zhang.wei", "chengdu"], new_id()):
        given = {"idempotencyKey": str(new_id()), "memberId": encode_id("Member", key)}
        assert await refusal(api, admin, END, given) == ("NOT_FOUND", [])
    assert (await door.answer("chengdu", "zhang.wei"))["errors"] == []
