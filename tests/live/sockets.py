"""Real sockets to a real server in this process: `async with serving(…) as place, place.open(token) as socket: …`."""

import asyncio
import socket as sockets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from graphql_api.app import make_app
from graphql_api.context import Authenticator, Services
from graphql_api.live.closing import LiveLimits
from graphql_api.live.service import Live
from graphql_api.live.transport import SocketProtocol, socket_options
from graphql_api.schema import Contract
from graphql_api.transport import http_options
from kernel.clock import Clock
from kernel.database import Database
from kernel.live import announce_change
from tenants.accounts.entrance import Entrance
from tests.graphql_api.client import Client

PROTOCOL = "graphql-transport-ws"
CHANGED = "subscription { workChanged { kind objectId act object { __typename id } } }"
PATIENCE = 10.0
SILENCE = 0.4
RESYNC = {"kind": "RESYNC", "objectId": None, "act": None, "object": None}


@dataclass
class Socket:
    """A client's end of a connection."""

    wire: ClientConnection

    async def say(self, message: object) -> None:
        await self.wire.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return orjson.loads(await self.wire.recv())

    async def begin(self, token: str | None) -> dict[str, Any]:
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await self.say({"type": "connection_init", "payload": payload})
        return await self.hear()

    async def subscribe(self, query: str = CHANGED, number: str = "1", **variables: Any) -> None:
        await self.say({"id": number, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def changed(self) -> dict[str, Any]:
        """The next thing that is told."""
        message = await self.hear()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["workChanged"]

    async def is_silent(self, seconds: float = SILENCE) -> bool:
        """Whether nothing is told for a while."""
        try:
            async with asyncio.timeout(seconds):
                await self.wire.recv()
        except TimeoutError:
            return True
        return False

    async def ending(self, within: float = PATIENCE) -> tuple[int, str]:
        """The code and the word by which the server closed; what is told before is passed over."""
        async with asyncio.timeout(within):
            while True:
                try:
                    await self.wire.recv()
                except ConnectionClosed as closed:
                    return (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)


@dataclass
class Place:
    """A running server."""

    port: int
    live: Live
    server: uvicorn.Server
    api: Client

    @asynccontextmanager
    async def wire(self, *, headers: dict[str, str] | None = None, **options: Any) -> AsyncGenerator[Socket]:
        """A connection that has not said anything."""
        given: dict[str, Any] = {
            "subprotocols": [PROTOCOL],
            "additional_headers": headers or {},
            "open_timeout": 10,
            **options,
        }
        async with connect(f"ws://127.0.0.1:{self.port}/graphql", **given) as wire:
            yield Socket(wire)

    @asynccontextmanager
    async def open(self, token: str, **options: Any) -> AsyncGenerator[Socket]:
        """A connection that was acknowledged."""
        async with self.wire(**options) as socket:
            assert await socket.begin(token) == {"type": "connection_ack"}
            yield socket

    @asynccontextmanager
    async def subscribed(self, token: str, query: str = CHANGED, **variables: Any) -> AsyncGenerator[Socket]:
        """A connection that waits for what happens, and has read everything before."""
        async with self.open(token) as socket:
            await socket.subscribe(query, **variables)
            assert (await socket.changed())["kind"] == "RESYNC"
            yield socket


@asynccontextmanager
async def serving(
    contract: Contract,
    app: Database,
    clock: Clock,
    authenticator: Authenticator,
    entrance: Entrance | None = None,
    limits: LiveLimits | None = None,
    protocol: type[SocketProtocol] = SocketProtocol,
) -> AsyncGenerator[Place]:
    """A server on a free port; at the end everything that it began must be over."""
    door = entrance if entrance is not None else Entrance(app, None)  # type: ignore[arg-type]
    application = make_app(contract, Services(app, door, clock, authenticator), demo=False, live_limits=limits)
    apps = [getattr(route, "app", None) for route in application.routes]
    (live,) = [found for found in apps if isinstance(found, Live)]
    before = asyncio.all_tasks()
    with sockets.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4_096)
        port = listener.getsockname()[1]
        options: dict[str, Any] = {**socket_options(), **http_options(), "ws": protocol}
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
            **options,
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started and live.listener.is_hearing)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            yield Place(port, live, server, Client(http))
        server.should_exit = True
        await asyncio.wait_for(running, 10)
    await until(lambda: asyncio.all_tasks() - before <= {asyncio.current_task()})
    assert live.hub.count() == 0


async def until(is_so: Any) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.01)


async def tell(app: Database, clock: Clock, tenant_id: UUID, *changed: tuple[str, UUID], act: str = "touch") -> None:
    """Commit a transaction that tells of these objects."""
    async with app.write(tenant_id) as session:
        for kind, key in changed:
            announce_change(session, kind, key, act, clock.now())


async def tell_often(app: Database, clock: Clock, tenant_id: UUID, changed: tuple[str, UUID], count: int) -> None:
    """Commit one transaction that tells of one object again and again, each time of another act."""
    async with app.write(tenant_id) as session:
        for number in range(count):
            announce_change(session, *changed, f"touch{number}", clock.now())
