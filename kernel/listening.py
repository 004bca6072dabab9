"""One listening connection for each process: hears notifications, comes back after it was cut off, and says when something may have been missed."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import asyncpg
import structlog
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)
DATABASE_AWAY = (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database that cannot be reached, or not now, is known by."""
_CONNECT_SECONDS = 10.0
_connect: Any = cast("Any", asyncpg).connect  # asyncpg has no types
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class Listener:
    """Calls `heard(payload)` for each notification on `channel`, and `missed()` each time it begins to hear (again).

    Danger: LISTEN needs a session of its own; a pooler that hands sessions out by transaction in between makes it deaf.
    """

    def __init__(
        self,
        url: URL,
        channel: str,
        heard: Callable[[str], None],
        missed: Callable[[], None],
        *,
        beat: float = 10.0,
    ) -> None:
        self._url = url
        self._channel = channel
        self._heard = heard
        self._missed = missed
        self._beat = beat
        self.is_hearing = False

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._listen()
                pause = _FIRST_PAUSE
            except DATABASE_AWAY as failure:
                log.warning("not listening", reason=type(failure).__name__)
                pause = min(_LONGEST_PAUSE, pause * 2)
            self.is_hearing = False
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """Hear until the connection ends."""
        lost = asyncio.Event()

        def lose(_connection: object) -> None:
            lost.set()

        connection = await _connect(**self._address(), timeout=_CONNECT_SECONDS)
        connection.add_termination_listener(lose)
        try:
            await connection.add_listener(self._channel, self._on_notification)
            self.is_hearing = True
            log.info("listening")
            self._missed()
            await self._stay(connection, lost)
        finally:
            connection.terminate()

    async def _stay(self, connection: Any, lost: asyncio.Event) -> None:  # noqa: ANN401 - asyncpg has no types
        """Return when the connection is lost; a beat now and then finds one that died silently."""
        while not lost.is_set():
            try:
                async with asyncio.timeout(self._beat):
                    await lost.wait()
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=_CONNECT_SECONDS)

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._heard(str(payload))

    def _address(self) -> dict[str, Any]:
        url = self._url
        return {
            "host": url.host,
            "port": url.port,
            "user": url.username,
            "password": url.password,
            "database": url.database,
            "server_settings": {"application_name": "jiangti live"},
        }
