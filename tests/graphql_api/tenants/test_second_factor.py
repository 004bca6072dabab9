from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.codes import code_at
from tests.graphql_api.client import Client
from tests.graphql_api.tenants.door import STEP, Door
from tests.tenants.unions import PASSWORD, SECRET, World, add_person, enrol

VIEWER = "{ viewer { roles withheldRoles secondFactor { recoveryCodesLeft } session { strength } } }"
MEMBERS = "{ members(first: 20) { totalCount } }"
BEGIN = "mutation ($input: BeginSecondFactorInput!) { answer: beginSecondFactor(input: $input) { secret otpauthUri errors { code path } } }"
CONFIRM = """mutation ($input: ConfirmSecondFactorInput!) { answer: confirmSecondFactor(input: $input) {
  token expiresAt recoveryCodes errors { code path } } }"""
REMOVE = "mutation ($input: RemoveSecondFactorInput!) { answer: removeSecondFactor(input: $input) { member { name } errors { code } } }"
ADD = (
    "mutation ($input: AddMemberInput!) { answer: addMember(input: $input) { member { name } errors { code family } } }"
)
FAILED = "SIGN_IN_FAILED"


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "secure", ("wuhou", {"security_admin"}))
    await add_person(owner, clock, world, "mixed", ("wuhou", {"clerk", "finance_approver"}))
    await enrol(owner, clock, world, "secure")


async def send(api: Client, token: str, query: str, **given: Any) -> Any:
    return (await api.data(query, who=token, input=given))["answer"]


async def code_of(door: Door, challenge: str, code: str) -> str:
    """The refusal of a second step, or what it opened."""
    answer = await door.complete(challenge, code)
    return "in" if answer["token"] else answer["errors"][0]["code"]


async def test_signing_in_takes_two_steps(api: Client, door: Door, clock: FixedClock) -> None:
    given = {"tenant": "wuhou", "login": "admin", "password": PASSWORD}
    first = (await api.data(STEP, input=given))["signIn"]
    challenge = first["secondFactorRequired"].pop("challenge")
    assert first == {
        "token": None,
        "secondFactorRequired": {
            "expiresAt": "2026-03-02T09:05:00.000+08:00",
            "serverTime": "2026-03-02T09:00:00.000+08:00",
        },
        "errors": [],
    }
    assert (await api.ask("{ viewer { login } }", who=challenge)).status == 401
    second = await door.complete(challenge, code_at(SECRET, clock.now()))
    assert len(second.pop("token")) == 43
    assert second == {
        "viewer": {"login": "admin", "tenant": {"code": "wuhou"}, "session": {"strength": 2}},
        "errors": [],
    }


