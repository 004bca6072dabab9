"""The door to compiled reads: finds, or makes, the program of a request and runs it; None where the ordinary executor must answer."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import GraphQLError, OperationType, get_operation_ast

from authz import enforcer
from graphql_api.compiled import actors
from graphql_api.compiled.bail import Bail, Uncompilable
from graphql_api.compiled.flats import Env
from graphql_api.compiled.operation import Compilation, Program
from graphql_api.compiled.variables import Variables
from graphql_api.context import Context
from graphql_api.documents import Documents, Prepared, Ready
from graphql_api.reads import UnknownValueError
from graphql_api.registry import Registry
from kernel.errors import Failure
from kernel.reach import is_unreachable

log = structlog.get_logger(__name__)
_REMEMBERED = 2_000


@dataclass(frozen=True, eq=False)
class Known:
    """A query of a document that was met before; holds the document, so that nothing else is ever found under its number."""

    prepared: Prepared
    ready: Ready
    variables: Variables


@dataclass(frozen=True)
class Call:
    """A query with its values."""

    known: Known
    values: dict[str, Any]

    @property
    def is_mutation(self) -> bool:
        """Whether it writes."""
        return self.known.ready.is_mutation


@dataclass
class Seen:
    """A shape of an operation: its program, or why there is none (`reason`); neither before it was asked for often enough."""

    known: Known
    times: int = 0
    program: Program | None = None
    reason: str | None = None


class Compiler:
    """Programs by document, operation, and shape of actor and values, the least recently used forgotten.

    A shape is compiled when it is asked for more than `after` times: what comes once costs no compilation.
    """

    def __init__(self, registry: Registry, documents: Documents, *, after: int = 1) -> None:
        self._registry = registry
        self._documents = documents
        self._after = after
        self._operations: OrderedDict[tuple[int, str | None], Known] = OrderedDict()
        self._seen: OrderedDict[Hashable, Seen] = OrderedDict()
        self.answered = 0
        """How many answers were given; for whoever measures."""

    def call(self, prepared: Prepared, operation_name: str | None, given: Mapping[str, Any]) -> Call | None:
        """What may have been compiled; None for what never is: other than queries, and values that are wrong."""
        known = self._known(prepared, operation_name) if prepared.is_remembered else None
        if known is None:
            return None
        try:
            return Call(known, known.variables.coerce(given))
        except Bail:
            return None

    async def answer(self, call: Call, context: Context) -> dict[str, Any] | None:
        """The data of the answer; None where the ordinary executor must give it."""
        if not _is_compilable(context):
            return None
        seen = self._shape(call, context)
        if seen.program is None and seen.reason is None and seen.times > self._after:
            self._compile(seen, call, context)
        if seen.program is None:
            return None
        try:
            data = await seen.program.run(Env(context, context.require_actor(), call.values))
        except (Bail, Failure):
            context.shown.clear()
            return None
        except Exception as failure:
            if is_unreachable(failure):
                raise
            log.exception("compiled_read_failed", request_id=context.request_id)
            context.shown.clear()
            return None
        self.answered += 1
        return data

    def reason(self, call: Call, context: Context) -> str | None:
        """Why an operation is not compiled for this actor; None where it is."""
        if not _is_compilable(context):
            return "this actor's reads are never compiled"
        seen = self._shape(call, context)
        if seen.program is None and seen.reason is None:
            self._compile(seen, call, context)
        return seen.reason

    def shapes(self) -> Sequence[Seen]:
        """All that is remembered; for whoever measures."""
        return tuple(self._seen.values())

    def _known(self, prepared: Prepared, operation_name: str | None) -> Known | None:
        key = (id(prepared), operation_name)
        known = self._operations.get(key)
        if known is not None:
            self._operations.move_to_end(key)
            return known
        operation = None if prepared.document is None else get_operation_ast(prepared.document, operation_name)
        if prepared.document is None or operation is None or prepared.introspects:
            return None
        if operation.operation is OperationType.SUBSCRIPTION:
            return None
        variables = Variables(self._registry.schema, prepared.document, operation)
        known = Known(prepared, Ready(prepared.document, operation, 0), variables)
        self._operations[key] = known
        _forget(self._operations)
        return known

    def _shape(self, call: Call, context: Context) -> Seen:
        actor, shape = context.require_actor(), call.known.variables.shape(call.values)
        key = (id(call.known), shape, actors.shape_of(actor), enforcer.current().revision)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = Seen(call.known)
            _forget(self._seen)
        else:
            self._seen.move_to_end(key)
        seen.times += 1
        return seen

    def _compile(self, seen: Seen, call: Call, context: Context) -> None:
        ready = call.known.ready
        try:
            if self._documents.exceeds(ready, call.values):
                seen.reason = "it asks for too much"
            else:
                seen.program = Compilation(self._registry, ready, context.require_actor(), call.values).program()
        except (Uncompilable, Failure, UnknownValueError, GraphQLError) as problem:
            seen.reason = str(problem) or type(problem).__name__
        except Exception:
            log.exception("not_compiled", request_id=context.request_id)
            seen.reason = "the compiler failed"


def _is_compilable(context: Context) -> bool:
    actor, signed_in = context.actor, context.signed_in
    return (
        actor is not None and signed_in is not None and not signed_in.password_expired and actors.is_compilable(actor)
    )


def _forget(remembered: OrderedDict[Any, Any]) -> None:
    if len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
