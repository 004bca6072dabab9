"""The server: one route for each question, variables as JSON in the body. `python -m bench.byhand.app` serves on the socket it inherits."""

import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from socket import socket
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.byhand import lists
from bench.byhand.dossier import dossier
from bench.byhand.pool import Connection, Pool
from bench.byhand.recommend import recommend
from bench.byhand.session import Who, find_who
from bench.byhand.viewer import viewer
from kernel.ids import new_id
from kernel.postgres import database_urls, find_server
from kernel.sealing import Sealer, open_sealer
from kernel.settings import Settings

Answer = dict[str, Any] | bytes
"""What stands under `data`; as bytes, where PostgreSQL has written it."""
_BEARER = len("Bearer ")
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass
class Server:
    """What all requests share."""

    app: Pool
    login: Pool
    sealer: Sealer


Reader = Callable[[Connection, Who, lists.Variables, str], Awaitable[Answer]]
SealedReader = Callable[[Sealer, Connection, Who, lists.Variables, str], Awaitable[Answer]]


async def _viewer(server: Server, who: Who, _given: lists.Variables, _request_id: str) -> Answer:
    return await viewer(server.app, server.login, who)


async def _sealed(read: SealedReader, server: Server, who: Who, given: lists.Variables, request_id: str) -> Answer:
    async def act(connection: Connection) -> Answer:
        return await read(server.sealer, connection, who, given, request_id)

    return await server.app.work(act)


async def _read(read: Reader, server: Server, who: Who, given: lists.Variables, request_id: str) -> Answer:
    async def act(connection: Connection) -> Answer:
        return await read(connection, who, given, request_id)

    return await server.app.work(act)


_ANSWERS: dict[str, Callable[[Server, Who, lists.Variables, str], Awaitable[Answer]]] = {
    "board": partial(_read, lists.board),
    "register": partial(_read, lists.register),
    "subtree": partial(_read, lists.subtree),
    "wide": partial(_read, lists.wide),
    "viewer": _viewer,
    "dossier": partial(_sealed, dossier),
    "recommend": partial(_sealed, recommend),
}


def make_app(settings: Settings) -> Starlette:
    """The application; connects when it starts, with as many connections as the product has by default."""
    server: Server | None = None

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        nonlocal server
        urls = database_urls(settings, find_server(settings))
        app, login = _plain(urls.app), _plain(urls.login)
        server = Server(await Pool.open(app, settings.app_pool_size), await Pool.open(login, 4), open_sealer(settings))
        yield
        await server.app.close()
        await server.login.close()

    def endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
        answer = _ANSWERS[name]

        async def answering(request: Request) -> Response:
            assert server is not None
            request_id = str(new_id())
            who = await find_who(server.login, request.headers["authorization"][_BEARER:])
            if who is None:
                return Response(status_code=401)
            data = await answer(server, who, orjson.loads(await request.body()), request_id)
            content = b'{"data":' + data + b"}" if isinstance(data, bytes) else orjson.dumps({"data": data})
            _log(request_id, name)
            headers = {"x-request-id": request_id, **_HEADERS}
            return Response(content, media_type="application/json", headers=headers)

        return answering

    routes = [Route(f"/{name}", endpoint(name), methods=["POST"]) for name in _ANSWERS]
    return Starlette(routes=routes, lifespan=lifespan)


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def _log(request_id: str, name: str) -> None:
    """One line for each request, as every server in production has."""
    sys.stdout.buffer.write(orjson.dumps({"request_id": request_id, "path": name, "status": 200}) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Serve like the product: one process, uvloop, the same HTTP parser."""
    listener = socket(fileno=int(os.environ["BENCH_LISTENER"]))
    config = uvicorn.Config(
        make_app(Settings.from_env()), log_config=None, access_log=False, server_header=False, lifespan="on"
    )
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
