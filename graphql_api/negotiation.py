"""The HTTP side of a request, by GraphQL over HTTP (September2026): media types, parameters, statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from graphql_api.refusals import (
    BODY_TOO_LARGE,
    CROSS_SITE,
    MALFORMED_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    UNSUPPORTED_MEDIA_TYPE,
)
from kernel.errors import Failure

GRAPHQL_RESPONSE = "application/graphql-response+json"
PLAIN_JSON = "application/json"
MAX_BODY = 256 * 1024
_LONGEST_REMEMBERED = 200
"""Headers that are longer are read anew each time, so that what is remembered of them stays small."""
PARTIAL_SUCCESS = 294
_BEARER = "bearer "
_OFFERED = {
    GRAPHQL_RESPONSE: GRAPHQL_RESPONSE,
    PLAIN_JSON: PLAIN_JSON,
    "*/*": PLAIN_JSON,
    "application/*": PLAIN_JSON,
}


class RequestRefused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is not looked into further; `retry_after`: worth asking again after so many seconds."""

    def __init__(self, status: int, failure: Failure, *, retry_after: int | None = None) -> None:
        super().__init__(failure.code)
        self.status = status
        self.failure = failure
        self.retry_after = retry_after


@dataclass(frozen=True)
class Asked:
    """The parameters of a GraphQL request."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]


def media_type(accept: str | None) -> str:
    """The media type to answer in, by the client's order of preference; raises RequestRefused (406)."""
    if accept is None:
        return PLAIN_JSON
    kind = _remembered_type(accept) if len(accept) <= _LONGEST_REMEMBERED else _preferred_type(accept)
    if kind is None:
        raise RequestRefused(406, NOT_ACCEPTABLE())
    return kind


def _preferred_type(accept: str) -> str | None:
    best: tuple[float, str] | None = None
    for part in accept.split(","):
        kind, _, rest = part.strip().lower().partition(";")
        weight = _weight(rest)
        offered = _OFFERED.get(kind.strip())
        if offered is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, offered)
    return None if best is None else best[1]


_remembered_type = lru_cache(256)(_preferred_type)


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def read_parameters(request: Request) -> Asked:
    """What is asked; raises RequestRefused for anything that is no well-formed request of ours."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise RequestRefused(403, CROSS_SITE())
    if request.method == "GET":
        return _from_query(request)
    if request.method != "POST":
        raise RequestRefused(405, METHOD_NOT_ALLOWED())
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if kind.strip() != PLAIN_JSON or charset not in {"", "charset=utf-8", "charset=utf8"}:
        raise RequestRefused(415, UNSUPPORTED_MEDIA_TYPE())
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestRefused(415, UNSUPPORTED_MEDIA_TYPE())
    try:
        given = orjson.loads(await read_body(request))
    except orjson.JSONDecodeError as problem:
        raise RequestRefused(400, MALFORMED_REQUEST(detail="JSON")) from problem
    if not isinstance(given, dict):
        raise RequestRefused(400, MALFORMED_REQUEST(detail="JSON object"))
    return checked(cast("dict[str, Any]", given))


async def read_body(request: Request) -> bytes:
    """The body, unless it is longer than MAX_BODY; then reading stops there."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise RequestRefused(413, BODY_TOO_LARGE(limit=MAX_BODY))
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                raise RequestRefused(413, BODY_TOO_LARGE(limit=MAX_BODY))
    except ClientDisconnect as left:
        raise RequestRefused(400, MALFORMED_REQUEST(detail="body")) from left
    return bytes(body)


def _from_query(request: Request) -> Asked:
    given: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError as problem:
                raise RequestRefused(400, MALFORMED_REQUEST(detail=name)) from problem
    return checked(given)


def checked(given: dict[str, Any]) -> Asked:
    """The parameters in a JSON object; raises RequestRefused (400)."""
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    if not isinstance(query, str) or not query.strip():
        raise RequestRefused(400, MALFORMED_REQUEST(detail="query"))
    if name is not None and not isinstance(name, str):
        raise RequestRefused(400, MALFORMED_REQUEST(detail="operationName"))
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused(400, MALFORMED_REQUEST(detail="variables"))
    extensions = given.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise RequestRefused(400, MALFORMED_REQUEST(detail="extensions"))
    return Asked(query, name or None, cast("dict[str, Any]", variables or {}))


def bearer(request: HTTPConnection) -> str | None:
    """The token in the Authorization header."""
    header = request.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() or None if header[: len(_BEARER)].lower() == _BEARER else None


def language_of(accept_language: str | None) -> str:
    """`en` for those who prefer English to Chinese, else `zh`."""
    first = (accept_language or "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"
