"""Tokens for machines: narrower than their owner, whatever becomes of him; over HTTP, as the owner, the machine, the security administrator and others."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.policy import SignInPolicy
from tenants.accounts.service import disable_account, enable_account
from tests.graphql_api.client import Client
from tests.graphql_api.sql_count import counting
from tests.graphql_api.tenants.door import Door
from tests.tenants.unions import PASSWORD, World, add_person, enrol

CREATE = """mutation ($input: CreateApiTokenInput!) { answer: createApiToken(input: $input) {
  token apiToken { id name hint permissions strength validTo lastUsedAt revokedAt member { name } }
  errors { code path params { name value } } } }"""
REVOKE = """mutation ($input: RevokeApiTokenInput!) { answer: revokeApiToken(input: $input) {
  apiToken { revokedAt } errors { code } } }"""
LIST = "{ apiTokens(first: 20) { edges { node { id name lastUsedAt revokedAt member { name } } } } }"
LOGIN = "{ viewer { login } }"
MEMBERS = "{ members(first: 9) { totalCount } }"
UNION = "{ viewer { tenant { code } } }"
ADD = "mutation ($input: AddMemberInput!) { answer: addMember(input: $input) { errors { code } } }"
END = "mutation ($input: EndMemberInput!) { answer: endMember(input: $input) { errors { code } } }"
CHANGE = "mutation ($input: ChangeMemberInput!) { answer: changeMember(input: $input) { errors { code } } }"
RESET = "mutation ($input: ResetPasswordInput!) { answer: resetPassword(input: $input) { errors { code } } }"
REMOVE = "mutation ($input: RemoveSecondFactorInput!) { answer: removeSecondFactor(input: $input) { errors { code } } }"
WITHHELD = "{ viewer { roles withheldRoles permissions } }"


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    """`inspector` audits and is clerk; `secure` is the security administrator; `treasurer` approves money; all at 武侯."""
    await add_person(owner, clock, world, "inspector", ("wuhou", {"auditor", "clerk"}))
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "treasurer", ("wuhou", {"finance_approver", "clerk"}))
    await enrol(owner, clock, world, "secure", "treasurer")


async def send(api: Client, who: str, query: str, **given: Any) -> Any:
    return (await api.data(query, who=who, input=given))["answer"]


async def make(api: Client, who: str, *permissions: str, **given: Any) -> Any:
    asked = {"name": "对账程序", "permissions": permissions, "validTo": "2026-04-01", "password": PASSWORD, **given}
    return await send(api, who, CREATE, **asked)


async def machine_of(api: Client, door: Door, login: str, *permissions: str, union: str = "wuhou") -> str:
    """A working token that this person made."""
    made = await make(api, await door.token(union, login), *permissions)
    assert made["errors"] == []
    assert (await api.data(LOGIN, who=made["token"]))["viewer"] == {"login": login}
    return made["token"]


async def tokens(api: Client, who: str) -> list[Any]:
    return [edge["node"] for edge in (await api.data(LIST, who=who))["apiTokens"]["edges"]]


async def is_dead(api: Client, machine: str) -> bool:
    return (await api.ask(LOGIN, who=machine)).status == 401


def member(world: World, login: str, **given: Any) -> dict[str, Any]:
    """An input about a member of 武侯."""
    return {
        "idempotencyKey": str(new_id()),
        "memberId": encode_id("Member", world.memberships[login, "wuhou"]),
        **given,
    }


async def reasons(api: Client, who: str, query: str, **given: Any) -> list[str]:
    answer = await api.ask(query, who=who, **({"input": given} if given else {}))
    return [error["extensions"]["reason"] for error in answer.body.get("errors", [])]


async def test_a_token_is_shown_once_used_and_ended(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    hers = await door.token("wuhou", "inspector")
    made = await make(api, hers, "audit:read", "tenant:read")
    machine, shown = made["token"], made["apiToken"]
    token_id = shown.pop("id")
    assert made["errors"] == []
    assert (machine[:8], len(machine)) == ("jiangti_", 51)
    assert shown == {
        "name": "对账程序",
        "hint": machine[:12],
        "permissions": ["audit:read", "tenant:read"],
        "strength": 1,
        "validTo": "2026-04-01",
        "lastUsedAt": None,
        "revokedAt": None,
        "member": {"name": "inspector 在 wuhou"},
    }
    assert await api.data(UNION, who=machine) == {"viewer": {"tenant": {"code": "wuhou"}}}
    (listed,) = await tokens(api, hers)
    assert (listed["id"], listed["lastUsedAt"]) == (token_id, "2026-03-02T09:00:00.000+08:00")
    ended = await send(api, hers, REVOKE, idempotencyKey="end-the-token", tokenId=token_id)
    assert ended == {"apiToken": {"revokedAt": "2026-03-02T09:00:00.000+08:00"}, "errors": []}
    assert await is_dead(api, machine)
    async with owner.read(world.unions["wuhou"].id) as session:
        kept = (await session.execute(text("select t::text from api_token t"))).scalar_one()
        assert machine[:12] in kept
        assert machine.removeprefix("jiangti_") not in kept
        rows = await session.execute(
            text(
                "select act, actor, after->>'name', after->>'hint' from audit_entry where object_kind = 'api_token' order by id"
            )
        )
        assert [tuple(row) for row in rows] == [
            ("token:create", "inspector 在 wuhou", "对账程序", machine[:12]),
            ("token:revoke", "inspector 在 wuhou", "对账程序", machine[:12]),
        ]


async def test_bad_tokens_are_refused(api: Client, door: Door) -> None:
    hers = await door.token("wuhou", "inspector")
    for permissions, given, code, path in (
        ((), {}, "TOKEN_PERMISSION", "permissions"),
        (("case:*",), {}, "TOKEN_PERMISSION", "permissions"),
        (("*",), {}, "TOKEN_PERMISSION", "permissions"),
        (("audit:read", "funding:approve"), {}, "TOKEN_PERMISSION", "permissions"),
        (("membership:read",), {}, "TOKEN_PERMISSION", "permissions"),
        (("session:revoke",), {}, "TOKEN_PERMISSION", "permissions"),
        (("token:create",), {}, "TOKEN_PERMISSION", "permissions"),
        (("policy:read",), {}, "TOKEN_PERMISSION", "permissions"),
        (("audit:read",), {"validTo": "2026-03-02"}, "TOKEN_PERIOD", "validTo"),
        (("audit:read",), {"validTo": "2026-08-30"}, "TOKEN_PERIOD", "validTo"),
        (("audit:read",), {"name": " "}, "BLANK", "name"),
        (("audit:read",), {"name": "长" * 51}, "TOO_LONG", "name"),
        (("audit:read",), {"password": "wrong"}, "WRONG_PASSWORD", "password"),
    ):
        made = await make(api, hers, *permissions, **given)
        assert (made["token"], [(one["code"], one["path"]) for one in made["errors"]]) == (
            None,
            [(code, ["input", path])],
        )
    assert (await make(api, hers, "audit:read", validTo="2026-08-29"))["errors"] == []
    assert [token["name"] for token in await tokens(api, hers)] == ["对账程序"]


async def test_asking_with_wrong_passwords_locks_the_account(api: Client, door: Door) -> None:
    hers = await door.token("wuhou", "inspector")
    for _ in range(5):
        await make(api, hers, "audit:read", password="wrong")
    assert [one["code"] for one in (await make(api, hers, "audit:read"))["errors"]] == ["WRONG_PASSWORD"]
    assert [error["code"] for error in (await door.answer("wuhou", "inspector"))["errors"]] == ["SIGN_IN_FAILED"]


async def test_a_place_has_twenty_live_tokens_also_when_they_are_made_at_once(api: Client, door: Door) -> None:
    hers = await door.token("wuhou", "inspector")
    most = SignInPolicy().tokens
    for _ in range(most - 2):
        assert (await make(api, hers, "audit:read"))["errors"] == []
    made = await asyncio.gather(*(make(api, hers, "audit:read") for _ in range(4)))
    assert sorted(len(one["errors"]) for one in made) == [0, 0, 1, 1]
    assert [one["code"] for one in (await make(api, hers, "audit:read"))["errors"]] == ["TOO_MANY_TOKENS"]
    assert len(await tokens(api, hers)) == most


async def test_a_token_opens_nothing_that_leads_to_more(api: Client, door: Door, world: World) -> None:
    machine = await machine_of(api, door, "inspector", "audit:read", "tenant:read")
    there = encode_id("Tenant", world.unions["chengdu"].id)
    for query in (
        "{ sessions { id } }",
        "{ viewer { memberships { name } } }",
        "{ viewer { secondFactor { confirmedAt } } }",
        "mutation { signOut { done } }",
        f'mutation {{ switchTenant(input: {{tenantId: "{there}"}}) {{ token }} }}',
        f'mutation {{ revokeSession(input: {{sessionId: "{there}"}}) {{ done }} }}',
        f'mutation {{ beginSecondFactor(input: {{password: "{PASSWORD}"}}) {{ secret }} }}',
        'mutation { confirmSecondFactor(input: {code: "000000"}) { token } }',
        f'mutation {{ changeOwnPassword(input: {{oldPassword: "{PASSWORD}", newPassword: "x"}}) {{ done }} }}',
    ):
        assert await reasons(api, machine, query) == ["SESSION_REQUIRED"], query
    given = {"name": "x", "permissions": ["audit:read"], "validTo": "2026-04-01", "password": PASSWORD}
    assert await reasons(api, machine, CREATE, **given) == ["SESSION_REQUIRED"]
    assert await reasons(api, machine, LIST) == ["FORBIDDEN_SCOPE"]
    (own,) = await tokens(api, await door.token("wuhou", "inspector"))
    refused = await send(api, machine, REVOKE, idempotencyKey="end-the-token", tokenId=own["id"])
    assert refused["errors"] == [{"code": "FORBIDDEN_SCOPE"}]
    assert (await api.data("{ viewer { session { id } } }", who=machine))["viewer"] == {"session": None}


async def test_single_decision_and_list_end_at_what_is_named(
    api: Client, door: Door, owner: Database, world: World, clock: FixedClock
) -> None:
    hers = await door.token("wuhou", "inspector")
    machine = await machine_of(api, door, "inspector", "audit:read")
    assert (await api.data(MEMBERS, who=hers))["members"]["totalCount"] == 6
    assert await reasons(api, machine, MEMBERS) == ["FORBIDDEN_SCOPE"]
    assert await reasons(api, machine, UNION) == ["FORBIDDEN_SCOPE"]
    known, unknown = (f'{{ tenant(code: "{code}") {{ id }} }}' for code in ("chengdu", "nowhere"))
    assert await reasons(api, machine, known) == await reasons(api, machine, unknown) == ["FORBIDDEN_SCOPE"]
    assert await reasons(api, machine, "query { nodes(ids: []) { id } }") == []
    clerk = await machine_of(api, door, "zhang.wei", "case:list")
    assert (await api.data(MEMBERS, who=clerk))["members"] == {"totalCount": 0}
    person = {
        "idempotencyKey": "a-key-of-eight",
        "login": "new.one",
        "name": "新人",
        "proposedRoles": ["CLERK"],
        "validFrom": "2026-03-01",
    }
    assert (await send(api, clerk, ADD, **person))["errors"] == [{"code": "NOT_PERMITTED"}]
    root = await machine_of(api, door, "admin", "tenant:read")
    assert (await send(api, root, ADD, **person))["errors"] == [{"code": "FORBIDDEN_SCOPE"}]


async def test_words_that_came_to_be_closed_or_forgotten_open_nothing(
    api: Client, door: Door, owner: Database, world: World
) -> None:
    machine = await machine_of(api, door, "inspector", "audit:read")
    async with owner.write(world.unions["wuhou"].id) as session:
        words = "update api_token set permissions = permissions || '{membership:create,no:such_word}'"
        await session.execute(text(words))
    assert (await api.data(WITHHELD, who=machine))["viewer"]["permissions"] == ["audit:read"]


async def test_a_token_does_no_more_than_its_owner_now(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    machine = await machine_of(api, door, "inspector", "audit:read", "tenant:read")
    admin = await door.token("wuhou", "secure")
    seat = {"name": "检查", "roles": ["FINANCE_APPROVER"], "validFrom": "2020-01-01"}
    assert (await send(api, admin, CHANGE, **member(world, "inspector", **seat)))["errors"] == []
    assert (await api.data(WITHHELD, who=machine))["viewer"] == {
        "roles": ["FINANCE_APPROVER"],
        "withheldRoles": ["FINANCE_APPROVER"],
        "permissions": ["audit:read", "tenant:read"],
    }
    clock.move(minutes=5)
    seat = {**seat, "roles": ["CLERK"], "validTo": "2026-03-02"}
    assert (await send(api, admin, CHANGE, **member(world, "inspector", **seat)))["errors"] == []
    assert await is_dead(api, machine)
    seat = {**seat, "validTo": "2026-03-20"}
    assert (await send(api, admin, CHANGE, **member(world, "inspector", **seat)))["errors"] == []
    assert not await is_dead(api, machine)


async def test_two_factors_at_the_making_are_what_awakes_the_roles_that_need_them(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    strong = await machine_of(api, door, "treasurer", "funding:approve")
    assert (await api.data(WITHHELD, who=strong))["viewer"]["withheldRoles"] == []
    await add_person(owner, clock, world, "novice", ("wuhou", {"finance_approver", "clerk"}))
    weak = await door.token("wuhou", "novice")
    refused = await make(api, weak, "funding:approve")
    assert [one["code"] for one in refused["errors"]] == ["TOKEN_PERMISSION"]
    machine = (await make(api, weak, "funding:read", "case:list"))["token"]
    await enrol(owner, clock, world, "novice")
    assert (await api.data(WITHHELD, who=machine))["viewer"]["withheldRoles"] == ["FINANCE_APPROVER"]


async def test_a_token_ends_with_place_account_password_and_factor(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World, entrance: Entrance
) -> None:
    admin, secure = await door.token("wuhou", "admin"), await door.token("wuhou", "secure")
    machine = await machine_of(api, door, "inspector", "audit:read")
    assert (await send(api, admin, END, **member(world, "inspector")))["errors"] == []
    back = {"name": "检查", "roles": ["AUDITOR"], "validFrom": "2020-01-01"}
    assert (await send(api, secure, CHANGE, **member(world, "inspector", **back)))["errors"] == []
    assert await is_dead(api, machine)
    machine = await machine_of(api, door, "inspector", "audit:read")
    given = member(world, "inspector", password="a-temporary-word")
    assert (await send(api, secure, RESET, **given))["errors"] == []
    assert await is_dead(api, machine)
    machine = await machine_of(api, door, "treasurer", "funding:approve")
    assert (await send(api, secure, REMOVE, **member(world, "treasurer")))["errors"] == []
    assert await is_dead(api, machine)
    machine = await machine_of(api, door, "zhang.wei", "case:list")
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await disable_account(session, clock, world.accounts["zhang.wei"])
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await enable_account(session, clock, world.accounts["zhang.wei"])
    assert await is_dead(api, machine)


async def test_a_token_sleeps_while_its_account_or_union_is_closed_and_ends_on_its_day(
    api: Client, door: Door, clock: FixedClock, owner: Database
) -> None:
    machine = await machine_of(api, door, "inspector", "audit:read")
    for close, reopen in (
        ("update account set state = 'disabled' where login = 'inspector'", "update account set state = 'active'"),
        ("update tenant set active = false where code = 'wuhou'", "update tenant set active = true"),
    ):
        async with owner.plain() as session:
            await session.execute(text(close))
        assert await is_dead(api, machine)
        async with owner.plain() as session:
            await session.execute(text(reopen))
        assert not await is_dead(api, machine)
    clock.at = clock.at.replace(month=3, day=31)
    assert not await is_dead(api, machine)
    clock.at = clock.at.replace(month=4, day=1)
    assert await is_dead(api, machine)


async def test_whose_token_it_is(api: Client, door: Door, world: World, clock: FixedClock) -> None:
    hers = await door.token("wuhou", "inspector")
    made = await make(api, hers, "audit:read")
    token_id = made["apiToken"]["id"]
    key = {"idempotencyKey": "end-the-token", "tokenId": token_id}
    for login in ("zhang.wei", "admin", "audit", "treasurer"):
        assert await tokens(api, await door.token("wuhou", login)) == []
        assert (await send(api, await door.token("wuhou", login), REVOKE, **key))["errors"] == [
            {"code": "NOT_PERMITTED"}
        ]
    stranger = await door.token("qingyang", "li.na")
    foreign = await api.ask(REVOKE, who=stranger, input=key)
    unknown = await api.ask(REVOKE, who=stranger, input={**key, "tokenId": encode_id("ApiToken", new_id())})
    assert foreign.body == unknown.body
    node = "query ($id: ID!) { node(id: $id) { ... on ApiToken { name } } }"
    assert (await api.data(node, who=stranger, id=token_id))["node"] is None
    assert (await api.data(node, who=hers, id=token_id))["node"] == {"name": "对账程序"}
    secure = await door.token("wuhou", "secure")
    assert [one["member"] for one in await tokens(api, secure)] == [{"name": "inspector 在 wuhou"}]
    assert (await send(api, secure, REVOKE, **key))["errors"] == []
    assert await is_dead(api, made["token"])


async def test_its_use_is_noted_at_most_every_ten_minutes(api: Client, door: Door, clock: FixedClock) -> None:
    hers = await door.token("wuhou", "zhang.wei")
    machine = await machine_of(api, door, "zhang.wei", "case:list")
    clock.move(minutes=9)
    assert not await is_dead(api, machine)
    assert (await tokens(api, hers))[0]["lastUsedAt"] == "2026-03-02T09:00:00.000+08:00"
    clock.move(minutes=1)
    assert not await is_dead(api, machine)
    assert (await tokens(api, hers))[0]["lastUsedAt"] == "2026-03-02T09:10:00.000+08:00"


async def test_who_the_bearer_is_takes_one_statement(api: Client, door: Door, entrance: Entrance) -> None:
    machine = await machine_of(api, door, "zhang.wei", "case:list")
    with counting(entrance.database) as sql:
        await api.data(LOGIN, who=machine)
    assert sql.count == 1


@pytest.mark.parametrize("token", ["jiangti_", "jiangti_" + "x" * 43, "jiangti_" + "x" * 42, "jiangti_甲" + "x" * 42])
async def test_a_made_up_token_is_nobody(api: Client, token: str) -> None:
    answer = await api.http.post(
        "/graphql", json={"query": LOGIN}, headers=[(b"authorization", f"Bearer {token}".encode())]
    )
    assert answer.status_code == 401


async def test_whoever_must_change_his_password_makes_no_token(api: Client, door: Door, owner: Database) -> None:
    hers = await door.token("wuhou", "inspector")
    async with owner.plain() as session:
        await session.execute(text("update account set must_change_password = true where login = 'inspector'"))
    given = {"name": "x", "permissions": ["audit:read"], "validTo": "2026-04-01", "password": PASSWORD}
    assert await reasons(api, hers, CREATE, **given) == ["PASSWORD_EXPIRED"]
