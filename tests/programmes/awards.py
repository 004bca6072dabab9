"""A small ladder for tests of cultivation, titles, studios and money: unions, editions under the shipped rulebooks, cases at any state.

People act through the web's database role, workers through the courier's; `settle` runs what the outbox holds, as a worker would.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import pytest_asyncio
from sqlalchemy import select, text

from authz.actor import Actor, worker
from authz.roles import Role
from authz.scope import ReadScope, Scope, WriteScope
from kernel.clock import CHINA, FixedClock
from kernel.database import Base, Database
from kernel.ids import new_id
from kernel.sealing import Sealer
from kernel.settings import DatabaseUrls
from programmes.applications.model import Application, CaseAct
from programmes.catalogue.model import Edition, Programme, RulebookVersion
from programmes.catalogue.rules.reading import canonical, fingerprint
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.cultivation import service as cultivation
from programmes.cultivation.model import Assessment
from programmes.funding import service as funding
from programmes.people.model import Person
from programmes.titles import service as titles
from programmes.titles.model import Title
from tenants.facts import TenantFacts
from tests.programmes.rulebooks import shipped
from workers.drain import drain, make_workshop
from workers.workshop import DueHandler, Reaction

LEVELS = {"national": 10, "province": 20, "city": 30, "district": 40, "enterprise": 60}
UNIONS = {
    "acftu": ("national", None),
    "jiangsu": ("province", "acftu"),
    "changzhou": ("city", "jiangsu"),
    "sichuan": ("province", "acftu"),
    "chengdu": ("city", "sichuan"),
    "wuhou": ("district", "chengdu"),
    "jinjiang": ("district", "chengdu"),
}
FILLED: dict[str, dict[str, Any]] = {
    "national_craftsman": {"cultivation.plan_owner": "recommending_unit", "cultivation.report_every_months": 12},
    "longcheng_craftsman": {"cultivation.report_every_months": 12},
}
ORGANISERS = {
    "national_craftsman": "acftu",
    "longcheng_craftsman": "changzhou",
    "zhuge_craftsman": "wuhou",
    "chengdu_craftsman_2019": "chengdu",
}
REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "application_moved": (
        cultivation.on_application_moved,
        funding.on_application_moved,
        funding.on_case_followed,
    ),
    "cultivation_year_begun": (funding.on_cultivation_year_begun,),
    "title_granted": (funding.on_title_granted,),
    "title_revoked": (funding.on_title_revoked,),
    "honour_recorded": (funding.on_honour_recorded,),
    "reward_recorded": (funding.on_reward_recorded,),
    "studio_named": (funding.on_studio_named,),
}
DUES: dict[str, DueHandler] = {cultivation.REPORT_DUE: cultivation.on_report_due}
_NAMES = UUID("6f1c2f0e-0c1e-4b1e-9a39-2f7e1f6f9a10")


@dataclass
class Awards:
    """The unions by their word, the two databases and the clock."""

    people: Database
    courier: Database
    clock: FixedClock
    unions: dict[str, TenantFacts] = field(default_factory=dict)
    editions: dict[str, UUID] = field(default_factory=dict)

    def account(self, name: str) -> UUID:
        return uuid5(_NAMES, name)

    @asynccontextmanager
    async def acting(self, union: str, *roles: Role, name: str | None = None) -> AsyncGenerator[WriteScope]:
        """A transaction of a person of the union; the same `name` is the same person, else the first role names him."""
        facts = self.unions[union]
        called = name or roles[0].value
        actor = Actor(self.account(f"{union}:{called}"), called, facts, frozenset(roles))
        async with self.people.write(facts.id) as session:
            yield Scope(session, actor, self.clock)

    @asynccontextmanager
    async def working(self, union: str) -> AsyncGenerator[WriteScope]:
        """A transaction of a worker for the union."""
        facts = self.unions[union]
        async with self.courier.write(facts.id) as session:
            yield Scope(session, worker(facts), self.clock)

    @asynccontextmanager
    async def reading(self, union: str) -> AsyncGenerator[ReadScope]:
        facts = self.unions[union]
        actor = Actor(self.account(f"{union}:reader"), "reader", facts, frozenset({Role.AUDITOR}))
        async with self.people.read(facts.id) as session:
            yield Scope(session, actor, self.clock)

    async def settle(self, *, tick: bool = False) -> None:
        """Run everything the outbox holds (and what the clock brings, with `tick`)."""
        shop = make_workshop(self.courier, self.clock, reactions=REACTIONS, dues=DUES)
        await drain(self.courier, self.clock, workshop=shop, tick=tick)

    async def deliver_again(self, union: str, event: str) -> None:
        """Run the reactions to every event of that name once more, as after a lost acknowledgement."""
        async with self.courier.plain() as session:
            found = text("SELECT body FROM job WHERE tenant_id = :union AND body ->> 'event' = :event ORDER BY seq")
            bodies = (await session.execute(found, {"union": self.unions[union].id, "event": event})).scalars().all()
        assert bodies != []
        for body in bodies:
            async with self.working(union) as scope:
                for reaction in REACTIONS[event]:
                    await reaction(scope, body)

    async def rows(self, union: str, table: type[Base], **conditions: object) -> list[Any]:
        """The rows of a tenant in the order of their keys."""
        facts = self.unions[union]
        async with self.people.read(facts.id) as session:
            found = select(table).filter_by(tenant_id=facts.id, **conditions).order_by(text("id"))
            rows = list((await session.execute(found)).scalars())
            session.expunge_all()
            return rows

    async def one(self, union: str, table: type[Base], **conditions: object) -> Any:
        (row,) = await self.rows(union, table, **conditions)
        return row

    async def add_person(self, union: str, name: str) -> UUID:
        """A file with as much as these areas look at."""
        async with self.working(union) as scope:
            person_id, now = new_id(), self.clock.now()
            scope.session.add(
                Person(
                    tenant_id=scope.tenant_id,
                    id=person_id,
                    name=name,
                    name_sort_key=name,
                    sex="male",
                    birth_month="1980-05",
                    id_number_sealed=b"sealed",
                    id_number_hint="5101**********1234",
                    id_number_index=person_id.bytes,
                    employer="成都精密制造有限公司",
                    occupation="数控铣工",
                    frontline_since="2005-07",
                    created_at=now,
                    updated_at=now,
                ),
            )
        return person_id

    async def add_case(self, programme: str, state: str, *, union: str | None = None, **values: object) -> Application:
        """A case of the programme's edition: at its organiser, or at another desk of `union`; announced today where it stands there."""
        holder = union or ORGANISERS[programme]
        person_id = values.pop("person_id", None) or await self.add_person(holder, "李师傅")
        organiser = self.unions[ORGANISERS[programme]]
        now = self.clock.now()
        async with self.working(holder) as scope:
            application = Application(
                tenant_id=scope.tenant_id,
                id=new_id(),
                case_id=values.pop("case_id", None) or new_id(),
                edition_id=self.editions[programme],
                organiser_id=organiser.id,
                person_id=person_id,
                desk=values.pop("desk", "organiser"),
                state=state,
                applying_unit_id=self.unions[holder].id,
                created_at=now,
                updated_at=now,
                **values,
            )
            scope.session.add(application)
            await scope.session.flush()
            if application.desk == "organiser":
                scope.session.add(_announcement(scope, application))
        return application

    async def close(self) -> None:
        await self.people.close()
        await self.courier.close()


