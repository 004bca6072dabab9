"""What a request knows: who asks, in which language, and where its transactions come from."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, cast
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from authz.actor import Actor, actor_from
from authz.errors import READ_ONLY_VISIT
from authz.scope import ReadScope, Scope, WriteScope
from graphql_api.reading import Reading
from graphql_api.registry import Registry
from graphql_api.shown import ShownRows
from kernel.clock import Clock, FixedClock
from kernel.database import Database
from kernel.direct import Fetching
from tenants.accounts import sessions
from tenants.accounts.api_tokens import authenticate_token
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn
from tenants.accounts.tokens import is_api_token
from tenants.errors import NOT_IN_OWN_NAME, NOT_SIGNED_IN, PASSWORD_EXPIRED, SESSION_REQUIRED

_OPEN_TO_VISITORS = frozenset({"signIn", "completeSignIn", "signOut", "leaveUnion"})


class Authenticator(Protocol):
    """Who stands behind a token."""

    async def authenticate(self, token: str) -> SignedIn | None:
        """A live session, or a machine's live token; None for anything else."""
        ...

    async def recognise(self, token: str) -> SignedIn | None:
        """The same without using the session: it grows idle all the same."""
        ...

    async def find_present(self, session_ids: Collection[UUID]) -> Mapping[UUID, SignedIn]:
        """Those of these sessions that are live, by their ids; does not use them either."""
        ...


@dataclass(frozen=True)
class EntranceAuthenticator:
    """Asks the door, at every request."""

    entrance: Entrance
    clock: Clock

    async def authenticate(self, token: str) -> SignedIn | None:
        if is_api_token(token):
            return await authenticate_token(self.entrance, token, self.clock)
        return await sessions.authenticate(self.entrance, token, self.clock)

    async def recognise(self, token: str) -> SignedIn | None:
        return await sessions.authenticate(self.entrance, token, self.clock, seen=False)

    async def find_present(self, session_ids: Collection[UUID]) -> Mapping[UUID, SignedIn]:
        return await sessions.find_present(self.entrance, session_ids, self.clock)


@dataclass(frozen=True)
class Services:
    """What one process has and every request shares."""

    app: Database
    entrance: Entrance
    clock: Clock
    authenticator: Authenticator
    issuers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Identity providers that are configured: by their key, whom we believe."""


@dataclass
class Context:
    """One request. Never hold a transaction while asking for another: siblings run at the same time and connections are few."""

    services: Services
    registry: Registry
    signed_in: SignedIn | None
    request_id: str
    language: str = "zh"
    address: str | None = None
    seat: AbstractAsyncContextManager[None] = field(default_factory=lambda: asyncio.Semaphore(1))
    """Entered for each use of a connection: siblings wait here where a request has no more of them."""
    actor: Actor | None = field(init=False)
    shown: ShownRows = field(default_factory=ShownRows)
    former: list[tuple[Actor, ShownRows]] = field(default_factory=list[tuple[Actor, ShownRows]])
    """Who was asking before somebody signed in within this request, with what was shown to him."""

    def __post_init__(self) -> None:
        self.actor = None if self.signed_in is None else actor_from(self.signed_in)

    def become(self, signed_in: SignedIn) -> None:
        """What is selected after signing in is read as the person who has just come in; what was shown before stays the former's."""
        if self.actor is not None:
            self.former.append((self.actor, self.shown))
        self.shown = ShownRows()
        self.signed_in = signed_in
        self.actor = actor_from(signed_in)

    def require_signed_in(self) -> SignedIn:
        """The session at hand; raises NOT_SIGNED_IN, and SESSION_REQUIRED for a token: what asks for a session is a person's own affair."""
        if self.signed_in is None:
            raise NOT_SIGNED_IN()
        if self.signed_in.token is not None:
            raise SESSION_REQUIRED()
        return self.signed_in

    def require_actor(self) -> Actor:
        """Who is signed in and may work; raises NOT_SIGNED_IN, PASSWORD_EXPIRED."""
        if self.signed_in is None or self.actor is None:
            raise NOT_SIGNED_IN()
        if self.signed_in.password_expired:
            raise PASSWORD_EXPIRED()
        return self.actor

    def require_fresh(self) -> SignedIn:
        """The session at hand, if it is good for more than changing the password; raises NOT_SIGNED_IN, PASSWORD_EXPIRED."""
        signed_in = self.require_signed_in()
        if signed_in.password_expired:
            raise PASSWORD_EXPIRED()
        return signed_in

    def require_own_name(self) -> SignedIn:
        """The session at hand, if the person is in it for himself; raises NOT_SIGNED_IN, PASSWORD_EXPIRED, NOT_IN_OWN_NAME."""
        signed_in = self.require_fresh()
        if signed_in.standing is not None:
            raise NOT_IN_OWN_NAME()
        return signed_in

    def require_writer(self, mutation: str) -> None:
        """Raises READ_ONLY_VISIT for a visitor, but for what ends his visit or begins another session."""
        if self.actor is not None and self.actor.reads_only and mutation not in _OPEN_TO_VISITORS:
            raise READ_ONLY_VISIT()

    async def record_shown(self, fields: Collection[str], *, by_act: bool = False) -> None:
        """Write down what was shown of personal data, with the mutation that showed it, and for a visitor all that was asked; before the answer leaves."""
        now = [] if self.actor is None else [(self.actor, self.shown)]
        for actor, shown in (*self.former, *now):
            if actor.reads_only or (by_act and shown.entries()):
                shown.ask(fields)
            await shown.write(self.services.app, actor, self.services.clock, self.request_id)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadScope]:
        """A read transaction on the actor's tenant, for this use alone."""
        actor = self.require_actor()
        async with self.seat, self.services.app.read(actor.tenant.id) as session:
            yield ReadScope(session, actor, self.services.clock, self.request_id)

    def direct_scope(self, session: Fetching | None) -> Any:  # noqa: ANN401 - batches take it for a ReadScope, and use `fetch` alone
        """The actor in a transaction that is at hand already."""
        return Scope(cast("Any", session), self.require_actor(), self.services.clock, self.request_id)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[WriteScope]:
        """A write transaction on the actor's tenant; commits at its end. For a visitor the database refuses each write in it.

        An act has one moment: what is checked against a deadline, and what is written down of it, are the same.
        """
        actor = self.require_actor()
        async with self.seat, self.services.app.write(actor.tenant.id, barred=actor.reads_only) as session:
            yield WriteScope(session, actor, FixedClock(self.services.clock.now()), self.request_id)

    @asynccontextmanager
    async def reading(self, asked: str, *, public: bool = False, noted: bool = True) -> AsyncGenerator[Reading]:
        """Declared reads for the query `asked` in a transaction of their own; with `public`, also for nobody. `noted`: something of the rows is shown."""
        if self.actor is None and public:
            async with self.seat, self.services.app.plain() as session:
                connection: AsyncConnection = await session.connection()
                yield Reading(connection, None, None)
        else:
            async with self.read() as scope:
                note = partial(self.shown.add, asked) if noted else None
                yield Reading(await scope.session.connection(), self.actor, scope, note)


Info = strawberry.Info[Context, None]
