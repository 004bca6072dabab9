from collections.abc import AsyncIterator

import pytest

from kernel.settings import DatabaseUrls
from tests.queue_world import World, open_world


@pytest.fixture
async def world(database_urls: DatabaseUrls) -> AsyncIterator[World]:
    """The unions, and databases that this test finds empty."""
    made = await open_world(database_urls)
    yield made
    await made.close()
