"""A small ladder for the tests of this folder: three levels in two provinces, an industrial union, and a few people."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import update

from kernel.clock import Clock
from kernel.database import Database
from tenants.accounts.codes import code_at
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import NewSession
from tenants.accounts.login import Credentials, sign_in
from tenants.accounts.model import SecondFactor
from tenants.accounts.passwords import Passwords
from tenants.accounts.policy import CHEAP_COST
from tenants.accounts.second_factor import store_secret
from tenants.accounts.second_step import SecondStep, complete_sign_in
from tenants.accounts.service import NewAccount, Seat, create_account, seat_member
from tenants.facts import TenantFacts
from tenants.service import NewTenant, add_tenant, seed_levels
from tests.sealers import make_sealer

PASSWORD = "baoshan-lu-17-hao"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEALER = make_sealer()
LADDER = (
    ("acftu", "全总", "national", None, None),
    ("power", "能源工会", "national_industry", "acftu", None),
    ("sichuan", "四川省总", "province", "acftu", None),
    ("chengdu", "成都市总", "city", "sichuan", None),
    ("wuhou", "武侯区总", "district", "chengdu", None),
    ("qingyang", "青羊区总", "district", "chengdu", None),
    ("wuhou-plant", "武侯一厂", "enterprise", "wuhou", None),
    ("jiangsu", "江苏省总", "province", "acftu", None),
    ("changzhou", "常州市总", "city", "jiangsu", None),
    ("grid", "国网常州供电", "enterprise", "changzhou", "power"),
)
CHEAP = Passwords(CHEAP_COST)


@dataclass
class World:
    """What was made: unions by code, accounts by login, memberships by (login, union)."""

    unions: dict[str, TenantFacts] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    memberships: dict[tuple[str, str], UUID] = field(default_factory=dict)


async def build(owner: Database, clock: Clock) -> World:
    """Add the ladder."""
    world = World()
    async with owner.plain() as session:
        await seed_levels(session)
        for code, name, level, parent, industry in LADDER:
            new = NewTenant(
                code=code,
                name=name,
                level=level,
                parent_id=None if parent is None else world.unions[parent].id,
                industry_parent_id=None if industry is None else world.unions[industry].id,
            )
            world.unions[code] = await add_tenant(session, clock, new)
    return world


async def add_person(owner: Database, clock: Clock, world: World, login: str, *places: tuple[str, set[str]]) -> None:
    """An account with PASSWORD and a place in each of the named unions, from 2020 on."""
    async with owner.plain() as session:
        new = NewAccount(login=login, name=f"{login} 本人", password=PASSWORD)
        world.accounts[login] = await create_account(session, CHEAP, clock, new)
    for code, roles in places:
        await seat(owner, world, login, code, Seat(name=f"{login} 在 {code}", roles=roles, valid_from=date(2020, 1, 1)))


async def enrol(owner: Database, clock: Clock, world: World, *logins: str) -> None:
    """A confirmed second factor for each, with SECRET; its codes were never used."""
    async with owner.plain() as session:
        for login in logins:
            await store_secret(session, SEALER, world.accounts[login], SECRET, clock.now())
            await session.execute(update(SecondFactor).values(confirmed_at=clock.now()))


async def enter(entrance: Entrance, clock: Clock, code: str, login: str) -> NewSession:
    """A session of the person in the union, by a second step where his account asks for one."""
    begun = await sign_in(entrance, Credentials(code, login, PASSWORD), clock)
    if isinstance(begun, NewSession):
        return begun
    return await complete_sign_in(entrance, SecondStep(begun.token, code_at(SECRET, clock.now())), clock)


async def seat(owner: Database, world: World, login: str, code: str, place: Seat) -> None:
    """A place for an account in a union."""
    async with owner.write(world.unions[code].id) as session:
        world.memberships[login, code] = await seat_member(session, world.accounts[login], place)
