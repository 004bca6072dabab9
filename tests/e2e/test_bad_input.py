"""What people and programs send wrongly, over HTTP: each time a code, a sentence at the field, and nothing stored."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from cli.demo import country
from graphql_api.context import EntranceAuthenticator
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tenants.accounts.policy import DEMO_POLICY
from tests.graphql_api.client import Client, serving
from tests.isolation.fixtures import Year
from tests.programmes.people import id_number
from tests.sealers import make_sealer

ERRORS = "errors { code message path params { name value } }"
SIGN_IN = f"mutation ($input: SignInInput!) {{ signIn(input: $input) {{ token {ERRORS} }} }}"
CREATE = f"mutation ($input: CreatePersonInput!) {{ createPerson(input: $input) {{ person {{ id name }} {ERRORS} }} }}"
UPDATE = f"mutation ($input: UpdatePersonInput!) {{ updatePerson(input: $input) {{ person {{ version }} {ERRORS} }} }}"
REWARD = f"mutation ($input: RecordRewardInput!) {{ recordReward(input: $input) {{ reward {{ id }} {ERRORS} }} }}"
FACTS = {"name": "张三丰", "employer": "成都某厂", "occupation": "钳工", "frontlineSince": "2005-07"}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, year_urls: DatabaseUrls) -> AsyncIterator[Client]:
    """As in production: no suggestions, no GraphiQL; people sign in with their passwords."""
    entrance = open_entrance(year_urls.login, cheap=True, policy=DEMO_POLICY, sealer=make_sealer())
    authenticator = EntranceAuthenticator(entrance, year.clock)
    async with serving(contract, app, year.clock, authenticator, entrance, demo=False) as client:  # type: ignore[arg-type]
        yield client
    await entrance.close()


@pytest.fixture(scope="module")
async def clerk(api: Client) -> str:
    given = {"tenant": "wuhou", "login": "wuhou.clerk", "password": country.password()}
    return (await api.data(SIGN_IN, input=given))["signIn"]["token"]


@pytest.fixture(scope="module")
async def finance(api: Client) -> str:
    given = {"tenant": "wuhou", "login": "wuhou.finance", "password": country.password()}
    return (await api.data(SIGN_IN, input=given))["signIn"]["token"]


async def stored(owner: Database) -> dict[str, int]:
    """How many rows there are of what these requests could have made."""
    tables = ("person", "reward_result", "funding_record", "idempotency_key", "audit_entry", "job", "duty_record")
    async with owner.plain() as session:
        return {name: (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in tables}


def person(number: str, key: str = "key-of-a-person", **changes: Any) -> dict[str, Any]:
    facts = {**FACTS, **{name: value for name, value in changes.items() if name != "phone"}}
    return {"idempotencyKey": key, "idNumber": number, "facts": facts, "phone": changes.get("phone")}


@pytest.mark.parametrize(
    ("tenant", "login", "password"),
    [
        ("no-such-union", "wuhou.clerk", "Ladder-2022-demo"),
        ("wuhou", "no.such.person", "Ladder-2022-demo"),
        ("wuhou", "wuhou.chair", "not the password"),
        ("jinjiang", "wuhou.chair", "Ladder-2022-demo"),
        ("wuhou", "", ""),
        ("wuhou\0", "wuhou.chair\0", "\0"),
        ("区" * 5000, "人" * 5000, "密" * 5000),
    ],
)
async def test_all_that_is_wrong_about_a_sign_in_is_answered_alike(
    api: Client, tenant: str, login: str, password: str
) -> None:
    told = await api.data(SIGN_IN, input={"tenant": tenant, "login": login, "password": password})
    (error,) = told["signIn"]["errors"]
    assert (told["signIn"]["token"], error["code"], error["path"], error["params"]) == (None, "SIGN_IN_FAILED", [], [])


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        (person("51010719800512001"), "ID_NUMBER_FORMAT", "idNumber"),
        (person("510107198005120011"), "ID_NUMBER_CHECKSUM", "idNumber"),
        (person("510107800512001"), "ID_NUMBER_OLD", "idNumber"),
        (person("110107197913320016"), "ID_NUMBER_DATE", "idNumber"),
        (person(id_number(501), phone="12"), "PHONE_FORMAT", "phone"),
        (person(id_number(501), employerCode="91510107"), "CREDIT_CODE_FORMAT", "facts.employerCode"),
        (person(id_number(501), employerCode="91510107MA61T3XX01"), "CREDIT_CODE_CHECKSUM", "facts.employerCode"),
        (person(id_number(501), name="张\0三"), "BAD_CHARACTER", "facts.name"),
        (person(id_number(501), name=" \t "), "BLANK", "facts.name"),
        (person(id_number(501), employer="厂" * 10_000), "TOO_LONG", "facts.employer"),
        (person(id_number(501), frontlineSince="2005-13"), "BAD_MONTH", "facts.frontlineSince"),
        (person(id_number(501), skillGrade="八级工"), "BAD_CHOICE", "facts.skillGrade"),
        (person(id_number(501), key="short"), "BAD_IDEMPOTENCY_KEY", "idempotencyKey"),
        (person(id_number(501), key="control\x07characters"), "BAD_IDEMPOTENCY_KEY", "idempotencyKey"),
    ],
)
async def test_a_malformed_file_is_refused_at_its_field(
    api: Client, owner: Database, clerk: str, given: dict[str, Any], code: str, path: str
) -> None:
    before = await stored(owner)
    told = (await api.data(CREATE, who=clerk, input=given))["createPerson"]
    (error,) = told["errors"]
    assert (told["person"], error["code"], error["path"]) == (None, code, ["input", *path.split(".")])
    assert any("\u4e00" <= character <= "\u9fff" for character in error["message"])
    assert await stored(owner) == before


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", "0.001", "BAD_AMOUNT"),
        ("amount", "-1", "BAD_AMOUNT"),
        ("amount", "99999999999999999", "BAD_AMOUNT"),
        ("amount", "一万", "INVALID_VALUE"),
        ("amount", "1e400", "INVALID_VALUE"),
        ("amount", 100, "INVALID_VALUE"),
        ("kind", "GIFT", "INVALID_VALUE"),
        ("honourId", "not-an-id", "NOT_FOUND"),
        ("unknownField", 1, "INVALID_VALUE"),
    ],
)
async def test_a_malformed_reward_is_refused_at_its_field(
    api: Client, owner: Database, year: Year, finance: str, field: str, value: object, code: str
) -> None:
    before = await stored(owner)
    given = {
        "idempotencyKey": "key-of-a-reward",
        "honourId": year.ids("Honour", "wuhou")[-1],
        "kind": "REWARD",
        "amount": "20000",
        "documentNo": "成工发〔2023〕9号",
        field: value,
    }
    told = await api.ask(REWARD, who=finance, input=given)
    if "errors" in told.body:
        (error,) = told.body["errors"]
        found, path = error["extensions"]["code"], error["extensions"]["path"]
        assert (told.status, error["message"].startswith("“input")) == (422, True)
        assert path == (["input"] if field == "unknownField" else ["input", field])
    else:
        (error,) = told.body["data"]["recordReward"]["errors"]
        found = error["code"]
        assert error["path"] == ["input", field]
    assert found == code
    assert await stored(owner) == before


async def test_a_stale_version_is_answered_with_the_current_one(
    api: Client, owner: Database, year: Year, clerk: str
) -> None:
    before = await stored(owner)
    given = {
        "idempotencyKey": "stale-version",
        "personId": year.ids("Person", "wuhou")[0],
        "version": 77,
        "facts": FACTS,
    }
    (error,) = (await api.data(UPDATE, who=clerk, input=given))["updatePerson"]["errors"]
    assert error["code"] == "STALE_VERSION"
    current = {param["name"]: param["value"] for param in error["params"]}["current"]
    assert current in {"1", "2"}
    assert current in error["message"]
    assert await stored(owner) == before


async def test_one_key_twice_is_one_effect_and_equal_answers(api: Client, owner: Database, clerk: str) -> None:
    before, given = await stored(owner), person(id_number(601), key="the-same-key")
    first, second = [await api.data(CREATE, who=clerk, input=given) for _ in range(2)]
    after = await stored(owner)
    assert (first, first["createPerson"]["errors"]) == (second, [])
    assert (after["person"], after["idempotency_key"]) == (before["person"] + 1, before["idempotency_key"] + 1)
    other = await api.data(CREATE, who=clerk, input=person(id_number(602), key="the-same-key"))
    (error,) = other["createPerson"]["errors"]
    assert (error["code"], error["path"]) == ("IDEMPOTENCY_MISMATCH", ["input", "idempotencyKey"])
    assert await stored(owner) == after


async def test_what_is_kept_of_a_request_is_no_plain_hash_of_it(owner: Database) -> None:
    """Else an ID number could be found by trying them all."""
    async with owner.plain() as session:
        digests = (await session.execute(text("SELECT request_sha256 FROM idempotency_key"))).scalars().all()
        known = text("SELECT encode(sha256(convert_to(:request, 'UTF8')), 'hex')")
        facts = '{"employer":"成都某厂","frontline_since":"2005-07","name":"张三丰","occupation":"钳工"'
        guessed = (await session.execute(known, {"request": facts})).scalar_one()
    assert digests
    assert guessed not in digests


async def test_ten_at_once_with_one_key_are_one_effect(api: Client, owner: Database, clerk: str) -> None:
    before, given = await stored(owner), person(id_number(603), key="ten-at-once")
    answers = await asyncio.gather(*(api.data(CREATE, who=clerk, input=given) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["createPerson"]["errors"] == []
    after = await stored(owner)
    assert (after["person"], after["audit_entry"]) == (before["person"] + 1, before["audit_entry"] + 1)


async def post(api: Client, content: bytes, **headers: str) -> httpx.Response:
    sent = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await api.http.post("/graphql", content=content, headers=sent)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"query": "{ viewer { name } }", "pad": "' + b"x" * 257 * 1024 + b'"}', 413, "BODY_TOO_LARGE"),
        (b"", 400, "MALFORMED_REQUEST"),
        (b"{", 400, "MALFORMED_REQUEST"),
        (b"[]", 400, "MALFORMED_REQUEST"),
        (b'"query"', 400, "MALFORMED_REQUEST"),
        (b"\xff\xfe", 400, "MALFORMED_REQUEST"),
        (b'{"query": 1}', 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ viewer { name } }", "variables": []}', 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ viewer { name }"}', 400, "MALFORMED_DOCUMENT"),
        (b'{"query": "{ nothingLikeIt }"}', 422, "INVALID_DOCUMENT"),
        (b'{"query": "{ viewer { name } }", "operationName": "Other"}', 422, "UNKNOWN_OPERATION"),
    ],
)
async def test_a_malformed_request_is_answered_by_its_status_and_code(
    api: Client, content: bytes, status: int, code: str
) -> None:
    answer = await post(api, content, accept="application/graphql-response+json")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert any("\u4e00" <= character <= "\u9fff" for character in error["message"])


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        "",
    ],
)
async def test_what_a_foreign_page_could_send_is_not_taken(api: Client, content_type: str) -> None:
    answer = await api.http.post(
        "/graphql", content=b'{"query": "mutation { signOut { done } }"}', headers={"content-type": content_type}
    )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_mutation_does_not_go_by_get(api: Client, owner: Database, clerk: str) -> None:
    answer = await api.http.get(
        "/graphql", params={"query": "mutation { signOut { done } }"}, headers={"authorization": f"Bearer {clerk}"}
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert (await api.data("{ viewer { login } }", who=clerk)) == {"viewer": {"login": "wuhou.clerk"}}


@pytest.mark.parametrize("code", ["", "\0", "wuhou'--", "区" * 3000])
async def test_a_union_is_not_found_by_a_strange_code(api: Client, clerk: str, code: str) -> None:
    assert await api.data("query ($code: String) { tenant(code: $code) { id } }", who=clerk, code=code) == {
        "tenant": None
    }


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "甲"])
async def test_a_strange_token_is_nobody(api: Client, token: str) -> None:
    answer = await api.http.post(
        "/graphql",
        json={"query": "{ viewer { login } }"},
        headers=[(b"authorization", f"Bearer {token}".encode()), (b"accept", b"application/json")],
    )
    told = answer.json()
    assert (
        told.get("data") == {"viewer": None}
        if not token
        else told["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    )
