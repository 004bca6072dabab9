"""A dossier from below and the file that the upper union has of the same person: nothing is overwritten silently."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from cli.demo.offices import Call
from kernel.audit import AuditEntry
from kernel.clock import CHINA
from kernel.settings import DatabaseUrls
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover
from programmes.people.model import Person
from programmes.people.service import create_person
from tests.programmes.applications.desks import LONGCHENG, endorsed, refused, rows
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import CarefulOffices, careful, sides
from tests.programmes.people import facts, id_number

UNIT, DISTRICT, CITY = "tianning-fangzhi", "tianning", "changzhou"


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[CarefulOffices]:
    made = careful(await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA)))
    yield made
    await close_offices(made)


@pytest.fixture(scope="module")
async def edition(offices: CarefulOffices) -> UUID:
    days = date(2024, 3, 1), date(2024, 4, 30)
    return await offices.open_call(Call(CITY, "longcheng_craftsman", 2024, LONGCHENG, *days, "常工发〔2024〕61号"))


async def offered(offices: CarefulOffices, edition: UUID, serial: int, **own: Any) -> tuple[Person, Handover]:
    """A case that waits at the district, which has a file of that ID number that differs by `own`."""
    case_id = await endorsed(offices, UNIT, edition, serial)
    await offices.settle()
    (theirs,) = await rows(offices, f"{UNIT}.clerk", Person, name=f"工匠{serial}")
    async with offices.acting(f"{DISTRICT}.clerk") as scope:
        given = replace(facts(theirs.name), **own)
        mine = await create_person(scope, given, id_number=id_number(serial), phone=None)
    _, record = await sides(offices, UNIT, DISTRICT, application_id=case_id)
    return mine, record


async def test_another_name_refuses_the_acceptance_and_names_nobody(offices: CarefulOffices, edition: UUID) -> None:
    mine, record = await offered(offices, edition, 821, name="另一人")
    async with refused(offices, f"{DISTRICT}.clerk", "PERSON_NAME_DIFFERS") as (scope, told):
        await handovers.accept_handover(scope, record.id, version=record.version)
    assert told.failure is not None
    assert not any(name in told.failure.sentence() for name in ("另一人", "工匠821"))
    (after,) = await rows(offices, f"{DISTRICT}.clerk", Person, id=mine.id)
    assert (after.name, after.version) == ("另一人", mine.version)


async def test_other_fields_change_with_an_entry_and_an_event(offices: CarefulOffices, edition: UUID) -> None:
    mine, record = await offered(offices, edition, 822, employer="别的单位")
    async with offices.acting(f"{DISTRICT}.clerk") as scope:
        await handovers.accept_handover(scope, record.id, version=record.version)
    async with offices.reading(f"{DISTRICT}.clerk") as scope:
        query = select(AuditEntry.after).where(AuditEntry.act == "handover:accept", AuditEntry.object_id == record.id)
        (after,) = (await scope.session.execute(query)).scalars().all()
    assert "employer" in after["person_fields"]
    assert "别的单位" not in str(after)
    async with offices.courier.read(offices.tenants[DISTRICT]) as session:
        query = "select body -> 'changes' -> 'employer' ->> 0 from job where body ->> 'event' = 'person_changed'"
        told = (await session.execute(text(query))).scalars().all()
    assert told == ["别的单位"]
    (person,) = await rows(offices, f"{DISTRICT}.clerk", Person, id=mine.id)
    assert (person.employer == "别的单位", person.version) == (False, mine.version + 1)
