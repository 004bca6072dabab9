"""A small ladder with the shipped programmes loaded, for the tests of this folder."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz.actor import Actor, worker
from authz.roles import Role
from authz.scope import Scope, WriteScope
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from programmes.catalogue.loader import load_shipped
from programmes.catalogue.model import Edition
from programmes.catalogue.service import NewEdition, Schedule, create_edition, fill_edition, issue_edition, set_quota
from tenants.facts import TenantFacts
from tenants.service import NewTenant, add_tenant, seed_levels

LADDER = (
    ("acftu", "中华全国总工会", "national", None, None),
    ("power", "全国能源产业工会", "national_industry", "acftu", None),
    ("sichuan", "四川省总工会", "province", "acftu", None),
    ("chengdu", "成都市总工会", "city", "sichuan", None),
    ("wuhou", "武侯区总工会", "district", "chengdu", None),
    ("wuhou-plant", "武侯一厂工会", "enterprise", "wuhou", None),
    ("jiangsu", "江苏省总工会", "province", "acftu", None),
    ("changzhou", "常州市总工会", "city", "jiangsu", None),
    ("tianning", "天宁区总工会", "district", "changzhou", None),
    ("zone", "常州经开区总工会", "development_zone", "changzhou", None),
    ("grid", "国网常州供电工会", "enterprise", "changzhou", "power"),
)
ORGANISERS = {
    "national_craftsman": "acftu",
    "longcheng_craftsman": "changzhou",
    "zhuge_craftsman": "wuhou",
    "chengdu_craftsman": "chengdu",
    "jiangsu_may_first_craftsman": "jiangsu",
}
FACTORS = {
    "regional_development": "制造业大省",
    "industry_skill_level": "高级技师12000人",
    "workers": "2100万人",
    "talent_environment": "工匠学院20所",
}
FILLED_NATIONAL: dict[str, Any] = {
    "notice.working_days": 5,
    "scoring.aggregation": "trimmed_mean",
    "scoring.experts_per_case": 3,
    "criteria.*.max_points": 10,
    "cultivation.plan_owner": "recommending_unit",
    "cultivation.report_every_months": 6,
}
FILLED_LONGCHENG: dict[str, Any] = {"notice.working_days": 5, "cultivation.report_every_months": 3}


@dataclass
class World:
    """The unions by code, and doors to the database as the web's and the worker's role."""

    unions: dict[str, TenantFacts]
    app: Database
    courier: Database
    clock: FixedClock

    @asynccontextmanager
    async def acting(self, code: str, *roles: Role) -> AsyncGenerator[WriteScope]:
        """One transaction of a person of a union."""
        actor = Actor(new_id(), f"{code} 本人", self.unions[code], frozenset(roles or {Role.REVIEWER, Role.APPROVER}))
        async with self.app.write(self.unions[code].id) as session:
            yield Scope(session, actor, self.clock)

    @asynccontextmanager
    async def working(self, code: str) -> AsyncGenerator[WriteScope]:
        """One transaction of the worker on behalf of a union."""
        async with self.courier.write(self.unions[code].id) as session:
            yield Scope(session, worker(self.unions[code]), self.clock)

    def id_of(self, code: str) -> UUID:
        return self.unions[code].id


async def build(owner: Database, app: Database, courier: Database, clock: FixedClock) -> World:
    unions: dict[str, TenantFacts] = {}
    async with owner.plain() as session:
        await seed_levels(session)
        for code, name, level, parent, industry in LADDER:
            new = NewTenant(
                code=code,
                name=name,
                level=level,
                parent_id=None if parent is None else unions[parent].id,
                industry_parent_id=None if industry is None else unions[industry].id,
            )
            unions[code] = await add_tenant(session, clock, new)
    await load_shipped(owner, {code: unions[union].id for code, union in ORGANISERS.items()}, clock)
    return World(unions, app, courier, clock)


async def draft(world: World, programme: str, year: int = 2026) -> Edition:
    """A new edition of a programme, by its organiser."""
    async with world.acting(ORGANISERS[programme]) as scope:
        return await create_edition(scope, NewEdition(programme, year))


async def filled(world: World, programme: str, values: dict[str, Any], year: int = 2026) -> Edition:
    """A draft with its silent values filled in."""
    edition = await draft(world, programme, year)
    async with world.acting(ORGANISERS[programme]) as scope:
        return await fill_edition(scope, edition.id, version=edition.version, values=values)


async def issued(
    world: World,
    programme: str,
    values: dict[str, Any],
    quotas: dict[str, int] | None = None,
    *,
    days: tuple[date, date] = (date(2026, 3, 2), date(2026, 4, 30)),
) -> Edition:
    """An edition with its values and places, issued."""
    edition = await filled(world, programme, values)
    async with world.acting(ORGANISERS[programme]) as scope:
        for code, places in (quotas or {}).items():
            edition = await scope.session.get_one(Edition, (world.id_of(ORGANISERS[programme]), edition.id))
            unit = world.id_of(code)
            await set_quota(scope, edition.id, version=edition.version, unit_id=unit, places=places, factors=FACTORS)
        edition = await scope.session.get_one(Edition, (world.id_of(ORGANISERS[programme]), edition.id))
        return await issue_edition(
            scope, edition.id, version=edition.version, document_no="总工办发〔2026〕3号", schedule=Schedule(*days)
        )
