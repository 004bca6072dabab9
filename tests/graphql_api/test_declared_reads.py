from authz.roles import Role
from graphql_api.ids import encode_id
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client, Tokens
from tests.graphql_api.sql_count import counting
from tests.graphql_api.world import Cases

LIST = """
query ($first: Int, $after: String, $last: Int, $before: String, $filter: ApplicationFilter) {
  applications(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    edges { cursor node { id state desk person { name idNumberHint } edition { name year organiser { code } } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""
DEEP = """
query ($first: Int!) {
  applications(first: $first) {
    edges { node {
      id deeds person { name } edition { name programme { name } organiser { name } } applyingUnit { name } recommendingUnit { name }
      evidence { force title } peerLetters { expertName } checks { key } snapshots { sha256 }
      history(first: 2) { edges { cursor node { act toState at } } totalCount pageInfo { hasNextPage } }
    } }
  }
}
"""


def ids(answer: dict) -> list[str]:
    return [edge["node"]["id"] for edge in answer["applications"]["edges"]]


async def test_a_list_shows_the_unions_own_cases_latest_change_first(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    answer = (await api.data(LIST, who=who, first=10))["applications"]
    wanted = sorted(
        cases.applications["wuhou"], key=lambda key: (cases.applications["wuhou"].index(key) // 2, key), reverse=True
    )
    assert [edge["node"]["id"] for edge in answer["edges"]] == [encode_id("Application", key) for key in wanted]
    assert answer["totalCount"] == 5
    assert answer["pageInfo"]["hasNextPage"] is False
    first = answer["edges"][0]["node"]
    assert first["state"] == "RECOMMENDED"
    assert first["desk"] == "RECOMMENDING_UNIT"
    assert first["person"] == {"name": "张4三", "idNumberHint": "510***********0021"}
    assert first["edition"] == {"name": "open 2026", "year": 2026, "organiser": {"code": "chengdu"}}


async def test_pages_forwards_and_backwards_show_every_case_once(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    whole = ids(await api.data(LIST, who=who, first=10))
    forwards: list[str] = []
    after, page = None, {}
    for _ in range(3):
        page = await api.data(LIST, who=who, first=2, after=after)
        forwards += ids(page)
        after = page["applications"]["pageInfo"]["endCursor"]
    assert forwards == whole
    assert page["applications"]["pageInfo"]["hasNextPage"] is False
    backwards: list[str] = []
    before = None
    for _ in range(3):
        page = await api.data(LIST, who=who, last=2, before=before)
        backwards = ids(page) + backwards
        before = page["applications"]["pageInfo"]["startCursor"]
    assert backwards == whole
    assert page["applications"]["pageInfo"]["hasPreviousPage"] is False


async def test_a_filter_narrows_and_counts(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    filters = {"state": ["RECOMMENDED"], "edition": encode_id("Edition", cases.edition), "desk": "RECOMMENDING_UNIT"}
    assert (await api.data(LIST, who=who, first=1, filter=filters))["applications"]["totalCount"] == 3
    stranger = {"edition": encode_id("Edition", new_id())}
    assert (await api.data(LIST, who=who, first=1, filter=stranger))["applications"]["totalCount"] == 0
    wrong_kind = {"edition": encode_id("Person", cases.edition)}
    assert (await api.data(LIST, who=who, first=1, filter=wrong_kind))["applications"]["totalCount"] == 0


async def test_the_number_of_statements_does_not_grow_with_the_list(
    api: Client, tokens: Tokens, cases: Cases, app: Database
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    counts = []
    for first in (1, 3, 5):
        with counting(app) as sql:
            await api.data(DEEP, who=who, first=first)
        counts.append(sql.count)
    assert counts == [13, 13, 13]


async def test_everything_of_a_case_is_read(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    node = (await api.data(DEEP, who=who, first=1))["applications"]["edges"][0]["node"]
    assert node["deeds"] == "攻克“卡脖子”难题 𠅤"
    assert node["evidence"] == [
        {"force": "创新力", "title": "创新力的证书"},
        {"force": "传承力", "title": "传承力的证书"},
    ]
    assert node["peerLetters"] == [{"expertName": "李某"}]
    assert node["checks"] == []
    assert node["snapshots"] == [{"sha256": "a" * 64}]
    assert node["applyingUnit"] == {"name": "武侯一厂"}
    assert node["edition"] == {
        "name": "open 2026",
        "programme": {"name": "成都工匠"},
        "organiser": {"name": "成都市总"},
    }
    history = node["history"]
    assert [edge["node"]["act"] for edge in history["edges"]] == ["create", "submit"]
    assert history["edges"][0]["node"]["at"] == "2026-03-02T09:00:00.000+08:00"
    assert (history["totalCount"], history["pageInfo"]) == (3, {"hasNextPage": True})


async def test_aliases_of_one_relation_keep_their_own_pages(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = """query ($id: ID!) { application(id: $id) {
      a: history(first: 1) { edges { node { act } } } b: history(last: 1) { edges { node { act } } }
      ...Names person { occupation }
    } } fragment Names on Application { person { name } }"""
    node = (await api.data(query, who=who, id=encode_id("Application", cases.applications["wuhou"][0])))["application"]
    assert node["a"]["edges"] == [{"node": {"act": "create"}}]
    assert node["b"]["edges"] == [{"node": {"act": "endorse"}}]
    assert node["person"] == {"name": "张0三", "occupation": "钳工"}


async def test_two_aliases_of_edges_do_not_mix(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = """{ applications(first: 1) {
      a: edges { node { x: person { name } } } b: edges { node { x: edition { year } ...P } } edges { n: node { ...P } }
    } } fragment P on Application { p: person { occupation } }"""
    page = (await api.data(query, who=who))["applications"]
    assert page["a"] == [{"node": {"x": {"name": "张4三"}}}]
    assert page["b"] == [{"node": {"x": {"year": 2026}, "p": {"occupation": "钳工"}}}]
    assert page["edges"] == [{"n": {"p": {"occupation": "钳工"}}}]


async def test_skip_and_include_leave_out_the_statements_too(
    api: Client, tokens: Tokens, cases: Cases, app: Database
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = """query ($with: Boolean!) { applications(first: 1) { edges { node { id person @include(if: $with) { name } } } } }"""
    with counting(app) as without:
        node = (await api.data(query, who=who, **{"with": False}))["applications"]["edges"][0]["node"]
    assert set(node) == {"id"}
    with counting(app) as complete:
        node = (await api.data(query, who=who, **{"with": True}))["applications"]["edges"][0]["node"]
    assert node["person"] == {"name": "张4三"}
    assert (without.count, complete.count) == (1, 2)


async def test_what_stands_in_another_union_is_as_unknown_as_a_random_id(
    api: Client, tokens: Tokens, cases: Cases
) -> None:
    own, other = tokens.enter(cases.unions["wuhou"], Role.CLERK), tokens.enter(cases.unions["qingyang"], Role.CLERK)
    query = "query ($id: ID!) { application(id: $id) { id } node(id: $id) { id __typename } }"
    case = encode_id("Application", cases.applications["wuhou"][0])
    seen = await api.data(query, who=own, id=case)
    assert seen == {"application": {"id": case}, "node": {"id": case, "__typename": "Application"}}
    nothing = {"application": None, "node": None}
    for unknown in (
        case,
        encode_id("Application", new_id()),
        "nonsense",
        encode_id("Nothing", new_id()),
        "x" * 5000,
        "匠",
    ):
        assert await api.data(query, who=other, id=unknown) == nothing
    for above in ("chengdu", "sichuan", "wuhou-plant"):
        assert await api.data(query, who=tokens.enter(cases.unions[above], Role.CLERK), id=case) == nothing


async def test_nodes_answers_in_order_with_null_for_the_unknown(
    api: Client, tokens: Tokens, cases: Cases, app: Database
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    wanted = [
        encode_id("Person", cases.people["wuhou"][0]),
        encode_id("Application", cases.applications["qingyang"][0]),
        encode_id("Application", cases.applications["wuhou"][1]),
        "?",
        encode_id("Edition", cases.edition),
        encode_id("Edition", cases.draft_edition),
        encode_id("Tenant", cases.unions["sichuan"].id),
    ]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Person { name } ... on Application { person { name } } ... on Edition { year } } }"""
    with counting(app) as sql:
        nodes = (await api.data(query, who=who, ids=wanted))["nodes"]
    assert [node and node["id"] for node in nodes] == [wanted[0], None, wanted[2], None, wanted[4], None, wanted[6]]
    assert (nodes[0]["name"], nodes[2]["person"]["name"], nodes[4]["year"]) == ("张0三", "张1三", 2026)
    assert sql.count == 5
    refused = await api.ask(query, who=who, ids=["?"] * 101)
    assert refused.codes == ["TOO_MANY_IDS"]


