"""One change for one subscription: who is it now, may he know, what does he see of it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import execute  # pyright: ignore[reportUnknownVariableType] - graphql-core leaves it so

from authz.actor import actor_from
from graphql_api.context import Context, Services
from graphql_api.delivery import Delivery
from graphql_api.documents import Ready, root_fields
from graphql_api.endpoint import is_coroutine
from graphql_api.errors import shown_errors
from graphql_api.limits import MAX_ERRORS
from graphql_api.live.closing import (
    PASSWORD_EXPIRED,
    POLICY_OUTDATED,
    SESSION_CHANGED,
    SESSION_ENDED,
    ClosedError,
    Closing,
    LiveLimits,
)
from graphql_api.negotiation import Asked
from graphql_api.registry import Registry
from kernel.errors import Failure
from kernel.live import Change
from tenants.accounts.facts import SignedIn


@dataclass(frozen=True)
class Viewer:
    """Who opened a connection, as he was then."""

    signed_in: SignedIn
    request_id: str
    language: str
    address: str | None


@dataclass(frozen=True)
class Subscribed:
    """A subscription's operation."""

    ready: Ready
    asked: Asked


@dataclass(frozen=True)
class Deliverer:
    """Runs subscriptions' operations; a few at a time, so that requests find connections to the database."""

    schema: GraphQLSchema
    registry: Registry
    services: Services
    limits: LiveLimits
    turns: asyncio.Semaphore

    async def deliver(
        self, viewer: Viewer, subscribed: Subscribed, change: Change | None
    ) -> tuple[Delivery, dict[str, Any] | None]:
        """What the viewer is sent, None where he may not know; judged as he is now. Raises ClosedError where he may not be here any more."""
        async with self.turns, asyncio.timeout(self.limits.event_seconds):
            session_id = viewer.signed_in.session_id
            present = (await self.services.authenticator.find_present([session_id])).get(session_id)
            context = self._context(viewer, present)
            delivery = Delivery(change, self.services.clock.now())
            result = await self._run(subscribed, context, delivery)
            if not delivery.is_shown:
                _require_refused(result)
                return delivery, None
            await context.record_shown(root_fields(subscribed.ready))
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = shown_errors(result.errors[:MAX_ERRORS], viewer.language, viewer.request_id)
        return delivery, answer

    def _context(self, viewer: Viewer, present: SignedIn | None) -> Context:
        closing = judge(viewer.signed_in, present)
        if closing is not None or present is None:
            raise ClosedError(closing or SESSION_ENDED)
        require_able(present)
        return Context(self.services, self.registry, present, viewer.request_id, viewer.language, viewer.address)

    async def _run(self, subscribed: Subscribed, context: Context, delivery: Delivery) -> ExecutionResult:
        running: Awaitable[ExecutionResult] | ExecutionResult = execute(
            self.schema,
            subscribed.ready.document,
            root_value=delivery,
            context_value=context,
            variable_values=dict(subscribed.asked.variables),
            operation_name=subscribed.asked.operation_name,
            is_awaitable=is_coroutine,
        )
        return await running if isawaitable(running) else running


def judge(begun: SignedIn, now: SignedIn | None) -> Closing | None:
    """Why a connection that began as `begun` may not go on, None where nothing has changed."""
    if now is None:
        return SESSION_ENDED
    if now.password_expired:
        return PASSWORD_EXPIRED
    is_same = now == begun and now.tenant.rules == begun.tenant.rules
    return None if is_same else SESSION_CHANGED


def require_able(signed_in: SignedIn) -> None:
    """Raises ClosedError unless this person may work, by the policy that this process holds."""
    if signed_in.password_expired:
        raise ClosedError(PASSWORD_EXPIRED)
    try:
        actor_from(signed_in)
    except Failure:
        raise ClosedError(POLICY_OUTDATED) from None


def _require_refused(result: ExecutionResult) -> None:
    """Nothing was shown: by a refusal, or because of an error that is not to pass for one."""
    for error in result.errors or ():
        if error.original_error is not None and not isinstance(error.original_error, Failure):
            raise error.original_error
