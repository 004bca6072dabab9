"""Lists of notices, objections, announcements, meetings and resolutions cost the same however long they are; who sees which."""

from collections.abc import AsyncGenerator
from datetime import datetime
from uuid import UUID

import pytest
import pytest_asyncio

from authz.roles import Role
from graphql_api.notices.queries import NoticesQuery
from graphql_api.schema import Contract, build
from graphql_api.scoring.queries import ScoringQuery
from kernel.clock import CHINA, FixedClock
from kernel.settings import DatabaseUrls
from programmes.notices import service as notices
from programmes.notices.rules.objections import Channel, Complainant, ComplainantKind
from programmes.scoring import service as scoring
from programmes.scoring.rules.resolutions import ResolutionDecision
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.sql_count import counting
from tests.programmes.scoring.world import CHANGZHOU, World, make_world

MEMBERS = [scoring.Member(name, "某大学") for name in ("甲", "乙", "丙")]
LI = Complainant(ComplainantKind.PERSON, "李举报", "13900001111")
LISTS = {
    "notices": """query ($first: Int!) { notices(first: $first) { edges { node {
        title endsOn edition { name } items(first: 3) { edges { node { name sex employer occupation recommendingUnit } } } } } } }""",
    "objections": """query ($first: Int!) { objections(first: $first) { edges { node {
        state content notice { title } application { person { name } } } } } }""",
    "announcements": """query ($first: Int!) { announcements(first: $first) { edges { node {
        documentNo edition { name } items(first: 3) { edges { node { application { state } } } } } } } }""",
    "meetings": """query ($first: Int!) { meetings(first: $first) { edges { node {
        name members { name present } edition { name } items(first: 3) { edges { node { outcome application { id } } } } } } } }""",
    "resolutions": """query ($first: Int!) { resolutions(first: $first) { edges { node {
        number applicationIds edition { name } } } } }""",
}
COSTS = {"notices": 3, "objections": 4, "announcements": 4, "meetings": 4, "resolutions": 2}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret", ScoringQuery, NoticesQuery)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(database_urls: DatabaseUrls) -> AsyncGenerator[World]:
    """Three cases of Changzhou, each with its own meeting, resolution, notice, objection and announcement."""
    made = await make_world(database_urls, FixedClock(datetime(2026, 3, 2, 9, tzinfo=CHINA)), CHANGZHOU)
    cases = await made.add_cases(["张一", "李二", "王三"], "formal_passed")
    published = [await _publish(made, case, number) for number, case in enumerate(cases, start=1)]
    made.clock.move(days=7)
    for number, (case, notice) in enumerate(zip(cases, published, strict=True), start=1):
        async with made.acting(Role.NOTICE_OFFICER) as scope:
            await notices.end_notice(scope, notice, version=2)
        entry = notices.ObjectionEntry(Channel.PHONE, "逾期反映", LI, made.clock.today())
        async with made.acting(Role.CLERK) as scope:
            await notices.lodge_objection(scope, notice, case, entry)
        document = notices.AnnouncementEntry(f"常工发〔2026〕{number}号", "公布", made.clock.today())
        async with made.acting(Role.APPROVER) as scope:
            await notices.announce(scope, made.edition_id, document, [case])
    yield made
    await made.close()


async def _publish(world: World, case: UUID, number: int) -> UUID:
    """One case through its own meeting and resolution, to a notice."""
    today = world.clock.today()
    async with world.acting(Role.PANEL_SECRETARY) as scope:
        meeting = await scoring.open_meeting(
            scope, world.edition_id, name=f"第{number}次会议", held_on=today, members=MEMBERS, quorum=2
        )
    async with world.acting(Role.PANEL_CHAIR) as scope:
        verdicts = [scoring.MeetingVerdict(case, True, 1)]
        await scoring.conclude_meeting(
            scope, meeting.id, version=1, present=["甲", "乙"], minutes="纪要", verdicts=verdicts
        )
    async with world.acting(Role.DELIBERATION) as scope:
        resolution = scoring.ResolutionEntry(f"党组{number}号", "党组", today, ResolutionDecision.APPROVE)
        await scoring.record_resolution(scope, world.edition_id, resolution, [case])
    async with world.acting(Role.REVIEWER) as scope:
        entry = notices.NoticeEntry(f"第{number}号公示", today, "0519-86600000")
        draft = await notices.draft_notice(scope, world.edition_id, entry, [case])
    async with world.acting(Role.NOTICE_OFFICER) as scope:
        return (await notices.publish_notice(scope, draft.id, version=draft.version)).id


@pytest_asyncio.fixture(loop_scope="module")
async def client(world: World, contract: Contract) -> AsyncGenerator[tuple[Client, Tokens]]:
    tokens = Tokens(world.clock)
    async with serving(contract, world.app, world.clock, tokens) as served:
        yield served, tokens


@pytest.mark.parametrize("field", list(LISTS))
async def test_a_list_costs_the_same_however_long_it_is(
    world: World, client: tuple[Client, Tokens], field: str
) -> None:
    api, tokens = client
    who = tokens.enter(world.tenant, Role.APPROVER)
    counts = []
    for first in (1, 3):
        with counting(world.app) as sql:
            answer = await api.data(LISTS[field], who=who, first=first)
        assert len(answer[field]["edges"]) == first
        counts.append(sql.count)
    assert counts == [COSTS[field]] * 2


async def test_what_a_clerk_an_expert_and_an_investigator_see(world: World, client: tuple[Client, Tokens]) -> None:
    api, tokens = client
    query = "{ " + " ".join(f"{field}(first: 9) {{ totalCount }}" for field in LISTS) + " }"
    seen = {}
    for role in (Role.CLERK, Role.EXPERT, Role.INVESTIGATOR):
        answer = await api.data(query, who=tokens.enter(world.tenant, role))
        seen[role] = [answer[field]["totalCount"] for field in LISTS]
    assert list(LISTS) == ["notices", "objections", "announcements", "meetings", "resolutions"]
    assert seen == {Role.CLERK: [3, 0, 3, 0, 0], Role.EXPERT: [3, 0, 3, 0, 0], Role.INVESTIGATOR: [3, 3, 3, 3, 3]}


async def test_a_notice_item_has_no_more_fields_than_the_public_may_see(contract: Contract) -> None:
    item = contract.executable.type_map["NoticeItem"]
    assert list(item.fields) == [  # type: ignore[union-attr]
        "id",
        "position",
        "name",
        "sex",
        "employer",
        "occupation",
        "recommendingUnit",
        "applicationId",
    ]
