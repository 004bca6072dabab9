"""What a request knows: who asks, in which language, and where its transactions come from."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from authz.actor import Actor, actor_from
from authz.scope import ReadScope, WriteScope
from graphql_api.reading import Reading
from graphql_api.registry import Registry
from graphql_api.shown import ShownRows
from kernel.clock import Clock
from kernel.database import Database
from tenants.accounts import sessions
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn
from tenants.errors import NOT_SIGNED_IN, PASSWORD_EXPIRED

_CONNECTIONS_PER_REQUEST = 3


class Authenticator(Protocol):
    """Who stands behind a token."""

    async def authenticate(self, token: str) -> SignedIn | None:
        """A live session; None for anything else."""
        ...


@dataclass(frozen=True)
class EntranceAuthenticator:
    """Asks the door, at every request."""

    entrance: Entrance
    clock: Clock

    async def authenticate(self, token: str) -> SignedIn | None:
        return await sessions.authenticate(self.entrance, token, self.clock)


@dataclass(frozen=True)
class Services:
    """What one process has and every request shares."""

    app: Database
    entrance: Entrance
    clock: Clock
    authenticator: Authenticator


@dataclass
class Context:
    """One request. Never hold a transaction while asking for another: siblings run at the same time and connections are few."""

    services: Services
    registry: Registry
    signed_in: SignedIn | None
    request_id: str
    language: str = "zh"
    address: str | None = None
    actor: Actor | None = field(init=False)
    shown: ShownRows = field(default_factory=ShownRows)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CONNECTIONS_PER_REQUEST))

    def __post_init__(self) -> None:
        self.actor = None if self.signed_in is None else actor_from(self.signed_in)

    def become(self, signed_in: SignedIn) -> None:
        """What is selected after signing in is read as the person who has just come in."""
        self.signed_in = signed_in
        self.actor = actor_from(signed_in)

    def require_signed_in(self) -> SignedIn:
        """The session at hand; raises NOT_SIGNED_IN."""
        if self.signed_in is None:
            raise NOT_SIGNED_IN()
        return self.signed_in

    def require_actor(self) -> Actor:
        """Who is signed in and may work; raises NOT_SIGNED_IN, PASSWORD_EXPIRED."""
        if self.actor is None:
            raise NOT_SIGNED_IN()
        self.require_fresh()
        return self.actor

    def require_fresh(self) -> SignedIn:
        """The session at hand, if it is good for more than changing the password; raises NOT_SIGNED_IN, PASSWORD_EXPIRED."""
        signed_in = self.require_signed_in()
        if signed_in.password_expired:
            raise PASSWORD_EXPIRED()
        return signed_in

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadScope]:
        """A read transaction on the actor's tenant, for this use alone."""
        actor = self.require_actor()
        async with self.turns, self.services.app.read(actor.tenant.id) as session:
            yield ReadScope(session, actor, self.services.clock, self.request_id)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[WriteScope]:
        """A write transaction on the actor's tenant; commits at its end."""
        actor = self.require_actor()
        async with self.turns, self.services.app.write(actor.tenant.id) as session:
            yield WriteScope(session, actor, self.services.clock, self.request_id)

    @asynccontextmanager
    async def reading(self, asked: str, *, public: bool = False) -> AsyncGenerator[Reading]:
        """Declared reads for the query `asked` in a transaction of their own; with `public`, also for nobody."""
        if self.actor is None and public:
            async with self.turns, self.services.app.plain() as session:
                connection: AsyncConnection = await session.connection()
                yield Reading(connection, None, None)
        else:
            async with self.read() as scope:
                note = partial(self.shown.add, asked)
                yield Reading(await scope.session.connection(), self.actor, scope, note)


Info = strawberry.Info[Context, None]
