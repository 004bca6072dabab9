import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.accounts.model import Membership
from tenants.isolation import bound, bound_tenant, in_each
from tests.tenants.unions import World, add_person

PLACES = (("wuhou", {"clerk"}), ("chengdu", {"reviewer"}), ("qingyang", {"clerk"}))


@pytest.fixture(autouse=True)
async def people(owner: Database, clock: FixedClock, world: World) -> None:
    await add_person(owner, clock, world, "zhang.wei", *PLACES)


@pytest.fixture
async def one_connection(database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Database]:
    """A pool of one, so that every transaction gets the connection of the one before."""
    database = Database(database_urls.app, pool_size=1)
    yield database
    await database.close()


async def seen(database: Database, world: World, code: str) -> list[str]:
    async with database.read(world.unions[code].id) as session:
        return list((await session.execute(select(Membership.name))).scalars())


async def test_each_union_sees_its_own_rows_and_no_others(app: Database, world: World) -> None:
    for code, _ in PLACES:
        assert await seen(app, world, code) == [f"zhang.wei 在 {code}"]
    assert await seen(app, world, "acftu") == []


async def test_without_a_binding_there_are_no_rows(app: Database, owner: Database, world: World) -> None:
    for database in (app, owner):
        async with database.plain() as session:
            assert await bound_tenant(session) is None
            assert (await session.execute(select(func.count()).select_from(Membership))).scalar_one() == 0
    async with app.read(new_id()) as session:
        assert (await session.execute(select(func.count()).select_from(Membership))).scalar_one() == 0


async def test_a_used_connection_remembers_nothing(one_connection: Database, world: World) -> None:
    async with one_connection.write(world.unions["wuhou"].id) as session:
        assert await bound_tenant(session) == world.unions["wuhou"].id
    async with one_connection.plain() as session:
        assert await bound_tenant(session) is None
        assert (await session.execute(text("select count(*) from membership"))).scalar_one() == 0


async def test_a_failed_or_given_up_transaction_leaves_no_binding(one_connection: Database, world: World) -> None:
    async def give_up() -> None:
        async with one_connection.write(world.unions["chengdu"].id) as session:
            await session.execute(text("select pg_sleep(5)"))

    with pytest.raises(DBAPIError):
        async with one_connection.write(world.unions["wuhou"].id) as session:
            await session.execute(text("select 1 / 0"))
    task = asyncio.create_task(give_up())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with one_connection.plain() as session:
        assert await bound_tenant(session) is None
        assert (await session.execute(text("select count(*) from membership"))).scalar_one() == 0


async def test_many_at_once_on_few_connections_see_only_their_own(app: Database, world: World) -> None:
    async def look(code: str) -> tuple[str, list[str]]:
        return code, await seen(app, world, code)

    looks = await asyncio.gather(*(look(PLACES[number % 3][0]) for number in range(60)))
    assert dict(looks) == {code: [f"zhang.wei 在 {code}"] for code, _ in PLACES}
    assert all(names == [f"zhang.wei 在 {code}"] for code, names in looks)


async def test_nothing_is_written_changed_or_removed_beyond_the_binding(
    app: Database, owner: Database, world: World
) -> None:
    foreign = world.unions["chengdu"].id
    async with app.write(world.unions["wuhou"].id) as session:
        changed = await session.execute(
            text("update membership set name = 'x' where tenant_id = :foreign returning id"), {"foreign": foreign}
        )
        removed = await session.execute(
            text("delete from membership where tenant_id = :foreign returning id"), {"foreign": foreign}
        )
        assert (changed.all(), removed.all()) == ([], [])
    row = {"tenant": foreign, "id": new_id(), "account": world.accounts["zhang.wei"]}
    insert = "insert into membership (tenant_id, id, account_id, name, roles, valid_from) values (:tenant, :id, :account, 'x', '{clerk}', now())"
    for statement in (insert, "update membership set tenant_id = :tenant"):
        with pytest.raises(ProgrammingError, match="row-level security"):
            async with app.write(world.unions["wuhou"].id) as session:
                await session.execute(text(statement), row)
    assert await seen(app, world, "chengdu") == ["zhang.wei 在 chengdu"]
    assert await seen(app, world, "wuhou") == ["zhang.wei 在 wuhou"]


@pytest.mark.parametrize("table", ["account", "sign_in_session", "sign_in_failure"])
async def test_the_web_role_reads_no_accounts_and_no_sessions(app: Database, world: World, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with app.read(world.unions["wuhou"].id) as session:
            await session.execute(text(f"select * from {table}"))


async def test_the_web_role_does_not_change_the_tree(app: Database, world: World) -> None:
    for statement in ("update tenant set name = 'x'", "delete from level"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with app.write(world.unions["wuhou"].id) as session:
                await session.execute(text(statement))


async def test_a_read_transaction_writes_nothing(app: Database, world: World) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with app.read(world.unions["wuhou"].id) as session:
            await session.execute(text("update membership set name = 'x'"))


@pytest.mark.parametrize("given", ["", "x'; set app.tenant = 'y", "*", None])
async def test_only_a_uuid_binds(app: Database, world: World, given: object) -> None:
    with pytest.raises(ValueError, match="hexadecimal UUID"):
        async with app.read(given):  # type: ignore[arg-type]
            pass


async def test_work_in_tenant_after_tenant_is_bound_to_each(app: Database, world: World) -> None:
    async with bound(app, world.unions["wuhou"].id) as (session, tenant):
        assert await bound_tenant(session) == tenant.id
        assert tenant == world.unions["wuhou"]
    with pytest.raises(Failure) as caught:
        async with bound(app, new_id()):
            pass
    assert caught.value.code == "NOT_FOUND"
    ids = [world.unions[code].id for code, _ in PLACES]

    async def names(session: object, tenant: object) -> list[str]:
        return list((await session.execute(select(Membership.name))).scalars())  # type: ignore[attr-defined]

    assert await in_each(app, ids, names) == {world.unions[code].id: [f"zhang.wei 在 {code}"] for code, _ in PLACES}
