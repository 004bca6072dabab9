"""Deputies over HTTP: who may be one, what he may do, when it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.model import Membership
from tenants.accounts.service import Seat, change_seat, disable_account, end_seat, lock_member
from tests.graphql_api.client import Client
from tests.graphql_api.delegation.people import ACT_AS, GRANT, GRANTS, REVOKE, People
from tests.graphql_api.world import Cases
from tests.programmes.people import id_number
from tests.tenants.unions import World

VIEWER = "{ viewer { name roles withheldRoles standing { basis behalf endsOn endsAt } } }"
CASES = "{ applications(first: 10) { edges { node { id state viewerActions { action allowed reason { code } } } } } }"
NOT_RECOMMEND = """mutation ($input: ApplicationReasonInput!) {
  answer: notRecommendApplication(input: $input) { errors { code message } } }"""


async def refuse_case(people: People, who: str, case: str) -> Any:
    given = {"idempotencyKey": str(new_id()), "applicationId": case, "version": 1, "reason": "材料不实"}
    return await people.send(who, NOT_RECOMMEND, **given)


def own_case(cases: Cases) -> tuple[str, Any]:
    """The case of 武侯 that waits for its recommendation."""
    key = cases.applications["wuhou"][1]
    return encode_id("Application", key), key


async def test_a_deputy_acts_with_what_he_was_handed_and_nothing_else(people: People, api: Client) -> None:
    grant = await people.grant("zhou", "zheng", "recommender")
    standing_in = await people.act_as("zheng", grant)
    assert (await api.data(VIEWER, who=standing_in))["viewer"] == {
        "name": "zheng 在 wuhou",
        "roles": ["RECOMMENDER"],
        "withheldRoles": [],
        "standing": {"basis": "DEPUTY", "behalf": "zhou 在 wuhou", "endsOn": "2026-03-10", "endsAt": None},
    }
    own = (await api.data(VIEWER, who=await people.token("zheng")))["viewer"]
    assert (own["roles"], own["standing"]) == (["NOTICE_OFFICER"], None)
    assert (await api.data(CASES, who=await people.token("zheng")))["applications"]["edges"] == []
    assert len((await api.data(CASES, who=standing_in))["applications"]["edges"]) == 2


async def test_what_a_deputy_does_is_noted_for_both_and_names_both(
    people: People, owner: Database, cases: Cases, world: World
) -> None:
    shown, key = own_case(cases)
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender"))
    assert await refuse_case(people, standing_in, shown) == {"errors": []}
    async with owner.read(world.unions["wuhou"].id) as session:
        entry = (
            await session.execute(
                text("select account_id, actor, acting_for from audit_entry where act = 'case:not_recommend'")
            )
        ).one()
        duties = "select account_id, duty from duty_record where object_id = :case"
        noted = {tuple(row) for row in await session.execute(text(duties), {"case": key})}
        masks = "select account_id from duty_mask where object_id = :case and mask & 4 = 4"
        masked = set((await session.execute(text(masks), {"case": key})).scalars())
    deputy, granter = world.accounts["zheng"], world.accounts["zhou"]
    assert tuple(entry) == (deputy, "zheng 在 wuhou（代zhou 在 wuhou）", granter)
    assert noted == {(deputy, "recommended"), (granter, "recommended")}
    assert masked == {deputy, granter}


@pytest.mark.parametrize("barred", ["zheng", "zhou"])
async def test_a_deputy_is_barred_from_what_either_may_not_do(
    people: People, api: Client, owner: Database, cases: Cases, world: World, barred: str
) -> None:
    shown, key = own_case(cases)
    async with owner.write(world.unions["wuhou"].id) as session:
        change = text("update application set created_by = :who where id = :case")
        await session.execute(change, {"who": world.accounts[barred], "case": key})
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender"))
    found = {
        edge["node"]["id"]: edge["node"] for edge in (await api.data(CASES, who=standing_in))["applications"]["edges"]
    }
    [recommend] = [one for one in found[shown]["viewerActions"] if one["action"] == "RECOMMEND"]
    assert (recommend["allowed"], recommend["reason"]) == (False, {"code": "DUTY_CONFLICT"})


async def test_who_may_not_be_a_deputy_or_have_one(people: People, world: World) -> None:
    zhou, cash = await people.token("zhou"), await people.token("cash")
    secure = await people.token("secure")
    foreign = people.deputy("wuyi", "clerk")
    cases: list[tuple[str, dict[str, Any], str]] = [
        (zhou, people.deputy("zheng", "approver"), "GRANT_EXCEEDS_OWN"),
        (zhou, people.deputy("zhou", "recommender"), "DEPUTY_IS_SELF"),
        (zhou, people.deputy("secure", "recommender"), "EXCLUSIVE_ROLES"),
        (secure, people.deputy("audit", "security_admin"), "EXCLUSIVE_ROLES"),
        (secure, people.deputy("zheng", "security_admin"), "EXCLUSIVE_ROLES"),
        (zhou, people.deputy("zheng", "courier"), "UNKNOWN_ROLE"),
        (zhou, people.deputy("zheng", "expert"), "ROLE_IS_PERSONAL"),
        (zhou, people.deputy("zheng"), "NO_ROLES"),
        (zhou, people.deputy("zheng", "recommender", reason="  "), "REASON_REQUIRED"),
        (zhou, people.deputy("zheng", "recommender", validFrom="2026-03-01"), "BAD_STANDING_PERIOD"),
        (zhou, people.deputy("zheng", "recommender", validTo="2026-03-02"), "BAD_STANDING_PERIOD"),
        (zhou, people.deputy("zheng", "recommender", validTo="2026-06-03"), "BAD_STANDING_PERIOD"),
        (zhou, people.deputy("next", "recommender", code="qingyang"), "NOT_FOUND"),
        (zhou, {**foreign, "deputyId": people.colleague("wuyi", "chengdu")}, "NOT_FOUND"),
        (await people.token("expert"), people.deputy("zheng", "expert"), "NOT_PERMITTED"),
    ]
    for who, given, code in cases:
        assert await people.refusal(who, GRANT, **given) == code, (given, code)
    assert (await people.send(cash, GRANT, **people.deputy("pay", "finance_approver")))["errors"] == []


async def test_a_role_of_two_factors_needs_those_of_both(
    people: People, api: Client, owner: Database, clock: FixedClock
) -> None:
    grant = await people.grant("cash", "pay", "finance_approver")
    strong = await people.act_as("pay", grant)
    assert (await api.data(VIEWER, who=strong))["viewer"]["withheldRoles"] == []
    weak = await people.act_as("zheng", await people.grant("cash", "zheng", "finance_approver"))
    viewer = (await api.data(VIEWER, who=weak))["viewer"]
    assert viewer["withheldRoles"] == ["FINANCE_APPROVER"]
    async with owner.plain() as session:
        await session.execute(text("update sign_in_session set strength = 1"))
    given = people.deputy("pay", "finance_approver")
    assert await people.refusal(await people.token("cash"), GRANT, **given) == "GRANT_NEEDS_SECOND_FACTOR"


async def test_a_deputy_hands_nothing_on_and_takes_up_nothing_further(people: People) -> None:
    grant = await people.grant("zhou", "wuyi", "clerk", "recommender")
    other = await people.grant("cash", "wuyi", "clerk")
    standing_in = await people.act_as("wuyi", grant)
    assert await people.refusal(standing_in, GRANT, **people.deputy("zheng", "clerk")) == "NOT_IN_OWN_NAME"
    assert await people.refusal(standing_in, ACT_AS, grantId=other) == "NOT_IN_OWN_NAME"


async def test_nobody_takes_up_what_he_was_not_handed(people: People) -> None:
    grant = await people.grant("zhou", "zheng", "recommender")
    for login, code in (
        ("wuyi", "wuhou"),
        ("zhou", "wuhou"),
        ("secure", "wuhou"),
        ("wuyi", "chengdu"),
        ("next", "qingyang"),
    ):
        assert await people.refusal(await people.token(login, code), ACT_AS, grantId=grant) == "NOT_FOUND"


Deed = Callable[[Database, World, FixedClock], Awaitable[None]]


def at_place(change: Callable[[Membership], None]) -> Deed:
    async def deed(owner: Database, world: World, _clock: FixedClock) -> None:
        async with owner.write(world.unions["wuhou"].id) as session:
            change(await lock_member(session, world.memberships["zhou", "wuhou"]))

    return deed


async def disabled(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.write(world.unions["wuhou"].id) as session:
        await disable_account(session, clock, world.accounts["zhou"])


async def deputy_unseated(owner: Database, world: World, clock: FixedClock) -> None:
    async with owner.write(world.unions["wuhou"].id) as session:
        end_seat(await lock_member(session, world.memberships["zheng", "wuhou"]), clock.today())


async def end_of_days(_owner: Database, _world: World, clock: FixedClock) -> None:
    clock.move(days=8)


SEAT = Seat(name="zhou", roles={"clerk"}, valid_from=date(2020, 1, 1))
ENDS: dict[str, Deed] = {
    "the granter's place ends": at_place(lambda place: end_seat(place, date(2026, 3, 2))),
    "the granter loses the role": at_place(lambda place: change_seat(place, SEAT)),
    "the granter's account is disabled": disabled,
    "the deputy's place ends": deputy_unseated,
    "the end date is reached": end_of_days,
}


@pytest.mark.parametrize("name", ENDS)
async def test_it_is_over_with_the_next_request_when(
    people: People, api: Client, owner: Database, world: World, clock: FixedClock, entrance: Entrance, name: str
) -> None:
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender"))
    async with owner.plain() as session:  # so that time alone ends nothing else
        await session.execute(
            text("update sign_in_session set expires_at = '2027-01-01', last_seen_at = '2026-03-09T16:00Z'")
        )
    assert (await api.data(VIEWER, who=standing_in))["viewer"]["roles"] == ["RECOMMENDER"]
    await ENDS[name](owner, world, clock)
    if name == "the end date is reached":
        assert (await api.data(VIEWER, who=await people.token("zheng")))["viewer"]["roles"] == ["NOTICE_OFFICER"]
    answer = await api.ask(CASES, who=standing_in)
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


async def test_of_two_roles_the_one_that_the_granter_keeps_stays(
    people: People, api: Client, owner: Database, world: World
) -> None:
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender", "clerk"))
    async with owner.write(world.unions["wuhou"].id) as session:
        change_seat(await lock_member(session, world.memberships["zhou", "wuhou"]), SEAT)
    assert (await api.data(VIEWER, who=standing_in))["viewer"]["roles"] == ["CLERK"]


async def test_a_deputy_who_becomes_an_administrator_has_nothing_left(
    people: People, api: Client, owner: Database, world: World
) -> None:
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender"))
    seat = Seat(name="zheng", roles={"audit_admin"}, valid_from=date(2020, 1, 1))
    async with owner.write(world.unions["wuhou"].id) as session:
        change_seat(await lock_member(session, world.memberships["zheng", "wuhou"]), seat)
    assert (await api.data(CASES, who=standing_in))["applications"]["edges"] == []
    assert (await api.data("{ auditEntries(first: 5) { edges { node { id } } } }", who=standing_in))["auditEntries"][
        "edges"
    ] == []


@pytest.mark.parametrize("login", ["zhou", "zheng", "secure"])
async def test_the_two_and_the_security_administrator_revoke(people: People, api: Client, login: str) -> None:
    grant = await people.grant("zhou", "zheng", "recommender")
    standing_in = await people.act_as("zheng", grant)
    assert (await people.revoke(login, grant)) == {"grant": {"revokedBy": f"{login} 在 wuhou"}, "errors": []}
    assert (await api.ask(VIEWER, who=standing_in)).status == 401
    assert await people.refusal(await people.token("zheng"), ACT_AS, grantId=grant) == "NOT_FOUND"
    again = {"idempotencyKey": str(new_id()), "grantId": grant}
    assert await people.refusal(await people.token(login), REVOKE, **again) == "DEPUTY_ENDED"


async def test_who_may_not_revoke(people: People) -> None:
    grant = await people.grant("zhou", "zheng", "recommender")
    for login, code, refused in (
        ("wuyi", "wuhou", "NOT_PERMITTED"),
        ("audit", "wuhou", "NOT_PERMITTED"),
        ("look", "wuhou", "NOT_PERMITTED"),
        ("next", "qingyang", "NOT_FOUND"),
    ):
        given = {"idempotencyKey": str(new_id()), "grantId": grant}
        assert await people.refusal(await people.token(login, code), REVOKE, **given) == refused


async def test_who_sees_which_grants(people: People, api: Client) -> None:
    grant = await people.grant("zhou", "zheng", "recommender")
    seen = {
        login: [
            edge["node"]["id"]
            for edge in (await api.data(GRANTS, who=await people.token(login, code)))["deputyGrants"]["edges"]
        ]
        for login, code in (
            ("zhou", "wuhou"),
            ("zheng", "wuhou"),
            ("secure", "wuhou"),
            ("audit", "wuhou"),
            ("look", "wuhou"),
            ("wuyi", "wuhou"),
            ("expert", "wuhou"),
            ("next", "qingyang"),
        )
    }
    assert seen == {
        **{login: [grant] for login in ("zhou", "zheng", "secure", "audit", "look")},
        **{login: [] for login in ("wuyi", "expert", "next")},
    }


async def test_colleagues_are_named_to_whoever_may_have_a_deputy(people: People, api: Client) -> None:
    query = "{ colleagues(first: 20) { totalCount } }"
    assert (await api.data(query, who=await people.token("zhou")))["colleagues"]["totalCount"] == 9
    assert (await api.data(query, who=await people.token("next", "qingyang")))["colleagues"]["totalCount"] == 2
    assert (await api.data(query, who=await people.token("expert")))["colleagues"]["totalCount"] == 0


async def test_a_deputys_request_is_authenticated_in_one_statement(
    people: People, api: Client, entrance: Entrance
) -> None:
    standing_in = await people.act_as("zheng", await people.grant("zhou", "zheng", "recommender"))
    statements: list[str] = []
    with entrance.database.watched(statements.append):
        await api.data("{ viewer { roles } }", who=standing_in)
        assert len(statements) == 1


CREATE_PERSON = "mutation ($input: CreatePersonInput!) { answer: createPerson(input: $input) { person { id } errors { code path } } }"
CREATE = "mutation ($input: CreateApplicationInput!) { answer: createApplication(input: $input) { application { id } errors { code message } } }"


async def test_what_a_deputy_draws_up_is_drawn_up_by_both(
    people: People, api: Client, owner: Database, cases: Cases, world: World
) -> None:
    """The case's row names the deputy; that the granter does not endorse it comes from the record of duties."""
    async with owner.write(world.unions["chengdu"].id) as session:
        opened = "update edition set opens_on = '2026-01-01', closes_on = '2026-12-31' where id = :id"
        await session.execute(text(opened), {"id": cases.edition})
    deputy = await people.act_as("hand", await people.grant("head", "hand", "clerk", code="wuhou-plant"), "wuhou-plant")
    person = {
        "idempotencyKey": str(new_id()),
        "idNumber": id_number(7),
        "facts": {"name": "张三丰", "employer": "武侯一厂", "occupation": "钳工", "frontlineSince": "2005-07"},
    }
    made = await people.send(deputy, CREATE_PERSON, **person)
    assert made["errors"] == []
    given = {
        "idempotencyKey": str(new_id()),
        "editionId": encode_id("Edition", cases.edition),
        "personId": made["person"]["id"],
        "deeds": "事迹",
    }
    drafted = await people.send(deputy, CREATE, **given)
    assert drafted["errors"] == []
    async with owner.write(world.unions["wuhou-plant"].id) as session:
        await session.execute(text("update application set state = 'submitted'"))
    shown = (await api.data(CASES, who=await people.token("head", "wuhou-plant")))["applications"]["edges"][0]["node"]
    [endorse] = [one for one in shown["viewerActions"] if one["action"] == "ENDORSE"]
    assert (endorse["allowed"], endorse["reason"]) == (False, {"code": "DUTY_CONFLICT"})


async def test_revoking_waits_for_no_request_and_beats_the_next(people: People, api: Client) -> None:
    """Of a revocation and an act at once, the act is done before it or refused after it: never both refused, never both standing in later."""
    grant = await people.grant("zhou", "zheng", "recommender")
    standing_in = await people.act_as("zheng", grant)
    answers = await asyncio.gather(
        people.revoke("zhou", grant),
        *(api.ask(VIEWER, who=standing_in) for _ in range(8)),
        people.revoke("secure", grant),
    )
    first, last = answers[0], answers[-1]
    assert sorted([len(first["errors"]), len(last["errors"])]) == [0, 1]
    assert {answer.status for answer in answers[1:-1]} <= {200, 401}
    assert (await api.ask(VIEWER, who=standing_in)).status == 401
