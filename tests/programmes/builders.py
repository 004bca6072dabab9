"""The demo's country in a test database, and people of it who act: through the services, each in a transaction of his own."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from authz.roles import Role
from authz.scope import ReadScope, WriteScope
from cli.demo import country
from cli.demo.loading import load_country
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.sealing import Sealer
from kernel.settings import DatabaseUrls
from programmes.catalogue.service import NewEdition, Schedule, create_edition, fill_edition, issue_edition, open_edition
from tenants.accounts.model import Account
from tenants.accounts.passwords import Passwords
from tenants.accounts.policy import HashCost
from tenants.queries import get_tenant_by_code
from workers.drain import drain

CHEAP = HashCost(passes=1, memory_kib=64, lanes=1)


@dataclass
class World:
    """The demo's country and a clock that tests move."""

    app: Database
    courier: Database
    owner: Database
    clock: FixedClock
    tenants: dict[str, UUID]
    accounts: dict[str, UUID]

    def at(self, year: int, month: int, day: int, hour: int = 9) -> None:
        """Move the clock."""
        self.clock.at = datetime(year, month, day, hour, tzinfo=CHINA)

    async def actor(self, login: str, tenant: str | None = None) -> Actor:
        """A person of the demo, by login; `tenant` where the login has several seats."""
        seat = next(s for s in country.seats() if s.login == login and tenant in {None, s.tenant})
        async with self.app.plain() as session:
            facts = await get_tenant_by_code(session, seat.tenant)
        roles = frozenset(Role(word) for word in seat.roles)
        return Actor(account_id=self.accounts[login], name=seat.name, tenant=facts, roles=roles)

    @asynccontextmanager
    async def acting(self, login: str, tenant: str | None = None) -> AsyncGenerator[WriteScope]:
        """A write transaction of this person."""
        actor = await self.actor(login, tenant)
        async with self.app.write(actor.tenant.id) as session:
            yield WriteScope(session, actor, self.clock)

    @asynccontextmanager
    async def reading(self, login: str, tenant: str | None = None) -> AsyncGenerator[ReadScope]:
        """A read transaction of this person."""
        actor = await self.actor(login, tenant)
        async with self.app.read(actor.tenant.id) as session:
            yield ReadScope(session, actor, self.clock)

    async def settle(self, *, tick: bool = True) -> int:
        """Let the workers do everything there is to do."""
        return await drain(self.courier, self.clock, tick=tick)

    async def edition(  # noqa: PLR0913 - what an edition is made of
        self, organiser: str, programme: str, year: int, values: Mapping[str, Any], *, opens: date, closes: date
    ) -> UUID:
        """An issued and open edition, its silent values filled."""
        async with self.acting(f"{organiser}.reviewer") as scope:
            schedule = Schedule(opens_on=opens, closes_on=closes)
            edition = await create_edition(scope, NewEdition(programme_code=programme, year=year, schedule=schedule))
            await fill_edition(scope, edition.id, version=edition.version, values=values)
        async with self.acting(f"{organiser}.leader") as scope:
            await issue_edition(scope, edition.id, version=2, document_no=f"{organiser}〔{year}〕1号")
        async with self.acting(f"{organiser}.leader") as scope:
            await open_edition(scope, edition.id)
        await self.settle()
        return edition.id

    async def close(self) -> None:
        """Give the connections back."""
        for database in (self.app, self.courier, self.owner):
            await database.close()


async def make_world(urls: DatabaseUrls, *, at: datetime) -> World:
    """The demo's country in an empty database."""
    sealer = Sealer(bytes(range(32)))
    clock = FixedClock(at)
    owner = Database(urls.owner, pool_size=2)
    loaded = await load_country(owner, Passwords(CHEAP), clock)
    app, courier = Database(urls.app, sealer=sealer), Database(urls.courier, sealer=sealer, pool_size=4)
    async with owner.plain() as session:
        accounts = {row.login: row.id for row in await session.execute(select(Account.login, Account.id))}
    return World(app, courier, owner, clock, loaded.tenants, accounts)
