import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import select, text, update

from authz.roles import Role
from authz.scope import WriteScope, audit_act
from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.applications.types import ApplicationType
from graphql_api.context import Info
from graphql_api.ids import encode_id, key_of
from graphql_api.mutations import Answer, Given, Payload, perform
from graphql_api.schema import build
from graphql_api.sources import returned
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import NOT_FOUND, STALE_VERSION, Citation
from kernel.text import clean_text
from programmes.applications.errors import BAD_DATE
from programmes.applications.model import Application
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.conftest import NOW
from tests.graphql_api.world import Cases

REVISE = """
mutation ($input: ReviseDeedsInput!) {
  reviseDeeds(input: $input) {
    application { id deeds version person { name } } words
    errors { code family message path params { name value } rule { document article } }
  }
}
"""


@strawberry.input
class ReviseDeedsInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    deeds: str


@strawberry.type
class ReviseDeedsPayload(Payload):
    application: ApplicationType | None = returned()
    words: int | None = None


@strawberry.type
class DeedsMutation:
    @strawberry.mutation
    async def revise_deeds(self, info: Info, given: Given[ReviseDeedsInput]) -> ReviseDeedsPayload:
        return await perform(info, ReviseDeedsPayload, given, lambda scope: revise(scope, given))


async def revise(scope: WriteScope, given: ReviseDeedsInput) -> Answer:
    """Stands for an area's service."""
    key: UUID = key_of(given.application_id, "Application", "applicationId")
    if given.deeds == "rule":
        raise BAD_DATE(path=("input", "deeds"), rule=Citation("总工发〔2024〕1号", "第六条"))
    if given.deeds == "crash":
        message = "secret db password"
        raise RuntimeError(message)
    if given.deeds == "slow":
        await scope.session.execute(text("SELECT pg_sleep(0.2)"))
    case = (
        await scope.session.execute(select(Application).filter_by(tenant_id=scope.tenant_id, id=key).with_for_update())
    ).scalar()
    if case is None:
        raise NOT_FOUND(path=("input", "applicationId"))
    if case.version != given.version:
        raise STALE_VERSION(current=case.version)
    case.deeds = clean_text(given.deeds, path=("input", "deeds"), limit=20)
    case.version += 1
    if given.deeds == "duplicate":
        other = (
            select(Application.case_id)
            .where(Application.tenant_id == scope.tenant_id, Application.id != key)
            .limit(1)
            .scalar_subquery()
        )
        await scope.session.execute(
            update(Application)
            .where(Application.id == key, Application.tenant_id == scope.tenant_id)
            .values(case_id=other)
        )
    for _ in range({"unrecorded": 0, "twice": 2}.get(given.deeds, 1)):
        audit_act(scope, "case:revise", "application", key)
    return Answer({"application": key}, {"words": len(case.deeds)})


@pytest.fixture
async def api(app: Database, tokens: Tokens) -> AsyncIterator[Client]:
    contract = build(b"secret", ApplicationsQuery, DeedsMutation)
    async with serving(contract, app, FixedClock(NOW), tokens) as client:
        yield client


def case_of(cases: Cases, place: int) -> str:
    return encode_id("Application", cases.applications["wuhou"][place])


async def stored(owner: Database, cases: Cases, place: int) -> tuple[str, int]:
    async with owner.read(cases.unions["wuhou"].id) as session:
        found = await session.execute(
            select(Application.deeds, Application.version).where(Application.id == cases.applications["wuhou"][place])
        )
        row = found.one()
        return row.deeds, row.version


async def test_an_act_is_stored_and_read_again(api: Client, tokens: Tokens, cases: Cases, owner: Database) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    given = {"idempotencyKey": "key-number-1", "applicationId": case_of(cases, 0), "version": 1, "deeds": " 三十年 "}
    answer = (await api.data(REVISE, who=who, input=given))["reviseDeeds"]
    assert answer == {
        "application": {"id": case_of(cases, 0), "deeds": "三十年", "version": 2, "person": {"name": "张0三"}},
        "words": 3,
        "errors": [],
    }
    assert await stored(owner, cases, 0) == ("三十年", 2)


