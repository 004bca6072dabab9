"""The server's side of a web socket below the application: what no application hears of."""

import logging
from asyncio import BaseTransport
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graphql_api.live.closing import LiveLimits
from graphql_api.live.pace import Pace
from graphql_api.transport import StuckWriter

_PING_BURST, _PING_RATE = 20, 1.0
_WARNINGS = logging.getLogger("uvicorn.error.sockets")
_WARNINGS.setLevel(
    logging.WARNING
)  # else each handshake is logged with its query string, where a client may have put his token


class SocketProtocol(WebSocketsSansIOProtocol, StuckWriter):
    """Cuts off who does not read what he is sent for `stuck_seconds`, and who floods the server with ping frames, each of which it must answer."""

    buffered = 256 * 1024
    stuck_seconds = 10.0
    _pace: Pace | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.logger = _WARNINGS
        self.transport.set_write_buffer_limits(high=self.buffered)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end_waiting()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.begin_waiting()

    def resume_writing(self) -> None:
        self.end_waiting()
        super().resume_writing()

    def handle_ping(self) -> None:
        self._pace = self._pace or Pace(_PING_BURST, _PING_RATE)
        if self._pace.allows(self.loop.time()):
            super().handle_ping()
        else:
            self.transport.abort()


def socket_options() -> dict[str, Any]:
    """How the server is to be configured: no compression (a small message may not become a large one), and a ping every 20 s."""
    return {
        "ws": SocketProtocol,
        "ws_max_size": LiveLimits().message_bytes,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "ws_per_message_deflate": False,
    }
