from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from cli.demo.offices import Offices
from kernel.clock import CHINA
from kernel.settings import DatabaseUrls
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import careful


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[Offices]:
    """Their workers take every letter in twice."""
    made = careful(await make_offices(database_urls, at=datetime(2022, 3, 1, 9, tzinfo=CHINA)))
    yield made
    await close_offices(made)
