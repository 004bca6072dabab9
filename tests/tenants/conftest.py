from collections.abc import AsyncIterator

import pytest

from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tests.tenants.emptying import empty
from tests.tenants.unions import SEALER, World, build


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """One database for the module, emptied before each test."""
    database = Database(database_urls.owner)
    await empty(database)
    yield database
    await database.close()


@pytest.fixture
async def app(database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Database]:
    database = Database(database_urls.app, pool_size=2)
    yield database
    await database.close()


@pytest.fixture
async def entrance(database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Entrance]:
    opened = open_entrance(database_urls.login, cheap=True, pool_size=5, sealer=SEALER)
    yield opened
    await opened.close()


@pytest.fixture
async def world(owner: Database, clock: FixedClock) -> World:
    return await build(owner, clock)
