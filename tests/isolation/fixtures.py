"""The year as fixtures: one template for all test processes, a clone per module; the web's role, and the owner who sees everything."""

import fcntl
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import structlog
from sqlalchemy import select, text

from authz.roles import Role
from cli.demo import country
from graphql_api.ids import encode_id
from graphql_api.registry import Registry
from graphql_api.schema import Contract, build
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.postgres import Server
from kernel.postgres import database_urls as urls_of
from kernel.settings import DatabaseUrls, Settings
from migrations.runner import run_blocking
from tenants.facts import TenantFacts
from tenants.queries import get_tenant_by_code
from tests.databases import clone, drop, ensure_filled, new_name
from tests.graphql_api.client import Tokens
from tests.isolation.year import END, build_year
from tests.sealers import make_sealer

SEALER = make_sealer()
PEOPLE_ROLES = tuple(role for role in Role if role is not Role.COURIER)


@dataclass
class Year:
    """What is in the database: tenants by code, and each type's rows with the tenant they belong to."""

    clock: FixedClock
    tenants: dict[str, TenantFacts]
    accounts: dict[str, UUID]
    homes: dict[str, dict[str, list[UUID]]]
    """By type, by tenant's code: keys of rows."""
    drafts: dict[str, list[str]]
    """By tenant's code: editions that are not published."""
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock)

    def everything(self, code: str, account: str | None = None) -> str:
        """A token of a person of this union who holds every role that a person can hold."""
        account_id = None if account is None else self.accounts[account]
        return self.tokens.enter(self.tenants[code], *PEOPLE_ROLES, account_id=account_id)

    def ids(self, type_name: str, code: str) -> list[str]:
        """Opaque ids of a tenant's rows of a type."""
        return [encode_id(type_name, key) for key in self.homes[type_name].get(code, [])]

    def owner_of(self) -> dict[str, set[str]]:
        """For each opaque id the codes of the tenants that have such a row (an expert's account may be seated in several)."""
        found: dict[str, set[str]] = {}
        for type_name, homes in self.homes.items():
            for code in homes:
                for shown in self.ids(type_name, code):
                    found.setdefault(shown, set()).add(code)
        return found


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of requests are not worth a line each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def year_template(settings: Settings, server: Server, template: str) -> str:
    """The name of a database that holds the year; one for all test processes."""

    def fill(name: str) -> None:
        run_blocking(build_year(urls_of(settings, server, name)))

    with (settings.home / "year.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_filled(settings, server, template, "year", fill)


@pytest.fixture(scope="module")
def year_urls(settings: Settings, server: Server, year_template: str) -> Iterator[DatabaseUrls]:
    """The year in a database of this module's own."""
    name = new_name(settings)
    clone(settings, server, year_template, name)
    try:
        yield urls_of(settings, server, name)
    finally:
        drop(server, name)


@pytest.fixture(scope="module")
async def owner(year_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """Sees and may change the rows of all tenants."""
    database = Database(year_urls.owner, pool_size=4, sealer=SEALER)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def app(year_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(year_urls.app, pool_size=12, sealer=SEALER)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The whole contract."""
    return build(b"secret")


@pytest.fixture(scope="session")
def registry(contract: Contract) -> Registry:
    return contract.registry


@pytest.fixture(scope="module")
async def year(owner: Database, registry: Registry) -> Year:
    """The rows as they are when the module begins."""
    return await find_year(owner, registry)


async def find_year(owner: Database, registry: Registry) -> Year:
    """The rows as they are now."""
    tenants: dict[str, TenantFacts] = {}
    async with owner.plain() as session:
        for union in country.unions():
            tenants[union.code] = await get_tenant_by_code(session, union.code)
        accounts = {row.login: row.id for row in await session.execute(text("SELECT login, id FROM account"))}
        codes = {facts.id: code for code, facts in tenants.items()}
        homes: dict[str, dict[str, list[UUID]]] = {}
        for name, source in sorted(registry.sources.items()):
            if "id" not in source.table.c or "tenant_id" not in source.table.c:
                continue
            keys = select(source.table.c.tenant_id, source.key).order_by(source.table.c.tenant_id, source.key)
            if name == "ExpertCandidate":
                keys = keys.where(source.table.c.roles.contains([Role.EXPERT.value]))
            homes[name] = {}
            for tenant_id, key in await session.execute(keys):
                homes[name].setdefault(codes[tenant_id], []).append(key)
        unpublished = await session.execute(text("SELECT tenant_id, id FROM edition WHERE state = 'draft'"))
        drafts: dict[str, list[str]] = {}
        for tenant_id, key in unpublished:
            drafts.setdefault(codes[tenant_id], []).append(encode_id("Edition", key))
    return Year(FixedClock(END), tenants, accounts, homes, drafts)
