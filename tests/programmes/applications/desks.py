"""Cases of tests: drafted, submitted and sent on by people of the demo; and what an act leaves behind, or a refusal does not."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from authz.roles import Role
from authz.scope import WriteScope
from cli.demo.offices import Offices
from kernel.audit import AuditEntry
from kernel.errors import Failure
from programmes.applications import service as applications
from programmes.applications.model import Application, CaseAct
from programmes.applications.rules.completeness import FORCE_NAMES
from programmes.applications.service.material import EvidenceInput, LetterInput
from programmes.catalogue.service import (
    NewEdition,
    Schedule,
    create_edition,
    fill_edition,
    issue_edition,
    set_quota,
)
from programmes.people.service import create_person
from tests.programmes.people import facts, id_number

NATIONAL: Mapping[str, Any] = {
    "notice.working_days": 5,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 1,
    "criteria.*.max_points": 10,
    "cultivation.plan_owner": "recommending_unit",
    "cultivation.report_every_months": 6,
}
LONGCHENG: Mapping[str, Any] = {"notice.working_days": 5, "cultivation.report_every_months": 6}
CHENGDU_2024: Mapping[str, Any] = {
    "target.count": 600,
    "notice.working_days": 5,
    "cultivation.months": 12,
    "cultivation.plan_owner": "employer",
    "cultivation.report_every_months": 6,
}
FACTORS = {
    "regional_development": "制造业大省",
    "industry_skill_level": "高级技师12000人",
    "workers": "2100万人",
    "talent_environment": "工匠学院20所",
}
_TABLES = (
    "person",
    "application",
    "evidence",
    "peer_letter",
    "case_act",
    "snapshot",
    "review_check",
    "audit_entry",
    "duty_record",
    "handover",
    "recommending_grant",
    "register_entry",
    "title",
    "honour",
    "case_claim",
)


async def call_with_places(
    offices: Offices, places: Mapping[str, int], days: tuple[date, date], *, year: int = 2024
) -> UUID:
    """An open national edition that gives these unions their places."""
    async with offices.acting("acftu.reviewer") as scope:
        edition = await create_edition(scope, NewEdition("national_craftsman", year, schedule=Schedule(*days)))
        await fill_edition(scope, edition.id, version=edition.version, values=NATIONAL)
        for unit, count in places.items():
            unit_id = offices.tenants[unit]
            await set_quota(scope, edition.id, version=edition.version, unit_id=unit_id, places=count, factors=FACTORS)
    async with offices.acting("acftu.leader") as scope:
        await issue_edition(scope, edition.id, version=edition.version, document_no="总工办发〔2024〕3号")
    await offices.settle()
    return edition.id


async def rows(offices: Offices, login: str, model: Any, **where: Any) -> Sequence[Any]:
    """What the login's union has of a table."""
    async with offices.reading(login) as scope:
        query = select(model).where(model.tenant_id == scope.tenant_id).filter_by(**where).order_by(model.id)
        return (await scope.session.execute(query)).scalars().all()


async def case_of(offices: Offices, login: str, application_id: UUID) -> Application:
    (case,) = await rows(offices, login, Application, id=application_id)
    return case


@asynccontextmanager
async def acting_as(offices: Offices, login: str, *roles: Role) -> AsyncGenerator[WriteScope]:
    """A person with roles other than his seat's."""
    actor = replace(await offices.actor(login), roles=frozenset(roles))
    async with offices.app.write(actor.tenant.id) as session:
        yield WriteScope(session, actor, offices.clock)


async def add_material(scope: WriteScope, application_id: UUID, forces: Sequence[str] = tuple(FORCE_NAMES)) -> None:
    for force in forces:
        await applications.add_evidence(scope, application_id, EvidenceInput(force, 1, f"{force}证明"))


def peer(number: int, unit: str | None = None) -> LetterInput:
    name, employer = f"专家{number}", unit or f"第{number}研究院"
    return LetterInput(name, employer, "首席专家", "机械加工", "正高级工程师", "同意推荐", date(2024, 1, 5))


