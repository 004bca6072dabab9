from collections.abc import AsyncIterator

import pytest

from kernel.settings import DatabaseUrls
from tests.queue_world import World, open_world


@pytest.fixture
async def world(fresh_database_urls: DatabaseUrls) -> AsyncIterator[World]:
    """Unions and databases of this test's own."""
    made = await open_world(fresh_database_urls)
    yield made
    await made.close()
