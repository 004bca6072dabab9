"""What an act costs on the wire: opened and bound in one message, one that claims, locks and reads, one that writes, COMMIT; however many cases there are."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update

from authz.model import DutyRecord
from authz.roles import Role
from authz.scope import WriteScope
from cli.demo.offices import Offices
from graphql_api.applications.mutations import ApplicationsMutation
from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.ids import encode_id
from graphql_api.schema import build
from graphql_api.scoring.mutations import ScoringMutation
from kernel.clock import CHINA
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.applications import service as applications
from programmes.applications.model import Application, PeerLetter, Snapshot
from programmes.catalogue.model import RecommendingGrant
from programmes.catalogue.queries import rulebook_of
from programmes.people.service import create_person
from programmes.scoring.model import Assignment
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.round_trips import of_writes, round_trips
from tests.programmes.applications.desks import acting_as, call_with_places, case_of, draft, rows, submitted
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.people import facts, id_number

UNIT = "wuhou-hengda"
FORMS = {
    "recommendApplication": ("Recommend", "application { id version state rank }"),
    "endorseApplication": ("Endorse", "application { id version state }"),
}


@dataclass
class House:
    """The demo's country, served."""

    offices: Offices
    client: Client
    tokens: Tokens
    edition_id: UUID

    async def token(self, login: str) -> str:
        actor = await self.offices.actor(login)
        return self.tokens.enter(actor.tenant, *actor.roles, account_id=actor.account_id, name=actor.name)

    async def send(self, name: str, who: str, form: tuple[str, str], **given: Any) -> Any:
        kind, wanted = form
        query = f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ {wanted} errors {{ code }} }} }}"
        return (await self.client.data(query, who=who, input={"idempotencyKey": new_id().hex} | given))[name]

    async def act(self, name: str, login: str, case_id: UUID, **given: Any) -> Any:
        kind, wanted = FORMS[name]
        version = (await case_of(self.offices, login, case_id)).version
        form = (f"{kind}Application", wanted)
        case = {"applicationId": encode_id("Application", case_id), "version": version, "opinion": "同意"}
        return await self.send(name, await self.token(login), form, **case | given)


@pytest.fixture(scope="module")
async def house(database_urls: DatabaseUrls) -> AsyncIterator[House]:
    offices = await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA))
    edition = await call_with_places(offices, {"sichuan": 30}, (date(2024, 3, 1), date(2024, 4, 30)))
    tokens = Tokens(offices.clock)
    contract = build(b"secret", ApplicationsQuery, ApplicationsMutation, ScoringMutation)
    async with serving(contract, offices.app, offices.clock, tokens) as client:
        yield House(offices, client, tokens, edition)
    await close_offices(offices)


async def drafted(house: House, serials: Sequence[int]) -> list[UUID]:
    async with house.offices.acting("sichuan.clerk") as scope:
        return [await draft(scope, house.edition_id, serial, letters=3) for serial in serials]


def is_one_read_and_one_write(sent: list[str]) -> bool:
    (texts,) = of_writes(sent)
    return [text[:14] for text in texts] == ["WITH claim AS ", "WITH w0 AS (IN"]


async def test_recommending_takes_two_messages_beside_the_binding_with_one_candidate_and_with_many(
    house: House,
) -> None:
    for rank, serials in ((1, [301]), (2, range(302, 312))):
        case_id = (await drafted(house, serials))[0]
        with round_trips(house.offices.app) as sent:
            answer = await house.act("recommendApplication", "sichuan.recommender", case_id, rank=rank)
        assert answer["errors"] == []
        assert (answer["application"]["state"], answer["application"]["rank"]) == ("RECOMMENDED", rank)
        if rank > 1:  # the first of all meets a rulebook that this process has not parsed yet
            assert is_one_read_and_one_write(sent)


async def test_endorsing_takes_two_messages_beside_the_binding_with_one_candidate_and_with_many(house: House) -> None:
    for serials in ([321], range(322, 327)):
        cases = [await submitted(house.offices, UNIT, house.edition_id, serial) for serial in serials]
        with round_trips(house.offices.app) as sent:
            answer = await house.act("endorseApplication", f"{UNIT}.chair", cases[0])
        assert (answer["errors"], answer["application"]["state"]) == ([], "ENDORSED")
        assert is_one_read_and_one_write(sent)


async def test_scoring_takes_two_messages_beside_the_binding_with_one_candidate_and_with_many(house: House) -> None:
    expert = new_id()
    actor = await house.offices.actor("acftu.reviewer")
    who = house.tokens.enter(actor.tenant, Role.EXPERT, account_id=expert, name="甲")
    for serials in ([341], range(342, 347)):
        assignments, keys = await given_out(house, expert, serials)
        points = [{"item": key, "points": "9.25"} for key in keys]
        form = ("SubmitScore", "assignment { state version }")
        with round_trips(house.offices.app) as sent:
            answer = await house.send(
                "submitScore",
                who,
                form,
                assignmentId=encode_id("Assignment", assignments[0]),
                points=points,
                comment="好",
            )
        assert answer == {"assignment": {"state": "SUBMITTED", "version": 2}, "errors": []}
        assert is_one_read_and_one_write(sent)


