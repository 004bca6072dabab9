# pyright: reportUnknownMemberType=false
"""The server's side of an HTTP connection below the application: who dawdles or never stops talking is cut off, since each holds memory and an open file.

uvicorn itself only ends connections that are idle between two requests (`timeout_keep_alive`).
"""

import resource
from asyncio import BaseTransport, TimerHandle
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_MOST_FILES = 65_536
_Base: Any = AutoHTTPProtocol


class StuckWriter:
    """A timer for a protocol whose client does not take what he is sent."""

    stuck_seconds: float
    loop: Any
    transport: Any
    _stuck: TimerHandle | None = None

    def begin_waiting(self) -> None:
        """The buffer is full; `stuck_seconds` later the connection is cut."""
        self.end_waiting()
        self._stuck = self.loop.call_later(self.stuck_seconds, self.transport.abort)

    def end_waiting(self) -> None:
        """He takes it again, or has gone."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None


class HttpProtocol(_Base, StuckWriter):  # pyright: ignore[reportUntypedBaseClass] - h11's or httptools', whichever is there
    """uvicorn's protocol with bounds.

    A request's head has arrived `arrive_seconds` after its first byte (or after the connection was made), and its body as long after that; a head has at
    most `head_bytes` (what arrives in one piece may have more); an answer that fills the buffer moves on within `stuck_seconds`.
    """

    arrive_seconds = 15.0
    stuck_seconds = 30.0
    head_bytes = 64 * 1024
    cycle: Any
    _since: float | None = None
    _head = 0
    _look_again: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self._since = self.loop.time()
        self._look_again = self.loop.call_later(self.arrive_seconds, self._look)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        is_between = before is None or (before.response_complete and not before.more_body)
        if is_between and self._since is None:
            self._since = self.loop.time()
        super().data_received(data)
        if self.cycle is not before:
            self._head = 0
            self._since = self.loop.time() if self.cycle.more_body else None
        elif is_between:
            self._limit_head(len(data))
        elif before is not None and not before.more_body:
            self._since = None

    def handle_websocket_upgrade(self, *given: Any) -> None:  # noqa: ANN401 - as each implementation calls it
        self._forget()
        super().handle_websocket_upgrade(*given)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.begin_waiting()

    def resume_writing(self) -> None:
        self.end_waiting()
        super().resume_writing()

    def _limit_head(self, more: int) -> None:
        self._head += more
        if self._head > self.head_bytes and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def _look(self) -> None:
        now = self.loop.time()
        if self._since is not None and now - self._since >= self.arrive_seconds:
            self.transport.abort()
        else:
            began = now if self._since is None else self._since
            self._look_again = self.loop.call_at(began + self.arrive_seconds, self._look)

    def _forget(self) -> None:
        self.end_waiting()
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None


def http_options() -> dict[str, Any]:
    """How the server is to be configured for HTTP."""
    return {
        "http": HttpProtocol,
        "timeout_keep_alive": 5,
        "backlog": 2048,
        "h11_max_incomplete_event_size": HttpProtocol.head_bytes,
    }


def raise_open_files() -> int:
    """Let this process open as many files as it is allowed to, up to 65,536; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
