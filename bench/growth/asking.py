"""The questions to the measured unions, and the turns in which two countries are asked."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

import orjson

from bench.country.catalogue import edition_key
from bench.country.installation import Country
from bench.country.loading import administering
from bench.country.serving import Served
from bench.country.sessions import Seat
from bench.country.shape import ordinal, union
from bench.load import Driver, Order
from bench.questions import operation
from graphql_api.ids import encode_id
from migrations.runner import run_blocking

PAGE = 50
_DEEP = 1_000
_STEP = 100
_OK = 200
_WARM = 0.3
_WIDE = """query W($first: Int!) {
  titles(first: $first) { edges { node { id name state grantedOn person { id name employer } certificate { number state } } } }
  fundingRecords(first: $first) { edges { node { id state kind amount { amount } person { name } } } }
}"""
_PEOPLE = "query P($first: Int!, $after: String) { people(first: $first, after: $after) { edges { node { id name employer idNumberHint } } } }"
_CASES = """query C($first: Int!, $after: String) { applications(first: $first, after: $after) {
  edges { node { id state person { id name } edition { id name } } } } }"""
_TREE = "query T($id: ID!) { tenant(id: $id) { id name children(first: 50) { totalCount edges { node { id code name } } } } }"
_WALK = "query Walk($first: Int!, $after: String) {{ {field}(first: $first, after: $after) {{ pageInfo {{ endCursor }} }} }}"
_AVAILABLE = (
    "SELECT id FROM application WHERE tenant_id = $1 AND edition_id = $2 AND state = 'at_recommending_unit' ORDER BY id"
)


@dataclass(frozen=True)
class Side:
    """One of the two countries with its running processes, and the process that loads it."""

    country: Country
    served: Served
    worker: Served
    driver: Driver


@dataclass(frozen=True)
class Question:
    """What is asked by whom; `cursor` names the list whose page 1,000 it wants."""

    name: str
    seat: Seat
    document: str
    variables: dict[str, Any]
    cursor: str | None = None


def questions_of(country: Country) -> list[Question]:
    """The main queries, and the thousandth pages of the two longest lists."""
    probes = country.probes
    city, province = "changzhou", "jiangsu"
    page, dossier = {"first": PAGE}, {"id": encode_id("Application", probes.dossiers[0])}
    register = {"first": PAGE, "filter": {"titleCode": "longcheng_craftsman", "state": "in_force"}}
    board = {"first": PAGE, "filter": {"edition": encode_id("Edition", probes.editions[-2])}}
    below = {"first": PAGE, "filter": {"direction": "INCOMING", "state": ["ACCEPTED"]}}
    return [
        Question("viewer", (city, "reviewer"), operation("Viewer"), {}),
        Question("list of 50 with their buttons", (city, "reviewer"), operation("ApplicationBoard"), board),
        Question("cases", (city, "clerk"), _CASES, page),
        Question("cases, page 1,000", (city, "clerk"), _CASES, page, "applications"),
        Question("people", (city, "clerk"), _PEOPLE, page),
        Question("people, page 1,000", (city, "clerk"), _PEOPLE, page, "people"),
        Question("deep dossier", (city, "reviewer"), operation("ApplicationDossier"), dossier),
        Question("100 titles × person × certificate × money", (city, "leader"), _WIDE, {"first": 100}),
        Question("register search", (province, "clerk"), operation("Register"), register),
        Question("board of what came from below", (city, "clerk"), operation("Handovers"), below),
        Question("unions below", (city, "clerk"), _TREE, {"id": encode_id("Tenant", union(city))}),
        Question("editions", ("tianning-1", "clerk"), operation("Editions"), page),
    ]


def ask_in_turn(
    sides: Sequence[Side],
    questions: Sequence[Question],
    rounds: int,
    seconds: float,
    say: Callable[[str], None],
) -> dict[str, list[float]]:
    """Median seconds of each question in each country. Raises RuntimeError where the two answer differently, or one refuses."""
    tokens = [side.country.tokens() for side in sides]
    found: dict[str, list[float]] = {}
    for question in questions:
        bodies = [_body(side, question, token[question.seat]) for side, token in zip(sides, tokens, strict=True)]
        answers = [
            _ask(side, token[question.seat], body) for side, token, body in zip(sides, tokens, bodies, strict=True)
        ]
        if answers[0] != answers[1]:
            message = f"{question.name}: the two countries answer differently"
            raise RuntimeError(message)
        requests = [request_bytes(token[question.seat], body) for token, body in zip(tokens, bodies, strict=True)]
        spent: list[list[float]] = [[], []]
        for number in range(rounds + 1):
            for place in (0, 1) if number % 2 else (1, 0):
                length = seconds if number else seconds * _WARM
                order = Order(sides[place].served.port, [requests[place]], 1, length, answers[place])
                outcome = sides[place].driver.run(order)
                if outcome.wrong:
                    raise RuntimeError(outcome.faults)
                spent[place] += outcome.latencies if number else ()
        found[question.name] = [statistics.median(each) for each in spent]
        say(f"{question.name}: {found[question.name][0] * 1e3:.2f} ms, {found[question.name][1] * 1e3:.2f} ms")
    return found


def recommend_in_turn(sides: Sequence[Side], rounds: int, say: Callable[[str], None]) -> dict[str, list[float]]:
    """Median seconds of a recommendation, each of another case; as many rounds of ten as there are cases left for."""
    tokens = [side.country.tokens([("tianning", "recommender")])["tianning", "recommender"] for side in sides]
    left = [run_blocking(_recommendable(side.country)) for side in sides]
    shared = [key for key in left[0] if key in set(left[1])][: rounds * 10]
    spent: list[list[float]] = [[], []]
    for start in range(0, len(shared), 10):
        for place, side in enumerate(sides):
            bodies = [_recommendation(key) for key in shared[start : start + 10]]
            requests = [request_bytes(tokens[place], body) for body in bodies]
            done = side.driver.run(Order(side.served.port, requests, 1, 60.0, None, b'"RECOMMENDED"', again=False))
            if done.wrong:
                raise RuntimeError(done.faults)
            spent[place] += done.latencies
    if not shared:
        return {}
    found = [statistics.median(each) for each in spent]
    say(f"recommend: {found[0] * 1e3:.2f} ms, {found[1] * 1e3:.2f} ms")
    return {"recommend": found}


def request_bytes(token: str, body: bytes) -> bytes:
    """What goes over the line."""
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _recommendation(application: UUID) -> bytes:
    given = {
        "idempotencyKey": f"scale-{application}",
        "applicationId": encode_id("Application", application),
        "version": 1,
        "opinion": "同意推荐，材料属实。",
    }
    return orjson.dumps({"query": operation("RecommendApplication"), "variables": {"input": given}})


async def _recommendable(country: Country) -> list[UUID]:
    async with administering(country.server, country.settings.database_name) as connection:
        rows = await connection.fetch(_AVAILABLE, union("tianning"), edition_key(ordinal("changzhou"), 0))
    return [row["id"] for row in rows]


def _body(side: Side, question: Question, token: str) -> bytes:
    variables = question.variables
    if question.cursor is not None:
        variables = {**variables, "after": _walk(side, question.cursor, token)}
    return orjson.dumps({"query": question.document, "variables": variables})


def _walk(side: Side, field: str, token: str) -> str:
    """The cursor that page 999 ends with."""
    cursor: str | None = None
    document = _WALK.format(field=field)
    rest = (_DEEP - 1) * PAGE
    while rest:
        size = min(_STEP, rest)
        body = orjson.dumps({"query": document, "variables": {"first": size, "after": cursor}})
        cursor = orjson.loads(_ask(side, token, body))["data"][field]["pageInfo"]["endCursor"]
        rest -= size
    return cursor or ""


def _ask(side: Side, token: str, body: bytes) -> bytes:
    connection = HTTPConnection(side.served.host, side.served.port, timeout=60)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "accept": "application/json"}
    connection.request("POST", "/graphql", body, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status != _OK or b'"errors":[{' in answer:
        message = f"{response.status}: {answer[:1000].decode()}"
        raise RuntimeError(message)
    return answer