async def test_whatever_is_wrong_the_answer_is_that_of_the_first_step(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    await add_person(owner, clock, world, "other", ("wuhou", {"audit_admin"}))
    right = code_at(SECRET, clock.now())
    challenge = await door.challenge("wuhou", "admin")
    answers = [
        await door.complete(challenge, "000000"),
        await door.complete(challenge, ""),
        await door.complete(challenge, "１２３４５６"),
        await door.complete("x" * 43, right),
        await door.complete("", right),
        await door.complete((await door.answer("wuhou", "zhang.wei"))["token"], right),
    ]
    assert answers == [answers[0]] * len(answers)
    assert answers[0]["errors"] == [
        {"code": FAILED, "message": "工会代码、账号或密码不正确，或账号暂不可用", "path": [], "params": []}
    ]
    assert await code_of(door, challenge, right) == "in"


async def test_a_wrong_password_tells_nothing_of_the_second_factor(door: Door) -> None:
    assert await door.answer("wuhou", "admin", "wrong") == await door.answer("wuhou", "zhang.wei", "wrong")


async def test_a_code_is_good_once(door: Door, clock: FixedClock) -> None:
    code = code_at(SECRET, clock.now())
    assert await code_of(door, await door.challenge("wuhou", "admin"), code) == "in"
    assert await code_of(door, await door.challenge("wuhou", "admin"), code) == FAILED
    clock.move(seconds=30)
    again = await door.challenge("wuhou", "admin")
    assert await code_of(door, again, code) == FAILED
    assert await code_of(door, again, code_at(SECRET, clock.now())) == "in"


async def test_a_newer_code_makes_the_older_ones_worthless(door: Door, clock: FixedClock) -> None:
    now = code_at(SECRET, clock.now())
    clock.move(seconds=30)
    later = code_at(SECRET, clock.now())
    assert await code_of(door, await door.challenge("wuhou", "admin"), later) == "in"
    assert await code_of(door, await door.challenge("wuhou", "admin"), now) == FAILED


@pytest.mark.parametrize(("seconds", "outcome"), [(-60, FAILED), (-30, "in"), (30, "in"), (60, FAILED)])
async def test_a_device_may_be_off_by_one_step(door: Door, clock: FixedClock, seconds: int, outcome: str) -> None:
    challenge = await door.challenge("wuhou", "admin")
    clock.move(seconds=seconds)
    shown = code_at(SECRET, clock.now())
    clock.move(seconds=-seconds)
    assert await code_of(door, challenge, shown) == outcome


async def test_a_challenge_is_good_once_and_for_five_minutes(door: Door, clock: FixedClock) -> None:
    challenge = await door.challenge("wuhou", "admin")
    assert await code_of(door, challenge, code_at(SECRET, clock.now())) == "in"
    clock.move(seconds=60)
    assert await code_of(door, challenge, code_at(SECRET, clock.now())) == FAILED
    late = await door.challenge("wuhou", "admin")
    clock.move(minutes=5)
    assert await code_of(door, late, code_at(SECRET, clock.now())) == FAILED


async def test_a_challenge_takes_its_own_persons_codes_only(
    api: Client, door: Door, clock: FixedClock, owner: Database
) -> None:
    token = (await door.answer("wuhou", "mixed"))["token"]
    secret = (await send(api, token, BEGIN, password=PASSWORD))["secret"]
    codes = (await send(api, token, CONFIRM, code=code_at(secret, clock.now())))["recoveryCodes"]
    clock.move(seconds=30)
    challenge = await door.challenge("wuhou", "admin")
    for foreign in (code_at(secret, clock.now()), codes[0]):
        assert await code_of(door, challenge, foreign) == FAILED
    assert await code_of(door, await door.challenge("wuhou", "mixed"), codes[0]) == "in"


async def test_five_wrong_codes_lock_and_the_right_password_clears_nothing(door: Door, clock: FixedClock) -> None:
    for number in range(5):
        assert await code_of(door, await door.challenge("wuhou", "admin"), f"00000{number}") == FAILED
    locked = await door.answer("wuhou", "admin")
    assert [error["code"] for error in locked["errors"]] == [FAILED]
    clock.move(minutes=15)
    challenge = await door.challenge("wuhou", "admin")
    for _ in range(5):
        assert await code_of(door, challenge, "000000") == FAILED
    assert await code_of(door, challenge, code_at(SECRET, clock.now())) == FAILED
    clock.move(minutes=15)
    challenge = await door.challenge("wuhou", "admin")
    assert await code_of(door, challenge, code_at(SECRET, clock.now())) == "in"


async def test_an_administrator_with_one_factor_can_only_enrol(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    await add_person(owner, clock, world, "fresh", ("wuhou", {"system_admin"}))
    token = (await door.answer("wuhou", "fresh"))["token"]
    assert (await api.data(VIEWER, who=token))["viewer"] == {
        "roles": ["SYSTEM_ADMIN"],
        "withheldRoles": ["SYSTEM_ADMIN"],
        "secondFactor": None,
        "session": {"strength": 1},
    }
    person = {
        "idempotencyKey": "a-key-of-eight",
        "login": "wuhou.new",
        "name": "新人",
        "proposedRoles": ["CLERK"],
        "validFrom": "2026-03-01",
        "password": PASSWORD,
    }
    assert (await send(api, token, ADD, **person))["errors"] == [
        {"code": "SECOND_FACTOR_REQUIRED", "family": "FORBIDDEN"}
    ]
    assert (await api.data(MEMBERS, who=token))["members"] == {"totalCount": 0}
    moved = await api.http.post(
        "/demo/clock", json={"date": "2026-04-01"}, headers={"authorization": f"Bearer {token}"}
    )
    assert moved.status_code == 403
    begun = await send(api, token, BEGIN, password=PASSWORD)
    assert begun["otpauthUri"].startswith("otpauth://totp/%E5%8C%A0%E6%A2%AF:fresh?secret=" + begun["secret"])
    done = await send(api, token, CONFIRM, code=code_at(begun["secret"], clock.now()))
    assert (done["errors"], len(set(done["recoveryCodes"]))) == ([], 10)
    assert (await api.ask(VIEWER, who=token)).status == 401
    assert (await api.data(VIEWER, who=done["token"]))["viewer"] == {
        "roles": ["SYSTEM_ADMIN"],
        "withheldRoles": [],
        "secondFactor": {"recoveryCodesLeft": 10},
        "session": {"strength": 2},
    }
    assert (await send(api, done["token"], ADD, **person))["errors"] == []


async def test_who_holds_other_roles_too_works_with_those(api: Client, door: Door) -> None:
    token = (await door.answer("wuhou", "mixed"))["token"]
    viewer = (await api.data(VIEWER, who=token))["viewer"]
    assert (viewer["roles"], viewer["withheldRoles"]) == (["CLERK", "FINANCE_APPROVER"], ["FINANCE_APPROVER"])


async def test_going_over_to_another_union_keeps_the_strength(
    api: Client, door: Door, owner: Database, clock: FixedClock, world: World
) -> None:
    await add_person(owner, clock, world, "double", ("wuhou", {"system_admin"}), ("chengdu", {"audit_admin"}))
    switch = "mutation ($input: SwitchTenantInput!) { switchTenant(input: $input) { viewer { withheldRoles session { strength } } } }"
    there = {"tenantId": encode_id("Tenant", world.unions["chengdu"].id)}
    weak = (await door.answer("wuhou", "double"))["token"]
    assert (await api.data(switch, who=weak, input=there))["switchTenant"]["viewer"] == {
        "withheldRoles": ["AUDIT_ADMIN"],
        "session": {"strength": 1},
    }
    await enrol(owner, clock, world, "double")
    strong = await door.token("wuhou", "double")
    assert (await api.data(switch, who=strong, input=there))["switchTenant"]["viewer"] == {
        "withheldRoles": [],
        "session": {"strength": 2},
    }


async def test_enrolling_takes_the_password_and_a_right_code(api: Client, door: Door, clock: FixedClock) -> None:
    token = (await door.answer("wuhou", "zhang.wei"))["token"]
    assert (await send(api, token, CONFIRM, code="000000"))["errors"] == [{"code": "NO_SECOND_FACTOR", "path": []}]
    wrong = await send(api, token, BEGIN, password="wrong")
    assert wrong == {
        "secret": None,
        "otpauthUri": None,
        "errors": [{"code": "WRONG_PASSWORD", "path": ["input", "password"]}],
    }
    first = (await send(api, token, BEGIN, password=PASSWORD))["secret"]
    secret = (await send(api, token, BEGIN, password=PASSWORD))["secret"]
    for code in ("000000", code_at(first, clock.now())):
        refused = await send(api, token, CONFIRM, code=code)
        assert refused["errors"] == [{"code": "WRONG_CODE", "path": ["input", "code"]}]
    assert (await door.answer("wuhou", "zhang.wei"))["token"] is not None
    done = await send(api, token, CONFIRM, code=code_at(secret, clock.now()))
    for query, given in ((BEGIN, {"password": PASSWORD}), (CONFIRM, {"code": "000000"})):
        again = await send(api, done["token"], query, **given)
        assert again["errors"] == [{"code": "SECOND_FACTOR_EXISTS", "path": []}]


async def test_a_found_token_cannot_guess_the_password(api: Client, door: Door) -> None:
    token = (await door.answer("wuhou", "zhang.wei"))["token"]
    for _ in range(5):
        await send(api, token, BEGIN, password="wrong")
    assert (await send(api, token, BEGIN, password=PASSWORD))["errors"][0]["code"] == "WRONG_PASSWORD"


async def test_a_recovery_code_stands_in_once(api: Client, door: Door, clock: FixedClock, owner: Database) -> None:
    token = (await door.answer("wuhou", "mixed"))["token"]
    secret = (await send(api, token, BEGIN, password=PASSWORD))["secret"]
    codes = (await send(api, token, CONFIRM, code=code_at(secret, clock.now())))["recoveryCodes"]
    typed = codes[3].lower().replace("-", " ")
    entered = await door.complete(await door.challenge("wuhou", "mixed"), typed)
    assert await code_of(door, await door.challenge("wuhou", "mixed"), codes[3]) == FAILED
    assert (await api.data(VIEWER, who=entered["token"]))["viewer"]["secondFactor"] == {"recoveryCodesLeft": 9}
    async with owner.plain() as session:
        kept = (await session.execute(text("select secret, second_factor::text from second_factor"))).all()
        hashes = (await session.execute(text("select recovery_code::text from recovery_code"))).scalars().all()
    assert all(secret not in whole and secret.encode() not in bytes(sealed) for sealed, whole in kept)
    assert not any(code in row or code.replace("-", "") in row for code in codes for row in hashes)


async def test_the_security_administrator_lets_a_member_enrol_anew(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    hers = await door.token("wuhou", "admin")
    member = encode_id("Member", world.memberships["admin", "wuhou"])
    key = {"idempotencyKey": "remove-the-factor", "memberId": member}
    for login in ("admin", "audit", "zhang.wei"):
        refused = await send(api, await door.token("wuhou", login), REMOVE, **key)
        assert refused["errors"] == [{"code": "NOT_PERMITTED"}]
    secure = await door.token("wuhou", "secure")
    own = {**key, "memberId": encode_id("Member", world.memberships["secure", "wuhou"])}
    assert (await send(api, secure, REMOVE, **own))["errors"] == [{"code": "OWN_ACCOUNT"}]
    done = await send(api, secure, REMOVE, **key)
    assert done == {"member": {"name": "admin 在 wuhou"}, "errors": []}
    assert (await api.ask(VIEWER, who=hers)).status == 401
    weak = (await door.answer("wuhou", "admin"))["token"]
    assert (await api.data(VIEWER, who=weak))["viewer"]["withheldRoles"] == ["SYSTEM_ADMIN"]
    again = await send(api, secure, REMOVE, **{**key, "idempotencyKey": "remove-it-again"})
    assert again["errors"] == [{"code": "NO_SECOND_FACTOR"}]
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = await session.execute(
            text("select actor, object_id, after from audit_entry where act = 'membership:reset'")
        )
        assert [tuple(row) for row in rows] == [
            ("secure 在 wuhou", world.memberships["admin", "wuhou"], {"reset": "second_factor"})
        ]


async def test_nobody_takes_the_factor_of_a_person_who_works_above_or_beside(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    for login, code in (("high", "chengdu"), ("beside", "qingyang"), ("below", "wuhou-plant")):
        await add_person(owner, clock, world, login, (code, {"clerk"}), ("wuhou", {"clerk"}))
        await enrol(owner, clock, world, login)
    secure, outcomes = await door.token("wuhou", "secure"), {}
    for login in ("high", "beside", "below"):
        member = encode_id("Member", world.memberships[login, "wuhou"])
        answer = await send(api, secure, REMOVE, idempotencyKey=str(new_id()), memberId=member)
        outcomes[login] = [error["code"] for error in answer["errors"]]
    assert outcomes == {"high": ["SEATED_ELSEWHERE"], "beside": ["SEATED_ELSEWHERE"], "below": []}


async def test_each_step_is_in_the_unions_record(
    api: Client, door: Door, clock: FixedClock, owner: Database, world: World
) -> None:
    token = (await door.answer("wuhou", "mixed"))["token"]
    secret = (await send(api, token, BEGIN, password=PASSWORD))["secret"]
    await send(api, token, CONFIRM, code=code_at(secret, clock.now()))
    clock.move(seconds=30)
    await door.complete(await door.challenge("wuhou", "mixed"), code_at(secret, clock.now()))
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = await session.execute(text("select act, actor from audit_entry order by id"))
        assert [tuple(row) for row in rows] == [
            (act, "mixed 在 wuhou")
            for act in (
                "session:sign_in",
                "second_factor:begin",
                "second_factor:confirm",
                "session:challenge",
                "session:sign_in",
            )
        ]
