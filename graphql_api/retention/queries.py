"""Reading periods and requests."""

import strawberry

from graphql_api.context import Info
from graphql_api.pagination import Connection
from graphql_api.retention.inputs import ErasureRequestFilter
from graphql_api.retention.types import ErasureRequestType, RetentionPeriodType
from graphql_api.retention.words import RecordKind
from graphql_api.sources import many
from programmes.retention.service import list_questions


@strawberry.type
class RetentionQuery:
    retention_periods: Connection[RetentionPeriodType] | None = many(description="The periods this union has set.")
    erasure_requests: Connection[ErasureRequestType] | None = many(
        filter=ErasureRequestFilter, description="Requests to erase a file, the newest first."
    )

    @strawberry.field(
        description="Kinds of record for which no document names a period and this union has set none: nothing of them is erased."
    )
    async def retention_questions(self, info: Info) -> list[RecordKind] | None:
        """For whoever may read the periods."""
        async with info.context.read() as scope:
            return await list_questions(scope)
