from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, get_args

import pytest

from authz.roles import Role
from graphql_api.catalogue.mutations import CatalogueMutation
from graphql_api.catalogue.queries import CatalogueQuery
from graphql_api.catalogue.words import Basis, StageCode
from graphql_api.ids import encode_id
from graphql_api.schema import build as build_contract
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.catalogue.rules import values, words
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.sql_count import counting
from tests.programmes.catalogue.world import FACTORS, World, build

NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)
EDITION = "edition { id version state rulesSha256 missing { key } } errors { code path message rule { article } }"
CREATE = f"mutation($input: CreateEditionInput!) {{ createEdition(input: $input) {{ {EDITION} }} }}"
FILL = f"mutation($input: FillEditionInput!) {{ fillEdition(input: $input) {{ {EDITION} }} }}"
ISSUE = f"mutation($input: IssueEditionInput!) {{ issueEdition(input: $input) {{ {EDITION} }} }}"
SET_QUOTA = (
    "mutation($input: SetQuotaInput!) { setQuota(input: $input)"
    " { quota { places factors unit { code } } edition { version } errors { code path } } }"
)
EDITIONS = "query { editions(first: 10) { edges { node { name state rulebook { version stages { code } } missing { key } } } } }"


@pytest.fixture(scope="module")
async def world(database_urls: DatabaseUrls, owner: Database, app: Database) -> AsyncIterator[World]:
    courier = Database(database_urls.courier, pool_size=1)
    yield await build(owner, app, courier, FixedClock(NOW))
    await courier.close()


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(FixedClock(NOW))


@pytest.fixture
async def api(app: Database, tokens: Tokens) -> AsyncIterator[Client]:
    contract = build_contract(b"secret", CatalogueQuery, CatalogueMutation)
    async with serving(contract, app, FixedClock(NOW), tokens) as client:
        yield client


def given(**fields: Any) -> dict[str, Any]:
    return {"idempotencyKey": new_id().hex, **fields}


async def made(api: Client, who: str, programme: str, cohort: int) -> dict[str, Any]:
    variables = given(programmeCode=programme, year=2026, cohortNo=cohort, opensOn="2026-03-02", closesOn="2026-04-30")
    answer = (await api.data(CREATE, who=who, input=variables))["createEdition"]
    assert answer["errors"] == []
    return answer["edition"]


async def test_the_programmes_with_their_rulebooks_and_citations(api: Client, world: World, tokens: Tokens) -> None:
    query = """query { programmes(first: 10) { edges { node { code organiser { code } rulebookVersions {
      version rulebook { document { number effectiveTo } letters { count cite { article basis } }
        notice { workingDays cite { basis } } money { code amount { amount currency } perMille recoverable } } } } } } }"""
    data = await api.data(query, who=tokens.enter(world.unions["grid"], Role.CLERK))
    found = {edge["node"]["code"]: edge["node"] for edge in data["programmes"]["edges"]}
    assert sorted(found) == [
        "chengdu_craftsman",
        "jiangsu_may_first_craftsman",
        "longcheng_craftsman",
        "national_craftsman",
        "zhuge_craftsman",
    ]
    assert found["longcheng_craftsman"]["organiser"] == {"code": "changzhou"}
    assert found["zhuge_craftsman"]["organiser"] is None  # a stranger to a union of Jiangsu
    national = found["national_craftsman"]["rulebookVersions"][0]["rulebook"]
    assert national["document"] == {"number": "总工发〔2024〕1号", "effectiveTo": None}
    assert national["letters"] == {"count": 3, "cite": {"article": "第六条", "basis": "DOCUMENT"}}
    assert national["money"][0] == {
        "code": "N-ANNUAL",
        "amount": {"amount": "50000.00", "currency": "CNY"},
        "perMille": None,
        "recoverable": "silent",
    }
    chengdu = [version["rulebook"]["notice"] for version in found["chengdu_craftsman"]["rulebookVersions"]]
    assert chengdu == [
        {"workingDays": 5, "cite": {"basis": "PUBLIC"}},
        {"workingDays": None, "cite": {"basis": "SILENT"}},
    ]


