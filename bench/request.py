"""Where the microseconds of a request go outside SQL: `PYTHONPATH=. .venv/bin/python -m bench.request [rounds]`.

In one process, without a network and without a database: bytes are fed to the server's protocol as the event loop would, and the parts are called one by one.
Each number is the one that a quarter of the rounds stay below; a part is measured by itself or as the difference of two chains. No time is asserted anywhere.
"""

import asyncio
import logging
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import uvicorn
import uvloop
from graphql import get_variable_values
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from graphql_api.admission.entry import Entry
from graphql_api.admission.turns import Admission
from graphql_api.documents import Documents, Ready, root_fields
from graphql_api.endpoint import encoded
from graphql_api.headers import Frame
from graphql_api.limits import Limits, measure
from graphql_api.negotiation import bearer, language_of, media_type, read_parameters
from graphql_api.schema import Contract, build
from kernel.logging import configure_logging
from kernel.settings import Settings
from tenants.accounts.tokens import new_token, token_hash

ROOT = Path(__file__).parent.parent
LIST = "query Desk($first: Int!) { applications(first: $first) { totalCount edges { node { id state version desk createdAt person { id name } } } } }"
ACT = "mutation Act($input: RecommendApplicationInput!) { recommendApplication(input: $input) { application { id } errors { code } } }"
ACT_INPUT = {
    "idempotencyKey": "0123456789abcdef",
    "applicationId": "QXBwbGljYXRpb246",
    "version": 3,
    "opinion": "同意推荐",
    "rank": 1,
}
_UNION = UUID(int=1)
Costs = dict[str, float]
"""Microseconds by part."""


class Wire(asyncio.Transport):
    """A client that has sent what it had to say and throws the answer away."""

    def write(self, data: bytes) -> None:  # type: ignore[override]
        del data

    def writelines(self, list_of_data: Any) -> None:  # noqa: ANN401
        del list_of_data

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8400)}.get(name, default)

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return


def request_bytes(body: bytes, token: str) -> bytes:
    """What a browser's client sends."""
    head = [
        b"POST /graphql HTTP/1.1",
        b"host: jiangti.example.cn",
        b"user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        b"accept: application/graphql-response+json, application/json;q=0.9",
        b"accept-language: zh-CN,zh;q=0.8,en;q=0.5",
        b"accept-encoding: gzip, deflate, br",
        b"content-type: application/json",
        b"origin: https://jiangti.example.cn",
        b"sec-fetch-site: same-origin",
        b"authorization: Bearer " + token.encode(),
        b"content-length: " + str(len(body)).encode(),
        b"connection: keep-alive",
    ]
    return b"\r\n".join([*head, b"", body])


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """The least an application does: take the body, answer."""
    del scope
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


class BareRoute:
    """The same, as a route's endpoint."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await bare(scope, receive, send)


class Served:
    """One connection to an application by one of uvicorn's protocols."""

    def __init__(self, protocol: str, app: Any) -> None:  # noqa: ANN401 - an ASGI application
        config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False)
        config.load()
        self._connection: Any = config.http_protocol_class(config, ServerState(), {})  # type: ignore[operator, call-arg]
        self._connection.connection_made(Wire())

    async def request(self, sent: bytes) -> None:
        """From the bytes of a request to the bytes of its answer."""
        self._connection.data_received(sent)
        await asyncio.gather(*self._connection.tasks)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Meter:
    """Takes the time of so many rounds."""

    rounds: int

    async def alternating(self, chains: dict[str, Served], sent: bytes) -> Costs:
        """Microseconds of a request through each chain, taken in turns, so that a busy moment of the machine falls on all."""
        spent = {name: list[float]() for name in chains}
        for _ in range(self.rounds):
            for name, chain in chains.items():
                begun = time.perf_counter()
                await chain.request(sent)
                spent[name].append(time.perf_counter() - begun)
        return {name: typical(each) for name, each in spent.items()}

    async def awaited(self, act: Callable[[], Awaitable[object]]) -> float:
        """Microseconds of one call."""
        spent = list[float]()
        for _ in range(self.rounds):
            begun = time.perf_counter()
            await act()
            spent.append(time.perf_counter() - begun)
        return typical(spent)

    def called(self, act: Callable[[], object]) -> float:
        """Microseconds of one call."""
        spent = list[float]()
        for _ in range(self.rounds):
            begun = time.perf_counter()
            act()
            spent.append(time.perf_counter() - begun)
        return typical(spent)


