"""Reading cases."""

import strawberry

from graphql_api.applications.inputs import ApplicationFilter
from graphql_api.applications.types import ApplicationType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class ApplicationsQuery:
    """The roots of cases."""

    application: ApplicationType | None = one(description="One case.")
    applications: Connection[ApplicationType] | None = many(
        filter=ApplicationFilter, description="The cases of this union, the latest change first."
    )
