"""From the experts to the announcement, over GraphQL: who sees what, and that a list costs the same however long it is."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text, update

from authz.roles import Role
from graphql_api.ids import encode_id
from graphql_api.notices.mutations import NoticesMutation
from graphql_api.notices.queries import NoticesQuery
from graphql_api.schema import Contract, build
from graphql_api.scoring.mutations import ScoringMutation
from graphql_api.scoring.queries import ScoringQuery
from kernel.clock import CHINA, FixedClock
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.applications.model import Application
from programmes.scoring import service as scoring
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.sql_count import counting
from tests.programmes.scoring.world import NATIONAL, World, make_world

FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
KEYS = [f"{force}_{item}" for force in FORCES for item in (1, 2, 3)]
SHEETS = """{ assignments(first: 50) { totalCount edges { node {
  id state expertName sheets { number total comment points { item points } } } } } }"""


class Office:
    """The organiser's people at their screens."""

    def __init__(self, world: World, client: Client, tokens: Tokens) -> None:
        self.world, self.client, self.tokens = world, client, tokens

    async def enter(self, role: Role, name: str | None = None) -> str:
        login = name or role.value
        return self.tokens.enter(self.world.tenant, role, account_id=await self.world.account(login, role), name=login)

    async def read(self, query: str, role: Role, name: str | None = None, **variables: Any) -> Any:
        return await self.client.data(query, who=await self.enter(role, name), **variables)

    async def act(self, role: Role, field: str, selection: str, *, who: str | None = None, **given: Any) -> Any:
        kind = field[0].upper() + field[1:] + "Input!"
        document = f"mutation ($input: {kind}) {{ {field}(input: $input) {{ {selection} errors {{ code message }} }} }}"
        given = {"idempotencyKey": new_id().hex} | given
        return (await self.read(document, role, who, input=given))[field]

    def edition(self) -> str:
        return encode_id("Edition", self.world.edition_id)


def case_ids(cases: Sequence[UUID]) -> list[str]:
    return [encode_id("Application", case) for case in cases]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret", ScoringQuery, NoticesQuery, ScoringMutation, NoticesMutation)


@pytest_asyncio.fixture(loop_scope="module")
async def office(database_urls: DatabaseUrls, contract: Contract) -> AsyncGenerator[Office]:
    world = await make_world(database_urls, FixedClock(datetime(2023, 5, 22, 9, tzinfo=CHINA)), NATIONAL)
    tokens = Tokens(world.clock)
    async with serving(contract, world.app, world.clock, tokens) as client:
        yield Office(world, client, tokens)
    await world.close()


async def assign(office: Office, cases: Sequence[UUID], *experts: str) -> Any:
    for name in experts:
        await office.world.account(name, Role.EXPERT)
    found = await office.read(
        "{ expertCandidates(first: 50) { edges { node { id name expert { employer } } } } }", Role.PANEL_SECRETARY
    )
    ids = {edge["node"]["name"]: edge["node"]["id"] for edge in found["expertCandidates"]["edges"]}
    listed = [{"candidateId": ids[name], "employer": f"{name}所在大学"} for name in experts]
    return await office.act(
        Role.PANEL_SECRETARY,
        "assignExperts",
        "edition { id } assigned excluded",
        applicationIds=case_ids(cases),
        experts=listed,
    )


async def score(office: Office, expert: str, points: str) -> Any:
    listed = await office.read(SHEETS, Role.EXPERT, expert)
    answers = []
    for edge in listed["assignments"]["edges"]:
        lines = [{"item": key, "points": points} for key in KEYS]
        given = {"assignmentId": edge["node"]["id"], "points": lines, "comment": f"{expert}的评语"}
        selection = "assignment { state sheets { number total } }"
        answers.append(await office.act(Role.EXPERT, "submitScore", selection, who=expert, **given))
    return answers


