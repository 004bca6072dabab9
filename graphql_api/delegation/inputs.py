"""What the mutations about standing in take."""

import strawberry

from authz.roles import Role
from graphql_api.scalars import Date, DateTime


@strawberry.input
class GrantDeputyInput:
    idempotency_key: str
    deputy_id: strawberry.ID = strawberry.field(description="One of `colleagues`.")
    roles: list[Role] = strawberry.field(description="Some of the viewer's own.")
    reason: str
    valid_from: Date = strawberry.field(description="Today or later.")
    valid_to: Date = strawberry.field(description="The first day on which it no longer holds; 92 days at most.")


@strawberry.input
class RevokeDeputyInput:
    idempotency_key: str
    grant_id: strawberry.ID


@strawberry.input
class ActAsDeputyInput:
    grant_id: strawberry.ID


@strawberry.input
class EnterUnionInput:
    tenant_id: strawberry.ID = strawberry.field(description="A union below one's own, on either line.")
    reason: str = strawberry.field(description="Shown to the union that is entered.")
    until: DateTime = strawberry.field(description="Eight hours from now at most.")


@strawberry.input
class OpenCaseBelowInput:
    tenant_id: strawberry.ID
    application_id: strawberry.ID = strawberry.field(
        description="The case as one's own union has it, or as the union below does."
    )
    reason: str = strawberry.field(description="Shown to the union that is entered.")
    until: DateTime = strawberry.field(description="Three hours from now at most.")
