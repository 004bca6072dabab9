"""One GraphQL request, from its bytes to its answer."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import isawaitable
from types import CoroutineType
from typing import Any, TypeGuard, TypeVar

import orjson
from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import execute  # pyright: ignore[reportUnknownVariableType] - graphql-core leaves it so
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from authz import revisions
from authz.actor import Actor, actor_from
from graphql_api.admission.entry import Entry
from graphql_api.admission.turns import Admission
from graphql_api.compiled.compiler import Compiler
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
    bearer,
    language_of,
    media_type,
    read_parameters,
)
from graphql_api.refusals import INTROSPECTION_CLOSED, METHOD_NOT_ALLOWED, SUBSCRIPTION_NEEDS_SOCKET, TIMED_OUT
from graphql_api.registry import Registry
from graphql_api.straight import Answered
from kernel.errors import Failure
from kernel.reach import is_unreachable
from tenants.accounts.facts import SignedIn
from tenants.errors import NOT_SIGNED_IN

_QUERY_SECONDS = 10.0
_MUTATION_SECONDS = 30.0
T = TypeVar("T")


@dataclass(frozen=True)
class Endpoint:
    """Answers GraphQL requests. `open_schema`: whoever is not signed in may introspect, too (the demo)."""

    schema: GraphQLSchema
    registry: Registry
    documents: Documents
    services: Services
    admission: Admission
    open_schema: bool
    compiler: Compiler | None = None

    async def __call__(self, request: Request) -> Response:
        """The answer, whatever was asked."""
        language = language_of(request.headers.get("accept-language"))
        kind = GRAPHQL_RESPONSE
        try:
            kind = media_type(request.headers.get("accept"))
            entry = Entry(self.admission, request)
            asked = await entry.heard(read_parameters)
            async with entry:
                return await self._answer(request, entry, asked, kind, language)
        except RequestRefused as refused:
            return refused_answer(refused, request, kind)
        except Exception as failure:
            if not is_unreachable(failure):
                raise
            return refused_answer(self.admission.refusal(), request, kind)

    async def _answer(self, request: Request, entry: Entry, asked: Asked, kind: str, language: str) -> Response:
        prepared = self.documents.prepare(asked.query)
        context: Context | None = None
        call = None if self.compiler is None else self.compiler.call(prepared, asked.operation_name, asked.variables)
        if self.compiler is not None and call is not None and (request.method == "POST" or not call.is_mutation):
            context = await self._context(request, entry, language, prepared)
            data = await _within(_seconds(call.known.ready), self.compiler.answer(call, context))
            if data is not None:
                await context.record_shown(
                    root_fields(call.known.ready) if call.is_mutation else (), by_act=call.is_mutation
                )
                return Answered(data, kind)
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
        context = context or await self._context(request, entry, language, prepared)
        result = await self._execute(ready, asked, context)
        self._require_reached(result, ready)
        await context.record_shown(root_fields(ready), by_act=ready.is_mutation)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = shown_errors(result.errors[:MAX_ERRORS], language, context.request_id)
        return encoded(answer, PARTIAL_SUCCESS if result.errors and kind == GRAPHQL_RESPONSE else 200, kind)

    async def _context(self, request: Request, entry: Entry, language: str, prepared: Prepared) -> Context:
        token = bearer(request)
        signed_in = None if token is None else await self.services.authenticator.authenticate(token)
        entry.belongs_to(None if signed_in is None else signed_in.tenant.id)
        if token is not None and signed_in is None:
            raise RequestRefused(401, NOT_SIGNED_IN())
        if prepared.introspects and signed_in is None and not self.open_schema:
            raise RequestRefused(403, INTROSPECTION_CLOSED())
        if signed_in is not None:
            _require_policy_in_force(signed_in)
        address = None if request.client is None else request.client.host
        return Context(self.services, self.registry, signed_in, request_id(request), language, address, entry.seat)

    async def _execute(self, ready: Ready, asked: Asked, context: Context) -> ExecutionResult:
        running = execute(
            self.schema,
            ready.document,
            context_value=context,
            variable_values=dict(asked.variables),
            operation_name=asked.operation_name,
            is_awaitable=is_coroutine,
        )
        if not isawaitable(running):
            return running
        return await _within(_seconds(ready), running)

    def _require_reached(self, result: ExecutionResult, ready: Ready) -> None:
        """A request whose reads found no connection comes again as a whole; of a mutation, where no part of it was done."""
        unreached = any(is_unreachable(error.original_error) for error in result.errors or ())
        if unreached and not (ready.is_mutation and any((result.data or {}).values())):
            raise self.admission.refusal()


def _seconds(ready: Ready) -> float:
    return _MUTATION_SECONDS if ready.is_mutation else _QUERY_SECONDS


async def _within(seconds: float, running: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await running
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


def refusal(failure: Failure, status: int, request: Request, kind: str = PLAIN_JSON) -> Response:
    """An answer that is nothing but a refusal."""
    language = language_of(request.headers.get("accept-language"))
    return encoded({"errors": shown_errors([failure], language, request_id(request))}, status, kind)


def refused_answer(refused: RequestRefused, request: Request, kind: str = PLAIN_JSON) -> Response:
    """What is said to a request that is not looked into further."""
    response = refusal(refused.failure, refused.status, request, PLAIN_JSON if refused.status == 406 else kind)  # noqa: PLR2004 - HTTP
    if refused.status == 405:  # noqa: PLR2004
        response.headers["allow"] = "GET, POST"
    if refused.retry_after is not None:
        response.headers["retry-after"] = str(refused.retry_after)
    return response
