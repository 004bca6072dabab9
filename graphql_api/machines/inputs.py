"""What the mutations about API tokens take. Making one has no idempotency key: its text is shown once and kept nowhere to be shown again."""

import strawberry

from graphql_api.scalars import Date


@strawberry.input
class CreateApiTokenInput:
    name: str = strawberry.field(description="What it is for; histories and the audit trail show it.")
    permissions: list[str] = strawberry.field(
        description="Words `kind:act` (`application` is `case`); each must be the viewer's own."
    )
    valid_to: Date = strawberry.field(description="The first day on which it no longer holds; within 180 days.")
    password: str = strawberry.field(description="The viewer's own, once more: a found session is not enough.")


@strawberry.input
class RevokeApiTokenInput:
    idempotency_key: str
    token_id: strawberry.ID
