from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.ids import new_id
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import SIGN_IN, Door
from tests.tenants.unions import PASSWORD, World

VIEWER = """{ viewer { name login roles tenant { code level { code rank line } parent { code } }
  memberships { tenant { id code name level } name roles validFrom validTo isCurrent }
  session { tenant { code } issuedAt lastSeenAt expiresAt isCurrent } } }"""
SWITCH = """mutation ($input: SwitchTenantInput!) { switchTenant(input: $input) {
  token expiresAt viewer { name roles tenant { code } } errors { code message path } } }"""
SIGN_OUT = "mutation { signOut { done errors { code } } }"
REVOKE = "mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { done errors { code message path } } }"
SESSIONS = "{ sessions { id isCurrent tenant { code } issuedAt } }"


async def test_who_signs_in_is_the_viewer(api: Client, door: Door, world: World) -> None:
    answer = await door.answer("wuhou", "zhang.wei")
    token = answer.pop("token")
    assert answer == {
        "expiresAt": "2026-03-02T21:00:00.000+08:00",
        "viewer": {
            "name": "zhang.wei 在 wuhou",
            "login": "zhang.wei",
            "roles": ["CLERK", "CHAIR"],
            "tenant": {"code": "wuhou", "name": "武侯区总"},
            "session": {"isCurrent": True},
            "memberships": [{"tenant": {"code": "chengdu"}}, {"tenant": {"code": "wuhou"}}],
        },
        "errors": [],
    }
    viewer = (await api.data(VIEWER, who=token))["viewer"]
    assert viewer["tenant"] == {
        "code": "wuhou",
        "level": {"code": "district", "rank": 40, "line": "TERRITORIAL"},
        "parent": {"code": "chengdu"},
    }
    assert viewer["session"] == {
        "tenant": {"code": "wuhou"},
        "issuedAt": "2026-03-02T09:00:00.000+08:00",
        "lastSeenAt": "2026-03-02T09:00:00.000+08:00",
        "expiresAt": "2026-03-02T21:00:00.000+08:00",
        "isCurrent": True,
    }
    assert viewer["memberships"] == [
        {
            "tenant": {"id": encode_id("Tenant", world.unions[code].id), "code": code, "name": name, "level": level},
            "name": f"zhang.wei 在 {code}",
            "roles": roles,
            "validFrom": "2020-01-01",
            "validTo": None,
            "isCurrent": code == "wuhou",
        }
        for code, name, level, roles in (
            ("chengdu", "成都市总", "city", ["REVIEWER"]),
            ("wuhou", "武侯区总", "district", ["CLERK", "CHAIR"]),
        )
    ]


async def test_nobody_is_no_viewer(api: Client) -> None:
    assert (await api.data("{ viewer { name } }")) == {"viewer": None}
    for query in (SESSIONS, "{ members(first: 1) { edges { cursor } } }", '{ tenant(code: "wuhou") { code } }'):
        assert (await api.ask(query)).codes == ["UNAUTHENTICATED"]
    assert (await api.ask(SIGN_OUT)).codes == ["UNAUTHENTICATED"]


async def test_whatever_is_wrong_the_answer_is_the_same(door: Door) -> None:
    answers = [
        await door.answer("wuhou", "zhang.wei", "wrong"),
        await door.answer("wuhou", "nobody"),
        await door.answer("nowhere", "zhang.wei"),
        await door.answer("qingyang", "zhang.wei"),
        await door.answer("", "", ""),
        await door.answer("wuhou", "zhang.wei\0", "\0"),
    ]
    assert answers == [answers[0]] * 6
    assert answers[0] == {
        "token": None,
        "expiresAt": None,
        "viewer": None,
        "errors": [
            {
                "code": "SIGN_IN_FAILED",
                "family": "UNAUTHENTICATED",
                "message": "工会代码、账号或密码不正确，或账号暂不可用",
                "path": [],
                "params": [],
                "rule": None,
            }
        ],
    }


