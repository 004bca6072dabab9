"""Who stands in for whom."""

import strawberry

from graphql_api.delegation.types import ColleagueType, DeputyGrantType, VisitType
from graphql_api.pagination import Connection
from graphql_api.sources import many


@strawberry.type
class DelegationQuery:
    colleagues: Connection[ColleagueType] | None = many(
        description="The people of this union, to choose a deputy from; for whoever may have one."
    )
    deputy_grants: Connection[DeputyGrantType] | None = many(
        description="What the viewer has handed over or was handed, the newest first; administrators and auditors see all of the union."
    )
    visits: Connection[VisitType] | None = many(
        description="Who from above looked into this union, and where its own auditors went, the newest first; for administrators and auditors."
    )
