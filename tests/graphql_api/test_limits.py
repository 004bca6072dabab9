import time

import pytest
from graphql import get_introspection_query

from authz.roles import Role
from tests.graphql_api.client import Client, Tokens
from tests.graphql_api.world import Cases

PAGE = "applications(first: 1) { edges { node { person { name } } } }"


def fragments(levels: int, last: str) -> str:
    """Each fragment spreads the next one twice: 2 ** levels fields, if one is so unwise as to expand them."""
    chain = " ".join(f"fragment F{i} on Application {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels))
    return f"{chain} fragment F{levels} on Application {{ {last} }}"


SHARE = 3.0  # seconds of this process's own CPU, on a machine that may be busy; unbounded, the smallest of these takes many times that


@pytest.mark.parametrize(
    ("query", "measure"),
    [
        pytest.param(
            "{ applications(first: 1) { edges { node { ...F0 } } } } " + fragments(22, "id"), "fields", id="22 levels"
        ),
        pytest.param(
            "{ applications(first: 1) { edges { node { ...F0 } } } } " + fragments(60, "id"), "fields", id="60 levels"
        ),
        pytest.param(
            "{ applications(first: 1) { edges { node { ...F0 } } } } " + fragments(26, "a: id"), "aliases", id="aliased"
        ),
        pytest.param(
            "{ applications(first: 1) { edges { node { ...F0 } } } } " + fragments(26, "id @skip(if: false)"),
            "directives",
            id="directives",
        ),
        pytest.param(
            "{ applications(first: 1) { edges { node { id " + " ".join(f"a{i}: id" for i in range(31)) + "} } } }",
            "aliases",
            id="31 aliases",
        ),
        pytest.param("{ __typename " + "@include(if: true) " * 10 + "}", "directives", id="10 directives"),
        pytest.param("{" + " ".join(f"p{i}: {PAGE}" for i in range(11)) + "}", "roots", id="11 roots"),
        pytest.param("{" + " ".join("__typename" for _ in range(501)) + "}", "fields", id="501 fields"),
        pytest.param(
            "{ applications(first: 1) { edges { node { history(first: 1) { edges { node { id } } } "
            + "organiser { " * 9
            + "name"
            + " }" * 9
            + " } } } }",
            "depth",
            id="13 deep",
        ),
        pytest.param(
            "{ applications(first: 100) { edges { node { id history(first: 100) { edges { node { id } } } } } } }",
            "cost",
            id="100 x 100",
        ),
    ],
)
async def test_too_much_is_refused_at_once(api: Client, tokens: Tokens, cases: Cases, query: str, measure: str) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    started = time.process_time()
    answer = await api.ask(query, who=who)
    spent = time.process_time() - started
    assert answer.status == 422
    assert "data" not in answer.body
    assert set(answer.codes) == {"QUERY_TOO_COMPLEX"}
    assert measure in {error["extensions"]["params"]["measure"] for error in answer.body["errors"]}
    assert spent < SHARE


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        pytest.param("{ " + "a " * 2001 + "}", 400, "MALFORMED_DOCUMENT", id="2,001 tokens"),
        pytest.param("{ " + "a: __typename " * 600 + "}", 422, "QUERY_TOO_COMPLEX", id="overlap 600"),
        pytest.param("{ __typename " + "@a " * 900 + "}", 422, "QUERY_TOO_COMPLEX", id="directives 900"),
        pytest.param("{ " + "[" * 900, 400, "MALFORMED_DOCUMENT", id="brackets"),
        pytest.param("{a" * 600, 400, "MALFORMED_DOCUMENT", id="braces"),
        pytest.param(
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", 422, "INVALID_DOCUMENT", id="cycle"
        ),
    ],
)
async def test_a_bomb_costs_its_sender_more(api: Client, query: str, status: int, code: str) -> None:
    started = time.process_time()
    answer = await api.ask(query)
    spent = time.process_time() - started
    assert (answer.status, set(answer.codes)) == (status, {code})
    assert spent < SHARE


@pytest.mark.parametrize(
    ("arguments", "variables", "code"),
    [
        ("", {}, "PAGE_SIZE_REQUIRED"),
        ("(first: 1, last: 1)", {}, "PAGE_SIZE_REQUIRED"),
        ("(first: null)", {}, "PAGE_SIZE_REQUIRED"),
        ("(first: 0)", {}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: -1)", {}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: 101)", {}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(last: 101)", {}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: $n)", {}, "PAGE_SIZE_REQUIRED"),
        ("(first: $n)", {"n": 99999}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: $n)", {"n": -5}, "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: $n, last: $m)", {"n": 1, "m": 1}, "PAGE_SIZE_REQUIRED"),
        ("(first: $n)", {"n": 2**40}, "INVALID_VALUE"),
    ],
)
async def test_page_sizes(api: Client, arguments: str, variables: dict, code: str) -> None:
    declared = "($n: Int, $m: Int)" if "$m" in arguments else "($n: Int)" if "$n" in arguments else ""
    answer = await api.ask(f"query {declared} {{ applications{arguments} {{ totalCount }} }}", **variables)
    assert (answer.status, answer.codes) == (422, [code])


async def test_variables_count_in_the_cost(api: Client, tokens: Tokens, cases: Cases) -> None:
    who = tokens.enter(cases.unions["wuhou"], Role.CLERK)
    query = "query ($n: Int!) { applications(first: $n) { edges { node { history(first: $n) { edges { node { act } } } } } } }"
    assert (await api.ask(query, who=who, n=20)).status == 200
    refused = await api.ask(query, who=who, n=60)
    assert refused.codes == ["QUERY_TOO_COMPLEX"]
    assert refused.body["errors"][0]["extensions"]["params"] == {"measure": "cost", "value": 3660, "limit": 2000}


async def test_graphiql_may_introspect(api: Client) -> None:

    answer = await api.ask(get_introspection_query())
    assert answer.status == 200
    assert answer.data["__schema"]["queryType"]["name"] == "Query"