@pytest_asyncio.fixture(loop_scope="module")
async def awards(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Awards]:
    """The ladder in a database of its own; it is Wednesday 2024-07-10, nine in the morning in China."""
    world = await open_awards(fresh_database_urls, FixedClock(datetime(2024, 7, 10, 9, tzinfo=CHINA)))
    yield world
    await world.close()


async def open_awards(urls: DatabaseUrls, clock: FixedClock) -> Awards:
    """The unions and, for each programme, an edition that runs."""
    awards = Awards(
        Database(urls.app, pool_size=8, sealer=Sealer(bytes(range(32)))), Database(urls.courier, pool_size=8), clock
    )
    owner = Database(urls.owner, pool_size=1)
    async with owner.plain() as session:
        for code, rank in LEVELS.items():
            row = {"code": code, "rank": rank}
            await session.execute(
                text("INSERT INTO level (code, rank, line, name) VALUES (:code, :rank, 'territorial', :code)"), row
            )
    for number, (union, (level, parent)) in enumerate(UNIONS.items()):
        awards.unions[union] = await _add_union(owner, awards, (number, union, level), parent)
    for name, organiser in ORGANISERS.items():
        awards.editions[name] = await add_edition(owner, awards, name, organiser, shipped(name, FILLED.get(name)))
    await owner.close()
    return awards


