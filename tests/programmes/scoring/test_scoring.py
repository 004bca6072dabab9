"""Scenario 17: every nominee is scored by every expert before anything is aggregated; conflicts, seals and returns."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select

from authz import guard
from authz.duties import Duty
from authz.roles import Role
from authz.subject import Subject
from kernel.audit import AuditEntry
from kernel.clock import FixedClock
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.scoring import service as scoring
from programmes.scoring.model import Assignment, ScoreSheet, ScoreSummary
from programmes.scoring.service import ExpertEntry
from tests.programmes.scoring.world import CHANGZHOU, NATIONAL, World, make_world

KEYS = [
    f"{force}_{item}"
    for force in ("leadership", "practice", "innovation", "breakthrough", "inheritance")
    for item in (1, 2, 3)
]


def points(each: int, **changes: int) -> dict[str, int]:
    return dict.fromkeys(KEYS, each) | changes


@pytest_asyncio.fixture(loop_scope="module")
async def world(database_urls: DatabaseUrls, clock: FixedClock) -> AsyncIterator[World]:
    made = await make_world(database_urls, clock, NATIONAL)
    yield made
    await made.close()


async def entry(world: World, name: str, **facts: str) -> ExpertEntry:
    return ExpertEntry(await world.account(name, Role.EXPERT), employer=facts.get("employer", f"{name}所在大学"))


async def assign(world: World, cases: list[UUID], *experts: str) -> dict[tuple[UUID, str], UUID]:
    entries = [await entry(world, name) for name in experts]
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        made = await scoring.assign_experts(scope, cases, entries)
    return {(row.application_id, row.expert_name): row.id for row in made}


async def score(world: World, expert: str, assignment_id: UUID, each: int) -> ScoreSheet:
    async with world.acting(Role.EXPERT, expert) as scope:
        return await scoring.submit_score(scope, assignment_id, points(each), "")


async def refused(
    world: World, role: Role, name: str | None, call: str, *arguments: object, **named: object
) -> Failure:
    with pytest.raises(Failure) as caught:
        async with world.acting(role, name) as scope:
            await getattr(scoring, call)(scope, *arguments, **named)
    return caught.value


async def test_aggregation_waits_for_every_sheet_of_every_nominee_and_names_what_is_missing(world: World) -> None:
    one, two = await world.add_cases(["张一", "李二"], "formal_passed")
    left = await world.add_case("王三", "formal_passed")
    given = await assign(world, [one, two], "甲", "乙")
    assert await world.states(one, two, left) == ["scoring", "scoring", "formal_passed"]
    await score(world, "甲", given[one, "甲"], 900)
    await score(world, "乙", given[one, "乙"], 800)
    await score(world, "甲", given[two, "甲"], 700)
    failure = await refused(world, Role.PANEL_SECRETARY, None, "aggregate_scores", world.edition_id)
    assert (failure.code, failure.params) == (
        "SCORES_INCOMPLETE",
        {"missing": "李二（乙未提交）；王三（未分派专家）", "count": 2},
    )
    assert failure.rule is not None
    assert (failure.rule.document, failure.rule.article) == ("总工发〔2024〕1号", "第七条")
    given |= await assign(world, [left], "甲", "乙")
    await score(world, "乙", given[two, "乙"], 600)
    await score(world, "甲", given[left, "甲"], 600)
    await score(world, "乙", given[left, "乙"], 700)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.aggregate_scores(scope, world.edition_id)
    assert await world.states(one, two, left) == ["scored", "scored", "scored"]
    async with world.looking() as session:
        query = select(ScoreSummary).where(ScoreSummary.edition_id == world.edition_id)
        rows = {row.application_id: row for row in (await session.execute(query)).scalars()}
    shown = {case: (row.sheets, row.score, row.spread, row.rank) for case, row in rows.items()}
    assert shown == {one: (2, 12_750, 1500, 1), two: (2, 9750, 1500, 2), left: (2, 9750, 1500, 2)}
    assert await world.acts(one) == [
        ("assign", "formal_passed", "scoring"),
        ("score", "scoring", "scoring"),
        ("score", "scoring", "scoring"),
        ("aggregate", "scoring", "scored"),
    ]


async def test_a_later_case_is_ranked_among_the_earlier_ones(world: World) -> None:
    first = await world.add_case("赵四", "formal_passed")
    given = await assign(world, [first], "甲", "乙")
    for expert in ("甲", "乙"):
        await score(world, expert, given[first, expert], 500)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.aggregate_scores(scope, world.edition_id)
    late = await world.add_case("钱五", "formal_passed")
    given = await assign(world, [late], "甲", "乙")
    for expert in ("甲", "乙"):
        await score(world, expert, given[late, expert], 501)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        summaries = await scoring.aggregate_scores(scope, world.edition_id)
    assert [(row.application_id, row.rank) for row in summaries] == [(late, 1), (first, 2)]


async def test_a_submitted_sheet_is_sealed_until_it_is_given_back_with_a_reason(world: World) -> None:
    case = await world.add_case("孙六", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    assignment = given[case, "甲"]
    await score(world, "甲", assignment, 900)
    failure = await refused(world, Role.EXPERT, "甲", "submit_score", assignment, points(100))
    assert failure.code == "ALREADY_SUBMITTED"
    blank = await refused(world, Role.PANEL_SECRETARY, None, "reopen_score", assignment, " ", version=2)
    assert (blank.code, blank.path) == ("BLANK", ("input", "reason"))
    unseen = await refused(world, Role.PANEL_SECRETARY, None, "reopen_score", assignment, "更正", version=1)
    assert (unseen.code, unseen.params) == ("STALE_VERSION", {"current": 2})
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.reopen_score(scope, assignment, "专家书面说明：第三项误录", version=2)
    waiting = await refused(world, Role.PANEL_SECRETARY, None, "aggregate_scores", world.edition_id)
    assert waiting.params["missing"] == "孙六（甲未提交）；孙六（乙未提交）"
    await score(world, "甲", assignment, 800)
    await score(world, "乙", given[case, "乙"], 800)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        (summary,) = await scoring.aggregate_scores(scope, world.edition_id)
    assert (summary.sheets, summary.score) == (2, 12_000)
    async with world.looking() as session:
        query = select(ScoreSheet).where(ScoreSheet.assignment_id == assignment).order_by(ScoreSheet.number)
        sheets = [(row.number, row.total, row.change_reason) for row in (await session.execute(query)).scalars()]
    assert sheets == [(1, 13_500, None), (2, 12_000, "专家书面说明：第三项误录")]
    sealed = await refused(world, Role.PANEL_SECRETARY, None, "reopen_score", assignment, "再改", version=4)
    assert sealed.code == "ALREADY_AGGREGATED"


async def test_a_bad_sheet_stores_nothing(world: World) -> None:
    case = await world.add_case("周七", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    failure = await refused(world, Role.EXPERT, "甲", "submit_score", given[case, "甲"], points(900, practice_2=1001))
    assert (failure.code, failure.path) == ("POINTS_ABOVE_MAXIMUM", ("input", "points", "practice_2"))
    assert failure.params == {"item": "practice_2", "name": "业绩突出", "most": "10.00"}
    missing = {key: 1 for key in KEYS if key != "innovation_3"}
    failure = await refused(world, Role.EXPERT, "甲", "submit_score", given[case, "甲"], missing)
    assert (failure.code, failure.path) == ("ITEM_MISSING", ("input", "points", "innovation_3"))
    async with world.looking() as session:
        sheets = (await session.execute(select(ScoreSheet.id).where(ScoreSheet.application_id == case))).all()
        states = (await session.execute(select(Assignment.state).where(Assignment.application_id == case))).scalars()
        assert (sheets, list(states)) == ([], ["open", "open"])


async def test_an_expert_scores_only_what_he_was_given(world: World) -> None:
    case = await world.add_case("吴八", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    foreign = await refused(world, Role.EXPERT, "甲", "submit_score", given[case, "乙"], points(900))
    assert foreign.code == "NOT_FOUND"
    stranger = await refused(world, Role.EXPERT, "丙", "submit_score", given[case, "甲"], points(900))
    assert stranger.family == "FORBIDDEN"
    nowhere = await refused(world, Role.EXPERT, "甲", "submit_score", new_id(), points(900))
    assert nowhere.code == "NOT_FOUND"


async def test_conflicts_exclude_with_a_reason_and_too_few_experts_are_refused(world: World) -> None:
    case = await world.add_case("郑九", "formal_passed", person={"employer": "宏发机械"})
    await world.add_letter(case, "丁")
    experts = [
        await entry(world, "甲"),
        await entry(world, "乙", employer=" 宏发 机械"),
        await entry(world, "丁"),
    ]
    failure = await refused(world, Role.PANEL_SECRETARY, None, "assign_experts", [case], experts)
    assert (failure.code, failure.params) == ("TOO_FEW_EXPERTS", {"names": "郑九", "least": 2})
    assert await world.states(case) == ["formal_passed"]
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        made = await scoring.assign_experts(scope, [case], [*experts, await entry(world, "戊")])
    assert [(row.expert_name, row.state, row.conflict) for row in made] == [
        ("甲", "open", None),
        ("乙", "excluded", "same_employer"),
        ("丁", "excluded", "wrote_letter"),
        ("戊", "open", None),
    ]
    barred = await refused(world, Role.EXPERT, "乙", "submit_score", made[1].id, points(900))
    assert barred.family == "FORBIDDEN"


async def test_whoever_reviewed_a_case_does_not_score_it(world: World) -> None:
    case = await world.add_case("冯十", "formal_passed")
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        reviewer = await world.account("甲", Role.EXPERT)
        await guard.note(scope, Duty.REVIEWED, Subject("case", case), account_id=reviewer)
    given = await assign(world, [case], "甲", "乙", "丙")
    async with world.looking() as session:
        row = await session.get_one(Assignment, (world.tenant.id, given[case, "甲"]))
    assert (row.state, row.conflict) == ("excluded", "did_review")


async def test_only_members_with_the_experts_role_are_assigned_and_the_pool_must_know_their_employer(
    world: World,
) -> None:
    case = await world.add_case("陈一", "formal_passed")
    clerk = ExpertEntry(await world.account("办事员", Role.CLERK), employer="某厂")
    failure = await refused(world, Role.PANEL_SECRETARY, None, "assign_experts", [case], [clerk])
    assert (failure.code, failure.path) == ("NOT_AN_EXPERT", ("input", "experts", "0"))
    unknown = ExpertEntry(await world.account("庚", Role.EXPERT))
    failure = await refused(world, Role.PANEL_SECRETARY, None, "assign_experts", [case], [unknown])
    assert (failure.code, failure.path) == ("EXPERT_NOT_REGISTERED", ("input", "experts", "0", "employer"))
    failure = await refused(world, Role.CLERK, "办事员", "assign_experts", [case], [clerk])
    assert failure.family == "FORBIDDEN"


async def test_an_expert_who_does_not_deliver_can_be_taken_off(world: World) -> None:
    case = await world.add_case("褚二", "formal_passed")
    given = await assign(world, [case], "甲", "乙", "丙")
    await score(world, "甲", given[case, "甲"], 900)
    await score(world, "乙", given[case, "乙"], 900)
    unseen = await refused(world, Role.PANEL_SECRETARY, None, "exclude_expert", given[case, "丙"], "回避", version=7)
    assert (unseen.code, unseen.params) == ("STALE_VERSION", {"current": 1})
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.exclude_expert(scope, given[case, "丙"], "申报回避：师徒关系", version=1)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        (summary,) = await scoring.aggregate_scores(scope, world.edition_id)
    assert summary.sheets == 2
    gone = await refused(world, Role.EXPERT, "丙", "submit_score", given[case, "丙"], points(900))
    assert gone.code == "ACT_NOT_POSSIBLE"


async def test_every_act_leaves_one_audit_entry(world: World) -> None:
    case = await world.add_case("卫三", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    for expert in ("甲", "乙"):
        await score(world, expert, given[case, expert], 900)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.aggregate_scores(scope, world.edition_id)
    async with world.looking() as session:
        query = select(AuditEntry.actor, AuditEntry.act).where(AuditEntry.tenant_id == world.tenant.id)
        entries = [tuple(row) for row in await session.execute(query.order_by(AuditEntry.id))]
    assert entries == [
        ("panel_secretary", "case:assign"),
        ("甲", "case:score"),
        ("乙", "case:score"),
        ("panel_secretary", "case:aggregate"),
    ]


async def test_an_edition_without_scoring_has_no_scoring(database_urls: DatabaseUrls, clock: FixedClock) -> None:
    """Scenario 19: Changzhou goes from formal review to the meeting."""
    changzhou = await make_world(database_urls, clock, CHANGZHOU)
    case = await changzhou.add_case("蒋四", "formal_passed")
    failure = await refused(
        changzhou, Role.PANEL_SECRETARY, None, "assign_experts", [case], [await entry(changzhou, "甲")]
    )
    assert failure.code == "ACT_NOT_POSSIBLE"
    failure = await refused(changzhou, Role.PANEL_SECRETARY, None, "aggregate_scores", changzhou.edition_id)
    assert failure.code == "NO_SCORING_STAGE"
    await changzhou.close()


async def test_of_two_submissions_at_once_one_is_sealed(world: World) -> None:
    case = await world.add_case("沈五", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    tries = [score(world, "甲", given[case, "甲"], each) for each in (900, 800, 700)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in done) == ["Failure", "Failure", "ScoreSheet"]
    assert {result.code for result in done if isinstance(result, Failure)} == {"ALREADY_SUBMITTED"}
    async with world.looking() as session:
        query = select(ScoreSheet.number).where(ScoreSheet.assignment_id == given[case, "甲"])
        assert list((await session.execute(query)).scalars()) == [1]


async def test_another_union_finds_nothing(world: World, database_urls: DatabaseUrls) -> None:
    case = await world.add_case("韩六", "formal_passed")
    given = await assign(world, [case], "甲", "乙")
    stranger = await make_world(database_urls, world.clock, NATIONAL)
    expert = await entry(stranger, "甲")
    failures = [
        await refused(stranger, Role.PANEL_SECRETARY, None, "assign_experts", [case], [expert]),
        await refused(stranger, Role.EXPERT, "甲", "submit_score", given[case, "甲"], points(900)),
        await refused(stranger, Role.PANEL_SECRETARY, None, "reopen_score", given[case, "甲"], "更正", version=1),
        await refused(stranger, Role.PANEL_SECRETARY, None, "exclude_expert", given[case, "甲"], "回避", version=1),
    ]
    assert [failure.code for failure in failures] == ["NOT_FOUND"] * 4
    foreign = await refused(stranger, Role.PANEL_SECRETARY, None, "aggregate_scores", world.edition_id)
    assert foreign.family == "NOT_FOUND"
    await stranger.close()


async def test_a_sheet_that_was_given_back_is_dropped_by_another_persons_word_only(world: World) -> None:
    case = await world.add_case("双人", "formal_passed")
    given = await assign(world, [case], "甲", "乙", "丙")
    dropped = given[case, "甲"]
    await score(world, "甲", dropped, 900)
    sealed = await refused(world, Role.PANEL_CHAIR, "组长", "exclude_expert", dropped, "回避", version=2)
    assert sealed.code == "ALREADY_SUBMITTED"
    async with world.acting(Role.PANEL_SECRETARY, "秘书") as scope:
        await scoring.reopen_score(scope, dropped, "专家书面说明：误录", version=2)
    alone = await refused(world, Role.PANEL_SECRETARY, "秘书", "exclude_expert", dropped, "回避", version=3)
    assert (alone.code, alone.params["permission"]) == ("NOT_PERMITTED", "assignment:drop")
    as_chair = await refused(world, Role.PANEL_CHAIR, "秘书", "exclude_expert", dropped, "回避", version=3)
    assert (as_chair.code, as_chair.params["relation"]) == ("DUTY_CONFLICT", "did_reopened")
    async with world.acting(Role.PANEL_CHAIR, "组长") as scope:
        await scoring.exclude_expert(scope, dropped, "申报回避：师徒关系", version=3)
    for expert in ("乙", "丙"):
        await score(world, expert, given[case, expert], 900)
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        (summary,) = await scoring.aggregate_scores(scope, world.edition_id)
    assert summary.sheets == 2
