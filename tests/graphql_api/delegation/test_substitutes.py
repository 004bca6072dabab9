"""上级代办 over HTTP: a small union asks, the one right above lends an officer, both see what he does, either ends it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.service import Seat, change_seat, end_seat, lock_member
from tests.graphql_api.client import Client
from tests.graphql_api.delegation.people import (
    ACT_AS_SUBSTITUTE,
    APPOINT,
    ASK,
    END,
    GRANT,
    SUBSTITUTIONS,
    People,
)
from tests.programmes.people import id_number
from tests.tenants.unions import World
from workers.drain import drain

VIEWER = "{ viewer { name roles withheldRoles tenant { code } standing { basis behalf endsOn endsAt } } }"
CREATE_PERSON = "mutation ($input: CreatePersonInput!) { answer: createPerson(input: $input) { person { id } errors { code path } } }"


@dataclass(frozen=True)
class Lending:
    """武侯一厂 asks 武侯区总."""

    people: People
    courier: Database
    clock: FixedClock

    async def deliver(self) -> None:
        await drain(self.courier, self.clock)

    async def ask(self, *roles: str, **values: Any) -> Any:
        given = {
            "idempotencyKey": str(new_id()),
            "line": "TERRITORIAL",
            "roles": list(roles),
            "reason": "只有一名专职干部",
        }
        return await self.people.send(await self.people.token("head", "wuhou-plant"), ASK, **{**given, **values})

    async def appoint(self, key: str, login: str, by: str = "secure", **values: Any) -> Any:
        given = {
            "idempotencyKey": str(new_id()),
            "substitutionId": key,
            "version": 1,
            "memberId": encode_id("Member", self.people.world.memberships[login, "wuhou"]),
            "validTo": "2026-03-10",
        }
        return await self.people.send(await self.people.token(by), APPOINT, **{**given, **values})

    async def end(self, key: str, login: str, code: str) -> Any:
        given = {"idempotencyKey": str(new_id()), "substitutionId": key, "reason": "不再需要"}
        return await self.people.send(await self.people.token(login, code), END, **given)

    async def lent(self, login: str, *roles: str) -> str:
        """The id of an assignment that both have on record."""
        key = (await self.ask(*roles))["substitution"]["id"]
        await self.deliver()
        assert (await self.appoint(key, login))["errors"] == []
        await self.deliver()
        return key

    async def take_up(self, login: str, key: str, code: str = "wuhou") -> Any:
        return await self.people.send(await self.people.token(login, code), ACT_AS_SUBSTITUTE, substitutionId=key)

    async def seen(self, login: str, code: str) -> list[dict[str, Any]]:
        data = await self.people.api.data(SUBSTITUTIONS, who=await self.people.token(login, code))
        return [edge["node"] for edge in data["substitutions"]["edges"]]


@pytest.fixture
def lending(people: People, courier: Database, clock: FixedClock) -> Lending:
    return Lending(people, courier, clock)


async def test_a_lent_officer_works_below_and_both_see_it(
    lending: Lending, api: Client, owner: Database, world: World
) -> None:
    key = await lending.lent("zheng", "CLERK")
    answer = await lending.take_up("zheng", key)
    assert (answer["errors"], answer["viewer"]) == ([], {"roles": ["CLERK"], "tenant": {"code": "wuhou-plant"}})
    officer = answer["token"]
    viewer = (await api.data(VIEWER, who=officer))["viewer"]
    assert viewer["standing"] == {"basis": "SUBSTITUTE", "behalf": "武侯区总", "endsOn": "2026-03-10", "endsAt": None}
    person = {
        "idempotencyKey": str(new_id()),
        "idNumber": id_number(7),
        "facts": {"name": "张三丰", "employer": "武侯一厂", "occupation": "钳工", "frontlineSince": "2005-07"},
    }
    assert (await lending.people.send(officer, CREATE_PERSON, **person))["errors"] == []
    await lending.deliver()
    async with owner.read(world.unions["wuhou-plant"].id) as session:
        entry = (
            await session.execute(
                text(
                    "select account_id, actor, after -> 'standing' ->> 'basis' from audit_entry where act = 'person:create'"
                )
            )
        ).one()
    assert tuple(entry) == (world.accounts["zheng"], "zheng 在 wuhou（武侯区总代办）", "substitute")
    acts = [{"node": {"act": "person:create", "objectKind": "person"}}]
    for login, code, side in (
        ("head", "wuhou-plant", "ASKING"),
        ("secure", "wuhou", "LENDING"),
        ("audit", "wuhou", "LENDING"),
    ):
        [row] = await lending.seen(login, code)
        assert (row["side"], row["state"], row["officer"], row["acts"]["edges"]) == (
            side,
            "ASSIGNED",
            "zheng 在 wuhou",
            acts,
        )
    assert [row["id"] for row in await lending.seen("zheng", "wuhou")] == [key]
    assert await lending.seen("wuyi", "wuhou") == []
    assert await lending.seen("next", "qingyang") == []


async def test_what_cannot_be_asked_for(lending: Lending, people: People) -> None:
    for roles, values, code in (
        (["EXPERT"], {}, "ROLE_IS_PERSONAL"),
        (["AUDITOR"], {}, "ROLE_NOT_LENT"),
        (["SECURITY_ADMIN"], {}, "ROLE_NOT_LENT"),
        (["CLERK"], {"reason": " "}, "REASON_REQUIRED"),
        (["CLERK"], {"line": "INDUSTRY"}, "NO_SUPERIOR"),
        ([], {}, "NO_ROLES"),
    ):
        answer = await lending.ask(*roles, **values)
        assert [error["code"] for error in answer["errors"]] == [code], roles
    given = {"idempotencyKey": str(new_id()), "line": "TERRITORIAL", "roles": ["CLERK"], "reason": "缺人"}
    for login, code in (("hand", "wuhou-plant"), ("plant", "wuhou-plant"), ("zhou", "wuhou")):
        assert await people.refusal(await people.token(login, code), ASK, **given) == "NOT_PERMITTED"


async def test_who_lends_whom(lending: Lending, people: People, world: World) -> None:
    key = (await lending.ask("CLERK", "FINANCE_APPROVER"))["substitution"]["id"]
    assert [error["code"] for error in (await lending.appoint(key, "zheng"))["errors"]] == ["NOT_FOUND"]
    await lending.deliver()
    for login, by, values, code in (
        ("zheng", "audit", {}, "NOT_PERMITTED"),
        ("zheng", "zhou", {}, "NOT_PERMITTED"),
        ("audit", "secure", {}, "EXCLUSIVE_ROLES"),
        ("secure", "secure", {}, "EXCLUSIVE_ROLES"),
        ("zheng", "secure", {"validTo": "2026-03-02"}, "BAD_STANDING_PERIOD"),
        ("zheng", "secure", {"validTo": "2026-09-02"}, "BAD_STANDING_PERIOD"),
        ("zheng", "secure", {"version": 7}, "STALE_VERSION"),
        ("zheng", "secure", {"memberId": encode_id("Member", world.memberships["next", "qingyang"])}, "NOT_FOUND"),
    ):
        answer = await lending.appoint(key, login, by, **values)
        assert [error["code"] for error in answer["errors"]] == [code], (login, by, values)
    foreign = {"idempotencyKey": str(new_id()), "substitutionId": key, "version": 1, "validTo": "2026-03-10"}
    member = encode_id("Member", world.memberships["adm", "chengdu"])
    assert (
        await people.refusal(await people.token("adm", "chengdu"), APPOINT, **foreign, memberId=member) == "NOT_FOUND"
    )


async def test_nobody_else_takes_the_part_up_and_nobody_too_early(lending: Lending, api: Client) -> None:
    key = (await lending.ask("CLERK", "FINANCE_APPROVER"))["substitution"]["id"]
    await lending.deliver()
    assert (await lending.appoint(key, "zheng"))["errors"] == []

    async def refused(login: str, code: str) -> list[str]:
        return [error["code"] for error in (await lending.take_up(login, key, code))["errors"]]

    assert await refused("zheng", "wuhou") == ["NOT_FOUND"]  # the letter has not arrived
    await lending.deliver()
    for login, code in (
        ("wuyi", "wuhou"),
        ("secure", "wuhou"),
        ("head", "wuhou-plant"),
        ("next", "qingyang"),
        ("prov", "sichuan"),
    ):
        assert await refused(login, code) == ["NOT_FOUND"]
    weak = (await lending.take_up("zheng", key))["token"]
    assert (await api.data(VIEWER, who=weak))["viewer"]["withheldRoles"] == ["FINANCE_APPROVER"]
    given = lending.people.deputy("hand", "clerk", code="wuhou-plant")
    assert await lending.people.refusal(weak, GRANT, **given) == "NOT_IN_OWN_NAME"


Deed = Callable[[Lending, str, Database], Awaitable[None]]


async def by_the_asking(lending: Lending, key: str, _owner: Database) -> None:
    assert (await lending.end(key, "head", "wuhou-plant"))["errors"] == []


async def by_the_lending(lending: Lending, key: str, _owner: Database) -> None:
    assert (await lending.end(key, "secure", "wuhou"))["errors"] == []


async def on_its_day(lending: Lending, _key: str, owner: Database) -> None:
    async with owner.plain() as session:
        moved = "update sign_in_session set expires_at = '2027-01-01', last_seen_at = '2026-03-10T00:50Z'"
        await session.execute(text(moved))
    lending.clock.move(days=8)


async def by_his_place(lending: Lending, _key: str, owner: Database) -> None:
    world = lending.people.world
    async with owner.write(world.unions["wuhou"].id) as session:
        end_seat(await lock_member(session, world.memberships["zheng", "wuhou"]), lending.clock.today())


ENDS: dict[str, Deed] = {
    "the asking union ends it": by_the_asking,
    "the lending union ends it": by_the_lending,
    "its day comes": on_its_day,
    "his place above ends": by_his_place,
}


@pytest.mark.parametrize("name", ENDS)
async def test_it_is_over_with_the_next_request_when(lending: Lending, api: Client, owner: Database, name: str) -> None:
    """Before any letter is delivered."""
    key = await lending.lent("zheng", "CLERK")
    officer = (await lending.take_up("zheng", key))["token"]
    assert (await api.data(VIEWER, who=officer))["viewer"]["roles"] == ["CLERK"]
    await ENDS[name](lending, key, owner)
    assert (await api.ask(VIEWER, who=officer)).status == 401
    if name.endswith("union ends it"):
        await lending.deliver()
        for login, code in (("head", "wuhou-plant"), ("secure", "wuhou")):
            [row] = await lending.seen(login, code)
            assert (row["state"], row["endedBecause"]) == ("ENDED", "不再需要")
        again = await lending.end(key, "secure", "wuhou")
        assert [error["code"] for error in again["errors"]] == ["SUBSTITUTION_STATE"]


async def test_an_officer_who_becomes_an_administrator_has_nothing_left(
    lending: Lending, api: Client, owner: Database, world: World
) -> None:
    officer = (await lending.take_up("zheng", await lending.lent("zheng", "CLERK")))["token"]
    seat = Seat(name="zheng", roles={"audit_admin"}, valid_from=date(2020, 1, 1))
    async with owner.write(world.unions["wuhou"].id) as session:
        change_seat(await lock_member(session, world.memberships["zheng", "wuhou"]), seat)
    listed = "{ applications(first: 1) { totalCount } people(first: 1) { totalCount } }"
    assert await api.data(listed, who=officer) == {"applications": {"totalCount": 0}, "people": {"totalCount": 0}}


async def test_withdrawn_below_while_somebody_is_lent_above(lending: Lending) -> None:
    """The two acts meet in two unions; whatever the order of letters, nobody works below afterwards, and both records say so."""
    key = (await lending.ask("CLERK"))["substitution"]["id"]
    await lending.deliver()
    below, above = await asyncio.gather(lending.end(key, "head", "wuhou-plant"), lending.appoint(key, "zheng"))
    assert (below["errors"], above["errors"]) == ([], [])
    assert [error["code"] for error in (await lending.take_up("zheng", key))["errors"]] == ["NOT_FOUND"]
    await lending.deliver()
    assert [error["code"] for error in (await lending.take_up("zheng", key))["errors"]] == ["NOT_FOUND"]
    states = {
        row["state"] for place in (("head", "wuhou-plant"), ("secure", "wuhou")) for row in await lending.seen(*place)
    }
    assert states == {"ENDED"}


async def test_of_appointing_and_declining_at_once_one_is_done_first(lending: Lending) -> None:
    key = (await lending.ask("CLERK"))["substitution"]["id"]
    await lending.deliver()
    await lending.people.token("secure")
    appointed, declined = await asyncio.gather(lending.appoint(key, "zheng"), lending.end(key, "secure", "wuhou"))
    assert declined["errors"] == []
    assert [error["code"] for error in appointed["errors"]] in ([], ["NOT_PERMITTED"])
    await lending.deliver()
    assert [error["code"] for error in (await lending.take_up("zheng", key))["errors"]] == ["NOT_FOUND"]
