import asyncio
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import NewSession
from tenants.accounts.login import Credentials, sign_in
from tenants.accounts.passwords import Passwords
from tenants.accounts.policy import CHEAP_COST, FULL_COST, HashCost, SignInPolicy
from tenants.accounts.service import Seat, disable_account, enable_account
from tenants.accounts.sessions import authenticate
from tenants.accounts.tokens import token_hash
from tenants.service import change_tenant
from tests.tenants.unions import PASSWORD, World, add_person, seat


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "zhang.wei", ("wuhou", {"clerk", "chair"}), ("chengdu", {"reviewer"}))
    await add_person(owner, clock, world, "li.na", ("qingyang", {"clerk"}))


async def enter(
    entrance: Entrance,
    clock: FixedClock,
    tenant: str = "wuhou",
    login: str = "zhang.wei",
    password: str = PASSWORD,
    address: str | None = None,
) -> NewSession:
    begun = await sign_in(entrance, Credentials(tenant, login, password, address), clock)
    assert isinstance(begun, NewSession)
    return begun


async def answer(
    entrance: Entrance, clock: FixedClock, **given: str
) -> tuple[str, str, str, dict[str, object], tuple[str, ...]]:
    """Everything that a person is told of a refusal."""
    with pytest.raises(Failure) as caught:
        await enter(entrance, clock, **given)
    failure = caught.value
    return failure.code, failure.sentence("zh"), failure.sentence("en"), dict(failure.params), failure.path


async def test_who_signs_in_gets_a_token_of_his_union(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock, tenant=" WUHOU ", login="Zhang.Wei")
    signed_in = begun.signed_in
    assert (signed_in.login, signed_in.name, signed_in.roles) == ("zhang.wei", "zhang.wei 在 wuhou", {"clerk", "chair"})
    assert signed_in.tenant == world.unions["wuhou"]
    assert signed_in.expires_at == clock.now() + timedelta(hours=12)
    assert await authenticate(entrance, begun.token, clock) == signed_in
    async with owner.plain() as session:
        stored = (await session.execute(text("select token_hash, sign_in_session::text from sign_in_session"))).all()
    assert [row[0] for row in stored] == [token_hash(begun.token)]
    assert begun.token not in stored[0][1]


