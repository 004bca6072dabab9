"""A part taken below bars the same person above, wherever he has come to have a place; who it was is told to nobody."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from authz import guard
from authz.duties import Duty
from authz.model import CarriedDuty
from authz.permissions import Permission
from authz.scope import WriteScope
from cli.demo.offices import Call
from kernel.clock import CHINA
from kernel.errors import Failure
from kernel.sealing import unseal
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Snapshot
from programmes.applications.queries import get_application
from programmes.applications.service.moving import subject_of
from programmes.handovers import service as handovers
from tests.programmes.applications.desks import LONGCHENG, endorsed, rows
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import CarefulOffices, careful, sides

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


@asynccontextmanager
async def acting_too(offices: CarefulOffices, login: str, elsewhere: str) -> AsyncGenerator[WriteScope]:
    """The seat of one login, held by the person who is `elsewhere` in another union."""
    actor = replace(await offices.actor(login), account_id=offices.accounts[elsewhere])
    async with offices.app.write(actor.tenant.id) as session:
        yield WriteScope(session, actor, offices.clock)


async def carried_up(offices: CarefulOffices, below: str, above: str, case: UUID) -> UUID:
    """The case at the next desk."""
    await offices.settle()
    _, record = await sides(offices, below, above, application_id=case)
    async with offices.acting(f"{above}.clerk") as scope:
        accepted = await handovers.accept_handover(scope, record.id, version=record.version)
    await offices.settle()
    assert accepted.application_id is not None
    return accepted.application_id


async def test_who_took_part_below_is_barred_above(offices: CarefulOffices, edition: UUID) -> None:
    at_unit = await endorsed(offices, UNIT, edition, 811)
    at_district = await carried_up(offices, UNIT, DISTRICT, at_unit)
    with pytest.raises(Failure, match="DUTY_CONFLICT") as caught:
        async with acting_too(offices, f"{DISTRICT}.recommender", f"{UNIT}.clerk") as scope:
            await applications.recommend_application(scope, at_district, version=1, opinion="同意", rank=None)
    assert caught.value.code == "DUTY_CONFLICT"
    async with offices.acting(f"{DISTRICT}.recommender") as scope:
        await applications.recommend_application(scope, at_district, version=1, opinion="同意", rank=None)
    at_city = await carried_up(offices, DISTRICT, CITY, at_district)
    for elsewhere in (f"{UNIT}.clerk", f"{UNIT}.chair", f"{DISTRICT}.recommender"):
        async with acting_too(offices, f"{CITY}.reviewer", elsewhere) as scope:
            subject = subject_of(await get_application(scope.session, at_city))
            decision = (await guard.judge(scope, [subject], [Permission.CASE_FORMAL_PASS]))[0]
        reason = decision[Permission.CASE_FORMAL_PASS].reason
        assert reason is not None, elsewhere
        assert reason.code == "DUTY_CONFLICT", elsewhere
    async with offices.acting(f"{CITY}.reviewer") as scope:
        subject = subject_of(await get_application(scope.session, at_city))
        assert (await guard.require(scope, Permission.CASE_FORMAL_PASS, subject)).allowed


async def test_the_database_refuses_what_the_gate_was_not_asked(offices: CarefulOffices, edition: UUID) -> None:
    at_unit = await endorsed(offices, UNIT, edition, 812)
    at_district = await carried_up(offices, UNIT, DISTRICT, at_unit)
    async with acting_too(offices, f"{DISTRICT}.recommender", f"{UNIT}.clerk") as scope:
        subject = subject_of(await get_application(scope.session, at_district))
        with pytest.raises(Failure, match="DUTY_CONFLICT") as caught:
            async with scope.session.begin_nested():
                await guard.note(scope, Duty.RECOMMENDED, subject, by=Permission.CASE_RECOMMEND)
    assert (caught.value.code, caught.value.params["policy"]) == ("DUTY_CONFLICT", "ck_duty_mask_case_recommend")


async def test_a_dossier_names_nobody_and_the_same_person_differs_from_case_to_case(
    offices: CarefulOffices, edition: UUID
) -> None:
    holders: list[set[str]] = []
    for serial in (813, 814):
        at_unit = await endorsed(offices, UNIT, edition, serial)
        at_district = await carried_up(offices, UNIT, DISTRICT, at_unit)
        (snapshot,) = await rows(offices, f"{UNIT}.clerk", Snapshot, application_id=at_unit)
        async with offices.reading(f"{UNIT}.clerk") as scope:
            sent = unseal(scope.session, snapshot.sealed, table="snapshot", column="sealed", row_id=snapshot.id)
        duties = orjson.loads(sent)["duties"]
        assert sorted(entry["part"] for entry in duties) == ["did_endorsed", "self_created"]
        text = sent.decode()
        assert not any(str(account) in text for account in offices.accounts.values())
        async with offices.reading(f"{DISTRICT}.clerk") as scope:
            kept = await scope.session.execute(
                select(CarriedDuty.holder, CarriedDuty.word).where(CarriedDuty.object_id == at_district)
            )
            assert {tuple(row) for row in kept} == {(entry["holder"], entry["part"]) for entry in duties}
        holders.append({entry["holder"] for entry in duties})
    assert holders[0] & holders[1] == set()