async def add_edition(owner: Database, awards: Awards, name: str, organiser: str, rulebook: Rulebook) -> UUID:
    """A programme with an edition of this year that has been announced."""
    union, now = awards.unions[organiser], awards.clock.now()
    content = canonical(rulebook)
    digest = fingerprint(content)
    programme = Programme(
        id=new_id(),
        code=name,
        name=rulebook.name,
        title_code=rulebook.title_code,
        title_name=rulebook.title_name,
        level=union.level,
        organiser_id=union.id,
    )
    version = RulebookVersion(
        id=new_id(),
        programme_id=programme.id,
        version=rulebook.version,
        content=content,
        sha256=digest,
        effective_from=rulebook.document.effective_from,
        effective_to=rulebook.document.effective_to,
        loaded_at=now,
    )
    async with owner.plain() as session:
        session.add(programme)
        await session.flush()
        session.add(version)
    edition_id = new_id()
    async with awards.courier.write(union.id) as session:
        session.add(
            Edition(
                tenant_id=union.id,
                id=edition_id,
                programme_id=programme.id,
                rulebook_version_id=version.id,
                name=rulebook.name,
                year=awards.clock.today().year,
                state="announced",
                document_no="测工发〔2024〕1号",
                rules=content,
                rules_sha256=digest,
                issued_at=now,
                created_at=now,
                updated_at=now,
            ),
        )
    return edition_id


async def _add_union(owner: Database, awards: Awards, place: tuple[int, str, str], parent: str | None) -> TenantFacts:
    number, union, level = place
    above = awards.unions[parent] if parent else None
    facts = TenantFacts(
        id=new_id(),
        code=union,
        name=union,
        level=level,
        level_rank=LEVELS[level],
        line="territorial",
        path=f"{above.path if above else ''}{number + 1}.",
        industry_path=None,
        parent_id=above.id if above else None,
        industry_parent_id=None,
    )
    insert = text(
        "INSERT INTO tenant (id, code, name, level, parent_id, path, active, created_at)"
        " VALUES (:id, :code, :name, :level, :parent_id, :path, true, :now)"
    )
    names: Mapping[str, object] = {
        key: getattr(facts, key) for key in ("id", "code", "name", "level", "parent_id", "path")
    }
    async with owner.plain() as session:
        await session.execute(insert, {**names, "now": awards.clock.now()})
    return facts


def _announcement(scope: WriteScope, application: Application) -> CaseAct:
    return CaseAct(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        act="announce",
        from_state="notice_done",
        to_state="announced",
        at=scope.clock.now(),
        actor="王主席",
        document_no="测工发〔2024〕9号",
    )


async def assessed(
    awards: Awards, *, qualified: bool = True, state: str = "assessed_pass", **values: Any
) -> Application:
    """A case whose period has been assessed."""
    application = await awards.add_case("longcheng_craftsman", state, **values)
    async with awards.working("changzhou") as scope:
        now = awards.clock.now()
        scope.session.add(
            Assessment(
                tenant_id=scope.tenant_id,
                id=new_id(),
                application_id=application.id,
                tasks_completed=True,
                qualified=qualified,
                opinion="同意",
                assessed_on=awards.clock.today(),
                assessor_id=new_id(),
                created_at=now,
                updated_at=now,
            ),
        )
    return application


async def certify(awards: Awards, application: Application) -> Title:
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        return await titles.certify(scope, application.id, version=application.version)
