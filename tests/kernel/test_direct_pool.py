"""Connections of the direct way: never more than there may be, none lost, whoever is cut off."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from kernel.database import Database
from kernel.direct import READING
from kernel.ids import new_id
from kernel.prepared import Prepared
from kernel.reach import NoConnectionError
from kernel.settings import DatabaseUrls

SLOW = Prepared(select(func.pg_sleep(30)))
QUICK = Prepared(select(func.pg_backend_pid()))


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(database_urls.app, pool_size=2, wait_seconds=0.3)
    yield opened
    await opened.close()


async def test_who_is_cut_off_takes_no_connection_with_him(database: Database) -> None:
    for _ in range(6):
        cut = [asyncio.create_task(database.direct.fetch(SLOW)) for _ in range(5)]
        await asyncio.sleep(0.05)
        for task in cut:
            task.cancel()
        assert all(isinstance(one, BaseException) for one in await asyncio.gather(*cut, return_exceptions=True))
    found = await asyncio.gather(*(database.direct.fetch(QUICK) for _ in range(20)))
    assert 1 <= len({pid for ((pid,),) in found}) <= 2


async def test_whoever_waits_too_long_is_told_so_and_the_next_one_is_served(database: Database) -> None:
    tenant = new_id()
    async with database.read_directly(tenant), database.read_directly(tenant):
        with pytest.raises(NoConnectionError):
            await database.direct.fetch(QUICK)
    assert await database.direct.fetch(QUICK)


async def test_a_connection_that_was_closed_is_replaced(database: Database) -> None:
    ((first,),) = await database.direct.fetch(QUICK)
    connection = await database.direct.take()
    connection.terminate()
    database.direct.give_back(connection)
    ((second,),) = await database.direct.fetch(QUICK)
    assert first != second


async def test_a_failing_block_is_rolled_back_and_its_connection_bound_no_more(database: Database) -> None:
    bound = Prepared(select(func.coalesce(func.nullif(func.current_setting("app.tenant", True), ""), "none")))
    tenant = new_id()

    async def fail() -> None:
        async with database.direct.transaction(READING, tenant, {}) as session:
            assert await session.fetch(bound) == [(str(tenant),)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await database.direct.fetch(bound) == [("none",)]


async def test_a_statement_that_binds_itself_leaves_no_binding(database: Database) -> None:
    bound = Prepared(select(func.coalesce(func.nullif(func.current_setting("app.tenant", True), ""), "none")))
    await database.direct.fetch(QUICK)
    async with database.read_directly(new_id()):
        pass
    assert await database.direct.fetch(bound) == [("none",)]


async def test_a_closed_pool_opens_anew(database: Database) -> None:
    for _ in range(3):
        connection = await database.direct.take()
        await database.direct.fetch(QUICK)
        await database.close()
        database.direct.give_back(connection)
    assert await asyncio.gather(*(database.direct.fetch(QUICK) for _ in range(4)))
