from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import STEP, Door
from tests.tenants.unions import PASSWORD, World, add_person, enrol

MEMBERS = "{ members(first: 20) { totalCount edges { node { name roles validFrom validTo } } } }"
MEMBER = "member { name roles validFrom validTo } errors { code path }"
ADD = f"mutation ($input: AddMemberInput!) {{ answer: addMember(input: $input) {{ {MEMBER} }} }}"
CHANGE = f"mutation ($input: ChangeMemberInput!) {{ answer: changeMember(input: $input) {{ {MEMBER} }} }}"
END = f"mutation ($input: EndMemberInput!) {{ answer: endMember(input: $input) {{ {MEMBER} }} }}"


@pytest.fixture(autouse=True)
async def security(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await enrol(owner, clock, world, "secure")


def new_person(**values: Any) -> dict[str, Any]:
    given = {
        "login": "wuhou.chen",
        "name": "陈洁",
        "proposedRoles": ["REVIEWER"],
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
        ("secure 在 wuhou", "SECURITY_ADMIN"),
        ("zhang.wei 在 wuhou", "CLERK,CHAIR"),
    }
    for login in ("admin", "audit"):
        members = (await api.data(MEMBERS, who=await door.token(login=login)))["members"]
        seen = {
            (edge["node"]["name"], ",".join(sorted(edge["node"]["roles"], reverse=True))) for edge in members["edges"]
        }
        assert seen == expected
        assert members["totalCount"] == 4
    assert (await api.data(MEMBERS, who=await door.token()))["members"] == {"totalCount": 0, "edges": []}


def grant(member_id: str, *roles: str) -> dict[str, Any]:
    period = {"name": "陈洁", "roles": list(roles), "validFrom": "2026-03-01"}
    return {"idempotencyKey": str(new_id()), "memberId": member_id, **period}


async def made(api: Client, token: str, **values: Any) -> str:
    answer = (await api.data(ADD.replace("member {", "member { id"), who=token, input=new_person(**values)))["answer"]
    assert answer["errors"] == []
    return answer["member"]["id"]


async def test_a_person_is_seated_by_two_changed_and_unseated(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    admin, secure = await door.token(login="admin"), await door.token(login="secure")
    given = new_person()
    added = (await api.data(ADD.replace("member {", "member { id"), who=admin, input=given))["answer"]
    member_id = added["member"].pop("id")
    assert added == {
        "member": {"name": "陈洁", "roles": [], "validFrom": "2026-03-01", "validTo": None},
        "errors": [],
    }
    again = (await api.data(ADD.replace("member {", "member { id"), who=admin, input=given))["answer"]
    assert again["member"]["id"] == member_id
    hers = await door.first_token("wuhou", "wuhou.chen")
    assert (await api.data("{ viewer { roles } }", who=hers))["viewer"]["roles"] == []
    changed = (await api.data(CHANGE, who=secure, input=grant(member_id, "CLERK", "EXPERT")))["answer"]
    assert (changed["errors"], changed["member"]["roles"]) == ([], ["CLERK", "EXPERT"])
    assert (await api.data("{ viewer { roles } }", who=hers))["viewer"]["roles"] == ["CLERK", "EXPERT"]
    ended = (await api.data(END, who=admin, input={"idempotencyKey": str(new_id()), "memberId": member_id}))["answer"]
    assert (ended["errors"], ended["member"]["validTo"]) == ([], "2026-03-02")
    assert (await api.ask("{ viewer { roles } }", who=hers)).codes == ["UNAUTHENTICATED"]
    shown = {"roles": [], "valid_from": "2026-03-01", "valid_to": None}
    later = {**shown, "roles": ["clerk", "expert"]}
    (first, _, new), *rest = await acts(owner, world)
    assert (first, new["proposed_roles"], new["login"]) == ("membership:create", ["reviewer"], "wuhou.chen")
    assert rest == [
        ("membership:grant", shown, later),
        ("membership:revoke", later, {**later, "valid_to": "2026-03-02"}),
    ]


async def test_neither_administrator_alone_makes_an_account_that_can_do_anything(
    api: Client, door: Door, owner: Database, world: World
) -> None:
    admin, secure = await door.token(login="admin"), await door.token(login="secure")
    member_id = await made(api, admin)
    assert await refusal(api, admin, CHANGE, grant(member_id, "CLERK")) == ("NOT_PERMITTED", [])
    assert await refusal(api, secure, ADD, new_person(login="wuhou.other")) == ("NOT_PERMITTED", [])
    async with owner.write(world.unions["wuhou"].id) as session:
        change = text("update membership set made_by = :secure where name = '陈洁'")
        await session.execute(change, {"secure": world.accounts["secure"]})
    assert await refusal(api, secure, CHANGE, grant(member_id, "CLERK")) == ("DUTY_CONFLICT", [])
    for values in (
        "roles = '{clerk}'",
        "roles = '{clerk}', granted_by = made_by",
        "account_id = null, offered_to = 'x', roles = '{clerk}'",
    ):
        with pytest.raises(IntegrityError, match=r"ck_membership_(two_hands|taken_before_roles)"):
            async with owner.write(world.unions["wuhou"].id) as session:
                await session.execute(text(f"update membership set {values} where name = '陈洁'"))


async def test_a_password_that_an_administrator_gave_opens_nothing_but_its_change(api: Client, door: Door) -> None:
    admin, secure = await door.token(login="admin"), await door.token(login="secure")
    member_id = await made(api, admin)
    assert (await api.data(CHANGE, who=secure, input=grant(member_id, "CLERK")))["answer"]["errors"] == []
    given = {"tenant": "wuhou", "login": "wuhou.chen", "password": PASSWORD}
    token = (await api.data(STEP, input=given))["signIn"]["token"]
    assert (await api.ask("{ members(first: 1) { totalCount } }", who=token)).codes == ["FORBIDDEN"]


async def test_no_trace_of_the_password_is_kept(api: Client, door: Door, owner: Database, world: World) -> None:
    given = new_person(password="a-rather-good-one")
    await api.data(ADD, who=await door.token(login="admin"), input=given)
    async with owner.read(world.unions["wuhou"].id) as session:
        first = (await session.execute(text("select request_sha256 from idempotency_key"))).scalar_one()
    other = new_person(password="another-good-one", login="wuhou.chen2")
    await api.data(
        ADD,
        who=await door.token(login="admin"),
        input={**other, "idempotencyKey": given["idempotencyKey"], "login": "wuhou.chen"},
    )
    async with owner.read(world.unions["wuhou"].id) as session:
        assert (await session.execute(text("select request_sha256 from idempotency_key"))).scalar_one() == first


async def test_who_may_not_seat_people(api: Client, door: Door) -> None:
    for login in ("zhang.wei", "audit", "secure"):
        assert await refusal(api, await door.token(login=login), ADD, new_person()) == ("NOT_PERMITTED", [])
    assert (await door.answer("wuhou", "wuhou.chen"))["errors"][0]["code"] == "SIGN_IN_FAILED"


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
    assert await refusal(api, admin, CHANGE, change) == ("NOT_PERMITTED", [])
    secure = await door.token(login="secure")
    change["memberId"] = encode_id("Member", world.memberships["secure", "wuhou"])
    assert await refusal(api, secure, CHANGE, change) == ("OWN_ACCOUNT", [])
    assert await refusal(api, admin, END, {"idempotencyKey": str(new_id()), "memberId": own}) == ("OWN_ACCOUNT", [])


async def test_bad_members_are_refused_at_their_field(api: Client, door: Door) -> None:
    admin = await door.token(login="admin")
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"proposedRoles": ["SYSTEM_ADMIN", "AUDIT_ADMIN"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"proposedRoles": ["SYSTEM_ADMIN", "SECURITY_ADMIN"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"proposedRoles": ["SYSTEM_ADMIN", "CLERK"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"proposedRoles": ["AUDIT_ADMIN", "FINANCE_APPROVER"]}, "EXCLUSIVE_ROLES", ["input", "roles"]),
        ({"proposedRoles": ["COURIER"]}, "UNKNOWN_ROLE", ["input", "roles"]),
        ({"validTo": "2026-03-01"}, "BAD_PERIOD", ["input", "validTo"]),
        ({"login": "no spaces"}, "BAD_LOGIN", ["input", "login"]),
        ({"login": "li.na"}, "LOGIN_NOT_OURS", ["input", "login"]),
        ({"login": "no.such.login"}, "LOGIN_NOT_OURS", ["input", "login"]),
        ({"password": "short"}, "WEAK_PASSWORD", ["input", "password"]),
        ({"name": " "}, "BLANK", ["input", "name"]),
        ({"login": "zhang.wei", "password": None}, "ALREADY_MEMBER", []),
    ]
    for values, code, path in cases:
        assert await refusal(api, admin, ADD, new_person(**values)) == (code, path), values
    assert (await api.ask(ADD, who=admin, input=new_person(proposedRoles=["KING"]))).codes == ["INVALID_VALUE"]
    assert (await api.data(MEMBERS, who=admin))["members"]["totalCount"] == 4
    member_id = await made(api, admin)
    assert await refusal(api, admin, ADD, new_person()) == ("LOGIN_TAKEN", ["input", "login"])
    secure = await door.token(login="secure")
    assert await refusal(api, secure, CHANGE, grant(member_id)) == ("NO_ROLES", ["input", "roles"])
    assert await refusal(api, secure, CHANGE, grant(member_id, "AUDIT_ADMIN", "CLERK")) == (
        "EXCLUSIVE_ROLES",
        ["input", "roles"],
    )


async def test_a_place_is_kept_for_a_login_and_accepted_by_signing_in(
    api: Client, door: Door, owner: Database, world: World
) -> None:
    admin, secure = await door.token(login="admin"), await door.token(login="secure")
    offer = {"login": "li.na", "name": "李娜", "password": None}
    member_id = await made(api, admin, **offer)
    assert await refusal(api, admin, ADD, new_person(**offer)) == ("ALREADY_OFFERED", [])
    assert await refusal(api, secure, CHANGE, grant(member_id, "REVIEWER")) == ("PLACE_NOT_TAKEN", [])
    assert (await door.answer("wuhou", "li.na", "a wrong password"))["errors"][0]["code"] == "SIGN_IN_FAILED"
    assert (await door.answer("qingyang", "li.na"))["viewer"]["memberships"] == [{"tenant": {"code": "qingyang"}}]
    came = (await door.answer("wuhou", "li.na"))["viewer"]
    assert came["roles"] == []
    assert {place["tenant"]["code"] for place in came["memberships"]} == {"wuhou", "qingyang"}
    assert (await api.data(CHANGE, who=secure, input=grant(member_id, "REVIEWER")))["answer"]["errors"] == []
    assert (await door.answer("wuhou", "li.na"))["viewer"]["roles"] == ["REVIEWER"]
    async with owner.read(world.unions["wuhou"].id) as session:
        taken = "select after ->> 'took_place' is not null from audit_entry where act = 'session:sign_in' and account_id = :li"
        entries = await session.execute(text(taken + " order by id"), {"li": world.accounts["li.na"]})
        assert entries.scalars().all() == [True, False]
    assert await refusal(api, admin, ADD, new_person(**offer)) == ("ALREADY_MEMBER", [])


async def test_an_offer_that_is_over_is_made_again(api: Client, door: Door) -> None:
    admin = await door.token(login="admin")
    offer = {"login": "li.na", "name": "李娜", "password": None}
    member_id = await made(api, admin, **offer)
    ended = await api.data(END, who=admin, input={"idempotencyKey": str(new_id()), "memberId": member_id})
    assert ended["answer"]["errors"] == []
    assert (await door.answer("wuhou", "li.na"))["errors"][0]["code"] == "SIGN_IN_FAILED"
    assert await made(api, admin, **offer) == member_id
    assert await refusal(api, admin, ADD, new_person(**offer)) == ("ALREADY_OFFERED", [])
    assert (await door.answer("wuhou", "li.na"))["viewer"]["roles"] == []


async def test_whether_a_login_exists_elsewhere_is_not_told(api: Client, door: Door) -> None:
    admin, answers = await door.token(login="admin"), []
    for password in (None, PASSWORD):
        for login in ("li.na", "no.such.login"):
            answer = (await api.data(ADD, who=admin, input=new_person(login=login, password=password)))["answer"]
            answers.append(answer)
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    assert [answer["errors"][:1] for answer in answers[::2]] == [
        [],
        [{"code": "LOGIN_NOT_OURS", "path": ["input", "login"]}],
    ]


async def test_another_unions_member_is_not_there(api: Client, door: Door, world: World) -> None:
    admin = await door.token(login="admin")
    for key in (world.memberships["zhang.wei", "chengdu"], new_id()):
        given = {"idempotencyKey": str(new_id()), "memberId": encode_id("Member", key)}
        assert await refusal(api, admin, END, given) == ("NOT_FOUND", [])
    assert (await door.answer("chengdu", "zhang.wei"))["errors"] == []
