"""Officers asked for, and lent."""

import strawberry

from graphql_api.lending.types import SubstitutionType
from graphql_api.pagination import Connection
from graphql_api.sources import many


@strawberry.type
class LendingQuery:
    substitutions: Connection[SubstitutionType] | None = many(
        description="Officers asked for, and lent, the newest first; for administrators, auditors and the chair, and each officer's own."
    )
