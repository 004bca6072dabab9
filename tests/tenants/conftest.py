from collections.abc import AsyncIterator

import pytest

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tests.tenants.unions import World, build


@pytest.fixture
async def owner(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.owner)
    yield database
    await database.close()


@pytest.fixture
async def app(fresh_database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.app, pool_size=2)
    yield database
    await database.close()


@pytest.fixture
async def entrance(fresh_database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Entrance]:
    opened = open_entrance(fresh_database_urls.login, cheap=True, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
async def world(owner: Database, clock: FixedClock) -> World:
    return await build(owner, clock)
