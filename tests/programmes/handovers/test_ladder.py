"""One worker from an enterprise union to a title above, by recommendation, push and pull; through the services, the courier in between."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from kernel.clock import CHINA
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.eligibility import Answer
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover
from programmes.people.service import create_person
from tests.programmes.builders import World, make_world
from tests.programmes.people import facts, id_number

ZHUGE = {
    "target.count": 20,
    "route.recommending": [{"level": "enterprise", "line": "territorial"}],
    "notice.working_days": 5,
}


@pytest.fixture(scope="module")
async def world(database_urls: DatabaseUrls) -> AsyncIterator[World]:
    made = await make_world(database_urls, at=datetime(2022, 3, 1, 9, tzinfo=CHINA))
    yield made
    await made.close()


async def drafted(world: World, edition_id: UUID, serial: int, name: str) -> UUID:
    async with world.acting("wuhou-hengda.clerk") as scope:
        person = await create_person(scope, facts(name), id_number=id_number(serial), phone="13800000000")
        application = await applications.create_application(
            scope, edition_id=edition_id, person_id=person.id, deeds="二十年一线操作", consent_on=date(2022, 3, 1)
        )
        return application.id


async def state_of(world: World, login: str, application_id: UUID) -> tuple[str, str, str | None]:
    async with world.reading(login) as scope:
        row = (
            await scope.session.execute(
                select(Application).where(Application.tenant_id == scope.tenant_id, Application.id == application_id)
            )
        ).scalar_one()
        return row.desk, row.state, row.upstream_state


async def incoming(world: World, login: str) -> Handover:
    async with world.reading(login) as scope:
        query = select(Handover).where(Handover.tenant_id == scope.tenant_id, Handover.direction == "incoming")
        return (await scope.session.execute(query.order_by(Handover.id.desc()))).scalars().first()


async def test_a_case_goes_from_the_unit_to_the_organiser(world: World) -> None:
    edition_id = await world.edition("wuhou", "zhuge_craftsman", 2022, ZHUGE, opens=date(2022, 3, 1), closes=date(2022, 6, 30))
    application_id = await drafted(world, edition_id, 1, "赵铁工")
    async with world.acting("wuhou-hengda.clerk") as scope:
        await applications.submit_application(scope, application_id, version=1)
    async with world.acting("wuhou-hengda.chair") as scope:
        await applications.endorse_application(scope, application_id, version=2, opinion="同意申报")
    assert await state_of(world, "wuhou-hengda.clerk", application_id) == ("recommending_unit", "at_recommending_unit", None)
    async with world.acting("wuhou-hengda.chair") as scope:
        await applications.recommend_application(scope, application_id, version=3, opinion="同意推荐", rank=1)
    await world.settle()
    offered = await incoming(world, "wuhou.clerk")
    assert (offered.state, offered.kind, offered.person_name) == ("offered", "recommendation", "赵铁工")
    async with world.acting("wuhou.clerk") as scope:
        accepted = await handovers.accept_handover(scope, offered.id, version=offered.version)
        received_id = accepted.application_id
    assert received_id is not None
    assert await state_of(world, "wuhou.clerk", received_id) == ("organiser", "received", None)
    await world.settle()
    async with world.acting("wuhou.reviewer") as scope:
        answers = [Answer("frontline_workers", met=True, remark=None), Answer("merit", met=True, remark=None)]
        await applications.review_formally(scope, received_id, version=1, passed=True, answers=answers, reason=None)
    await world.settle()
    assert await state_of(world, "wuhou-hengda.clerk", application_id) == ("recommending_unit", "recommended", "formal_passed")
