"""Scenario 19 and §5.2 #17-#20: the meeting proposes, the party leadership group decides."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select

from authz.roles import Role
from kernel.clock import FixedClock
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.scoring import service as scoring
from programmes.scoring.model import Meeting, MeetingItem, Resolution, ScoreSummary
from programmes.scoring.rules.resolutions import ResolutionDecision
from programmes.scoring.service import MeetingVerdict, Member, ResolutionEntry
from tests.programmes.scoring.world import CHANGZHOU, NATIONAL, World, make_world

MEMBERS = [Member(name, "某大学") for name in ("甲", "乙", "丙", "丁", "戊")]


@pytest_asyncio.fixture(loop_scope="module")
async def changzhou(database_urls: DatabaseUrls, clock: FixedClock) -> AsyncIterator[World]:
    made = await make_world(database_urls, clock, CHANGZHOU)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def national(database_urls: DatabaseUrls, clock: FixedClock) -> AsyncIterator[World]:
    made = await make_world(database_urls, clock, NATIONAL, scoring__pass_score=6000)
    yield made
    await made.close()


async def call_meeting(world: World, *, days: int = 0, members: Sequence[Member] = MEMBERS, quorum: int = 4) -> UUID:
    held_on = world.clock.today() + timedelta(days=days)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        meeting = await scoring.open_meeting(
            scope, world.edition_id, name="专家评审会议", held_on=held_on, members=members, quorum=quorum
        )
    return meeting.id


async def conclude(
    world: World, meeting: UUID, verdicts: Sequence[MeetingVerdict], present: str = "甲乙丙丁"
) -> Meeting:
    async with world.acting(Role.PANEL_CHAIR) as scope:
        return await scoring.conclude_meeting(
            scope, meeting, version=1, present=list(present), minutes="会议纪要", verdicts=verdicts
        )


async def resolve(
    world: World, number: str, decision: ResolutionDecision, cases: Sequence[UUID], *, days: int = 0
) -> Resolution:
    day = world.clock.today() + timedelta(days=days)
    async with world.acting(Role.DELIBERATION) as scope:
        written = ResolutionEntry(number, "党组会议", day, decision)
        return await scoring.record_resolution(scope, world.edition_id, written, cases)


async def failure_of(awaitable: Awaitable[object]) -> Failure:
    with pytest.raises(Failure) as caught:
        await awaitable
    return caught.value


async def add_score(world: World, case: UUID, score: int, rank: int) -> None:
    async with world.looking() as session:
        figures = {"sheets": 3, "mean": score, "median": score, "trimmed_mean": score, "spread": 0, "score": score}
        row = ScoreSummary(
            tenant_id=world.tenant.id,
            id=new_id(),
            edition_id=world.edition_id,
            application_id=case,
            rank=rank,
            at=world.clock.now(),
            **figures,
        )
        session.add(row)


async def test_changzhou_proposes_straight_from_the_formal_review(changzhou: World) -> None:
    one, two = await changzhou.add_cases(["甲一", "乙二"], "formal_passed")
    meeting = await call_meeting(changzhou)
    await conclude(changzhou, meeting, [MeetingVerdict(one, True, 1), MeetingVerdict(two, False, None, "业绩不够突出")])
    assert await changzhou.states(one, two) == ["proposed", "not_proposed"]
    async with changzhou.looking() as session:
        query = select(MeetingItem.application_id, MeetingItem.outcome, MeetingItem.position, MeetingItem.reason)
        items = (await session.execute(query.where(MeetingItem.meeting_id == meeting).order_by(MeetingItem.id))).all()
        row = await session.get_one(Meeting, (changzhou.tenant.id, meeting))
    assert [tuple(item) for item in items] == [(one, "proposed", 1, None), (two, "not_proposed", None, "业绩不够突出")]
    present = [member["name"] for member in row.members if member["present"]]
    assert (row.state, present, row.minutes) == ("concluded", ["甲", "乙", "丙", "丁"], "会议纪要")


async def test_the_party_group_approves_drops_or_sends_back(changzhou: World) -> None:
    good, bad, again = await changzhou.add_cases(["丙三", "丁四", "戊五"], "proposed")
    await resolve(changzhou, "党组纪要〔2026〕1号", ResolutionDecision.APPROVE, [good])
    await resolve(changzhou, "党组纪要〔2026〕2号", ResolutionDecision.DROP, [bad])
    await resolve(changzhou, "党组纪要〔2026〕3号", ResolutionDecision.SEND_BACK, [again])
    assert await changzhou.states(good, bad, again) == ["approved_for_notice", "dropped", "formal_passed"]
    async with changzhou.looking() as session:
        query = select(Resolution.number, Resolution.decision, Resolution.application_ids)
        rows = (await session.execute(query.where(Resolution.edition_id == changzhou.edition_id))).all()
    assert sorted(tuple(row) for row in rows) == [
        ("党组纪要〔2026〕1号", "approve", [str(good)]),
        ("党组纪要〔2026〕2号", "drop", [str(bad)]),
        ("党组纪要〔2026〕3号", "send_back", [str(again)]),
    ]


async def test_a_resolution_has_its_own_number_and_a_past_day(changzhou: World) -> None:
    one, two = await changzhou.add_cases(["己六", "庚七"], "proposed")
    await resolve(changzhou, "党组纪要〔2026〕9号", ResolutionDecision.APPROVE, [one])
    failure = await failure_of(resolve(changzhou, "党组纪要〔2026〕9号", ResolutionDecision.APPROVE, [two]))
    assert (failure.code, failure.path) == ("RESOLUTION_NUMBER_USED", ("input", "number"))
    failure = await failure_of(resolve(changzhou, "党组纪要〔2026〕10号", ResolutionDecision.APPROVE, [two], days=1))
    assert failure.code == "RESOLUTION_IN_FUTURE"
    failure = await failure_of(resolve(changzhou, "党组纪要〔2026〕10号", ResolutionDecision.APPROVE, [one, two]))
    assert failure.code == "ACT_NOT_POSSIBLE"
    assert await changzhou.states(one, two) == ["approved_for_notice", "proposed"]


async def test_without_quorum_nothing_is_decided(changzhou: World) -> None:
    case = await changzhou.add_case("辛八", "formal_passed")
    meeting = await call_meeting(changzhou)
    failure = await failure_of(conclude(changzhou, meeting, [MeetingVerdict(case, True, 1)], present="甲乙丙"))
    assert (failure.code, failure.params) == ("NOT_QUORATE", {"present": 3, "quorum": 4})
    assert failure.rule is not None
    assert (failure.rule.document, failure.rule.article) == ("常工发〔2024〕60号", "第八条")
    assert await changzhou.states(case) == ["formal_passed"]
    await conclude(changzhou, meeting, [MeetingVerdict(case, True, 1)])
    again = await failure_of(conclude(changzhou, meeting, [MeetingVerdict(case, True, 1)]))
    assert again.code == "MEETING_CONCLUDED"


async def test_a_meeting_is_concluded_when_it_was_held(changzhou: World) -> None:
    case = await changzhou.add_case("壬九", "formal_passed")
    meeting = await call_meeting(changzhou, days=1)
    assert (await failure_of(conclude(changzhou, meeting, [MeetingVerdict(case, True, 1)]))).code == "MEETING_IN_FUTURE"


async def test_a_quorum_of_half_is_no_quorum(changzhou: World) -> None:
    failure = await failure_of(call_meeting(changzhou, members=MEMBERS[:4], quorum=2))
    assert (failure.code, failure.params) == ("QUORUM_TOO_SMALL", {"members": 4, "least": 3})


async def test_a_list_that_departs_from_the_scores_gives_a_reason_per_person(national: World) -> None:
    best, next_best, last = await national.add_cases(["子一", "丑二", "寅三"], "scored")
    for case, score, rank in ((best, 9000, 1), (next_best, 8000, 2), (last, 7000, 3)):
        await add_score(national, case, score, rank)
    meeting = await call_meeting(national)
    verdicts = [MeetingVerdict(last, True, 1), MeetingVerdict(next_best, True, 2), MeetingVerdict(best, False)]
    failure = await failure_of(conclude(national, meeting, verdicts))
    assert (failure.code, failure.params) == ("DEPARTURE_WITHOUT_REASON", {"names": "寅三、子一"})
    verdicts[0] = MeetingVerdict(last, True, 1, "填补行业空白")
    verdicts[2] = MeetingVerdict(best, False, None, "已获同类称号")
    await conclude(national, meeting, verdicts)
    assert await national.states(best, next_best, last) == ["not_proposed", "proposed", "proposed"]


async def test_nobody_under_the_pass_mark_is_proposed(national: World) -> None:
    case = await national.add_case("卯四", "scored")
    await add_score(national, case, 5999, 9)
    meeting = await call_meeting(national)
    failure = await failure_of(conclude(national, meeting, [MeetingVerdict(case, True, 1)]))
    assert (failure.code, failure.params) == ("BELOW_PASS_SCORE", {"name": "卯四", "score": "59.99", "least": "60.00"})


async def test_a_scoring_edition_cannot_skip_the_scoring(national: World) -> None:
    case = await national.add_case("辰五", "formal_passed")
    meeting = await call_meeting(national)
    assert (await failure_of(conclude(national, meeting, [MeetingVerdict(case, True, 1)]))).code == "ACT_NOT_POSSIBLE"


async def test_who_proposes_does_not_deliberate(changzhou: World) -> None:
    """D4: the list is the meeting's, the decision the party group's."""
    case = await changzhou.add_case("巳六", "formal_passed")
    await changzhou.account("身兼两职", Role.DELIBERATION)
    meeting = await call_meeting(changzhou)
    async with changzhou.acting(Role.PANEL_CHAIR, "身兼两职") as scope:
        await scoring.conclude_meeting(
            scope,
            meeting,
            version=1,
            present=list("甲乙丙丁"),
            minutes="纪要",
            verdicts=[MeetingVerdict(case, True, 1)],
        )
    written = ResolutionEntry("自批1号", "党组", changzhou.clock.today(), ResolutionDecision.APPROVE)
    with pytest.raises(Failure) as caught:
        async with changzhou.acting(Role.DELIBERATION, "身兼两职") as scope:
            await scoring.record_resolution(scope, changzhou.edition_id, written, [case])
    assert caught.value.family == "FORBIDDEN"
    assert await changzhou.states(case) == ["proposed"]


async def test_another_unions_edition_is_not_found(changzhou: World, national: World) -> None:
    with pytest.raises(Failure) as caught:
        async with changzhou.acting(Role.PANEL_SECRETARY) as scope:
            await scoring.open_meeting(
                scope, national.edition_id, name="会", held_on=changzhou.clock.today(), members=MEMBERS, quorum=3
            )
    assert caught.value.family == "NOT_FOUND"
