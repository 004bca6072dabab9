from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import text

from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tests.programmes.catalogue.world import World, build
from tests.sealers import make_sealer

_NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)
_WRITTEN = "edition, quota, extra_unit, recommending_grant, audit_entry, job, inbox_entry, due_item"


@pytest.fixture(scope="module")
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.owner)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def built(database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[World]:
    """The ladder and the programmes, made once for a module."""
    app, courier = (
        Database(database_urls.app, pool_size=20, sealer=make_sealer()),
        Database(database_urls.courier, pool_size=4),
    )
    yield await build(owner, app, courier, FixedClock(_NOW))
    await app.close()
    await courier.close()


@pytest.fixture
async def world(built: World, owner: Database) -> World:
    """The ladder without any edition, on Monday 2026-03-02."""
    built.clock.at = _NOW
    async with owner.plain() as session:
        await session.execute(text(f"TRUNCATE {_WRITTEN} CASCADE"))
    return built
