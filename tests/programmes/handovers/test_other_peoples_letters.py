"""A letter counts only from the other side of the passing it speaks of; and nobody ends a case that another union sent him."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from authz.actor import worker
from authz.scope import WriteScope
from cli.demo.offices import Call, Offices
from kernel.clock import CHINA
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.letters import Letter
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.handovers import service as handovers
from programmes.handovers.model import RegisterEntry
from tenants.queries import get_tenant
from tests.programmes.applications.desks import LONGCHENG, endorsed, footprint, refused, rows
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import sides
from workers.letters import LETTERS

UNIT, DISTRICT, CITY, STRANGER = "tianning-fangzhi", "tianning", "changzhou", "wujin"


@pytest.fixture(scope="module")
async def offices(database_urls: DatabaseUrls) -> AsyncIterator[Offices]:
    made = await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA))
    yield made
    await close_offices(made)


@pytest.fixture(scope="module")
async def edition(offices: Offices) -> UUID:
    days = date(2024, 3, 1), date(2024, 4, 30)
    return await offices.open_call(Call(CITY, "longcheng_craftsman", 2024, LONGCHENG, *days, "常工发〔2024〕61号"))


async def deliver(offices: Offices, sender: str, receiver: str, kind: str, body: Mapping[str, Any]) -> None:
    letter = Letter(new_id(), offices.tenants[sender], kind, body)
    tenant_id = offices.tenants[receiver]
    async with offices.courier.write(tenant_id) as session:
        tenant = await get_tenant(session, tenant_id)
        await LETTERS[kind](WriteScope(session, worker(tenant), offices.clock), letter)


@pytest.mark.parametrize(
    ("serial", "receiver", "kind", "said"),
    [
        (931, UNIT, "handover_accepted", {}),
        (932, UNIT, "handover_returned", {"reason": "伪造", "due_on": None}),
        (933, UNIT, "handover_declined", {"reason": "伪造"}),
        (934, UNIT, "handover_undone", {"reason": "伪造"}),
        (935, UNIT, "handover_given_back", {"reason": "伪造"}),
        (936, UNIT, "outcome", {"state": "certified"}),
        (937, DISTRICT, "handover_withdrawn", {"reason": "伪造"}),
        (938, DISTRICT, "drift", {"change_id": str(new_id()), "at": "2024-03-02T09:00:00+08:00", "changes": {}}),
    ],
)
async def test_a_letter_of_a_third_union_does_nothing(
    offices: Offices, edition: UUID, serial: int, receiver: str, kind: str, said: Mapping[str, Any]
) -> None:
    case_id = await endorsed(offices, UNIT, edition, serial)
    await offices.settle()
    below, _ = await sides(offices, UNIT, DISTRICT, application_id=case_id)
    before = await footprint(offices, offices.tenants[receiver])
    body = {"correlation_id": str(below.correlation_id), **said}
    with pytest.raises(Failure) as refusal:
        await deliver(offices, STRANGER, receiver, kind, body)
    assert refusal.value.code == "NOT_FOUND"
    assert await footprint(offices, offices.tenants[receiver]) == before


async def test_the_register_takes_titles_from_below_only_and_each_from_the_union_that_told_it(offices: Offices) -> None:
    told = {
        "title_id": str(new_id()),
        "case_id": str(new_id()),
        "title_code": "longcheng",
        "title_name": "龙城工匠",
        "name": "李四",
        "sex": "male",
        "employer": "某厂",
        "occupation": "钳工",
        "granted_on": "2024-03-01",
        "state": "in_force",
    }
    for outside in ("jiangsu", "wuhou"):
        with pytest.raises(Failure) as refusal:
            await deliver(offices, outside, CITY, "register_entry", told)
        assert refusal.value.code == "NOT_FOUND"
    await deliver(offices, DISTRICT, CITY, "register_entry", told)
    with pytest.raises(Failure) as refusal:
        await deliver(offices, STRANGER, CITY, "register_entry", told | {"state": "revoked"})
    assert refusal.value.code == "NOT_FOUND"
    (entry,) = await rows(offices, f"{CITY}.clerk", RegisterEntry, source_title_id=UUID(told["title_id"]))
    assert (entry.state, entry.source_tenant_id) == ("in_force", offices.tenants[DISTRICT])


async def test_a_case_from_below_is_given_back_and_not_withdrawn(offices: Offices, edition: UUID) -> None:
    case_id = await endorsed(offices, UNIT, edition, 960)
    await offices.settle()
    _, above = await sides(offices, UNIT, DISTRICT, application_id=case_id)
    async with offices.acting(f"{DISTRICT}.clerk") as scope:
        accepted = await handovers.accept_handover(scope, above.id, version=above.version)
    assert accepted.application_id is not None
    async with refused(offices, f"{DISTRICT}.clerk", "GIVE_BACK_BY_HANDOVER") as (scope, _):
        await applications.withdraw_application(scope, accepted.application_id, version=1, reason="误操作")
