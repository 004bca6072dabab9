"""Reading studios."""

import strawberry

from graphql_api.pagination import Connection
from graphql_api.sources import many, one
from graphql_api.studios.inputs import InnovationStudioFilter
from graphql_api.studios.types import InnovationStudioType


@strawberry.type
class StudiosQuery:
    """The roots of studios."""

    innovation_studio: InnovationStudioType | None = one(description="One studio.")
    innovation_studios: Connection[InnovationStudioType] | None = many(
        filter=InnovationStudioFilter, description="The studios of this union, the newest first."
    )
