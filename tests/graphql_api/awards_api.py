"""The contract of the areas right of the applications, served over the ladder of `tests.programmes.awards`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from typing import Any

from authz.roles import Role
from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.cultivation.mutations import CultivationMutation
from graphql_api.cultivation.queries import CultivationQuery
from graphql_api.funding.mutations import FundingMutation
from graphql_api.funding.queries import FundingQuery
from graphql_api.schema import Contract, build
from graphql_api.studios.mutations import StudiosMutation
from graphql_api.studios.queries import StudiosQuery
from graphql_api.titles.mutations import TitlesMutation
from graphql_api.titles.queries import TitlesQuery
from tests.graphql_api.client import Client, Tokens, serving
from tests.programmes.awards import Awards

_KEYS = count(1)


@cache
def contract() -> Contract:
    """These areas' reads and writes."""
    return build(
        b"secret",
        ApplicationsQuery,
        CultivationQuery,
        TitlesQuery,
        StudiosQuery,
        FundingQuery,
        CultivationMutation,
        TitlesMutation,
        StudiosMutation,
        FundingMutation,
    )


class Desk:
    """One person at a client."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.token = token

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of a read."""
        return await self.client.data(query, who=self.token, **variables)

    async def act(self, name: str, wanted: str, /, *, key: str | None = None, **given: Any) -> Any:
        """One mutation with its input; the payload, errors among it as `code path`."""
        kind = name[0].upper() + name[1:]
        types = {"applyForPayment": "FundingAct", "approvePayment": "FundingAct", "startCultivation": "CultivationAct"}
        query = (
            f"mutation ($input: {types.get(name, kind)}Input!) {{ {name}(input: $input)"
            f" {{ {wanted} errors {{ code message path rule {{ document article }} }} }} }}"
        )
        given["idempotencyKey"] = key or f"key-{next(_KEYS):08}"
        return (await self.client.data(query, who=self.token, input=given))[name]


class Office:
    """Who sits where."""

    def __init__(self, awards: Awards, client: Client, tokens: Tokens) -> None:
        self.awards = awards
        self.client = client
        self.tokens = tokens

    def desk(self, union: str, *roles: Role, name: str | None = None) -> Desk:
        """A person of the union, signed in; the same `name` is the same account, else the first role names him."""
        called = name or roles[0].value
        account = self.awards.account(f"{union}:{called}")
        return Desk(self.client, self.tokens.enter(self.awards.unions[union], *roles, account_id=account, name=called))


@asynccontextmanager
async def open_office(awards: Awards) -> AsyncGenerator[Office]:
    """An application over the ladder's database."""
    tokens = Tokens(awards.clock)
    async with serving(contract(), awards.people, awards.clock, tokens) as client:
        yield Office(awards, client, tokens)