async def test_many_tries_in_one_request_count_each(api: Client, door: Door) -> None:
    tries = " ".join(
        f'a{number}: signIn(input: {{tenant: "wuhou", login: "zhang.wei", password: "guess {number}"}}) {{ token }}'
        for number in range(5)
    )
    answer = await api.data(f"mutation {{ {tries} }}")
    assert answer == {f"a{number}": {"token": None} for number in range(5)}
    locked = await door.answer("wuhou", "zhang.wei")
    assert [error["code"] for error in locked["errors"]] == ["SIGN_IN_FAILED"]


async def test_going_over_gives_a_token_of_the_other_union(api: Client, door: Door, world: World) -> None:
    token = await door.token()
    there = {"tenantId": encode_id("Tenant", world.unions["chengdu"].id)}
    answer = (await api.data(SWITCH, who=token, input=there))["switchTenant"]
    assert answer["viewer"] == {"name": "zhang.wei 在 chengdu", "roles": ["REVIEWER"], "tenant": {"code": "chengdu"}}
    assert answer["errors"] == []
    for holder, code in ((token, "wuhou"), (answer["token"], "chengdu")):
        assert (await api.data("{ viewer { tenant { code } } }", who=holder))["viewer"] == {"tenant": {"code": code}}


async def test_going_where_one_has_no_place_is_going_nowhere(api: Client, door: Door, world: World) -> None:
    token = await door.token()
    answers = [
        (await api.data(SWITCH, who=token, input={"tenantId": given}))["switchTenant"]["errors"][0]
        for given in (
            encode_id("Tenant", world.unions["qingyang"].id),
            encode_id("Tenant", new_id()),
        )
    ]
    assert answers == [{"code": "NOT_FOUND", "message": "没有找到", "path": []}] * 2
    malformed = (await api.data(SWITCH, who=token, input={"tenantId": "x"}))["switchTenant"]["errors"][0]
    assert malformed["code"] == "NOT_FOUND"


async def test_signing_out_and_revoking_work_at_once(api: Client, door: Door, clock: FixedClock) -> None:
    first = await door.token()
    clock.move(minutes=1)
    second, stranger = await door.token(), await door.token("qingyang", "li.na")
    seen = (await api.data(SESSIONS, who=second))["sessions"]
    assert [(one["isCurrent"], one["tenant"], one["issuedAt"][11:16]) for one in seen] == [
        (True, {"code": "wuhou"}, "09:01"),
        (False, {"code": "wuhou"}, "09:00"),
    ]
    strangers = (await api.data(SESSIONS, who=stranger))["sessions"][0]["id"]
    for nobodys in (strangers, encode_id("Session", new_id())):
        answer = (await api.data(REVOKE, who=second, input={"sessionId": nobodys}))["revokeSession"]
        assert answer == {"done": False, "errors": [{"code": "NOT_FOUND", "message": "没有找到", "path": []}]}
    assert (await api.data("{ viewer { login } }", who=stranger)) == {"viewer": {"login": "li.na"}}
    revoked = (await api.data(REVOKE, who=second, input={"sessionId": seen[1]["id"]}))["revokeSession"]
    assert revoked == {"done": True, "errors": []}
    assert (await api.ask(SESSIONS, who=first)).codes == ["UNAUTHENTICATED"]
    assert (await api.data(SIGN_OUT, who=second))["signOut"] == {"done": True, "errors": []}
    assert (await api.ask(SESSIONS, who=second)).codes == ["UNAUTHENTICATED"]


async def test_a_mutation_in_the_same_request_acts_as_who_came_in(api: Client) -> None:
    document = SIGN_IN.replace(
        "mutation SignIn($input: SignInInput!) {", "mutation SignIn($input: SignInInput!) { early: signOut { done }"
    )
    given = {"tenant": "wuhou", "login": "zhang.wei", "password": PASSWORD}
    assert (await api.ask(document, input=given)).codes == ["UNAUTHENTICATED"]