async def test_the_gate_decides_which_rows_a_list_has(api: Client, tokens: Tokens, cases: Cases) -> None:
    for role, count in ((Role.CLERK, 5), (Role.FINANCE_CLERK, 0), (Role.EXPERT, 0), (Role.SYSTEM_ADMIN, 0)):
        who = tokens.enter(cases.unions["wuhou"], role)
        answer = await api.data("{ applications(first: 9) { totalCount edges { node { id } } } }", who=who)
        assert (answer["applications"]["totalCount"], len(answer["applications"]["edges"])) == (count, count)


async def test_nobody_is_told_to_sign_in(api: Client, cases: Cases) -> None:
    answer = await api.ask("{ applications(first: 1) { totalCount } people(first: 1) { totalCount } }")
    assert answer.body["data"] == {"applications": None, "people": None}
    assert answer.codes == ["UNAUTHENTICATED", "UNAUTHENTICATED"]
    assert answer.status == 294
    assert (await api.ask("{ __typename }", who="no such token")).status == 401


async def test_buttons_are_one_question_for_the_whole_list(
    api: Client, tokens: Tokens, cases: Cases, app: Database
) -> None:
    query = """query ($n: Int!) { applications(first: $n) { edges { node {
      state viewerActions { action allowed reason { code message params { name value } } }
    } } } }"""
    recommender = tokens.enter(cases.unions["wuhou"], Role.RECOMMENDER)
    await api.data(query, who=recommender, n=2)
    counts: list[int] = []
    for size in (2, 5):
        with counting(app) as sql:
            edges = (await api.data(query, who=recommender, n=size))["applications"]["edges"]
        counts.append(sql.count)
    assert counts == [3, 3]
    node = next(edge["node"] for edge in edges if edge["node"]["state"] == "AT_RECOMMENDING_UNIT")
    buttons = {button["action"]: button for button in node["viewerActions"]}
    assert buttons["RECOMMEND"] == {"action": "RECOMMEND", "allowed": True, "reason": None}
    refused = buttons["WITHDRAW"]
    assert (refused["allowed"], refused["reason"]["code"]) == (False, "NOT_PERMITTED")
    assert "withdraw" in next(param["value"] for param in refused["reason"]["params"] if param["name"] == "policy")


async def test_a_foreign_or_altered_cursor_is_refused(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    people = await api.data("{ people(first: 1) { pageInfo { endCursor } } }", who=who)
    cursor = people["people"]["pageInfo"]["endCursor"]
    for wrong in (cursor, "nonsense", "", "A" * 2000, cursor[:-2] + "AA"):
        answer = await api.ask(LIST, who=who, first=1, after=wrong)
        assert answer.codes == ["BAD_CURSOR"]
