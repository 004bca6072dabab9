"""What requests can be filtered by."""

import strawberry

from graphql_api.filters import among, refers_to
from graphql_api.retention.words import RequestState
from programmes.retention.model import ErasureRequest


@strawberry.input(description="Which requests; all given conditions hold.")
class ErasureRequestFilter:
    state: list[RequestState] | None = among(ErasureRequest.state)
    person: strawberry.ID | None = refers_to(ErasureRequest.person_id, "Person")
