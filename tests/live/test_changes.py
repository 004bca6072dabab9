"""What is told, to whom, and what he sees of it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from authz.roles import Role
from cli.walk.client import document
from graphql_api.ids import encode_id
from graphql_api.work.words import SHOWN_AS, WorkKind
from kernel.database import Database
from kernel.ids import new_id
from kernel.live import MOST_NAMED
from tests.isolation.fixtures import Year
from tests.isolation.test_every_act_is_recorded import DOINGS, MUTATIONS, also, input_of, prepare
from tests.live.sockets import CHANGED, RESYNC, Place, Socket, tell

TOLD: dict[str, tuple[str, str]] = {
    "returnApplication": ("APPLICATION", "return"),
    "withdrawApplication": ("APPLICATION", "withdraw"),
    "declineHandover": ("HANDOVER", "declined"),
    "returnHandover": ("HANDOVER", "returned"),
    "withdrawHandover": ("HANDOVER", "withdrawing"),
    "refuseRequest": ("HANDOVER", "declined"),
    "endNotice": ("NOTICE", "end"),
    "answerFundingQuestion": ("FUNDING_RECORD", "answer"),
    "verifyProgressReport": ("PROGRESS_REPORT", "verify"),
}
FIRST = {"endNotice": ("UPDATE notice SET version = 1 WHERE tenant_id = :tenant",)}
"""What is to stand right before the rest is made to."""


@pytest.mark.parametrize("name", sorted(TOLD))
async def test_an_act_is_told_to_those_of_the_union_who_look(
    place: Place, owner: Database, year: Year, name: str
) -> None:
    doing, mutation, (kind, act) = DOINGS[name], MUTATIONS[name], TOLD[name]
    key = await prepare(owner, year, also(doing, *FIRST.get(name, ())))
    who = year.everything(doing.union)
    async with place.subscribed(who) as socket, place.subscribed(year.everything(doing.union)) as colleague:
        given = input_of(mutation, year, doing, key)
        assert await place.api.data(mutation.query, who=who, input=given) == {name: {"errors": []}}
        type_name = SHOWN_AS[WorkKind[kind]]
        assert key is not None
        shown = encode_id(type_name, UUID(key))
        wanted = {"kind": kind, "objectId": shown, "act": act, "object": {"__typename": type_name, "id": shown}}
        for listener in (socket, colleague):
            assert wanted in await told(listener)


async def told(socket: Socket) -> list[dict[str, Any]]:
    """What comes until it is silent."""
    found = [await socket.changed()]
    while True:
        try:
            async with asyncio.timeout(0.4):
                found.append(await socket.changed())
        except TimeoutError:
            return found


async def test_a_refused_act_is_not_told(place: Place, owner: Database, year: Year) -> None:
    doing, mutation = DOINGS["declineHandover"], MUTATIONS["declineHandover"]
    key = await prepare(owner, year, doing)
    given = {**input_of(mutation, year, doing, key), "version": 77}
    async with place.subscribed(year.everything(doing.union)) as socket:
        answer = await place.api.data(mutation.query, who=year.everything(doing.union), input=given)
        assert [error["code"] for error in answer["declineHandover"]["errors"]] == ["STALE_VERSION"]
        assert await socket.is_silent()


@pytest.fixture
async def case(year: Year) -> UUID:
    return year.homes["Application"]["chengdu"][0]


SEES = {
    Role.CLERK: True,
    Role.REVIEWER: True,
    Role.CHAIR: True,
    Role.SYSTEM_ADMIN: False,
    Role.AUDIT_ADMIN: False,
    Role.SECURITY_ADMIN: False,
}


@pytest.mark.parametrize("role", SEES)
async def test_only_who_may_read_the_object_hears_of_it(
    place: Place, app: Database, year: Year, case: UUID, role: Role
) -> None:
    tenant = year.tenants["chengdu"]
    async with place.subscribed(year.tokens.enter(tenant, role)) as socket:
        await tell(app, year.clock, tenant.id, ("application", case))
        if SEES[role]:
            assert (await socket.changed())["objectId"] == encode_id("Application", case)
        assert await socket.is_silent()


async def test_what_is_shown_is_masked_and_recorded_like_in_a_query(
    place: Place, app: Database, owner: Database, year: Year, case: UUID
) -> None:
    tenant = year.tenants["chengdu"]
    person = "person { name idNumberHint phoneHint }"
    query = f"subscription {{ workChanged {{ kind object {{ ... on Application {{ {person} state }} }} }} }}"
    who = year.tokens.enter(tenant, Role.CLERK)
    async with place.subscribed(who, query) as socket:
        await tell(app, year.clock, tenant.id, ("application", case))
        asked = f"query ($id: ID!) {{ application(id: $id) {{ {person} state }} }}"
        shown = await place.api.data(asked, who=who, id=encode_id("Application", case))
        assert (await socket.changed())["object"] == shown["application"]
    reads = "SELECT count(*) FROM read_entry WHERE account_id = :account AND asked LIKE '%workChanged%'"
    async with owner.plain() as session:
        found = await session.execute(text(reads), {"account": year.tokens.people[who].account_id})
        assert found.scalar_one() > 0


async def test_kinds_that_are_not_wanted_are_not_told(place: Place, app: Database, year: Year, case: UUID) -> None:
    tenant = year.tenants["chengdu"]
    notice = year.homes["Notice"]["chengdu"][0]
    query = CHANGED.replace("workChanged", "workChanged(kinds: [NOTICE])")
    async with place.subscribed(year.everything("chengdu"), query) as socket:
        await tell(app, year.clock, tenant.id, ("application", case), ("notice", notice))
        assert (await socket.changed())["objectId"] == encode_id("Notice", notice)
        assert await socket.is_silent()


async def test_a_change_of_very_many_objects_is_one_resync(place: Place, app: Database, year: Year) -> None:
    tenant = year.tenants["chengdu"]
    async with place.subscribed(year.everything("chengdu")) as socket:
        await tell(app, year.clock, tenant.id, *[("application", new_id()) for _ in range(MOST_NAMED + 1)])
        assert await socket.changed() == RESYNC
        assert await socket.is_silent()


async def test_the_operation_of_the_contract_runs_for_every_kind(place: Place, app: Database, year: Year) -> None:
    async with place.subscribed(year.everything("chengdu"), document("WorkChanged")) as socket:
        for kind, type_name in SHOWN_AS.items():
            key = year.homes[type_name]["chengdu"][0]
            await tell(app, year.clock, year.tenants["chengdu"].id, (kind.value, key))
            shown = await socket.changed()
            assert (shown["kind"], shown["object"]["id"]) == (kind.name, encode_id(type_name, key))