async def test_the_whole_review_and_notice(office: Office) -> None:
    world = office.world
    best, other = await world.add_cases(["张一", "李二"], "formal_passed")
    assert await assign(office, [best, other], "甲", "乙") == {
        "edition": {"id": office.edition()},
        "assigned": 4,
        "excluded": 0,
        "errors": [],
    }
    sealed = {"assignment": {"state": "SUBMITTED", "sheets": [{"number": 1, "total": "138.75"}]}, "errors": []}
    assert await score(office, "甲", "9.25") == [sealed, sealed]
    early = await office.act(Role.PANEL_SECRETARY, "aggregateScores", "scored", editionId=office.edition())
    assert [error["code"] for error in early["errors"]] == ["SCORES_INCOMPLETE"]
    await score(office, "乙", "8")
    done = await office.act(Role.PANEL_SECRETARY, "aggregateScores", "scored", editionId=office.edition())
    assert done == {"scored": 2, "errors": []}
    ranks = await office.read(
        "{ scoreSummaries(first: 9) { edges { node { rank score mean spread application { person { name } } } } } }",
        Role.PANEL_SECRETARY,
    )
    figures = {"rank": 1, "score": "129.38", "mean": "129.38", "spread": "18.75"}
    assert [edge["node"] for edge in ranks["scoreSummaries"]["edges"]] == [
        {**figures, "application": {"person": {"name": name}}} for name in ("张一", "李二")
    ]
    opened = await office.act(
        Role.PANEL_SECRETARY,
        "openMeeting",
        "meeting { id version state }",
        editionId=office.edition(),
        name="专家评审会议",
        heldOn="2023-05-22",
        members=[{"name": name, "unit": "某大学"} for name in ("甲", "乙", "丙")],
        quorum=2,
    )
    concluded = await office.act(
        Role.PANEL_CHAIR,
        "concludeMeeting",
        "meeting { state members { name present } items(first: 9) { edges { node { outcome position } } } }",
        meetingId=opened["meeting"]["id"],
        version=opened["meeting"]["version"],
        present=["甲", "乙"],
        minutes="一致同意",
        items=[
            {"applicationId": key, "proposed": True, "position": place}
            for place, key in enumerate(case_ids([best, other]), start=1)
        ],
    )
    assert concluded["errors"] == []
    assert concluded["meeting"]["members"] == [
        {"name": "甲", "present": True},
        {"name": "乙", "present": True},
        {"name": "丙", "present": False},
    ]
    resolved = await office.act(
        Role.DELIBERATION,
        "recordResolution",
        "resolution { number decision applicationIds }",
        editionId=office.edition(),
        number="党组纪要1号",
        body="党组会议",
        resolvedOn="2023-05-22",
        decision="APPROVE",
        applicationIds=case_ids([best, other]),
    )
    assert resolved["resolution"] == {
        "number": "党组纪要1号",
        "decision": "APPROVE",
        "applicationIds": case_ids([best, other]),
    }
    await _notice_and_announcement(office, best, other)


