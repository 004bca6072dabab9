from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.people.queries import PeopleQuery
from graphql_api.schema import Contract, build
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.world import Cases, make_cases
from tests.sealers import make_sealer

NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)


@pytest.fixture(scope="module")
def reading_contract() -> Contract:
    """The reads of people and cases only."""
    return build(b"secret", PeopleQuery, ApplicationsQuery)


@pytest.fixture(scope="module")
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.owner)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def app(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.app, pool_size=4, sealer=make_sealer())
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def cases(owner: Database) -> Cases:
    return await make_cases(owner, FixedClock(NOW))


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(FixedClock(NOW))


@pytest.fixture
async def api(reading_contract: Contract, app: Database, tokens: Tokens) -> AsyncIterator[Client]:
    async with serving(reading_contract, app, FixedClock(NOW), tokens) as client:
        yield client