async def test_the_same_key_twice_is_one_effect_and_equal_answers(
    api: Client, tokens: Tokens, cases: Cases, owner: Database
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    given = {"idempotencyKey": "key-number-2", "applicationId": case_of(cases, 1), "version": 1, "deeds": "slow"}
    answers = await asyncio.gather(*(api.data(REVISE, who=who, input=given) for _ in range(3)))
    assert answers[0]["reviseDeeds"]["errors"] == []
    assert answers[1] == answers[0] == answers[2]
    assert await stored(owner, cases, 1) == ("slow", 2)
    other = await api.data(REVISE, who=who, input={**given, "deeds": "other"})
    assert [error["code"] for error in other["reviseDeeds"]["errors"]] == ["IDEMPOTENCY_MISMATCH"]
    assert other["reviseDeeds"]["application"] is None


REFUSALS = [
    ({"version": 9}, "STALE_VERSION", [], "内容已被他人修改，当前版本为 1，请刷新后重试"),
    ({"deeds": ""}, "BLANK", ["input", "deeds"], "不能为空"),
    ({"deeds": "长" * 21}, "TOO_LONG", ["input", "deeds"], "不能超过 20 个字"),
    ({"deeds": "a\u0007"}, "BAD_CHARACTER", ["input", "deeds"], "含有不允许的控制字符"),
    ({"applicationId": "nonsense"}, "NOT_FOUND", ["input", "applicationId"], "没有找到"),
    ({"idempotencyKey": "short"}, "BAD_IDEMPOTENCY_KEY", ["input", "idempotencyKey"], "幂等键须为 8 至 200 个可见字符"),
    ({"deeds": "duplicate"}, "DUPLICATE", [], "已存在相同的记录"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=[code for _, code, _, _ in REFUSALS])
async def test_a_refusal_is_in_the_payload_and_nothing_is_stored(
    api: Client, tokens: Tokens, cases: Cases, owner: Database, refusal: tuple[dict, str, list[str], str]
) -> None:
    change, code, path, message = refusal
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    given = {"idempotencyKey": "key-number-3", "applicationId": case_of(cases, 2), "version": 1, "deeds": "新的"}
    before = await stored(owner, cases, 2)
    answer = (await api.data(REVISE, who=who, input={**given, **change}))["reviseDeeds"]
    assert answer["application"] is None
    assert [(error["code"], error["path"], error["message"]) for error in answer["errors"]] == [(code, path, message)]
    assert await stored(owner, cases, 2) == before


async def test_a_refusal_cites_its_rule(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    given = {"idempotencyKey": "key-number-4", "applicationId": case_of(cases, 2), "version": 1, "deeds": "rule"}
    [error] = (await api.data(REVISE, who=who, input=given))["reviseDeeds"]["errors"]
    assert error["rule"] == {"document": "总工发〔2024〕1号", "article": "第六条"}
    english = await api.ask(REVISE, who=who, headers={"accept-language": "en"}, input=given)
    assert english.data["reviseDeeds"]["errors"][0]["message"] == "The date must not lie in the future"


async def test_another_unions_case_does_not_exist(api: Client, tokens: Tokens, cases: Cases, owner: Database) -> None:
    who = tokens.enter(cases.unions["qingyang"], Role.CLERK)
    given = {"idempotencyKey": "key-number-5", "applicationId": case_of(cases, 3), "version": 1, "deeds": "侵入"}
    answer = (await api.data(REVISE, who=who, input=given))["reviseDeeds"]
    assert [error["code"] for error in answer["errors"]] == ["NOT_FOUND"]
    assert (await stored(owner, cases, 3))[1] == 1


async def test_nobody_changes_anything(api: Client, cases: Cases) -> None:
    given = {"idempotencyKey": "key-number-6", "applicationId": case_of(cases, 3), "version": 1, "deeds": "x"}
    answer = await api.ask(REVISE, input=given)
    assert (answer.codes, answer.body["data"]) == (["UNAUTHENTICATED"], None)
    by_get = await api.http.get("/graphql", params={"query": "mutation { __typename }"})
    assert by_get.status_code == 405


async def test_what_nobody_foresaw_is_masked(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    given = {"idempotencyKey": "key-number-7", "applicationId": case_of(cases, 3), "version": 1, "deeds": "crash"}
    answer = await api.ask(REVISE, who=who, input=given)
    assert answer.codes == ["INTERNAL"]
    assert "secret" not in str(answer.body)
    extensions = answer.body["errors"][0]["extensions"]
    assert extensions["errorId"] in answer.body["errors"][0]["message"]
    assert extensions["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("deeds", ["unrecorded", "twice"])
async def test_nothing_is_stored_of_an_act_without_exactly_one_audit_entry(
    api: Client, tokens: Tokens, cases: Cases, owner: Database, deeds: str
) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    before = await stored(owner, cases, 4)
    given = {"idempotencyKey": "key-number-8", "applicationId": case_of(cases, 4), "version": before[1], "deeds": deeds}
    assert (await api.ask(REVISE, who=who, input=given)).codes == ["INTERNAL"]
    assert await stored(owner, cases, 4) == before