async def _notice_and_announcement(office: Office, best: UUID, other: UUID) -> None:
    drafted = await office.act(
        Role.REVIEWER,
        "draftNotice",
        "notice { id version state items(first: 9) { totalCount } }",
        editionId=office.edition(),
        applicationIds=case_ids([best, other]),
        title="关于拟入选人员的公示",
        startsOn="2023-05-22",
        contact="010-12345678",
    )
    draft = drafted["notice"]
    assert (drafted["errors"], draft["state"], draft["items"]) == ([], "DRAFT", {"totalCount": 0})
    published = await office.act(
        Role.NOTICE_OFFICER,
        "publishNotice",
        "notice { id version endsOn state items(first: 9) { edges { node { position name sex } } } }",
        noticeId=draft["id"],
        version=draft["version"],
    )
    notice = published["notice"]
    assert (published["errors"], notice["endsOn"], notice["state"]) == ([], "2023-05-26", "PUBLISHED")
    assert [edge["node"] for edge in notice["items"]["edges"]] == [
        {"position": 1, "name": "张一", "sex": "MALE"},
        {"position": 2, "name": "李二", "sex": "MALE"},
    ]
    complainant = {"kind": "PERSON", "name": "王举报", "contact": "13900001111"}
    lodged = await office.act(
        Role.CLERK,
        "lodgeObjection",
        "objection { id } accepted reply",
        noticeId=notice["id"],
        applicationId=case_ids([other])[0],
        channel="VISIT",
        content="材料不实",
        complainant=complainant,
        receivedOn="2023-05-22",
    )
    assert lodged == {"objection": None, "accepted": True, "reply": None, "errors": []}
    seen = await office.read(
        "{ objections(first: 9) { edges { node { id state version } } } }", Role.INVESTIGATOR, "核查员"
    )
    objection = seen["objections"]["edges"][0]["node"]
    reveal = "mutation ($input: RevealComplainantInput!) { revealComplainant(input: $input) { complainant { kind name contact } errors { code } } }"
    asked = {"objectionId": objection["id"], "reason": "电话核实"}
    shown = await office.read(reveal, Role.INVESTIGATOR, "核查员", input=asked)
    assert shown["revealComplainant"] == {"complainant": complainant, "errors": []}
    hidden = await office.read(reveal, Role.APPROVER, input=asked)
    assert hidden["revealComplainant"]["complainant"] is None
    office.world.clock.move(days=5)
    given = {"noticeId": notice["id"], "version": notice["version"]}
    ended = await office.act(Role.NOTICE_OFFICER, "endNotice", "notice { state }", **given)
    assert ended["notice"] == {"state": "ENDED"}
    document = {
        "editionId": office.edition(),
        "documentNo": "总工发〔2023〕8号",
        "title": "关于公布的通知",
        "announcedOn": "2023-05-27",
    }
    held = await office.act(
        Role.APPROVER, "announce", "announcement { id }", **document, applicationIds=case_ids([best, other])
    )
    assert [error["message"] for error in held["errors"]] == ["李二有尚未办结的异议，暂不能公布；其他人选不受影响"]
    announced = await office.act(
        Role.APPROVER,
        "announce",
        "announcement { documentNo items(first: 9) { edges { node { application { id state } } } } }",
        **document,
        applicationIds=case_ids([best]),
    )
    assert announced["announcement"] == {
        "documentNo": "总工发〔2023〕8号",
        "items": {"edges": [{"node": {"application": {"id": case_ids([best])[0], "state": "ANNOUNCED"}}}]},
    }


async def test_before_aggregation_an_expert_sees_his_own_sheets_and_the_secretary_none(office: Office) -> None:
    case = await office.world.add_case("王三", "formal_passed")
    await assign(office, [case], "甲", "乙")
    await score(office, "甲", "9")

    async def seen(role: Role, name: str | None = None) -> list[tuple[str, str, list[str]]]:
        edges = (await office.read(SHEETS, role, name))["assignments"]["edges"]
        nodes = [edge["node"] for edge in edges]
        return sorted(
            (node["expertName"], node["state"], [sheet["total"] for sheet in node["sheets"]]) for node in nodes
        )

    assert await seen(Role.EXPERT, "甲") == [("甲", "SUBMITTED", ["135.00"])]
    assert await seen(Role.EXPERT, "乙") == [("乙", "OPEN", [])]
    assert await seen(Role.PANEL_SECRETARY) == [("乙", "OPEN", []), ("甲", "SUBMITTED", [])]
    assert await seen(Role.CLERK) == []
    await score(office, "乙", "8")
    await office.act(Role.PANEL_SECRETARY, "aggregateScores", "scored", editionId=office.edition())
    assert await seen(Role.PANEL_SECRETARY) == [("乙", "SUBMITTED", ["120.00"]), ("甲", "SUBMITTED", ["135.00"])]
    assert await seen(Role.EXPERT, "甲") == [("甲", "SUBMITTED", ["135.00"])]


BLIND = """{ assignments(first: 5) { edges { node { application {
  deeds state person { name } applyingUnit { name } recommendingUnit { name } unitOpinion opinion rank exceptionApprover
  history(first: 9) { totalCount edges { node { actor } } } } } } } }"""


