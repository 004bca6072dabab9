from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from authz.roles import Role
from graphql_api.schema import Contract
from kernel.clock import CHINA, FixedClock, ShiftedClock
from kernel.database import Database
from tests.graphql_api.client import GRAPHQL, Client, Tokens, serving
from tests.graphql_api.world import Cases

JSON = "application/json"
NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)


@pytest.fixture
async def closed(reading_contract: Contract, app: Database, tokens: Tokens) -> AsyncIterator[Client]:
    """The application as it stands outside the demo."""
    async with serving(reading_contract, app, FixedClock(NOW), tokens, demo=False) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        (GRAPHQL, 422, GRAPHQL),
        (JSON, 200, JSON),
        ("*/*", 200, JSON),
        ("application/*", 200, JSON),
        (f"{JSON};q=0.5, {GRAPHQL}", 422, GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", 200, JSON),
        (f"text/event-stream, {GRAPHQL}, {JSON}, multipart/mixed", 422, GRAPHQL),
        ("text/html", 406, JSON),
        (f"{GRAPHQL};q=0", 406, JSON),
    ],
)
async def test_accept_decides_media_type_and_status(api: Client, accept: str, status: int, kind: str) -> None:
    response = await api.http.post("/graphql", json={"query": "{ nothing }"}, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (status, f"{kind}; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"query": "{ __typename }"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"query={__typename}", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"--x", "multipart/form-data; boundary=x", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ __typename }"}', None, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ __typename }"}', "application/json; charset=gb18030", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"nonsense", JSON, 400, "MALFORMED_REQUEST"),
        (b"", JSON, 400, "MALFORMED_REQUEST"),
        (b"[]", JSON, 400, "MALFORMED_REQUEST"),
        (b'[{"query": "{ __typename }"}]', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"query": 7}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }", "variables": [7]}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": 7}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }", "extensions": 7}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{"}', JSON, 400, "MALFORMED_DOCUMENT"),
        (b'{"query": "{ nothing }"}', JSON, 422, "INVALID_DOCUMENT"),
        (b'{"query": "query A { __typename } query B { __typename }"}', JSON, 422, "UNKNOWN_OPERATION"),
        (b'{"query": "{ __typename }", "operationName": "C"}', JSON, 422, "UNKNOWN_OPERATION"),
        (b'{"query": "query ($i: ID!) { node(id: $i) { id } }"}', JSON, 422, "INVALID_VALUE"),
        (b'{"query": "' + b"#" * 262_144 + b'"}', JSON, 413, "BODY_TOO_LARGE"),
    ],
)
async def test_requests_that_are_none(api: Client, body: bytes, kind: str | None, status: int, code: str) -> None:
    headers = {"accept": GRAPHQL, **({} if kind is None else {"content-type": kind})}
    response = await api.http.post("/graphql", content=body, headers=headers)
    assert response.status_code == status
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]
    assert "data" not in response.json()


