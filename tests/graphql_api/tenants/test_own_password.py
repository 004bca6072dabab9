from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import CHANGE, STEP, Door
from tests.tenants.unions import PASSWORD, World, add_person, enrol

RESET = "mutation ($input: ResetPasswordInput!) { answer: resetPassword(input: $input) { member { name } errors { code path } } }"
LOGIN = "{ viewer { login passwordExpired } }"
CHILDREN = '{ tenant(code: "wuhou") { code } }'
NEW = "guang-fu-lu-20-hao"


async def change(api: Client, token: str, old: str, new: str) -> Any:
    return (await api.data(CHANGE, who=token, input={"oldPassword": old, "newPassword": new}))["changeOwnPassword"]


async def enter(api: Client, login: str, password: str) -> str | None:
    given = {"tenant": "wuhou", "login": login, "password": password}
    return (await api.data(STEP, input=given))["signIn"]["token"]


async def test_ones_own_password_ends_all_other_sessions(
    api: Client, door: Door, owner: Database, world: World
) -> None:
    here, there = await door.token(), await door.token("chengdu")
    assert await change(api, here, PASSWORD, NEW) == {"done": True, "errors": []}
    assert (await api.data(LOGIN, who=here))["viewer"]["login"] == "zhang.wei"
    assert (await api.ask(LOGIN, who=there)).status == 401
    assert await enter(api, "zhang.wei", PASSWORD) is None
    assert await enter(api, "zhang.wei", NEW) is not None
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = await session.execute(
            text("select actor, object_id from audit_entry where act = 'account:change_password'")
        )
        assert [tuple(row) for row in rows] == [("zhang.wei 在 wuhou", world.accounts["zhang.wei"])]


async def test_bad_changes_are_refused_at_their_field(api: Client, door: Door) -> None:
    token = await door.token()
    for old, new, code, field in (
        ("wrong", NEW, "WRONG_PASSWORD", "oldPassword"),
        (PASSWORD, "short", "WEAK_PASSWORD", "newPassword"),
        (PASSWORD, "zhang.wei-zhang.wei", "WEAK_PASSWORD", "newPassword"),
        (PASSWORD, "1qaz2wsx3edc", "WEAK_PASSWORD", "newPassword"),
        (PASSWORD, PASSWORD, "PASSWORD_REUSED", "newPassword"),
    ):
        assert (await change(api, token, old, new))["errors"] == [{"code": code, "path": ["input", field]}]
    for _ in range(4):
        await change(api, token, "wrong", NEW)
    assert (await change(api, token, PASSWORD, NEW))["errors"][0]["code"] == "WRONG_PASSWORD"
    assert (
        await api.ask('mutation { changeOwnPassword(input: {oldPassword: "", newPassword: ""}) { done } }')
    ).codes == ["UNAUTHENTICATED"]


async def test_the_last_five_are_not_taken_again(api: Client, door: Door, clock: FixedClock) -> None:
    token, passwords = await door.token(), [PASSWORD, *(f"guang-fu-lu-{number}-hao" for number in range(20, 25))]
    for old, new in pairwise(passwords):
        assert (await change(api, token, old, new))["errors"] == []
        clock.move(seconds=1)
    refused = [(await change(api, token, passwords[-1], old))["errors"] for old in passwords[1:]]
    assert refused == [[{"code": "PASSWORD_REUSED", "path": ["input", "newPassword"]}]] * 5
    assert (await change(api, token, passwords[-1], PASSWORD))["errors"] == []


