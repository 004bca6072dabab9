"""What one process has for its web sockets: one listening connection to the database, the feeds, and the regular look at who is still there."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from graphql_api.context import Services
from graphql_api.documents import Documents
from graphql_api.endpoint import encoded
from graphql_api.errors import shown_errors
from graphql_api.live import closing as ends
from graphql_api.live.closing import ClosedError, Closing, LiveLimits
from graphql_api.live.connection import PROTOCOL, Connection, stop
from graphql_api.live.delivering import Deliverer
from graphql_api.live.hub import Hub
from graphql_api.negotiation import language_of
from graphql_api.refusals import CROSS_SITE, OVERLOADED
from graphql_api.schema import Contract
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.listening import DATABASE_AWAY, Listener
from kernel.live import CHANNEL

log = structlog.get_logger(__name__)


class Live:
    """The ASGI application behind the web sockets. Without `running()` nobody listens and nobody looks."""

    def __init__(
        self, contract: Contract, documents: Documents, services: Services, limits: LiveLimits | None = None
    ) -> None:
        self.limits = limits or LiveLimits()
        self.hub = Hub()
        self.listener = Listener(services.app.engine.url, CHANNEL, self.hub.hear, self.hub.miss)
        self._services = services
        self._documents = documents
        turns = asyncio.Semaphore(self.limits.readers)
        self._deliverer = Deliverer(contract.executable, contract.registry, services, self.limits, turns)
        self._sockets = 0
        self._entered: set[Connection] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listen, and look at the sessions, as long as the process serves."""
        tasks = [asyncio.create_task(self.listener.run()), asyncio.create_task(self._watch())]
        try:
            yield
        finally:
            await stop(tasks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.receive()
        refused = self._refused(socket)
        if refused is not None:
            await socket.send_denial_response(refused)
            return
        self._sockets += 1
        began = time.monotonic()
        try:
            closing = await self._serve(socket)
            spent = round(time.monotonic() - began, 1)
            log.info("socket", path=scope["path"], code=closing.code, reason=closing.reason, seconds=spent)
        finally:
            self._sockets -= 1

    async def _serve(self, socket: WebSocket) -> Closing:
        offered = PROTOCOL in socket.scope.get("subprotocols", ())
        await socket.accept(PROTOCOL if offered else None)
        connection = Connection(socket, self._deliverer, self._documents, self.hub, self._enter)
        try:
            closing = await connection.serve() if offered else ends.WRONG_PROTOCOL
        finally:
            self._entered.discard(connection)
        with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            async with asyncio.timeout(self.limits.close_seconds):
                await socket.close(closing.code, closing.reason)
        return closing

    def _refused(self, socket: WebSocket) -> Response | None:
        """Why there is no handshake: another site's page asks, or there are too many already."""
        if not is_own_page(socket):
            return _refusal(CROSS_SITE(), 403, socket)
        if self._sockets < self.limits.connections:
            return None
        seconds = self.limits.retry_seconds
        refused = _refusal(OVERLOADED(seconds=seconds), 503, socket)
        refused.headers["retry-after"] = str(seconds)
        return refused

    def _enter(self, connection: Connection) -> None:
        if connection.viewer is None:
            raise ClosedError(ends.NOT_SIGNED_IN)
        mine, ours = _place_of(connection)
        places = [_place_of(other) for other in self._entered]
        is_account_full = sum(account == mine for account, _ in places) >= self.limits.connections_per_account
        if is_account_full or sum(union == ours for _, union in places) >= self.limits.connections_per_union:
            raise ClosedError(ends.TOO_MANY_CONNECTIONS)
        self._entered.add(connection)

    async def _watch(self) -> None:
        """Look at all sessions again and again: one statement, however many connections there are."""
        while True:
            await asyncio.sleep(self.limits.watch_seconds)
            try:
                await self._look()
            except Exception as failure:
                if not isinstance(failure, DATABASE_AWAY):
                    log.exception("unforeseen")
                for connection in list(self._entered):
                    connection.leave_unverified()

    async def _look(self) -> None:
        entered = {
            connection: viewer.signed_in.session_id for connection in self._entered if (viewer := connection.viewer)
        }
        if not entered:
            return
        async with asyncio.timeout(self.limits.watch_seconds):
            present = await self._services.authenticator.find_present(set(entered.values()))
        for connection, session_id in entered.items():
            connection.verify(present.get(session_id))


def is_own_page(socket: WebSocket) -> bool:
    """Whether no browser says that a page of another site opened this; a browser always says whose page it is."""
    origin = socket.headers.get("origin")
    if socket.headers.get("sec-fetch-site") == "cross-site":
        return False
    return origin is None or urlsplit(origin).netloc.lower() == socket.headers.get("host", "").lower()


def _place_of(connection: Connection) -> tuple[UUID | None, UUID | None]:
    """The account and the union of who is connected."""
    viewer = connection.viewer
    return (None, None) if viewer is None else (viewer.signed_in.account_id, viewer.signed_in.tenant.id)


def _refusal(failure: Failure, status: int, socket: WebSocket) -> Response:
    language = language_of(socket.headers.get("accept-language"))
    return encoded({"errors": shown_errors([failure], language, str(new_id()))}, status)
