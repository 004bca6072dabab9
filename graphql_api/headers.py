"""What every answer carries, and the number every request gets."""

import logging
import re
import time
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.ids import new_id
from kernel.logging import log_plainly

log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}", re.ASCII)
_STRICT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_FIXED = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", _STRICT.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_NUMBER = b"x-request-id"
_OURS = frozenset({_NUMBER, *(name for name, _ in _FIXED)})
Pairs = Iterable[tuple[bytes, bytes]]


class Frame:
    """Outermost: request id, security headers, one log line without personal data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == _NUMBER), b"")
        number = given.decode("ascii") if _REQUEST_ID.fullmatch(given) else str(new_id())
        scope.setdefault("state", {})["request_id"] = number
        started = time.perf_counter()
        status = 500

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = completed(message.get("headers", ()), number)
            await send(message)

        try:
            await self.app(scope, receive, framed)
        finally:
            spent = round((time.perf_counter() - started) * 1000, 1)
            log_plainly(
                log, "request", request_id=number, method=scope["method"], path=scope["path"], status=status, ms=spent
            )


def completed(given: Pairs, number: str) -> list[tuple[bytes, bytes]]:
    """An answer's headers (names in lower case, as ASGI has them) with ours; what the answer itself says of them stays, but for the number."""
    headers = list(given)
    said = {name for name, _ in headers}
    if said.isdisjoint(_OURS):
        headers += _FIXED
    else:
        headers = [pair for pair in headers if pair[0] != _NUMBER]
        headers += [pair for pair in _FIXED if pair[0] not in said]
    headers.append((_NUMBER, number.encode("ascii")))
    return headers