async def test_an_expired_password_is_good_for_changing_it_only(api: Client, door: Door, clock: FixedClock) -> None:
    clock.move(hours=24 * 90 - 1)
    token = await enter(api, "zhang.wei", PASSWORD)
    assert token is not None
    assert (await api.data(CHILDREN, who=token))["tenant"] == {"code": "wuhou"}
    clock.move(minutes=20)
    assert (await api.data(LOGIN, who=token))["viewer"]["passwordExpired"] is False
    clock.move(minutes=20)
    assert (await api.data(LOGIN, who=token))["viewer"]["passwordExpired"] is False
    clock.move(minutes=20)
    assert (await api.data(LOGIN, who=token))["viewer"] == {"login": "zhang.wei", "passwordExpired": True}
    refused = await api.ask(CHILDREN, who=token)
    assert refused.body["errors"][0]["extensions"]["reason"] == "PASSWORD_EXPIRED"
    assert (await api.http.get("/schema.graphql", headers={"authorization": f"Bearer {token}"})).status_code == 401
    assert (await change(api, token, PASSWORD, NEW))["errors"] == []
    assert (await api.data(CHILDREN, who=token))["tenant"] == {"code": "wuhou"}


async def test_a_password_given_by_an_administrator_must_be_changed(
    api: Client, door: Door, owner: Database, clock: FixedClock, world: World
) -> None:
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "clerk", ("wuhou", {"clerk"}))
    await enrol(owner, clock, world, "secure")
    before, secure = await door.token("wuhou", "clerk"), await door.token("wuhou", "secure")
    given = {
        "idempotencyKey": "reset-his-password",
        "memberId": encode_id("Member", world.memberships["clerk", "wuhou"]),
        "password": NEW,
    }
    weak = (await api.data(RESET, who=secure, input={**given, "password": "short"}))["answer"]
    assert weak["errors"] == [{"code": "WEAK_PASSWORD", "path": ["input", "password"]}]
    for login in ("zhang.wei", "admin", "audit"):
        refused = (await api.data(RESET, who=await door.token("wuhou", login), input=given))["answer"]
        assert refused["errors"] == [{"code": "NOT_PERMITTED", "path": []}]
    assert (await api.data(RESET, who=secure, input=given))["answer"] == {
        "member": {"name": "clerk 在 wuhou"},
        "errors": [],
    }
    assert (await api.ask(LOGIN, who=before)).status == 401
    token = await enter(api, "clerk", NEW)
    assert token is not None
    assert (await api.data(LOGIN, who=token))["viewer"] == {"login": "clerk", "passwordExpired": True}
    assert (await change(api, token, NEW, PASSWORD))["errors"][0]["code"] == "PASSWORD_REUSED"
    assert (await change(api, token, NEW, "guang-fu-lu-21-hao"))["errors"] == []
    assert (await api.data(LOGIN, who=token))["viewer"]["passwordExpired"] is False


@pytest.mark.parametrize("place", ["chengdu", "qingyang"])
async def test_nobody_resets_the_password_of_a_person_who_works_above_or_beside(
    api: Client, door: Door, owner: Database, clock: FixedClock, world: World, place: str
) -> None:
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "high", (place, {"clerk"}), ("wuhou", {"clerk"}))
    await enrol(owner, clock, world, "secure")
    given = {
        "idempotencyKey": "reset-his-password",
        "memberId": encode_id("Member", world.memberships["high", "wuhou"]),
        "password": NEW,
    }
    refused = (await api.data(RESET, who=await door.token("wuhou", "secure"), input=given))["answer"]
    assert refused["errors"] == [{"code": "SEATED_ELSEWHERE", "path": []}]
    assert await enter(api, "high", PASSWORD) is not None


async def test_a_sixth_session_ends_the_oldest(api: Client, clock: FixedClock) -> None:
    tokens: list[str] = []
    for _ in range(6):
        tokens.append(await enter(api, "zhang.wei", PASSWORD) or "")
        clock.move(seconds=1)
    assert [(await api.ask(LOGIN, who=token)).status for token in tokens] == [401, *[200] * 5]
    seen = (await api.data("{ sessions { address strength issuedAt lastSeenAt } }", who=tokens[5]))["sessions"]
    assert len(seen) == 5
    assert seen[0] == {
        "address": "127.0.0.1",
        "strength": 1,
        "issuedAt": "2026-03-02T09:00:05.000+08:00",
        "lastSeenAt": "2026-03-02T09:00:05.000+08:00",
    }
