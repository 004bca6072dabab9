"""The thin frame round every mutation: one write transaction, one use per idempotency key, refusals into the payload, the answer read afresh.

    return await perform(info, ApplicationPayload, given, lambda scope: submit(scope, given))

where the last argument runs the service and returns the id of what came of it (or ids by payload field, or an Answer).
"""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy.exc import DBAPIError

from authz.actor import Actor
from authz.scope import WriteScope
from graphql_api.context import Info
from graphql_api.errors import UserError, user_error
from graphql_api.refusals import BAD_IDEMPOTENCY_KEY, BUSY, DUPLICATE, TIMED_OUT
from graphql_api.registry import camel_case
from graphql_api.shapes import fields_of
from graphql_api.sources import ReadField
from kernel.audit import count_recorded
from kernel.errors import BAD_CHARACTER, Failure
from kernel.idempotency import Claim, UsedBeforeError

T = TypeVar("T")
Given = Annotated[T, strawberry.argument(name="input")]
"""The one argument of a mutation, `input` in the contract."""

_KEY_LENGTHS = range(8, 201)
_BY_SQLSTATE = {
    "22021": BAD_CHARACTER,
    "22P05": BAD_CHARACTER,
    "23505": DUPLICATE,
    "40001": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": TIMED_OUT,
}
_WORTH_REPEATING = frozenset({"40001", "40P01"})


class WithIdempotencyKey(Protocol):
    """Every mutation's input carries a key that the client makes up, one per intended act."""

    idempotency_key: str


@strawberry.interface(description="What every mutation answers with: what came of it, or why nothing did.")
class Payload:
    """The base of all payloads; `ids` are those of its `returned()` fields."""

    errors: list[UserError] = strawberry.field(description="Empty: it was done, and is stored.")
    ids: strawberry.Private[Mapping[str, UUID]] = field(default_factory=dict[str, UUID])


@dataclass(frozen=True)
class Answer:
    """What came of an act: ids by payload field (in Python's spelling), and values (JSON) for its ordinary fields."""

    ids: Mapping[str, UUID] = field(default_factory=dict[str, UUID])
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


Outcome = UUID | Mapping[str, UUID] | Answer | None
Act = Callable[[WriteScope], Awaitable[Outcome]]
P = TypeVar("P", bound=Payload)


async def perform(info: Info, payload: type[P], given: WithIdempotencyKey, act: Act) -> P:
    """Do `act` once for the key in `given`, in one transaction; its refusals become the payload's errors, and then nothing is stored."""
    info.context.require_actor()
    try:
        info.context.require_writer(info.field_name)
        answer = await _repeating(info, payload, given, act)
    except Failure as failure:
        return payload(errors=[user_error(failure, info.context.language)])
    ids = {camel_case(name): key for name, key in answer.ids.items()}
    return payload(errors=[], ids=ids, **answer.values)


async def answering(info: Info, payload: type[P], made: Callable[[], Awaitable[P]]) -> P:
    """For the few mutations that manage their own transaction (signing in): refusals become the payload's errors."""
    try:
        info.context.require_writer(info.field_name)
        return await made()
    except Failure as failure:
        return payload(errors=[user_error(failure, info.context.language)])


async def _repeating(info: Info, payload: type[Payload], given: WithIdempotencyKey, act: Act) -> Answer:
    """A transaction that lost a race with another is run again, once; all of it was undone."""
    try:
        return await _once(info, payload, given, act)
    except DBAPIError as problem:
        if _sqlstate(problem) not in _WORTH_REPEATING:
            raise _as_failure(problem) from problem
    try:
        return await _once(info, payload, given, act)
    except DBAPIError as problem:
        raise _as_failure(problem) from problem


async def _once(info: Info, payload: type[Payload], given: WithIdempotencyKey, act: Act) -> Answer:
    key = given.idempotency_key
    if len(key) not in _KEY_LENGTHS or not key.isprintable():
        raise BAD_IDEMPOTENCY_KEY(path=("input", "idempotencyKey"))
    try:
        async with info.context.write() as scope:
            claim = _claim(info.field_name, scope, given)
            answer = _answer(payload, await _settled(scope, act))
            require_one_entry(scope, info.field_name)
            kept = {"ids": {name: str(found) for name, found in answer.ids.items()}, "values": dict(answer.values)}
            claim.keep(scope.session, kept)
            return answer
    except UsedBeforeError as used:
        ids, values = used.result["ids"], used.result["values"]
        return Answer({name: UUID(found) for name, found in ids.items()}, values)


def _claim(operation: str, scope: WriteScope, given: WithIdempotencyKey) -> Claim:
    account = scope.actor.account_id
    if account is None:
        message = "a mutation is asked for by a person"
        raise TypeError(message)
    return Claim(
        scope.session,
        account_id=account,
        key=_key_here(scope.actor, given.idempotency_key),
        operation=operation,
        request=dataclasses.asdict(given),  # pyright: ignore[reportArgumentType] - Strawberry inputs are dataclasses
        at=scope.clock.now(),
    )


async def _settled(scope: WriteScope, act: Act) -> Outcome:
    """What the act says, its key taken by then: an act that refuses before it has asked the database anything takes it all the same."""
    try:
        outcome = await act(scope)
    except Failure:
        await scope.session.take_claim()
        raise
    await scope.session.take_claim()
    return outcome


def _key_here(actor: Actor, key: str) -> str:
    """What one does in one's own name and what one does for another are two acts, also under one key; no client can spell the latter."""
    return key if actor.standing is None else f"{actor.standing.id}\n{key}"


def _answer(payload: type[Payload], outcome: Outcome) -> Answer:
    if isinstance(outcome, Answer):
        return outcome
    if outcome is None:
        return Answer()
    if isinstance(outcome, UUID):
        return Answer({returned_name(payload): outcome})
    return Answer(outcome)


def require_one_entry(scope: WriteScope, operation: str) -> None:
    """Nothing is stored of a mutation that leaves no audit entry, or more than one."""
    left = count_recorded(scope.session)
    if left != 1:
        message = f"{operation} left {left} audit entries instead of one"
        raise RuntimeError(message)


def returned_name(payload: type[Payload]) -> str:
    """The one field of a payload that is read again by its id."""
    names = [item.python_name for item in fields_of(payload) if isinstance(item, ReadField)]
    if len(names) != 1:
        message = f"{payload.__name__} has {len(names)} returned fields: name the ids"
        raise TypeError(message)
    return names[0]


def _sqlstate(problem: DBAPIError) -> str | None:
    return getattr(problem.orig, "sqlstate", None)


def _as_failure(problem: DBAPIError) -> Failure | DBAPIError:
    reason = _BY_SQLSTATE.get(_sqlstate(problem) or "")
    return problem if reason is None else reason()
