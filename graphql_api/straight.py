"""The short way of a GraphQL request through ASGI: past routing, its headers looked at once, its answer sent as two messages."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/graphql"


class Straight:
    """Hands what is asked of `/graphql` by HTTP, whatever the method, to the endpoint; all else to the application."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Awaitable[ASGIApp]]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            scope["app"] = None
            response = await self._answer(read_once(Request(scope, receive)))
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Headers(dict[str, str]):
    """Names in lower case; of a header that came twice the first counts, as with Starlette's own."""


def read_once(request: Request) -> Request:
    """The request with its headers in a dictionary: each is asked for several times."""
    headers = _Headers()
    for name, value in request.scope["headers"]:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    cast("Any", request)._headers = headers  # noqa: SLF001 - where Starlette keeps its own
    return request


class Answered(Response):
    """Data as JSON, with 汉字 as they are; never stored by anyone on the way."""

    def __init__(self, data: object, kind: str) -> None:
        # past Response.__init__, which works out what is known here
        self.status_code = 200
        self.background = None
        self.body = orjson.dumps({"data": data})
        self.raw_headers = [*_said(kind), (b"content-length", b"%d" % len(self.body))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


@lru_cache
def _said(kind: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-type", f"{kind}; charset=utf-8".encode()),)
