from collections.abc import AsyncIterator

import pytest

from graphql_api.context import EntranceAuthenticator
from graphql_api.schema import Contract, build
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tests.graphql_api.client import Client, serving
from tests.graphql_api.delegation.people import PEOPLE, People
from tests.graphql_api.tenants.door import Door
from tests.graphql_api.world import Cases, make_cases
from tests.sealers import make_sealer
from tests.tenants.unions import SEALER, World, add_person, enrol


@pytest.fixture(scope="session")
def contract() -> Contract:
    return build(b"secret")


@pytest.fixture
async def owner(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.owner)
    yield database
    await database.close()


@pytest.fixture
async def app(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.app, pool_size=8, sealer=make_sealer())
    yield database
    await database.close()


@pytest.fixture
async def courier(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.courier, pool_size=4, sealer=make_sealer())
    yield database
    await database.close()


@pytest.fixture
async def entrance(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(fresh_database_urls.login, cheap=True, sealer=SEALER)
    yield opened
    await opened.close()


@pytest.fixture
async def cases(owner: Database, clock: FixedClock) -> Cases:
    return await make_cases(owner, clock, count=2)


@pytest.fixture
async def world(owner: Database, clock: FixedClock, cases: Cases) -> World:
    """The ladder with cases at 武侯 and 青羊, and the people of `people.PEOPLE`; those with two factors are marked there."""
    made = World(unions=cases.unions)
    for person in PEOPLE:
        await add_person(owner, clock, made, person.login, *((code, set(roles)) for code, roles in person.places))
    await enrol(owner, clock, made, *(person.login for person in PEOPLE if person.two_factors))
    return made


@pytest.fixture
async def api(
    contract: Contract, app: Database, entrance: Entrance, clock: FixedClock, world: World
) -> AsyncIterator[Client]:
    assert world.accounts
    authenticator = EntranceAuthenticator(entrance, clock)
    async with serving(contract, app, clock, authenticator, entrance) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture
def people(api: Client, clock: FixedClock, world: World) -> People:
    return People(api, Door(api, clock), world)
