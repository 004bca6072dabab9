"""What the contract shows of tokens; never their text, nor its hash."""

from typing import Annotated

import strawberry

from authz.machines import visible_tokens
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, column, descending, to_one
from graphql_api.tenants.types import MemberType
from tenants.accounts.model import ApiToken


@strawberry.type(
    name="ApiToken", description="A machine's key to a member's place in this union, for some of what he may do."
)
class ApiTokenType(Node):
    __source__ = Source(ApiToken, order=(descending(ApiToken.created_at),), visible=visible_tokens)

    name: str = column(ApiToken.name)
    hint: str = column(ApiToken.hint, description="How its text begins.")
    permissions: list[str] = column(
        ApiToken.permissions, description="All it may do, of what its owner may do at that moment."
    )
    strength: int = column(
        ApiToken.strength, description="2: made in a session of two factors, so that roles which need them work."
    )
    created_at: DateTime = column(ApiToken.created_at)
    valid_to: Date = column(ApiToken.valid_to, description="The first day on which it no longer holds.")
    last_used_at: DateTime | None = column(ApiToken.last_used_at, description="To about ten minutes.")
    revoked_at: DateTime | None = column(ApiToken.revoked_at)
    member: Annotated[MemberType, strawberry.lazy("graphql_api.tenants.types")] | None = to_one(
        ApiToken.membership_id, description="Whose it is; for those who may read members."
    )
