from collections.abc import AsyncIterator

import pytest

from graphql_api.context import EntranceAuthenticator
from graphql_api.live.closing import LiveLimits
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tenants.accounts.policy import DEMO_POLICY
from tests.isolation.fixtures import Year, app, contract, owner, quiet, registry, year, year_template, year_urls
from tests.live.sockets import Place, serving
from tests.sealers import make_sealer

__all__ = ["app", "contract", "owner", "quiet", "registry", "year", "year_template", "year_urls"]
QUICK = LiveLimits(watch_seconds=0.3)


@pytest.fixture(scope="module")
async def entrance(year_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(year_urls.login, cheap=True, policy=DEMO_POLICY, sealer=make_sealer())
    yield opened
    await opened.close()


@pytest.fixture
async def place(contract: Contract, app: Database, year: Year) -> AsyncIterator[Place]:
    """A server that knows people by `year.tokens`, all in good standing."""
    async with serving(contract, app, year.clock, year.tokens, limits=QUICK) as running:
        yield running


@pytest.fixture
async def door(contract: Contract, app: Database, year: Year, entrance: Entrance) -> AsyncIterator[Place]:
    """A server with its real door: people of the demo sign in with their password."""
    authenticator = EntranceAuthenticator(entrance, year.clock)
    async with serving(contract, app, year.clock, authenticator, entrance, QUICK) as running:
        yield running