def typical(spent: Sequence[float]) -> float:
    """What a quarter stay below, warm."""
    return statistics.quantiles(spent[len(spent) // 10 :], n=4)[0] * 1e6


async def chains(meter: Meter, sent: bytes) -> Costs:
    """The server and the layers between it and the endpoint, as differences of chains."""
    routes = [Route("/graphql", BareRoute())]
    costs: Costs = {}
    for name in ("h11", "httptools"):
        if find_spec(name) is None:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        framed = Starlette(routes=routes, middleware=[Middleware(Frame)])
        found = await meter.alternating(
            {
                "bare": Served(name, bare),
                "routed": Served(name, Starlette(routes=routes)),
                "framed": Served(name, framed),
            },
            sent,
        )
        costs[f"{name}: bytes to scope, its task, answer to bytes"] = found["bare"]
        costs[f"{name}: Starlette's two error layers and router"] = found["routed"] - found["bare"]
        costs[f"{name}: Frame (request id, eight headers, log line)"] = found["framed"] - found["routed"]
    return costs


def _request(sent: bytes) -> Callable[[], Request]:
    head, _, body = sent.partition(b"\r\n\r\n")
    lines = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    headers = [(name, value) for name, _, value in lines]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    return lambda: Request(dict(scope), receive)


async def parts(meter: Meter, contract: Contract, sent: bytes, token: str) -> Costs:
    """What the endpoint does beside SQL, part by part."""
    made, admission = _request(sent), Admission()
    request, body = made(), sent.partition(b"\r\n\r\n")[2]
    accept, language = request.headers["accept"], request.headers["accept-language"]
    costs = {
        "endpoint: Request made, four of its headers looked up": meter.called(lambda: _looked_up(made())),
        "endpoint: media type of Accept": meter.called(lambda: media_type(accept)),
        "endpoint: language": meter.called(lambda: language_of(language)),
        "endpoint: body read, checked, parsed (orjson)": await meter.awaited(lambda: read_parameters(made())),
        "— of that, orjson.loads": meter.called(lambda: orjson.loads(body)),
        "endpoint: a turn taken and given back": await meter.awaited(lambda: _turn(admission, made())),
        "endpoint: token found and hashed": meter.called(lambda: token_hash(bearer(request) or token)),
    }
    documents = Documents(contract.registry, Limits(), hide_suggestions=True)
    for name, text, values in (("list", LIST, {"first": 50}), ("input object", ACT, {"input": ACT_INPUT})):
        costs |= _of_document(meter, contract, documents, name, text, values)
    answer = {"data": {"applications": {"totalCount": 50, "edges": [{"node": _row(number)} for number in range(50)]}}}
    costs["answer: orjson.dumps of 50 rows and Response"] = meter.called(lambda: encoded(answer, 200))
    small: dict[str, Any] = {"data": {"viewer": None}}
    costs["answer: the same of a small one"] = meter.called(lambda: encoded(small, 200))
    return costs


def _of_document(
    meter: Meter, contract: Contract, documents: Documents, name: str, text: str, values: dict[str, Any]
) -> Costs:
    prepared = documents.prepare(text)
    assert not prepared.problems, prepared.problems
    ready = documents.ready(prepared, None, values)
    if not isinstance(ready, Ready):
        message = f"{name}: {ready}"
        raise TypeError(message)
    given = ready.operation.variable_definitions or ()
    schema, document = contract.executable, ready.document
    return {
        f"{name}: document looked up": meter.called(lambda: documents.prepare(text)),
        f"{name}: variables coerced (graphql-core)": meter.called(lambda: get_variable_values(schema, given, values)),
        f"{name}: limits measured": meter.called(
            lambda: measure(contract.registry, document, ready.operation, values, Limits())
        ),
        f"{name}: operation found, variables and limits together": meter.called(
            lambda: documents.ready(prepared, None, values)
        ),
        f"{name}: names of its root fields": meter.called(lambda: root_fields(ready)),
    }


async def _nothing(_request: Request) -> None:
    return


async def _turn(admission: Admission, request: Request) -> None:
    entry = Entry(admission, request)
    await entry.heard(_nothing)
    async with entry:
        entry.belongs_to(_UNION)


def _looked_up(request: Request) -> list[str | None]:
    return [request.headers.get(name) for name in ("accept", "accept-language", "authorization", "content-type")]


def _row(number: int) -> dict[str, Any]:
    return {
        "id": f"QXBwbGljYXRpb246{number:032}",
        "state": "UNDER_REVIEW",
        "version": number,
        "desk": "ORGANISER",
        "createdAt": "2026-03-02T09:00:00.000+08:00",
        "person": {"id": f"UGVyc29u{number:032}", "name": "王建国"},
    }


async def measured(meter: Meter) -> Costs:
    """All parts."""
    contract, token = build(b"bench"), new_token()
    sent = request_bytes(orjson.dumps({"query": LIST, "variables": {"first": 50}}), token)
    return {**await chains(meter, sent), **await parts(meter, contract, sent, token)}


def main(arguments: Sequence[str]) -> None:
    """Print the table; the log goes where nobody reads it."""
    configure_logging(Settings.from_env({}), "api")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(nowhere)  # pyright: ignore[reportUnknownMemberType]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            costs = runner.run(measured(Meter(int(arguments[0]) if arguments else 3000)))
    print("| part | µs |\n| --- | ---: |", *(f"| {name} | {cost:.1f} |" for name, cost in costs.items()), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
