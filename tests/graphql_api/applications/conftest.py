from collections.abc import AsyncIterator

import pytest

from tests.graphql_api.awards_api import Office, open_office
from tests.programmes.awards import Awards, awards

__all__ = ["awards"]


@pytest.fixture
async def office(awards: Awards) -> AsyncIterator[Office]:
    async with open_office(awards) as opened:
        yield opened
