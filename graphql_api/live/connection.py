"""One web socket: the handshake of graphql-transport-ws, its messages, its subscriptions, its end."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from graphql_api.documents import Documents, Problems
from graphql_api.errors import shown_errors
from graphql_api.live import closing as ends
from graphql_api.live.closing import ClosedError, Closing, LiveLimits
from graphql_api.live.delivering import Deliverer, Subscribed, Viewer, judge, require_able
from graphql_api.live.hub import Feed, Hub
from graphql_api.live.messages import Message, asked, parse, token_in
from graphql_api.live.pace import Pace
from graphql_api.negotiation import bearer, language_of
from graphql_api.refusals import ONLY_SUBSCRIPTIONS, QUERY_TOO_COMPLEX, TOO_MANY_SUBSCRIPTIONS
from kernel.ids import new_id
from kernel.listening import DATABASE_AWAY
from kernel.live import Change
from tenants.accounts.facts import SignedIn

PROTOCOL = "graphql-transport-ws"
_AGAIN_AFTER = 1.0
log = structlog.get_logger(__name__)


class Connection:
    """Serves one accepted socket until it ends; `enter` counts the connection in once it is known whose it is, and may raise ClosedError."""

    def __init__(
        self,
        socket: WebSocket,
        deliverer: Deliverer,
        documents: Documents,
        hub: Hub,
        enter: Callable[["Connection"], None],
    ) -> None:
        self._socket = socket
        self._deliverer = deliverer
        self._documents = documents
        self._hub = hub
        self._enter = enter
        self._limits: LiveLimits = deliverer.limits
        self._ended: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()
        self._pumps: dict[str, asyncio.Task[None]] = {}
        self._pace = Pace(self._limits.burst, self._limits.rate)
        self._verified_at = asyncio.get_running_loop().time()
        self._request_id = str(new_id())
        self.viewer: Viewer | None = None

    async def serve(self) -> Closing:
        """Talk until something ends it; returns what did."""
        reader = asyncio.create_task(self._read())
        try:
            return await self._ended
        finally:
            await stop([reader, *self._pumps.values()])

    def end(self, closing: Closing) -> None:
        """The connection is to end; the first reason counts."""
        if not self._ended.done():
            self._ended.set_result(closing)

    def verify(self, present: SignedIn | None) -> None:
        """What the regular look at all sessions has found of this one's."""
        self._verified_at = asyncio.get_running_loop().time()
        closing = None if self.viewer is None else judge(self.viewer.signed_in, present)
        if closing is not None:
            self.end(closing)

    def leave_unverified(self) -> None:
        """Nobody could look; for a while that may be so."""
        if asyncio.get_running_loop().time() - self._verified_at > self._limits.unverified_seconds:
            self.end(ends.UNAVAILABLE)

    async def _read(self) -> None:
        try:
            await self._begin()
            while True:
                await self._take(await self._receive())
        except ClosedError as closed:
            self.end(closed.closing)
        except WebSocketDisconnect:
            self.end(ends.GONE)
        except DATABASE_AWAY:
            self.end(ends.UNAVAILABLE)
        except Exception:  # the reader is the last to catch anything
            log.exception("unforeseen", request_id=self._request_id)
            self.end(ends.INTERNAL)

    async def _begin(self) -> None:
        """From the first message to the acknowledgement."""
        try:
            async with asyncio.timeout(self._limits.init_seconds):
                message = await self._receive()
                while message.type in {"ping", "pong"}:
                    await self._take(message)
                    message = await self._receive()
        except TimeoutError:
            raise ClosedError(ends.INIT_TIMEOUT) from None
        if message.type != "connection_init":
            raise ClosedError(ends.NOT_ACKNOWLEDGED)
        self.viewer = await self._recognise(message)
        self._enter(self)
        await self._send({"type": "connection_ack"})

    async def _recognise(self, message: Message) -> Viewer:
        """Whose token it is; being recognised is no use of the session."""
        token = token_in(message, bearer(self._socket))
        authenticator = self._deliverer.services.authenticator
        signed_in = None if token is None else await authenticator.recognise(token)
        if signed_in is None:
            raise ClosedError(ends.NOT_SIGNED_IN)
        require_able(signed_in)
        language = language_of(self._socket.headers.get("accept-language"))
        address = None if self._socket.client is None else self._socket.client.host
        return Viewer(signed_in, self._request_id, language, address)

    async def _receive(self) -> Message:
        """The next message; raises ClosedError where it cannot be one, or where there are too many."""
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1005))
        text = received.get("text")
        if text is None:
            raise ClosedError(ends.NOT_TEXT)
        if len(text.encode()) > self._limits.message_bytes:
            raise ClosedError(ends.TOO_BIG)
        if not self._pace.allows(asyncio.get_running_loop().time()):
            raise ClosedError(ends.TOO_MANY_MESSAGES)
        return parse(text, self._limits.id_length)

    async def _take(self, message: Message) -> None:
        if message.type == "ping":
            await self._send({"type": "pong"})
        elif message.type == "connection_init":
            raise ClosedError(ends.INIT_TWICE)
        elif message.type == "complete":
            pump = self._pumps.pop(message.id, None)
            await stop([] if pump is None else [pump])
        elif message.type == "subscribe":
            await self._subscribe(message)

    async def _subscribe(self, message: Message) -> None:
        if message.id in self._pumps:
            raise ClosedError(ends.id_in_use(message.id))
        found = self._subscribed(message)
        if isinstance(found, Subscribed):
            self._pumps[message.id] = asyncio.create_task(self._pump(message.id, found))
            return
        language = "zh" if self.viewer is None else self.viewer.language
        shown = shown_errors(found, language, self._request_id)
        await self._send({"id": message.id, "type": "error", "payload": shown})

    def _subscribed(self, message: Message) -> Subscribed | Problems:
        """The operation, or why not: the same limits as over HTTP, a lower cost, and only subscriptions."""
        if len(self._pumps) >= self._limits.subscriptions:
            return [TOO_MANY_SUBSCRIPTIONS(most=self._limits.subscriptions)]
        wanted = asked(message)
        prepared = self._documents.prepare(wanted.query)
        ready = prepared.problems or self._documents.ready(prepared, wanted.operation_name, wanted.variables)
        if isinstance(ready, list):
            return ready
        if not ready.is_subscription:
            return [ONLY_SUBSCRIPTIONS()]
        if ready.cost > self._limits.cost:
            return [QUERY_TOO_COMPLEX(measure="cost", value=ready.cost, limit=self._limits.cost)]
        return Subscribed(ready, wanted)

    async def _pump(self, number: str, subscribed: Subscribed) -> None:
        """Deliver what one subscription waits for, until the connection or the subscription ends."""
        viewer = self.viewer
        if viewer is None:
            return
        tenant_id = viewer.signed_in.tenant.id
        feed = self._hub.open(tenant_id, self._limits.waiting, lambda: self.end(ends.SLOW_CONSUMER))
        try:
            while True:
                await self._deliver(number, viewer, subscribed, feed, await feed.next())
        except ClosedError as closed:
            self.end(closed.closing)
        except WebSocketDisconnect:
            self.end(ends.GONE)
        except Exception:  # the pump is the last to catch anything
            log.exception("unforeseen", request_id=self._request_id)
            self.end(ends.INTERNAL)
        finally:
            self._hub.close(feed)

    async def _deliver(
        self, number: str, viewer: Viewer, subscribed: Subscribed, feed: Feed, change: Change | None
    ) -> None:
        try:
            delivery, answer = await self._deliverer.deliver(viewer, subscribed, change)
        except DATABASE_AWAY:
            feed.miss()
            await asyncio.sleep(_AGAIN_AFTER)
            return
        feed.kinds = delivery.kinds
        if answer is not None:
            await self._send({"id": number, "type": "next", "payload": answer})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())


async def stop(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait until they are over."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
