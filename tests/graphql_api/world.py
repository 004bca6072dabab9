"""Two unions with cases, made row by row: enough to read everything that a case shows."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from kernel.clock import Clock
from kernel.database import Database
from kernel.ids import new_id
from programmes.applications.model import Application, CaseAct, Evidence, PeerLetter, Snapshot
from programmes.catalogue.model import Edition, Programme, RulebookVersion
from programmes.people.model import Person
from tenants.facts import TenantFacts
from tests.programmes.rulebooks import shipped
from tests.tenants.unions import build

RULEBOOK = "chengdu_craftsman_2024"


@dataclass
class Cases:
    """What was made, by name."""

    unions: dict[str, TenantFacts]
    edition: UUID
    draft_edition: UUID
    applications: dict[str, list[UUID]] = field(default_factory=dict)
    people: dict[str, list[UUID]] = field(default_factory=dict)


async def make_cases(owner: Database, clock: Clock, count: int = 5) -> Cases:
    """`count` cases each at 武侯区总 and 青羊区总, in an issued edition of 成都市总, the first with evidence and history."""
    unions = (await build(owner, clock)).unions
    edition, draft = await _editions(owner, clock, unions["chengdu"])
    made = Cases(unions, edition, draft)
    for code in ("wuhou", "qingyang"):
        async with owner.write(unions[code].id) as session:
            for number in range(count):
                person = new_person(unions[code].id, number, clock)
                session.add(person)
                await session.flush()
                case = new_case(unions, code, person.id, edition, number, clock)
                session.add(case)
                await session.flush()
                session.add_all(belongings(case, clock))
                made.people.setdefault(code, []).append(person.id)
                made.applications.setdefault(code, []).append(case.id)
    return made


async def _editions(owner: Database, clock: Clock, organiser: TenantFacts) -> tuple[UUID, UUID]:
    programme = Programme(
        id=new_id(),
        code="cd",
        name="成都工匠",
        title_code="chengdu",
        title_name="成都工匠",
        level="city",
        organiser_id=organiser.id,
    )
    rules = RulebookVersion(
        id=new_id(),
        programme_id=programme.id,
        version="1",
        content=shipped(RULEBOOK).model_dump(mode="json"),
        sha256="0" * 64,
        loaded_at=clock.now(),
    )
    editions = [
        Edition(
            tenant_id=organiser.id,
            id=new_id(),
            programme_id=programme.id,
            rulebook_version_id=rules.id,
            name=f"{state} 2026",
            year=2026 + place,
            state=state,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        for place, state in enumerate(("open", "draft"))
    ]
    async with owner.plain() as session:
        session.add(programme)
        await session.flush()
        session.add(rules)
    async with owner.write(organiser.id) as session:
        session.add_all(editions)
    return editions[0].id, editions[1].id


def new_person(tenant_id: UUID, number: int, clock: Clock) -> Person:
    """A person file, the sealed parts being dummies."""
    person_id = new_id()
    return Person(
        tenant_id=tenant_id,
        id=person_id,
        name=f"张{number}三",
        name_sort_key=f"zhang {number:04}",
        sex="male",
        birth_month="1980-01",
        id_number_sealed=b"x",
        id_number_hint="510***********0021",
        id_number_index=person_id.bytes,
        phone_sealed=None,
        phone_hint=None,
        employer="武侯一厂",
        occupation="钳工",
        frontline_since="2001-07",
        created_at=clock.now(),
        updated_at=clock.now(),
    )


def new_case(
    unions: dict[str, TenantFacts], code: str, person_id: UUID, edition_id: UUID, number: int, clock: Clock
) -> Application:
    """A case at its recommending unit; the later ones were changed later, two at a time in the same instant."""
    return Application(
        tenant_id=unions[code].id,
        id=new_id(),
        case_id=new_id(),
        edition_id=edition_id,
        organiser_id=unions["chengdu"].id,
        person_id=person_id,
        desk="recommending_unit",
        state="at_recommending_unit" if number % 2 else "recommended",
        applying_unit_id=unions["wuhou-plant"].id,
        recommending_unit_id=unions[code].id,
        deeds="攻克“卡脖子”难题 𠅤",
        created_at=clock.now(),
        updated_at=clock.now() + timedelta(minutes=number // 2),
    )


def belongings(case: Application, clock: Clock) -> list[Evidence | PeerLetter | CaseAct | Snapshot]:
    """Two pieces of evidence, a letter, three acts, a snapshot."""
    common = {"tenant_id": case.tenant_id, "application_id": case.id}
    dated = {"created_at": clock.now(), "updated_at": clock.now()}
    letter = PeerLetter(
        **common,
        **dated,
        id=new_id(),
        expert_name="李某",
        expert_unit="四川大学",
        expert_post="教授",
        profession="机械",
        senior_by="正高级职称",
        content="同意推荐",
        signed_on=date(2026, 1, 5),
    )
    acts = [
        CaseAct(**common, id=new_id(), act=act, from_state=None, to_state=state, at=clock.now(), actor="王某")
        for act, state in (("create", "draft"), ("submit", "submitted"), ("endorse", "endorsed"))
    ]
    evidence = [
        Evidence(**common, **dated, id=new_id(), force=force, item=1, title=f"{force}的证书")
        for force in ("创新力", "传承力")
    ]
    snapshot = Snapshot(
        **common, id=new_id(), number=1, sha256="a" * 64, sealed=b"x", fields=["name"], made_at=clock.now()
    )
    return [*evidence, letter, *acts, snapshot]
