from datetime import timedelta

import pytest
from sqlalchemy import text

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import NewSession
from tenants.accounts.login import Credentials, sign_in
from tenants.accounts.overview import list_sessions
from tenants.accounts.service import Seat, change_seat, end_seat, lock_member, set_password
from tenants.accounts.sessions import (
    authenticate,
    list_places,
    revoke_session,
    sign_out,
    switch_tenant,
)
from tenants.accounts.tokens import new_token
from tenants.service import change_tenant, move_tenant
from tests.tenants.unions import PASSWORD, World, add_person


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "zhang.wei", ("wuhou", {"clerk"}), ("chengdu", {"reviewer"}))
    await add_person(owner, clock, world, "li.na", ("qingyang", {"clerk"}))


async def enter(entrance: Entrance, clock: FixedClock, tenant: str = "wuhou", login: str = "zhang.wei") -> NewSession:
    begun = await sign_in(entrance, Credentials(tenant, login, PASSWORD), clock)
    assert isinstance(begun, NewSession)
    return begun


async def is_alive(entrance: Entrance, clock: FixedClock, begun: NewSession) -> bool:
    return await authenticate(entrance, begun.token, clock) == begun.signed_in


async def acts(owner: Database, world: World, code: str) -> list[str]:
    async with owner.read(world.unions[code].id) as session:
        return list((await session.execute(text("select act from audit_entry order by id"))).scalars())


async def test_a_token_is_looked_up_in_one_statement(entrance: Entrance, clock: FixedClock) -> None:
    begun = await enter(entrance, clock)
    statements: list[str] = []
    with entrance.database.watched(statements.append):
        for minutes in (0, 2):
            clock.move(minutes=minutes)
            statements.clear()
            assert await is_alive(entrance, clock, begun)
            assert len(statements) == 1


async def test_a_token_that_is_none_is_nobody(entrance: Entrance, clock: FixedClock) -> None:
    begun = await enter(entrance, clock)
    for token in (
        "",
        "x",
        new_token(),
        begun.token[:-1],
        begun.token + "A",
        begun.token.swapcase(),
        "é" * 43,
        "\0" * 43,
    ):
        assert await authenticate(entrance, token, clock) is None


async def test_an_idle_session_ends_after_half_an_hour(entrance: Entrance, clock: FixedClock) -> None:
    begun = await enter(entrance, clock)
    clock.move(minutes=29, seconds=59)
    assert await is_alive(entrance, clock, begun)
    clock.move(minutes=29, seconds=59)
    assert await is_alive(entrance, clock, begun)
    clock.move(minutes=30)
    assert not await is_alive(entrance, clock, begun)


async def test_a_busy_session_ends_after_twelve_hours(entrance: Entrance, clock: FixedClock) -> None:
    begun = await enter(entrance, clock)
    for _ in range(12 * 4 - 1):
        clock.move(minutes=15)
        assert await is_alive(entrance, clock, begun)
    clock.move(minutes=15)
    assert not await is_alive(entrance, clock, begun)


async def test_being_seen_is_written_at_most_once_a_minute(
    entrance: Entrance, clock: FixedClock, owner: Database
) -> None:
    begun = await enter(entrance, clock)

    async def last_seen() -> timedelta:
        async with owner.plain() as session:
            return (await session.execute(text("select last_seen_at - issued_at from sign_in_session"))).scalar_one()

    clock.move(seconds=59)
    await authenticate(entrance, begun.token, clock)
    assert await last_seen() == timedelta(0)
    clock.move(seconds=1)
    await authenticate(entrance, begun.token, clock)
    assert await last_seen() == timedelta(minutes=1)


async def test_signing_out_works_at_once(entrance: Entrance, clock: FixedClock, owner: Database, world: World) -> None:
    begun, other = await enter(entrance, clock), await enter(entrance, clock)
    await sign_out(entrance, begun.signed_in, clock)
    assert not await is_alive(entrance, clock, begun)
    assert await is_alive(entrance, clock, other)
    assert await acts(owner, world, "wuhou") == ["session:sign_in", "session:sign_in", "session:sign_out"]


async def test_one_sees_and_ends_ones_own_sessions(entrance: Entrance, clock: FixedClock, world: World) -> None:
    first = await enter(entrance, clock)
    clock.move(minutes=1)
    second = await enter(entrance, clock, "chengdu")
    stranger = await enter(entrance, clock, "qingyang", "li.na")
    seen = await list_sessions(entrance, second.signed_in, clock)
    assert [(one.id, one.tenant, one.is_current) for one in seen] == [
        (second.signed_in.session_id, world.unions["chengdu"], True),
        (first.signed_in.session_id, world.unions["wuhou"], False),
    ]
    for nobodys in (stranger.signed_in.session_id, new_id()):
        with pytest.raises(Failure) as caught:
            await revoke_session(entrance, second.signed_in, nobodys, clock)
        assert (caught.value.code, caught.value.params) == ("NOT_FOUND", {})
    assert await is_alive(entrance, clock, stranger)
    await revoke_session(entrance, second.signed_in, first.signed_in.session_id, clock)
    await revoke_session(entrance, second.signed_in, first.signed_in.session_id, clock)
    assert not await is_alive(entrance, clock, first)
    assert [one.id for one in await list_sessions(entrance, second.signed_in, clock)] == [second.signed_in.session_id]


