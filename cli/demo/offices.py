"""People of the demo at work, through the services and each in a transaction of his own: how the demo's past is made, and how tests set a scene."""

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
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from programmes.catalogue.service import (
    NewEdition,
    Schedule,
    close_edition,
    create_edition,
    fill_edition,
    issue_edition,
)
from tenants.accounts.model import Account
from tenants.queries import get_tenant_by_code
from workers.drain import drain


@dataclass(frozen=True)
class Call:
    """A call for applications: whose, of which programme, with the silent values filled, open from when to when."""

    organiser: str
    programme: str
    year: int
    values: Mapping[str, Any]
    opens_on: date
    closes_on: date
    document_no: str


@dataclass
class Offices:
    """The unions of the demo with their people, a clock that can be moved, and the workers at hand."""

    app: Database
    courier: Database
    clock: FixedClock
    tenants: Mapping[str, UUID]
    accounts: Mapping[str, UUID]

    def at(self, year: int, month: int, day: int, hour: int = 9) -> None:
        """Move the clock."""
        self.clock.at = datetime(year, month, day, hour, tzinfo=CHINA)

    async def actor(self, login: str, tenant: str | None = None) -> Actor:
        """A person of the demo; `tenant` where the login has several seats."""
        seat = next(seat for seat in country.seats() if seat.login == login and tenant in {None, seat.tenant})
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
        """Let the workers do everything there is to do; `tick` also what has fallen due."""
        return await drain(self.courier, self.clock, tick=tick)

    async def open_call(self, call: Call) -> UUID:
        """An edition that is issued and open."""
        async with self.acting(f"{call.organiser}.reviewer") as scope:
            schedule = Schedule(opens_on=call.opens_on, closes_on=call.closes_on)
            new = NewEdition(programme_code=call.programme, year=call.year, schedule=schedule)
            edition = await create_edition(scope, new)
            await fill_edition(scope, edition.id, version=edition.version, values=call.values)
        async with self.acting(f"{call.organiser}.leader") as scope:
            await issue_edition(scope, edition.id, version=2, document_no=call.document_no)
        await self.settle()
        return edition.id

    async def close_call(self, organiser: str, edition_id: UUID) -> None:
        """The edition takes no more applications."""
        async with self.acting(f"{organiser}.leader") as scope:
            await close_edition(scope, edition_id)
        await self.settle()


async def open_offices(
    app: Database, courier: Database, owner: Database, clock: FixedClock, tenants: Mapping[str, UUID]
) -> Offices:
    """The offices of a loaded country."""
    async with owner.plain() as session:
        accounts = {row.login: row.id for row in await session.execute(select(Account.login, Account.id))}
    return Offices(app, courier, clock, tenants, accounts)
