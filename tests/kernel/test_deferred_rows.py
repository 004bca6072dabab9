"""Rows that are written later are there for whoever looks in the same transaction, and gone with what is undone."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from kernel.database import Database, WriteSession
from kernel.ids import new_id
from kernel.outbox import Job, enqueue
from kernel.settings import DatabaseUrls


@pytest.fixture
async def app(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(database_urls.app, pool_size=3)
    yield opened
    await opened.close()


@pytest.fixture
def tenant() -> UUID:
    return new_id()


class UndoneError(Exception):
    """Raised by a test."""


async def undone(session: WriteSession, name: str) -> None:
    async with session.begin_nested():
        await enqueue(session, name, {})
        raise UndoneError


async def raised(app: Database, tenant: UUID) -> None:
    async with app.write(tenant) as session:
        await enqueue(session, "raised", {})
        raise UndoneError


async def jobs(database_urls: DatabaseUrls, tenant: UUID) -> list[str]:
    courier = Database(database_urls.courier, pool_size=1)
    async with courier.plain() as session:
        found = await session.scalars(select(Job.actor).where(Job.tenant_id == tenant).order_by(Job.seq))
        names = list(found)
    await courier.close()
    return names


async def test_they_are_sent_together_and_in_their_order(
    app: Database, database_urls: DatabaseUrls, tenant: UUID
) -> None:
    sent: list[str] = []
    with app.watched(sent.append):
        async with app.write(tenant) as session:
            for name in ("one", "two", "three"):
                await enqueue(session, name, {"name": name})
    assert [statement[:31] for statement in sent] == ["WITH w0 AS (INSERT INTO job (id"]
    assert await jobs(database_urls, tenant) == ["one", "two", "three"]


async def test_whoever_asks_next_finds_what_was_to_be_written(app: Database, tenant: UUID) -> None:
    async with app.write(tenant) as session:
        session.deferred.tell("jiangti_test", "hello")
        assert session.deferred
        assert (
            await session.execute(select(func.count()).select_from(text("pg_listening_channels() c")))
        ).scalar() == 0
        assert not session.deferred


async def test_what_a_savepoint_takes_back_is_not_written_and_what_came_before_is(
    app: Database, database_urls: DatabaseUrls, tenant: UUID
) -> None:
    async with app.write(tenant) as session:
        await enqueue(session, "before", {})
        with pytest.raises(UndoneError):
            await undone(session, "undone")
        async with session.begin_nested():
            await enqueue(session, "kept", {})
        await enqueue(session, "after", {})
    assert await jobs(database_urls, tenant) == ["before", "kept", "after"]


async def test_nothing_is_written_of_a_transaction_that_was_taken_back(
    app: Database, database_urls: DatabaseUrls, tenant: UUID
) -> None:
    with pytest.raises(UndoneError):
        await raised(app, tenant)
    async with app.write(tenant) as session:
        await enqueue(session, "taken back", {})
        await session.rollback()
    async with app.write(tenant) as session:
        await enqueue(session, "sent and taken back", {})
        await session.settle()
        await session.rollback()
    assert await jobs(database_urls, tenant) == []


async def test_a_connection_that_the_server_has_left_is_replaced(app: Database, tenant: UUID) -> None:
    async def bound() -> str:
        async with app.write(tenant) as session:
            await asyncio.sleep(0.05)
            return (await session.execute(text("SELECT current_setting('app.tenant')"))).scalar_one()

    await asyncio.gather(*(bound() for _ in range(3)))
    async with app.plain() as session:
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
        assert (await session.execute(text(f"{others} AND datname = current_database()"))).scalar_one() == 2
    await asyncio.sleep(0.2)
    assert await asyncio.gather(*(bound() for _ in range(3))) == [str(tenant)] * 3
