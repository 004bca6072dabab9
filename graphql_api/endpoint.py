"""One GraphQL request, from its bytes to its answer."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import isawaitable
from types import CoroutineType
from typing import Any, TypeGuard

import orjson
from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import execute  # pyright: ignore[reportUnknownVariableType] - graphql-core leaves it so
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from authz import revisions
from authz.actor import Actor, actor_from
from graphql_api.context import Context, Services
from graphql_api.documents import Documents, Prepared, Problems, Ready, root_fields
from graphql_api.errors import shown_errors
from graphql_api.limits import MAX_ERRORS
from graphql_api.negotiation import (
    GRAPHQL_RESPONSE,
    PARTIAL_SUCCESS,
    PLAIN_JSON,
    Asked,
    RequestRefused,
    language_of,
    media_type,
    read_parameters,
)
from graphql_api.refusals import INTROSPECTION_CLOSED, METHOD_NOT_ALLOWED, SUBSCRIPTION_NEEDS_SOCKET, TIMED_OUT
from graphql_api.registry import Registry
from kernel.errors import Failure
from tenants.accounts.facts import SignedIn
from tenants.errors import NOT_SIGNED_IN

_QUERY_SECONDS = 10.0
_MUTATION_SECONDS = 30.0
_BEARER = "bearer "


@dataclass(frozen=True)
class Endpoint:
    """Answers GraphQL requests. `open_schema`: whoever is not signed in may introspect, too (the demo)."""

    schema: GraphQLSchema
    registry: Registry
    documents: Documents
    services: Services
    open_schema: bool

    async def __call__(self, request: Request) -> Response:
        """The answer, whatever was asked."""
        language = language_of(request.headers.get("accept-language"))
        kind = GRAPHQL_RESPONSE
        try:
            kind = media_type(request.headers.get("accept"))
            asked = await read_parameters(request)
            return await self._answer(request, asked, kind, language)
        except RequestRefused as refused:
            answer = {"errors": shown_errors([refused.failure], language, request_id(request))}
            response = encoded(answer, refused.status, PLAIN_JSON if refused.status == 406 else kind)  # noqa: PLR2004 - HTTP
            if refused.status == 405:  # noqa: PLR2004
                response.headers["allow"] = "GET, POST"
            return response

    async def _answer(self, request: Request, asked: Asked, kind: str, language: str) -> Response:
        prepared = self.documents.prepare(asked.query)
        ready: Ready | Problems = prepared.problems or self.documents.ready(
            prepared, asked.operation_name, asked.variables
        )
        if isinstance(ready, list):
            status = 400 if prepared.malformed else 422
            return encoded(
                {"errors": shown_errors(ready, language, request_id(request))},
                200 if kind == PLAIN_JSON else status,
                kind,
            )
        if ready.is_mutation and request.method != "POST":
            raise RequestRefused(405, METHOD_NOT_ALLOWED())
        if ready.is_subscription:
            raise RequestRefused(400, SUBSCRIPTION_NEEDS_SOCKET())
        context = await self._context(request, language, prepared)
        result = await self._execute(ready, asked, context)
        await context.record_shown(root_fields(ready), by_act=ready.is_mutation)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = shown_errors(result.errors[:MAX_ERRORS], language, context.request_id)
        return encoded(answer, PARTIAL_SUCCESS if result.errors and kind == GRAPHQL_RESPONSE else 200, kind)

    async def _context(self, request: Request, language: str, prepared: Prepared) -> Context:
        token = bearer(request)
        signed_in = None if token is None else await self.services.authenticator.authenticate(token)
        if token is not None and signed_in is None:
            raise RequestRefused(401, NOT_SIGNED_IN())
        if prepared.introspects and signed_in is None and not self.open_schema:
            raise RequestRefused(403, INTROSPECTION_CLOSED())
        if signed_in is not None:
            _require_policy_in_force(signed_in)
        address = None if request.client is None else request.client.host
        return Context(self.services, self.registry, signed_in, request_id(request), language, address)

    async def _execute(self, ready: Ready, asked: Asked, context: Context) -> ExecutionResult:
        try:
            async with asyncio.timeout(_MUTATION_SECONDS if ready.is_mutation else _QUERY_SECONDS):
                running = execute(
                    self.schema,
                    ready.document,
                    context_value=context,
                    variable_values=dict(asked.variables),
                    operation_name=asked.operation_name,
                    is_awaitable=is_coroutine,
                )
                return await running if isawaitable(running) else running
        except TimeoutError:
            raise RequestRefused(503, TIMED_OUT()) from None


def is_coroutine(value: object) -> TypeGuard[Awaitable[Any]]:
    """All that our resolvers ever return to be awaited; cheaper than asking whether a value is any kind of awaitable."""
    return isinstance(value, CoroutineType | Future)


def _require_policy_in_force(signed_in: SignedIn) -> None:
    """A process whose policy has been replaced answers nobody; a newer one does."""
    try:
        revisions.require_in_force(signed_in.tenant.rules.revision)
    except Failure as outdated:
        raise RequestRefused(503, outdated) from outdated


def bearer(request: HTTPConnection) -> str | None:
    """The token in the Authorization header."""
    header = request.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() or None if header[: len(_BEARER)].lower() == _BEARER else None


async def find_actor(request: Request, services: Services) -> Actor | None:
    """Who is signed in and may work, for the routes beside GraphQL; HTTP's 503 where this process's policy has been replaced."""
    token = bearer(request)
    signed_in = None if token is None else await services.authenticator.authenticate(token)
    try:
        return None if signed_in is None or signed_in.password_expired else actor_from(signed_in)
    except Failure as outdated:
        raise HTTPException(503, outdated.sentence("en")) from outdated


def request_id(request: Request) -> str:
    """The number this request goes by in answers, audit entries and logs."""
    return str(request.state.request_id)


def encoded(answer: object, status: int, kind: str = PLAIN_JSON) -> Response:
    """JSON with 汉字 as they are; never stored by anyone on the way."""
    return Response(orjson.dumps(answer), status, media_type=f"{kind}; charset=utf-8")


def refusal(failure: Failure, status: int, request: Request) -> Response:
    """A refusal outside GraphQL."""
    language = language_of(request.headers.get("accept-language"))
    return encoded({"errors": shown_errors([failure], language, request_id(request))}, status)
