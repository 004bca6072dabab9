"""A small organiser's world for scoring and notices: one union with its people, one issued edition, and cases where a test needs them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import Actor
from authz.roles import Role
from authz.scope import Scope, WriteScope
from kernel.clock import FixedClock
from kernel.database import Database, WriteSession
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.applications.model import Application, CaseAct, PeerLetter
from programmes.catalogue.model import Edition, Programme, RulebookVersion
from programmes.catalogue.rules.filling import expand, merge
from programmes.catalogue.rules.reading import canonical, fingerprint, read_rulebook
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.people.model import Person
from tenants.accounts.model import Account, Membership
from tenants.facts import TenantFacts
from tenants.model import Level, Tenant
from tests.sealers import make_sealer

RULEBOOKS = Path(__file__).parents[3] / "programmes" / "catalogue" / "rulebooks"
NATIONAL = "national_craftsman"
CHANGZHOU = "longcheng_craftsman"
FILLED: dict[str, dict[str, Any]] = {
    NATIONAL: {
        "notice.working_days": 5,
        "scoring.aggregation": "trimmed_mean",
        "scoring.experts_per_case": 2,
        "criteria.*.max_points": 10,
        "cultivation.plan_owner": "recommending_unit",
        "cultivation.report_every_months": 6,
    },
    CHANGZHOU: {"notice.working_days": 5, "cultivation.plan_owner": "employer", "cultivation.report_every_months": 6},
}


@dataclass
class World:
    """One organiser, its database and its clock. People are made when first asked for, one account per name."""

    app: Database
    owner: Database
    courier: Database
    clock: FixedClock
    tenant: TenantFacts
    edition_id: UUID
    rulebook: Rulebook
    accounts: dict[str, UUID] = field(default_factory=dict[str, UUID])
    serial: int = 0

    @asynccontextmanager
    async def acting(self, role: Role, name: str | None = None) -> AsyncGenerator[WriteScope]:
        """A write transaction by the person of this role (or of this name, with this role)."""
        login = name or role.value
        actor = Actor(await self.account(login, role), login, self.tenant, frozenset({role}))
        async with self.app.write(self.tenant.id) as session:
            yield Scope(session, actor, self.clock)

    @asynccontextmanager
    async def looking(self) -> AsyncGenerator[WriteSession]:
        """A session for a test's own look at the rows."""
        async with self.app.write(self.tenant.id) as session:
            yield session

    async def close(self) -> None:
        """Give the connections back."""
        for database in (self.app, self.owner, self.courier):
            await database.close()

    async def account(self, name: str, role: Role) -> UUID:
        """The account of this name, a member here with this role."""
        if name not in self.accounts:
            account_id = new_id()
            async with self.owner.plain() as session:
                row = {"id": account_id, "login": f"{name}-{account_id}", "name": name, "password_hash": "-"}
                await session.execute(
                    insert(Account).values(**row, state="active", failed_attempts=0, created_at=self.clock.now())
                )
            async with self.owner.write(self.tenant.id) as session:
                session.add(
                    Membership(
                        tenant_id=self.tenant.id,
                        id=new_id(),
                        account_id=account_id,
                        name=name,
                        roles=[role.value],
                        valid_from=date(2020, 1, 1),
                        valid_to=None,
                    ),
                )
            self.accounts[name] = account_id
        return self.accounts[name]

    async def add_case(self, name: str, state: str, *, person: Mapping[str, Any] | None = None) -> UUID:
        """A case of the edition at the organiser, in this state."""
        return (await self.add_cases([name], state, person=person))[0]

    async def add_cases(
        self, names: Sequence[str], state: str, *, person: Mapping[str, Any] | None = None
    ) -> list[UUID]:
        """Several cases alike."""
        made: list[UUID] = []
        async with self.app.write(self.tenant.id) as session:
            for name in names:
                self.serial += 1
                row = self._person(name, **(person or {}))
                session.add(row)
                await session.flush()
                case = self._case(row.id, state)
                session.add(case)
                await session.flush()
                made.append(case.id)
        return made

    async def add_letter(self, case_id: UUID, expert: str) -> None:
        """A peer's letter in a case."""
        async with self.app.write(self.tenant.id) as session:
            facts = {
                "expert_name": expert,
                "expert_unit": "东南大学",
                "expert_post": "教授",
                "profession": "机械",
                "senior_by": "教授",
            }
            now = self.clock.now()
            session.add(
                PeerLetter(
                    tenant_id=self.tenant.id,
                    id=new_id(),
                    application_id=case_id,
                    content="推荐",
                    signed_on=self.clock.today(),
                    version=1,
                    created_at=now,
                    updated_at=now,
                    **facts,
                ),
            )

    async def states(self, *case_ids: UUID) -> list[str]:
        """Where the cases stand."""
        async with self.looking() as session:
            found = await session.execute(select(Application.id, Application.state).where(Application.id.in_(case_ids)))
            states = dict(found.all())
        return [states[case_id] for case_id in case_ids]

    async def acts(self, case_id: UUID) -> list[tuple[str, str | None, str]]:
        """The steps of a case."""
        async with self.looking() as session:
            query = select(CaseAct.act, CaseAct.from_state, CaseAct.to_state).where(CaseAct.application_id == case_id)
            found = await session.execute(query.order_by(CaseAct.id))
            return [(act, before, after) for act, before, after in found]

    def _person(self, name: str, **changes: Any) -> Person:
        now, number = self.clock.now(), f"{self.serial:018d}"
        facts: dict[str, Any] = {
            "name": name,
            "name_sort_key": name,
            "sex": "male",
            "birth_month": "1980-05",
            "id_number_sealed": number.encode(),
            "id_number_hint": "110***********1234",
            "id_number_index": sha256(number.encode()).digest(),
            "employer": f"第{self.serial}机械厂",
            "occupation": "钳工",
            "frontline_since": "2005-01",
            "in_service": True,
            "is_migrant_worker": False,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        return Person(tenant_id=self.tenant.id, id=new_id(), **(facts | changes))

    def _case(self, person_id: UUID, state: str) -> Application:
        now = self.clock.now()
        return Application(
            tenant_id=self.tenant.id,
            id=new_id(),
            case_id=new_id(),
            edition_id=self.edition_id,
            organiser_id=self.tenant.id,
            person_id=person_id,
            desk="organiser",
            state=state,
            applying_unit_id=self.tenant.id,
            recommending_unit_id=self.tenant.id,
            deeds="…",
            open_objections=0,
            version=1,
            created_at=now,
            updated_at=now,
        )


async def make_world(urls: DatabaseUrls, clock: FixedClock, programme: str, **filled: Any) -> World:
    """A new organiser with one edition of this programme's rulebook; `filled` adds to or replaces the usual values (dots as `__`)."""
    owner = Database(urls.owner, pool_size=2)
    app = Database(urls.app, pool_size=4, sealer=make_sealer())
    rulebook = _rulebook(programme, {key.replace("__", "."): value for key, value in filled.items()})
    async with owner.plain() as session:
        tenant = await _tenant(session, rulebook.level, clock)
        programme_id = await _programme(session, rulebook, tenant.id)
        version_id = await _version(session, rulebook, programme_id, clock)
    edition = _edition(tenant.id, programme_id, version_id, rulebook, clock)
    async with owner.write(tenant.id) as session:
        session.add(edition)
    courier = Database(urls.courier, pool_size=1)
    return World(app, owner, courier, clock, tenant, edition.id, rulebook)


def _rulebook(programme: str, filled: Mapping[str, Any]) -> Rulebook:
    written = yaml.safe_load((RULEBOOKS / f"{programme}.yaml").read_text(encoding="utf-8"))
    rulebook = read_rulebook(written)
    values = {**FILLED[programme], **filled}
    return merge(rulebook, {single: value for key, value in values.items() for single in expand(rulebook, key)})


async def _tenant(session: AsyncSession, level: str, clock: FixedClock) -> TenantFacts:
    row = {"code": level, "rank": 10, "line": "territorial", "name": level}
    await session.execute(insert(Level).values(row).on_conflict_do_nothing())
    tenant_id = new_id()
    code = tenant_id.hex[-8:]
    path = f"{code}."
    place = {"id": tenant_id, "code": code, "name": f"{code}总工会", "level": level, "path": path, "active": True}
    await session.execute(insert(Tenant).values(**place, created_at=clock.now()))
    return TenantFacts(
        id=tenant_id,
        code=code,
        name=f"{code}总工会",
        level=level,
        level_rank=10,
        line="territorial",
        path=path,
        industry_path=None,
        parent_id=None,
        industry_parent_id=None,
    )


async def _programme(session: AsyncSession, rulebook: Rulebook, organiser_id: UUID) -> UUID:
    programme_id = new_id()
    row = {
        "id": programme_id,
        "code": f"{rulebook.programme}-{organiser_id.hex[-8:]}",
        "name": rulebook.name,
        "title_code": rulebook.title_code,
        "title_name": rulebook.title_name,
        "level": rulebook.level,
        "organiser_id": organiser_id,
    }
    await session.execute(insert(Programme).values(row))
    return programme_id


async def _version(session: AsyncSession, rulebook: Rulebook, programme_id: UUID, clock: FixedClock) -> UUID:
    content, version_id = canonical(rulebook), new_id()
    row = {
        "id": version_id,
        "programme_id": programme_id,
        "version": rulebook.version,
        "content": content,
        "sha256": fingerprint(content),
        "loaded_at": clock.now(),
    }
    await session.execute(insert(RulebookVersion).values(row))
    return version_id


def _edition(tenant_id: UUID, programme_id: UUID, version_id: UUID, rulebook: Rulebook, clock: FixedClock) -> Edition:
    content, now = canonical(rulebook), clock.now()
    return Edition(
        tenant_id=tenant_id,
        id=new_id(),
        programme_id=programme_id,
        rulebook_version_id=version_id,
        name=rulebook.name,
        year=now.year,
        cohort_no=1,
        state="reviewing",
        document_no="测工发〔2026〕1号",
        opens_on=now.date(),
        closes_on=now.date(),
        filled={},
        rules=content,
        rules_sha256=fingerprint(content),
        issued_at=now,
        version=1,
        created_at=now,
        updated_at=now,
    )