async def draft(
    scope: WriteScope,
    edition_id: UUID,
    serial: int,
    *,
    material: bool = True,
    letters: int = 0,
    employer: str = "成都恒达精密机械有限公司",
    deeds: str = "二十年一线",
    consent: bool = True,
) -> UUID:
    """A case of a new person, ready to be submitted unless told otherwise."""
    person = await create_person(
        scope, facts(f"工匠{serial}", employer=employer), id_number=id_number(serial), phone=None
    )
    today = scope.clock.today()
    case = await applications.create_application(
        scope, edition_id=edition_id, person_id=person.id, deeds=deeds, consent_on=today if consent else None
    )
    if material:
        await add_material(scope, case.id)
    for number in range(letters):
        await applications.add_letter(scope, case.id, peer(number))
    return case.id


async def version_of(scope: WriteScope, application_id: UUID) -> int:
    return (await applications.lock_applications(scope, [application_id]))[0].version


async def submitted(offices: Offices, unit: str, edition_id: UUID, serial: int, **given: Any) -> UUID:
    """A case at its unit's own union."""
    async with offices.acting(f"{unit}.clerk") as scope:
        case_id = await draft(scope, edition_id, serial, **given)
        await applications.submit_application(scope, case_id, version=await version_of(scope, case_id))
    return case_id


async def endorsed(offices: Offices, unit: str, edition_id: UUID, serial: int, **given: Any) -> UUID:
    """A case on its way up."""
    case_id = await submitted(offices, unit, edition_id, serial, **given)
    async with offices.acting(f"{unit}.chair") as scope:
        version = await version_of(scope, case_id)
        await applications.endorse_application(scope, case_id, version=version, opinion="同意上报")
    return case_id


async def footprint(offices: Offices, tenant_id: UUID) -> dict[str, str]:
    """Everything this tenant has, as one fingerprint per table; and how many jobs there are."""
    found: dict[str, str] = {}
    async with offices.app.read(tenant_id) as session:
        for table in _TABLES:
            query = f"SELECT count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
            found[table] = (await session.execute(text(query))).scalar_one()
    async with offices.courier.plain() as session:
        found["job"] = str((await session.execute(text("SELECT count(*) FROM job"))).scalar_one())
    return found


@dataclass
class Told:
    """A refusal, once it was heard."""

    failure: Failure | None = None

    @property
    def no(self) -> Failure:
        assert self.failure is not None
        return self.failure


@asynccontextmanager
async def refused(
    offices: Offices, login: str, code: str, *, roles: Sequence[Role] = ()
) -> AsyncGenerator[tuple[WriteScope, Told]]:
    """What the block does is refused with this code, and nothing of it is stored."""
    told = Told()
    tenant_id = (await offices.actor(login)).tenant.id
    before = await footprint(offices, tenant_id)
    with pytest.raises(Failure) as caught:
        async with acting_as(offices, login, *roles) if roles else offices.acting(login) as scope:
            yield scope, told
    told.failure = caught.value
    assert caught.value.code == code
    assert await footprint(offices, tenant_id) == before


@dataclass
class Left:
    """What an act left behind in its tenant."""

    audited: list[str] = field(default_factory=list[str])
    steps: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def leaving(offices: Offices, login: str) -> AsyncGenerator[tuple[WriteScope, Left]]:
    """Acts of the block, with the audit entries and case steps they left."""
    left = Left()
    audits, steps = await _counts(offices, login)
    async with offices.acting(login) as scope:
        yield scope, left
    left.audited = [entry.act for entry in (await rows(offices, login, AuditEntry))[audits:]]
    left.steps = [step.act for step in (await rows(offices, login, CaseAct))[steps:]]


async def _counts(offices: Offices, login: str) -> tuple[int, int]:
    return len(await rows(offices, login, AuditEntry)), len(await rows(offices, login, CaseAct))
