from collections.abc import AsyncIterator

import pytest

from graphql_api.accounts.mutations import AccountsMutation
from graphql_api.context import EntranceAuthenticator
from graphql_api.machines.mutations import MachinesMutation
from graphql_api.machines.queries import MachinesQuery
from graphql_api.schema import Contract, build
from graphql_api.tenants.mutations import TenantsMutation
from graphql_api.tenants.queries import TenantsQuery
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance, open_entrance
from tests.graphql_api.client import Client, serving
from tests.graphql_api.tenants.door import Door
from tests.sealers import make_sealer
from tests.tenants.emptying import empty
from tests.tenants.unions import SEALER, World, add_person, enrol
from tests.tenants.unions import build as build_unions


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret", TenantsQuery, TenantsMutation, AccountsMutation, MachinesQuery, MachinesMutation)


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """One database for the module, emptied before each test."""
    database = Database(database_urls.owner)
    await empty(database)
    yield database
    await database.close()


@pytest.fixture
async def app(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.app, pool_size=4, sealer=make_sealer())
    yield database
    await database.close()


@pytest.fixture
async def entrance(database_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(database_urls.login, cheap=True, sealer=SEALER)
    yield opened
    await opened.close()


@pytest.fixture
async def world(owner: Database, clock: FixedClock) -> World:
    """The ladder, and: zhang.wei at 武侯 and 成都, li.na at 青羊, admin (system) and audit (audit administrator) at 武侯, who have second factors."""
    made = await build_unions(owner, clock)
    await add_person(owner, clock, made, "zhang.wei", ("wuhou", {"clerk", "chair"}), ("chengdu", {"reviewer"}))
    await add_person(owner, clock, made, "li.na", ("qingyang", {"clerk"}))
    await add_person(owner, clock, made, "admin", ("wuhou", {"system_admin"}))
    await add_person(owner, clock, made, "audit", ("wuhou", {"audit_admin"}))
    await enrol(owner, clock, made, "admin", "audit")
    return made


@pytest.fixture
async def api(
    contract: Contract, app: Database, entrance: Entrance, clock: FixedClock, world: World
) -> AsyncIterator[Client]:
    authenticator = EntranceAuthenticator(entrance, clock)
    async with serving(contract, app, clock, authenticator, entrance) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture
def door(api: Client, clock: FixedClock) -> Door:
    return Door(api, clock)
