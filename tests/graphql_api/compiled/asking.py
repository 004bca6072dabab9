"""One request, straight into an ASGI application, and everything that came of it: the answer, and what was recorded of the reading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import text
from starlette.types import ASGIApp, Message

from kernel.database import Database
from tests.graphql_api.compiled.operations import Operation

_ERROR_ID = re.compile(rb'"errorId":"[0-9a-f-]{36}"')
_FORGET = text(
    "DELETE FROM read_entry WHERE request_id = :number RETURNING"
    " tenant_id, at, account_id, acting_for, actor, asked, object_kind, object_id, rows, basis_id"
)
_CLIENT = ("127.0.0.1", 50_000)


@dataclass(frozen=True)
class Outcome:
    """What one application made of an operation; two of them are equal when nobody can tell the applications apart."""

    status: int
    kind: str
    body: bytes
    recorded: tuple[tuple[str, ...], ...]

    @property
    def shown(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """Of its errors, the reasons."""
        return [error["extensions"].get("reason", "?") for error in self.shown.get("errors", [])]


class Asker:
    """Asks one application; what it recorded is taken away again, so that the next one finds the rows as this one did."""

    def __init__(self, app: ASGIApp, owner: Database) -> None:
        self._app = app
        self._owner = owner

    async def ask(self, operation: Operation, number: str) -> Outcome:
        """`number` is the request's, 8 to 64 characters."""
        status, headers, body = await self._send(operation, number)
        async with self._owner.plain() as session:
            rows = (await session.execute(_FORGET, {"number": number})).all()
        recorded = tuple(sorted(tuple(str(value) for value in row) for row in rows))
        return Outcome(status, headers.get(b"content-type", b"").decode(), comparable(body), recorded)

    async def _send(self, operation: Operation, number: str) -> tuple[int, dict[bytes, bytes], bytes]:
        sent = {"query": operation.text, "variables": dict(operation.variables), "operationName": operation.name}
        scope, content = _request(operation, sent, number)
        answers: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            answers.append(message)

        await self._app(scope, receive, send)
        start, *rest = answers
        return start["status"], dict(start["headers"]), b"".join(part.get("body", b"") for part in rest)


def comparable(body: bytes) -> bytes:
    """The body without what is random by nature: an unforeseen error's number, and the order of errors, since roots are read side by side."""
    body = _ERROR_ID.sub(b'"errorId":"-"', body)
    if body.count(b'"requestId":') < 2:
        return body
    shown = orjson.loads(body)
    if len(shown.get("errors", ())) > 1:
        shown["errors"].sort(key=orjson.dumps)
    return orjson.dumps(shown)


def _request(operation: Operation, sent: Mapping[str, Any], number: str) -> tuple[dict[str, Any], bytes]:
    headers = {
        "accept": operation.accept,
        "accept-language": operation.language,
        "x-request-id": number,
        "content-type": "application/json",
    }
    if operation.persona.token is not None:
        headers["authorization"] = f"Bearer {operation.persona.token}"
    content, query = orjson.dumps(sent), ""
    if operation.method == "GET":
        query = "&".join(
            f"{name}={quote(value if isinstance(value, str) else orjson.dumps(value).decode(), safe='')}"
            for name, value in sent.items()
            if value is not None
        )
        content = b""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": operation.method,
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": _CLIENT,
        "server": ("jiangti.test", 80),
    }
    return scope, content
