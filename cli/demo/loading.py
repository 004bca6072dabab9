"""Putting the demo's country into an empty database, as its owner; a second time nothing is added."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from authz.administration import require_roles
from cli.demo import country
from kernel.clock import CHINA, Clock
from kernel.database import Database, binding
from kernel.ids import new_id
from programmes.catalogue.loader import load_shipped
from tenants.accounts.model import Account, Membership
from tenants.accounts.passwords import Passwords
from tenants.accounts.service import Seat, require_fit
from tenants.model import Tenant
from tenants.service import NewTenant, add_tenant, seed_levels

BEGINNING = datetime(2022, 3, 1, 9, 0, tzinfo=CHINA)
"""Where the demo's clock stands when nobody has moved it: the year of the first selection."""

_SINCE = date(2019, 1, 1)
_LOADING = "the demo is being loaded"
_ORGANISERS = {
    "national_craftsman": "acftu",
    "longcheng_craftsman": "changzhou",
    "zhuge_craftsman": "wuhou",
    "chengdu_craftsman": "chengdu",
    "jiangsu_may_first_craftsman": "jiangsu",
}


@dataclass(frozen=True)
class Country:
    """What was loaded: tenants by code, and whether anything was new."""

    tenants: dict[str, UUID]
    new: bool


async def is_half_loaded(owner: Database) -> bool:
    """Whether a loading began here that was ended before its end."""
    async with owner.plain() as session:
        said = await session.execute(text("SELECT obj_description('tenant'::regclass, 'pg_class')"))
        return said.scalar_one() == _LOADING


async def end_loading(owner: Database) -> None:
    """From now on what is there is whole; `load_country` began it."""
    async with owner.plain() as session:
        await session.execute(text("COMMENT ON TABLE tenant IS NULL"))


async def load_country(owner: Database, passwords: Passwords, clock: Clock) -> Country:
    """Levels, unions, people and rulebooks; what is there already stays as it is.

    Where it is new, the table of unions says from the same commit on that the demo is being loaded, until `end_loading`.
    """
    async with owner.plain() as session:
        known = {row.code: row.id for row in await session.execute(select(Tenant.code, Tenant.id))}
        new = not known
        if new:
            await session.execute(text(f"COMMENT ON TABLE tenant IS '{_LOADING}'"))
            await seed_levels(session)
            known = await _load_unions(session, clock)
            await _load_people(session, passwords, clock, known)
    await load_shipped(owner, {code: known[organiser] for code, organiser in _ORGANISERS.items()}, clock)
    return Country(known, new=new)


async def _load_unions(session: AsyncSession, clock: Clock) -> dict[str, UUID]:
    made: dict[str, UUID] = {}
    for union in country.unions():
        new = NewTenant(
            code=union.code,
            name=union.name,
            level=union.level,
            parent_id=made[union.parent] if union.parent else None,
            industry_parent_id=made[union.line] if union.line else None,
        )
        made[union.code] = (await add_tenant(session, clock, new)).id
    return made


async def _load_people(session: AsyncSession, passwords: Passwords, clock: Clock, tenants: dict[str, UUID]) -> None:
    """One hash serves all: everybody in the demo has the same password, and hashing it 400 times would only cost time."""
    shared_hash = await passwords.hash(country.password())
    accounts: dict[str, UUID] = {}
    for seat in country.seats():
        if seat.login not in accounts:
            accounts[seat.login] = new_id()
            row = {"id": accounts[seat.login], "login": seat.login, "name": seat.name, "password_hash": shared_hash}
            await session.execute(insert(Account).values(**row, created_at=clock.now()))
        await session.execute(binding(tenants[seat.tenant]))
        place = require_fit(Seat(name=seat.name, roles=require_roles(seat.roles), valid_from=_SINCE))
        keys = {"tenant_id": tenants[seat.tenant], "id": new_id(), "account_id": accounts[seat.login]}
        await session.execute(insert(Membership).values(**keys, **place))
