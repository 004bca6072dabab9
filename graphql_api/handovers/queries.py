"""Handovers of this tenant, and its register of titles granted below."""

import strawberry

from graphql_api.handovers.inputs import HandoverFilter, RegisterFilter
from graphql_api.handovers.types import HandoverType, RegisterEntryType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class HandoversQuery:
    handover: HandoverType | None = one(description="One handover of this tenant.")
    handovers: Connection[HandoverType] | None = many(
        filter=HandoverFilter, description="What passes to and from here."
    )
    register: Connection[RegisterEntryType] | None = many(
        filter=RegisterFilter, description="Titles granted below, as announced to this union."
    )
