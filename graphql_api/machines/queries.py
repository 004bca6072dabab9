"""Reading tokens."""

import strawberry

from graphql_api.machines.types import ApiTokenType
from graphql_api.pagination import Connection
from graphql_api.sources import many


@strawberry.type
class MachinesQuery:
    api_tokens: Connection[ApiTokenType] | None = many(
        description="The viewer's API tokens in this union, ended ones too, the latest first; for the security administrator everybody's."
    )