async def test_a_person_of_two_unions_goes_over_by_a_new_token(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    places = await list_places(entrance, begun.signed_in.account_id, clock)
    assert [(one.tenant.code, one.name, one.roles) for one in places] == [
        ("chengdu", "zhang.wei 在 chengdu", {"reviewer"}),
        ("wuhou", "zhang.wei 在 wuhou", {"clerk"}),
    ]
    clock.move(minutes=20)
    over = await switch_tenant(entrance, begun.signed_in, world.unions["chengdu"].id, clock)
    assert over.token != begun.token
    assert over.signed_in.tenant == world.unions["chengdu"]
    assert over.signed_in.roles == {"reviewer"}
    assert over.signed_in.expires_at == begun.signed_in.expires_at
    assert await is_alive(entrance, clock, over)
    assert await is_alive(entrance, clock, begun)
    assert await acts(owner, world, "chengdu") == ["session:switch"]


async def test_going_over_may_end_the_old_session(entrance: Entrance, clock: FixedClock, world: World) -> None:
    begun = await enter(entrance, clock)
    over = await switch_tenant(entrance, begun.signed_in, world.unions["chengdu"].id, clock, end_current=True)
    assert await is_alive(entrance, clock, over)
    assert not await is_alive(entrance, clock, begun)


async def test_nobody_goes_over_to_where_he_has_no_place(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    async with owner.write(world.unions["chengdu"].id) as session:
        end_seat(await lock_member(session, world.memberships["zhang.wei", "chengdu"]), clock.today())
    for code in ("chengdu", "qingyang", "acftu"):
        with pytest.raises(Failure) as caught:
            await switch_tenant(entrance, begun.signed_in, world.unions[code].id, clock)
        assert caught.value.code == "NOT_FOUND"
    with pytest.raises(Failure) as caught:
        await switch_tenant(entrance, begun.signed_in, new_id(), clock)
    assert caught.value.code == "NOT_FOUND"


async def test_a_session_that_was_ended_meanwhile_switches_nowhere(
    entrance: Entrance, clock: FixedClock, world: World
) -> None:
    begun = await enter(entrance, clock)
    await sign_out(entrance, begun.signed_in, clock)
    with pytest.raises(Failure) as caught:
        await switch_tenant(entrance, begun.signed_in, world.unions["chengdu"].id, clock)
    assert caught.value.code == "NOT_SIGNED_IN"


async def test_what_changes_in_the_place_holds_from_the_next_request_on(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    membership = world.memberships["zhang.wei", "wuhou"]
    async with owner.write(world.unions["wuhou"].id) as session:
        changed = Seat(name="张伟", roles={"reviewer"}, valid_from=clock.today())
        change_seat(await lock_member(session, membership), changed)
    now = await authenticate(entrance, begun.token, clock)
    assert now is not None
    assert (now.name, now.roles) == ("张伟", {"reviewer"})
    async with owner.write(world.unions["wuhou"].id) as session:
        end_seat(await lock_member(session, membership), clock.today())
    assert await authenticate(entrance, begun.token, clock) is None
    assert await list_sessions(entrance, begun.signed_in, clock) == []


async def test_a_closed_union_has_nobody_signed_in(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    for active in (False, True):
        async with owner.plain() as session:
            await change_tenant(session, world.unions["wuhou"].id, name="武侯区总", active=active)
        assert await is_alive(entrance, clock, begun) == active


async def test_a_moved_union_is_where_it_is_now(
    entrance: Entrance, clock: FixedClock, owner: Database, world: World
) -> None:
    begun = await enter(entrance, clock)
    async with owner.plain() as session:
        await move_tenant(session, world.unions["wuhou"].id, world.unions["changzhou"].id)
    now = await authenticate(entrance, begun.token, clock)
    assert now is not None
    assert now.tenant.parent_id == world.unions["changzhou"].id
    assert now.tenant.path.startswith(world.unions["changzhou"].path)


async def test_another_password_ends_all_sessions(entrance: Entrance, clock: FixedClock, world: World) -> None:
    here, there = await enter(entrance, clock), await enter(entrance, clock, "chengdu")
    async with entrance.database.write(world.unions["wuhou"].id) as session:
        await set_password(session, entrance.passwords, clock, world.accounts["zhang.wei"], "another-good-one")
    assert not await is_alive(entrance, clock, here)
    assert not await is_alive(entrance, clock, there)
    with pytest.raises(Failure):
        await enter(entrance, clock)
    again = await sign_in(entrance, Credentials("wuhou", "zhang.wei", "another-good-one"), clock)
    assert isinstance(again, NewSession)
    assert await is_alive(entrance, clock, again)