async def test_an_expert_judges_without_knowing_whose_case_it_is(office: Office) -> None:
    case = await office.world.add_case("匿名", "formal_passed")
    async with office.world.looking() as session:
        told = {"deeds": "二十年一线", "unit_opinion": "某厂同意", "opinion": "某区推荐", "rank": 3}
        known = {"recommending_unit_id": office.world.tenant.id, "exception_approver": "张主席"}
        await session.execute(update(Application).where(Application.id == case).values(**told, **known))
    await assign(office, [case], "甲", "乙")

    async def seen(role: Role, name: str | None = None) -> Any:
        edges = (await office.read(BLIND, role, name))["assignments"]["edges"]
        return edges[0]["node"]["application"]

    blind = {"person", "applyingUnit", "recommendingUnit", "unitOpinion", "opinion", "rank", "exceptionApprover"}
    hidden = await seen(Role.EXPERT, "甲")
    assert {name: hidden[name] for name in blind} == dict.fromkeys(blind)
    assert (hidden["deeds"], hidden["state"]) == ("二十年一线", "SCORING")
    assert hidden["history"] == {"totalCount": 0, "edges": []}
    open_ = await seen(Role.PANEL_SECRETARY)
    assert [name for name in sorted(blind) if open_[name] is None] == []
    assert open_["history"]["totalCount"] > 0


async def test_a_sheet_over_the_contract_names_the_wrong_line(office: Office) -> None:
    case = await office.world.add_case("赵四", "formal_passed")
    await assign(office, [case], "甲", "乙")
    listed = await office.read(SHEETS, Role.EXPERT, "甲")
    assignment = listed["assignments"]["edges"][0]["node"]["id"]
    lines = [{"item": key, "points": "9"} for key in KEYS]
    document = "mutation ($input: SubmitScoreInput!) { submitScore(input: $input) { errors { code path } } }"
    expected = {
        "ITEM_TWICE": ([*lines, lines[0]], ["input", "points", "15", "item"]),
        "BAD_POINTS": ([{"item": KEYS[0], "points": "9.255"}, *lines[1:]], ["input", "points", "0", "points"]),
        "ITEM_MISSING": (lines[1:], ["input", "points", "leadership_1"]),
    }
    for code, (given, path) in expected.items():
        asked = {"idempotencyKey": new_id().hex, "assignmentId": assignment, "points": given}
        answer = await office.read(document, Role.EXPERT, "甲", input=asked)
        assert answer["submitScore"]["errors"] == [{"code": code, "path": path}]


LISTS = {
    "assignments": """query ($first: Int!) { assignments(first: $first) { edges { node {
        state application { person { name } } sheets { total points { item } } } } } }""",
    "scoreSummaries": """query ($first: Int!) { scoreSummaries(first: $first) { edges { node {
        rank application { person { name } } } } } }""",
    "experts": "query ($first: Int!) { experts(first: $first) { edges { node { name unit { name } } } } }",
    "expertCandidates": """query ($first: Int!) { expertCandidates(first: $first) { edges { node {
        name expert { employer } } } } }""",
}


@pytest.mark.parametrize(
    ("field", "statements"), [("assignments", 4), ("scoreSummaries", 3), ("experts", 2), ("expertCandidates", 2)]
)
async def test_a_list_costs_the_same_however_long_it_is(
    office: Office, database_urls: DatabaseUrls, field: str, statements: int
) -> None:
    world = office.world
    neighbour = await make_world(database_urls, world.clock, NATIONAL)
    async with world.owner.plain() as session:  # a union that this one knows of
        below = {
            "id": neighbour.tenant.id,
            "above": world.tenant.id,
            "path": f"{world.tenant.path}9{neighbour.tenant.path}",
        }
        await session.execute(text("UPDATE tenant SET parent_id = :above, path = :path WHERE id = :id"), below)
    await neighbour.close()
    cases = await world.add_cases(["钱五", "孙六", "周七"], "formal_passed")
    names = ("甲", "乙", "丙")
    entries = [
        scoring.ExpertEntry(await world.account(name, Role.EXPERT), f"{name}大学", unit_id=neighbour.tenant.id)
        for name in names
    ]
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        made = await scoring.assign_experts(scope, cases, entries)
    for assignment in made:
        async with world.acting(Role.EXPERT, assignment.expert_name) as scope:
            await scoring.submit_score(scope, assignment.id, dict.fromkeys(KEYS, 500))
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        await scoring.aggregate_scores(scope, world.edition_id)
    who = await office.enter(Role.PANEL_SECRETARY)
    counts = []
    for first in (1, 3):
        with counting(world.app) as sql:
            answer = await office.client.data(LISTS[field], who=who, first=first)
        assert len(answer[field]["edges"]) == first
        counts.append(sql.count)
    assert counts == [statements, statements]