async def test_an_edition_from_the_draft_to_the_open_call(api: Client, world: World, tokens: Tokens) -> None:
    who = tokens.enter(world.unions["changzhou"], Role.REVIEWER, Role.APPROVER)
    draft = await made(api, who, "longcheng_craftsman", 1)
    assert (draft["state"], [missing["key"] for missing in draft["missing"]]) == (
        "DRAFT",
        ["notice.working_days", "cultivation.report_every_months"],
    )
    refused = (
        await api.data(ISSUE, who=who, input=given(editionId=draft["id"], version=1, documentNo="常工发〔2026〕1号"))
    )["issueEdition"]
    assert refused["edition"] is None
    assert [(error["code"], error["rule"]) for error in refused["errors"]] == [
        ("EDITION_INCOMPLETE", {"article": "第九条"})
    ]
    assert "公示天数（工作日）（notice.working_days，第九条）" in refused["errors"][0]["message"]
    values = [
        {"key": "notice.working_days", "value": 5},
        {"key": "cultivation.report_every_months", "value": 3},
    ]
    filled = (await api.data(FILL, who=who, input=given(editionId=draft["id"], version=1, values=values)))[
        "fillEdition"
    ]
    assert (filled["errors"], filled["edition"]["missing"], filled["edition"]["version"]) == ([], [], 2)
    issued = (
        await api.data(ISSUE, who=who, input=given(editionId=draft["id"], version=2, documentNo="常工发〔2026〕1号"))
    )["issueEdition"]
    assert issued["edition"]["state"] == "ISSUED"
    assert len(issued["edition"]["rulesSha256"]) == 64
    opened = await api.data(
        "mutation($input: EditionActInput!) { openEdition(input: $input) { edition { state } errors { code } } }",
        who=who,
        input=given(editionId=draft["id"], version=3),
    )
    assert opened["openEdition"] == {"edition": {"state": "OPEN"}, "errors": []}


async def test_a_value_that_does_not_fit_is_refused_at_its_key(api: Client, world: World, tokens: Tokens) -> None:
    who = tokens.enter(world.unions["changzhou"], Role.REVIEWER)
    draft = await made(api, who, "longcheng_craftsman", 2)
    bad = [{"key": "notice.working_days", "value": "five\u0000"}]
    answer = (await api.data(FILL, who=who, input=given(editionId=draft["id"], version=1, values=bad)))["fillEdition"]
    assert [(error["code"], error["path"]) for error in answer["errors"]] == [
        ("FILL_BAD_VALUE", ["input", "values", "notice.working_days"])
    ]


async def test_places_with_their_factors(api: Client, world: World, tokens: Tokens) -> None:
    who = tokens.enter(world.unions["acftu"], Role.REVIEWER, Role.APPROVER)
    draft = await made(api, who, "national_craftsman", 1)
    factors = [{"key": key, "text": text} for key, text in FACTORS.items()]
    unit = encode_id("Tenant", world.id_of("sichuan"))
    asked = given(editionId=draft["id"], version=1, unitId=unit, places=12, factors=factors)
    first, again = [(await api.data(SET_QUOTA, who=who, input=asked))["setQuota"] for _ in range(2)]
    assert first == again
    assert first == {
        "quota": {"places": 12, "factors": FACTORS, "unit": {"code": "sichuan"}},
        "edition": {"version": 2},
        "errors": [],
    }
    city = {
        **asked,
        "idempotencyKey": new_id().hex,
        "version": 2,
        "unitId": encode_id("Tenant", world.id_of("chengdu")),
    }
    refused = (await api.data(SET_QUOTA, who=who, input=city))["setQuota"]
    assert [error["code"] for error in refused["errors"]] == ["QUOTA_UNIT_NOT_ALLOWED"]


async def test_a_draft_of_another_union_is_as_unknown_as_a_random_id(api: Client, world: World, tokens: Tokens) -> None:
    organiser = tokens.enter(world.unions["acftu"], Role.REVIEWER)
    draft = await made(api, organiser, "national_craftsman", 7)
    query = "query($id: ID!) { edition(id: $id) { name } node(id: $id) { id } }"
    assert (await api.data(query, who=organiser, id=draft["id"]))["edition"] is not None
    stranger = tokens.enter(world.unions["sichuan"], Role.REVIEWER, Role.APPROVER)
    random = encode_id("Edition", new_id())
    answers = [await api.data(query, who=stranger, id=one) for one in (draft["id"], random)]
    assert answers == [{"edition": None, "node": None}] * 2
    issue = [
        (await api.data(ISSUE, who=stranger, input=given(editionId=one, version=1, documentNo="x")))["issueEdition"]
        for one in (draft["id"], random)
    ]
    assert issue[0] == issue[1]
    assert [error["code"] for error in issue[0]["errors"]] == ["EDITION_NOT_FOUND"]


async def test_the_list_costs_the_same_for_one_and_for_three(
    api: Client, world: World, tokens: Tokens, app: Database
) -> None:
    who = tokens.enter(world.unions["jiangsu"], Role.REVIEWER)
    counts: list[int] = []
    for cohorts in ((1,), (2, 3)):
        for cohort in cohorts:
            await made(api, who, "jiangsu_may_first_craftsman", cohort)
        await api.data(EDITIONS, who=who)
        with counting(app) as sql:
            data = await api.data(EDITIONS, who=who)
        counts.append(len(sql.statements))
        assert len(data["editions"]["edges"]) == cohorts[-1]
    assert counts[0] == counts[1]


async def test_without_signing_in_nothing_is_shown(api: Client) -> None:
    answer = await api.ask(EDITIONS)
    assert answer.codes == ["UNAUTHENTICATED"]


def test_the_words_of_the_contract_are_those_of_the_rules() -> None:
    assert {word.value for word in StageCode} == set(get_args(words.StageCode))
    assert {word.value for word in Basis} == set(get_args(values.Basis))
