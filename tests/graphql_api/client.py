"""A GraphQL client over ASGI, without a network: `async with serving(services, contract) as api: data = await api.data(query, who=someone)`."""

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from authz.roles import Role
from graphql_api.admission.turns import Admission
from graphql_api.app import make_app
from graphql_api.context import Services
from graphql_api.schema import Contract
from kernel.clock import Clock
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn
from tenants.facts import TenantFacts

GRAPHQL = "application/graphql-response+json"


@dataclass
class Tokens:
    """Signs people in without a password: `token = tokens.enter(tenant, Role.CLERK)`."""

    clock: Clock
    people: dict[str, SignedIn] = field(default_factory=dict)

    def enter(self, tenant: TenantFacts, *roles: Role, account_id: UUID | None = None, name: str = "王某") -> str:
        token = new_id().hex
        now = self.clock.now()
        self.people[token] = SignedIn(
            session_id=new_id(),
            account_id=account_id or new_id(),
            login="wang",
            name=name,
            membership_id=new_id(),
            roles=frozenset(role.value for role in roles),
            tenant=tenant,
            issued_at=now,
            expires_at=now + timedelta(hours=12),
            strength=2,
        )
        return token

    async def authenticate(self, token: str) -> SignedIn | None:
        return self.people.get(token)

    async def recognise(self, token: str) -> SignedIn | None:
        return self.people.get(token)

    async def find_present(self, session_ids: Collection[UUID]) -> Mapping[UUID, SignedIn]:
        return {found.session_id: found for found in self.people.values() if found.session_id in session_ids}


@dataclass
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the top-level errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


class Client:
    """Asks one application."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(
        self, query: str, *, who: str | None = None, headers: dict[str, str] | None = None, **variables: Any
    ) -> Answer:
        sent = {"accept": GRAPHQL, **({} if who is None else {"authorization": f"Bearer {who}"}), **(headers or {})}
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=sent)
        return Answer(response.status_code, response.json(), response.headers)

    async def data(self, query: str, *, who: str | None = None, **variables: Any) -> Any:
        """The data; fails the test when there are errors."""
        return (await self.ask(query, who=who, **variables)).data


@asynccontextmanager
async def serving(
    contract: Contract,
    app: Database,
    clock: Clock,
    tokens: Tokens,
    entrance: Entrance | None = None,
    *,
    demo: bool = True,
    admission: Admission | None = None,
    compile_after: int | None = None,
) -> AsyncGenerator[Client]:
    """A client of an application over these parts; without an entrance, nobody can sign in but by `tokens`.

    Nothing is compiled unless `compile_after` says so: statements are counted as the ordinary executor sends them.
    """
    door = entrance if entrance is not None else Entrance(app, None)  # type: ignore[arg-type]
    services = Services(app, door, clock, tokens)
    transport = httpx.ASGITransport(
        app=make_app(contract, services, demo=demo, admission=admission, compile_after=compile_after)
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://jiangti.test") as http:
        yield Client(http)