async def given_out(house: House, expert: UUID, serials: Sequence[int]) -> tuple[list[UUID], list[str]]:
    """Cases at scoring, each assigned to this expert."""
    made: list[UUID] = []
    async with acting_as(house.offices, "acftu.reviewer", Role.CLERK) as scope:
        keys = [criterion.key for criterion in (await rulebook_of(scope.session, house.edition_id)).criteria]
        for serial in serials:
            case_id = await _at_scoring(scope, house.edition_id, serial)
            now, here = scope.clock.now(), scope.tenant_id
            given: Mapping[str, Any] = {"application_id": case_id, "expert_account_id": expert, "expert_name": "甲"}
            row = Assignment(
                tenant_id=here,
                id=new_id(),
                edition_id=house.edition_id,
                version=1,
                created_at=now,
                updated_at=now,
                **given,
            )
            duty = {"object_kind": "case", "object_id": case_id, "account_id": expert, "duty": "assigned"}
            scope.session.add_all([row, DutyRecord(tenant_id=here, id=new_id(), at=now, **duty)])
            made.append(row.id)
    return made, keys


async def _at_scoring(scope: WriteScope, edition_id: UUID, serial: int) -> UUID:
    file = facts(f"工匠{serial}", employer="成都恒达精密机械有限公司")
    person_id = (await create_person(scope, file, id_number=id_number(serial), phone=None)).id
    now, here = scope.clock.now(), scope.tenant_id
    case = Application(
        tenant_id=here,
        id=new_id(),
        case_id=new_id(),
        edition_id=edition_id,
        organiser_id=here,
        person_id=person_id,
        desk="organiser",
        state="scoring",
        applying_unit_id=here,
        recommending_unit_id=here,
        version=1,
        created_at=now,
        updated_at=now,
    )
    scope.session.add(case)
    await scope.session.flush()
    return case.id


async def test_a_case_that_changed_while_we_waited_for_it_is_judged_by_what_it_is_now(house: House) -> None:
    (case_id,) = await drafted(house, [361])
    offices, version = house.offices, (await case_of(house.offices, "sichuan.clerk", case_id)).version
    async with offices.acting("sichuan.clerk") as scope:
        mine = Application.id == case_id, Application.tenant_id == scope.tenant_id
        await scope.session.execute(select(Application.id).where(*mine).with_for_update())
        waiting = asyncio.create_task(_recommend(offices, case_id, version))
        await _until_somebody_waits(offices)
        await scope.session.execute(delete(PeerLetter).where(PeerLetter.application_id == case_id))
        await scope.session.execute(update(Application).where(*mine).values(deeds="改动后的事迹"))
    with pytest.raises(Failure) as refused:
        await waiting
    assert refused.value.code == "LETTERS_MISSING"


async def _recommend(offices: Offices, case_id: UUID, version: int) -> None:
    async with offices.acting("sichuan.recommender") as scope:
        await applications.recommend_application(scope, case_id, version=version, opinion="同意", rank=None)


async def _until_somebody_waits(offices: Offices) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with offices.app.plain() as session:
        while (await session.execute(waiting)).scalar_one() == 0:
            await asyncio.sleep(0.01)


async def test_parallel_recommendations_use_each_place_once_and_nothing_of_the_refused_is_kept(house: House) -> None:
    offices = house.offices
    (grant,) = await rows(offices, "sichuan.clerk", RecommendingGrant, edition_id=house.edition_id)
    cases = await drafted(house, range(371, 375))
    async with offices.acting("sichuan.clerk") as scope:
        left = update(RecommendingGrant).where(
            RecommendingGrant.id == grant.id, RecommendingGrant.tenant_id == scope.tenant_id
        )
        await scope.session.execute(left.values(places=grant.used + 2))
    act = partial(house.act, "recommendApplication", "sichuan.recommender")
    answers = await asyncio.gather(*(act(case_id) for case_id in cases))
    codes = sorted(tuple(error["code"] for error in answer["errors"]) for answer in answers)
    assert codes == [(), (), ("QUOTA_FULL",), ("QUOTA_FULL",)]
    (now,) = await rows(offices, "sichuan.clerk", RecommendingGrant, edition_id=house.edition_id)
    assert now.used == grant.used + 2
    frozen = [await rows(offices, "sichuan.clerk", Snapshot, application_id=case_id) for case_id in cases]
    assert sorted(len(snapshots) for snapshots in frozen) == [0, 0, 1, 1]
    async with offices.acting("sichuan.clerk") as scope:
        await scope.session.execute(left.values(places=30))


async def test_the_same_key_at_the_same_moment_is_done_once_and_answered_twice(house: House) -> None:
    (case_id,) = await drafted(house, [381])
    act = partial(house.act, "recommendApplication", "sichuan.recommender", case_id, idempotencyKey="one-key-for-both")
    version = (await case_of(house.offices, "sichuan.clerk", case_id)).version
    both = await asyncio.gather(act(version=version), act(version=version))
    assert both[0] == both[1]
    assert both[0]["errors"] == []
    assert len(await rows(house.offices, "sichuan.clerk", Snapshot, application_id=case_id)) == 1
    again = await act(version=version)
    assert again == both[0]
