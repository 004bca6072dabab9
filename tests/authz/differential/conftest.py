"""The three judges' database, and the door by which people come in."""

from collections.abc import AsyncIterator

import pytest

from kernel.database import Database
from kernel.postgres import Server
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tenants.service import seed_levels
from tests.authz.differential.trial import Trial, trial


@pytest.fixture(scope="module")
async def where(database_urls: DatabaseUrls, server: Server) -> AsyncIterator[Trial]:
    owner = Database(database_urls.owner)
    async with owner.plain() as session:
        await seed_levels(session)
    await owner.close()
    async with trial(database_urls, server.url(database_urls.app.rpartition("/")[2])) as found:
        yield found


@pytest.fixture(scope="module")
async def entrance(database_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(database_urls.login, cheap=True)
    yield opened
    await opened.close()
