"""What a notification holds, and that telling belongs to the transaction."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import make_url

from kernel.database import Database
from kernel.ids import new_id
from kernel.listening import Listener
from kernel.live import CHANNEL, MOST_NAMED, Change, Told, announce_change, decode, encode
from kernel.settings import DatabaseUrls

AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)


def changes(count: int) -> list[Change]:
    return [Change("k" * 20, new_id(), f"{number:040}", AT) for number in range(count)]


def test_what_is_told_is_what_is_heard() -> None:
    tenant_id, told = new_id(), changes(3)
    assert decode(encode(tenant_id, told)) == Told(tenant_id, tuple(told))


def test_a_notification_fits_whatever_happened() -> None:
    tenant_id = new_id()
    longest = encode(tenant_id, changes(MOST_NAMED))
    assert len(longest.encode()) < 8_000
    assert decode(encode(tenant_id, changes(MOST_NAMED + 1))) == Told(tenant_id, ())


@pytest.fixture
async def heard(database_urls: DatabaseUrls) -> AsyncIterator[list[str]]:
    found: list[str] = []
    hearing = asyncio.Event()
    listener = Listener(make_url(database_urls.app), CHANNEL, found.append, hearing.set)
    running = asyncio.create_task(listener.run())
    await asyncio.wait_for(hearing.wait(), 10)
    yield found
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def tell_and_fail(app: Database, tenant_id: UUID, key: UUID) -> None:
    async with app.write(tenant_id) as session:
        announce_change(session, "thing", key, "lost", AT)
        raise ZeroDivisionError


async def test_only_what_was_committed_is_told_and_once(database_urls: DatabaseUrls, heard: list[str]) -> None:
    app, tenant_id, key = Database(database_urls.app, pool_size=1), new_id(), new_id()
    with pytest.raises(ZeroDivisionError):
        await tell_and_fail(app, tenant_id, key)
    async with app.write(tenant_id) as session:
        for _ in range(2):
            announce_change(session, "thing", key, "kept", AT)
        await asyncio.sleep(0.2)
        assert heard == []
    async with app.write(tenant_id):
        pass
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    assert [decode(payload) for payload in heard] == [Told(tenant_id, (Change("thing", key, "kept", AT),))]
    await app.close()
