"""What a client may say, by graphql-transport-ws; anything else closes the connection."""

from dataclasses import dataclass
from typing import Any, cast

import orjson

from graphql_api.live.closing import BAD_MESSAGE, ClosedError
from graphql_api.negotiation import Asked, RequestRefused, checked

_WITH_ID = frozenset({"subscribe", "complete"})
_TYPES = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})


@dataclass(frozen=True)
class Message:
    """A message of a known type; `id` is empty where the type has none."""

    type: str
    id: str
    payload: dict[str, Any]


def parse(text: str, id_length: int) -> Message:
    """A client's message; raises ClosedError (4400)."""
    try:
        given: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ClosedError(BAD_MESSAGE) from None
    if not isinstance(given, dict):
        raise ClosedError(BAD_MESSAGE)
    said = cast("dict[str, Any]", given)
    kind, number, payload = said.get("type"), said.get("id", ""), said.get("payload")
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(number, str) or len(number) > id_length:
        raise ClosedError(BAD_MESSAGE)
    if (kind in _WITH_ID) != bool(number) or (payload is not None and not isinstance(payload, dict)):
        raise ClosedError(BAD_MESSAGE)
    return Message(kind, number, cast("dict[str, Any]", payload or {}))


def asked(message: Message) -> Asked:
    """What a subscribe message asks for; raises ClosedError (4400)."""
    try:
        return checked(message.payload)
    except RequestRefused:
        raise ClosedError(BAD_MESSAGE) from None


def token_in(message: Message, header: str | None) -> str | None:
    """The token of a connection_init: `{"authorization": "Bearer …"}` in its payload, else that of the handshake's header."""
    given = message.payload.get("authorization")
    if given is None:
        return header
    if not isinstance(given, str):
        raise ClosedError(BAD_MESSAGE)
    scheme, _, token = given.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
