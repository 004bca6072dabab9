"""What administrators see and do about a member's way in: his sessions here, closing and opening his account."""

from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.access.mutations import AccessMutation
from graphql_api.access.queries import AccessQuery
from graphql_api.accounts.mutations import AccountsMutation
from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from graphql_api.tenants.mutations import TenantsMutation
from graphql_api.tenants.queries import TenantsQuery
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.sql_count import counting
from tests.graphql_api.tenants.door import Door
from tests.tenants.unions import PASSWORD, World, add_person, enrol

ACCESS = """query ($m: ID!) { memberAccess(memberId: $m) { login isActive lockedUntil mustChangePassword lastSignInAt
  secondFactor { recoveryCodesLeft } sessions { strength address } } }"""
ACT = "mutation ($input: {name}Input!) {{ answer: {field}(input: $input) {{ member {{ name }} errors {{ code }} }} }}"
END = ACT.format(name="EndMemberSessions", field="endMemberSessions")
CLOSE = ACT.format(name="CloseAccount", field="closeAccount")
OPEN = ACT.format(name="OpenAccount", field="openAccount")


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret", TenantsQuery, TenantsMutation, AccountsMutation, AccessQuery, AccessMutation)


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "wang.fang", ("wuhou", {"clerk"}), ("wuhou-plant", {"clerk"}))
    await enrol(owner, clock, world, "secure")


def member(world: World, login: str, code: str = "wuhou") -> str:
    return encode_id("Member", world.memberships[login, code])


async def act(api: Client, who: str, query: str, member_id: str) -> Any:
    given = {"idempotencyKey": str(new_id()), "memberId": member_id}
    return (await api.data(query, who=who, input=given))["answer"]


async def access(api: Client, who: str, member_id: str) -> Any:
    return (await api.data(ACCESS, who=who, m=member_id))["memberAccess"]


async def test_administrators_see_how_a_member_gets_in(api: Client, door: Door, world: World) -> None:
    await door.token("wuhou", "wang.fang")
    await door.token("wuhou-plant", "wang.fang")
    for admin in ("admin", "secure"):
        shown = await access(api, await door.token("wuhou", admin), member(world, "wang.fang"))
        assert shown == {
            "login": "wang.fang",
            "isActive": True,
            "lockedUntil": None,
            "mustChangePassword": False,
            "lastSignInAt": "2026-03-02T09:00:00.000+08:00",
            "secondFactor": None,
            "sessions": [{"strength": 1, "address": shown["sessions"][0]["address"]}],
        }
    own = await access(api, await door.token("wuhou", "secure"), member(world, "admin"))
    assert own["secondFactor"] == {"recoveryCodesLeft": 0}


async def test_others_are_refused_and_a_strangers_member_is_none(api: Client, door: Door, world: World) -> None:
    secure = await door.token("wuhou", "secure")
    assert await access(api, secure, member(world, "li.na", "qingyang")) is None
    assert await access(api, secure, encode_id("Member", new_id())) is None
    for login in ("zhang.wei", "audit"):
        told = await api.ask(ACCESS, who=await door.token("wuhou", login), m=member(world, "wang.fang"))
        assert told.codes == ["FORBIDDEN"]
    assert (await api.ask(ACCESS, m=member(world, "wang.fang"))).codes == ["UNAUTHENTICATED"]


async def test_ended_sessions_are_those_of_this_union(api: Client, door: Door, world: World) -> None:
    here, there = await door.token("wuhou", "wang.fang"), await door.token("wuhou-plant", "wang.fang")
    admin = await door.token("wuhou", "admin")
    assert await act(api, admin, END, member(world, "wang.fang")) == {
        "member": {"name": "wang.fang 在 wuhou"},
        "errors": [],
    }
    assert (await api.ask("{ viewer { login } }", who=here)).status == 401
    assert (await api.data("{ viewer { login } }", who=there))["viewer"] == {"login": "wang.fang"}
    assert (await access(api, admin, member(world, "wang.fang")))["sessions"] == []


async def test_a_closed_account_opens_nothing_until_it_is_opened(
    api: Client, door: Door, world: World, owner: Database
) -> None:
    token, secure = await door.token("wuhou", "wang.fang"), await door.token("wuhou", "secure")
    assert (await act(api, secure, CLOSE, member(world, "wang.fang")))["errors"] == []
    assert (await api.ask("{ viewer { login } }", who=token)).status == 401
    assert (await door.answer("wuhou", "wang.fang"))["errors"][0]["code"] == "SIGN_IN_FAILED"
    assert (await access(api, secure, member(world, "wang.fang")))["isActive"] is False
    assert (await act(api, secure, OPEN, member(world, "wang.fang")))["errors"] == []
    assert (await door.answer("wuhou", "wang.fang"))["token"]
    async with owner.write(world.unions["wuhou"].id) as session:
        query = text("SELECT after FROM audit_entry WHERE act = 'membership:reset' ORDER BY at, id")
        assert list((await session.execute(query)).scalars()) == [{"account": "closed"}, {"account": "opened"}]


async def test_opening_takes_a_lock_away(api: Client, door: Door, world: World) -> None:
    for _ in range(5):
        await door.answer("wuhou", "wang.fang", "not the password")
    assert (await door.answer("wuhou", "wang.fang"))["token"] is None
    secure = await door.token("wuhou", "secure")
    assert (await access(api, secure, member(world, "wang.fang")))["lockedUntil"] is not None
    await act(api, secure, OPEN, member(world, "wang.fang"))
    assert (await door.answer("wuhou", "wang.fang"))["token"]


async def test_nobody_closes_or_opens_who_works_above_or_beside_or_himself(
    api: Client, door: Door, world: World, owner: Database, clock: FixedClock
) -> None:
    """Also where the account is closed already, and its places cannot be entered."""
    secure = await door.token("wuhou", "secure")
    for query in (CLOSE, OPEN):
        assert (await act(api, secure, query, member(world, "zhang.wei")))["errors"] == [{"code": "SEATED_ELSEWHERE"}]
        assert (await act(api, secure, query, member(world, "secure")))["errors"] == [{"code": "OWN_ACCOUNT"}]
        assert (await act(api, secure, query, member(world, "li.na", "qingyang")))["errors"] == [{"code": "NOT_FOUND"}]
        admin = await door.token("wuhou", "admin")
        assert (await act(api, admin, query, member(world, "wang.fang")))["errors"] == [{"code": "NOT_PERMITTED"}]
    async with owner.plain() as session:
        await session.execute(text("UPDATE account SET state = 'disabled' WHERE login = 'zhang.wei'"))
    assert (await act(api, secure, OPEN, member(world, "zhang.wei")))["errors"] == [{"code": "SEATED_ELSEWHERE"}]


async def test_it_costs_the_same_with_one_session_and_with_four(
    api: Client, door: Door, world: World, app: Database, clock: FixedClock
) -> None:
    secure, counts = await door.token("wuhou", "secure"), []
    for _ in range(4):
        await door.answer("wuhou", "wang.fang", PASSWORD)
        with counting(app) as sql:
            await access(api, secure, member(world, "wang.fang"))
        counts.append(sql.count)
        clock.move(seconds=1)
    assert len(set(counts)) == 1