async def test_a_long_body_is_not_read_to_its_end(api: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 65_536
            yield b" " * 65_536

    response = await api.http.post("/graphql", content=endless(), headers={"content-type": JSON})
    assert response.status_code == 413
    lying = await api.http.post("/graphql", content=b"{}", headers={"content-type": JSON, "content-encoding": "gzip"})
    assert lying.status_code == 415


async def test_methods(api: Client) -> None:
    asked = {"query": "query ($n: Boolean!) { __typename @include(if: $n) }", "variables": '{"n": true}'}
    found = await api.http.get("/graphql", params=asked, headers={"accept": GRAPHQL})
    assert (found.status_code, found.json()) == (200, {"data": {"__typename": "Query"}})
    assert (await api.http.get("/graphql", params={"query": "{ __typename }", "variables": "{"})).status_code == 400
    assert (await api.http.put("/graphql", json={"query": "{ __typename }"})).status_code == 405
    assert (await api.http.get("/graphql")).status_code == 400
    cross = await api.http.post("/graphql", json={"query": "{ __typename }"}, headers={"sec-fetch-site": "cross-site"})
    assert (cross.status_code, cross.json()["errors"][0]["extensions"]["reason"]) == (403, "CROSS_SITE")


async def test_every_answer_carries_its_headers(api: Client) -> None:
    answer = await api.ask("{ __typename }", headers={"x-request-id": "walk-0001"})
    assert answer.headers["x-request-id"] == "walk-0001"
    forged = await api.ask("{ __typename }", headers={"x-request-id": "a b"})
    assert forged.headers["x-request-id"] != "a b"
    for path in ("/graphql", "/livez", "/nothing"):
        headers = (await api.http.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" in headers


async def test_chinese_is_sent_as_it_is(api: Client) -> None:
    response = await api.http.post("/graphql", json={"query": "{ nothing }"})
    assert "请求不符合接口定义" in response.content.decode()
    english = await api.http.post(
        "/graphql", json={"query": "{ nothing }"}, headers={"accept-language": "en-GB,zh;q=0.5"}
    )
    assert english.json()["errors"][0]["message"].startswith("The request does not fit the schema")


async def test_a_wrong_variable_is_named_at_its_field(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = "query ($filter: ApplicationFilter) { applications(first: 1, filter: $filter) { totalCount } }"
    answer = await api.ask(query, who=who, filter={"state": ["RECOMMENDED", "SLEEPING"]})
    assert (answer.status, answer.codes) == (422, ["INVALID_VALUE"])
    error = answer.body["errors"][0]
    assert error["extensions"]["path"] == ["filter", "state", "1"]
    assert error["message"].startswith("“filter.state.1”的值无效")
    unknown = await api.ask(query, who=who, filter={"colour": "red"})
    assert (unknown.status, unknown.codes) == (422, ["INVALID_VALUE"])


async def test_a_filter_with_any_text_is_only_a_filter(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = "query ($name: String) { people(first: 9, filter: {name: $name}) { totalCount } }"
    for name, count in (
        ("张", 5),
        ("张0", 1),
        ("%", 0),
        ("_", 0),
        ("'; drop table person; --", 0),
        ("\0", 0),
        ("\\", 0),
        ("𠅤", 0),
    ):
        assert (await api.data(query, who=who, name=name))["people"]["totalCount"] == count


async def test_health(api: Client) -> None:
    assert (await api.http.get("/livez")).json() == {"status": "ok"}
    assert (await api.http.get("/readyz")).json() == {"status": "ok"}


async def test_the_schema_is_for_those_signed_in(closed: Client, api: Client, tokens: Tokens, cases: Cases) -> None:
    who = {"authorization": f"Bearer {tokens.enter(cases.unions['wuhou'], Role.CLERK)}"}
    assert (await closed.http.get("/schema.graphql")).status_code == 401
    assert "type Application implements Node" in (await closed.http.get("/schema.graphql", headers=who)).text
    refused = await closed.ask("{ __schema { queryType { name } } }")
    assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])
    assert (await closed.ask("{ __schema { queryType { name } } }", headers=who)).status == 200
    hidden = await closed.ask("{ applicationz }")
    assert "Did you mean" not in hidden.body["errors"][0]["message"]
    assert (await closed.http.get("/graphiql")).status_code == 404
    assert (await closed.http.post("/demo/clock")).status_code == 404


async def test_graphiql_comes_from_here_alone(api: Client) -> None:
    page = await api.http.get("/graphiql")
    assert page.status_code == 200
    assert "http" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    for name in (
        "graphiql.min.js",
        "graphiql.min.css",
        "react.production.min.js",
        "react-dom.production.min.js",
        "start.js",
    ):
        assert f"/static/graphiql/{name}" in page.text
        assert (await api.http.get(f"/static/graphiql/{name}")).status_code == 200


async def test_only_the_nations_system_administrator_moves_the_demo_clock(
    reading_contract: Contract, app: Database, tokens: Tokens, cases: Cases, tmp_path: Path
) -> None:
    clock = ShiftedClock(tmp_path / "clock.shift")
    admin = tokens.enter(cases.unions["acftu"], Role.SYSTEM_ADMIN)
    others = [tokens.enter(cases.unions["acftu"], Role.CLERK), tokens.enter(cases.unions["wuhou"], Role.SYSTEM_ADMIN)]
    async with serving(reading_contract, app, clock, tokens) as api:

        async def move(body: object, who: str | None) -> int:
            headers = {} if who is None else {"authorization": f"Bearer {who}"}
            return (await api.http.post("/demo/clock", json=body, headers=headers)).status_code

        assert await move({"date": "2024-05-01"}, None) == 401
        assert [await move({"date": "2024-05-01"}, other) for other in others] == [403, 403]
        assert await move({"date": "yesterday"}, admin) == 400
        assert await move([], admin) == 400
        assert await move({"date": "2024-05-01"}, admin) == 200
        assert clock.today().isoformat() == "2024-05-01"