async def test_signing_in_is_in_the_unions_record(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    async with owner.read(world.unions["wuhou"].id) as session:
        rows = (
            await session.execute(text("select act, actor, account_id, object_id, before, after from audit_entry"))
        ).all()
    assert [tuple(row) for row in rows] == [
        ("session:sign_in", "zhang.wei 在 wuhou", world.accounts["zhang.wei"], begun.signed_in.session_id, {}, {})
    ]


async def test_every_failure_has_the_same_answer(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    async with owner.plain() as session:
        await change_tenant(session, world.unions["grid"].id, name="关闭", active=False)
    await add_person(owner, clock, world, "wang.wu", ("grid", {"clerk"}))
    await add_person(owner, clock, world, "gone", ("wuhou", {"clerk"}))
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await disable_account(session, clock, world.accounts["gone"])
    await add_person(owner, clock, world, "former")
    await seat(
        owner,
        world,
        "former",
        "wuhou",
        Seat(name="旧", roles={"clerk"}, valid_from=date(2020, 1, 1), valid_to=clock.today()),
    )
    await add_person(owner, clock, world, "coming")
    await seat(
        owner, world, "coming", "wuhou", Seat(name="新", roles={"clerk"}, valid_from=clock.today() + timedelta(days=1))
    )
    answers = [
        await answer(entrance, clock, password="wrong"),
        await answer(entrance, clock, password=""),
        await answer(entrance, clock, password="x" * 100_000),
        await answer(entrance, clock, password=PASSWORD + "\0"),
        await answer(entrance, clock, login="nobody"),
        await answer(entrance, clock, login="zhang\0wei"),
        await answer(entrance, clock, login=""),
        await answer(entrance, clock, login="' or 1=1 --"),
        await answer(entrance, clock, tenant="nowhere"),
        await answer(entrance, clock, tenant="武侯"),
        await answer(entrance, clock, tenant="qingyang"),
        await answer(entrance, clock, tenant="grid", login="wang.wu"),
        await answer(entrance, clock, login="gone"),
        await answer(entrance, clock, login="former"),
        await answer(entrance, clock, login="coming"),
    ]
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == "SIGN_IN_FAILED"


async def test_a_place_holds_from_its_first_day_to_the_day_before_its_last(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    await add_person(owner, clock, world, "expert")
    today = clock.today()
    await seat(
        owner,
        world,
        "expert",
        "wuhou",
        Seat(name="专家", roles={"expert"}, valid_from=today, valid_to=today + timedelta(days=1)),
    )
    begun = await enter(entrance, clock, login="expert")
    clock.move(hours=14, minutes=59)
    assert clock.today() == today
    again = await enter(entrance, clock, login="expert")
    clock.move(minutes=1)
    assert await authenticate(entrance, again.token, clock) is None
    assert await authenticate(entrance, begun.token, clock) is None
    assert (await answer(entrance, clock, login="expert"))[0] == "SIGN_IN_FAILED"


async def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(entrance: Entrance, clock: FixedClock) -> None:
    told = [await answer(entrance, clock, password="wrong") for _ in range(5)]
    told.append(await answer(entrance, clock))
    clock.move(minutes=14, seconds=59)
    told.append(await answer(entrance, clock, password="wrong"))
    told.append(await answer(entrance, clock))
    assert told == [told[0]] * 8
    clock.move(seconds=1)
    assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"
    for _ in range(4):
        await answer(entrance, clock, password="wrong")
    assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"
    for _ in range(4):
        await answer(entrance, clock, password="wrong")
    assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"


async def test_a_right_password_at_a_foreign_union_locks_nothing(entrance: Entrance, clock: FixedClock) -> None:
    for _ in range(6):
        await answer(entrance, clock, tenant="qingyang")
    assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"


async def test_twenty_guesses_at_once_are_not_more_than_five(entrance: Entrance, clock: FixedClock) -> None:
    guesses = [f"guess-{number}" for number in range(19)] + [PASSWORD]
    outcomes = await asyncio.gather(
        *(enter(entrance, clock, password=guess) for guess in guesses), return_exceptions=True
    )
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    assert len(failures) >= 19
    assert {failure.code for failure in failures} == {"SIGN_IN_FAILED"}
    if len(failures) == 20:
        clock.move(minutes=15)
        assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"


async def test_a_lock_that_comes_while_the_password_is_checked_holds(
    entrance: Entrance, clock: FixedClock, owner: Database
) -> None:
    class SlowPasswords(Passwords):
        async def is_right(self, password: str, stored: str | None) -> bool:
            verdict = await super().is_right(password, stored)
            for _ in range(5):
                await answer(entrance, clock, password="wrong")
            return verdict

    slow = Entrance(entrance.database, SlowPasswords(CHEAP_COST), entrance.policy)
    assert (await answer(slow, clock))[0] == "SIGN_IN_FAILED"


async def test_an_address_that_fails_too_often_waits(entrance: Entrance, clock: FixedClock, owner: Database) -> None:
    strict = Entrance(entrance.database, entrance.passwords, SignInPolicy(address_failures=3))
    for number in range(3):
        assert (await answer(strict, clock, login=f"nobody{number}", address="10.0.0.9"))[0] == "SIGN_IN_FAILED"
        clock.move(minutes=1)
    code, zh, _, params, _ = await answer(strict, clock, address="10.0.0.9")
    assert (code, params) == ("TOO_MANY_ATTEMPTS", {"retry_after": 12 * 60})
    assert zh == "该网络地址登录失败次数过多，请在 720 秒后重试"
    assert (await enter(strict, clock, address="10.0.0.8")).signed_in.login == "zhang.wei"
    clock.move(minutes=12)
    assert (await enter(strict, clock, address="10.0.0.9")).signed_in.login == "zhang.wei"


async def test_an_enabled_account_signs_in_again(entrance: Entrance, clock: FixedClock, world: World) -> None:
    begun = await enter(entrance, clock)
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await disable_account(session, clock, world.accounts["zhang.wei"])
    assert await authenticate(entrance, begun.token, clock) is None
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await enable_account(session, clock, world.accounts["zhang.wei"])
    assert await authenticate(entrance, begun.token, clock) is None
    assert (await enter(entrance, clock)).signed_in.login == "zhang.wei"


async def test_a_cheap_hash_is_replaced_when_its_owner_signs_in(
    entrance: Entrance, clock: FixedClock, owner: Database
) -> None:
    dear = Entrance(entrance.database, Passwords(FULL_COST), entrance.policy)
    await enter(dear, clock)
    async with owner.plain() as session:
        stored = (
            await session.execute(text("select password_hash from account where login = 'zhang.wei'"))
        ).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert (await enter(dear, clock)).signed_in.login == "zhang.wei"


FAILURES: tuple[dict[str, str], ...] = (
    {"password": "wrong"},
    {"login": "nobody"},
    {"tenant": "nowhere"},
    {"tenant": "qingyang"},
)


async def test_every_failure_asks_the_database_the_same(entrance: Entrance, clock: FixedClock) -> None:
    statements: list[str] = []
    event.listen(
        entrance.database.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    asked: list[list[str]] = []
    for given in FAILURES:
        statements.clear()
        await answer(entrance, clock, **given)
        asked.append(statements.copy())
    assert asked == [asked[0]] * len(FAILURES)
    assert [statement.split()[0] for statement in asked[0]] == ["SELECT", "UPDATE", "INSERT"]


async def test_known_and_unknown_people_wait_equally_long(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    cost = HashCost(passes=3, memory_kib=16384, lanes=1)
    dear = Entrance(entrance.database, Passwords(cost), SignInPolicy(failures_before_lock=1000))
    await enter(dear, clock)
    quickest = dict.fromkeys(range(len(FAILURES)), 60.0)
    for _ in range(12):
        for kind, given in enumerate(FAILURES):
            began = time.perf_counter()
            await answer(dear, clock, **given)
            quickest[kind] = min(quickest[kind], time.perf_counter() - began)
    assert max(quickest.values()) < 1.5 * min(quickest.values())
