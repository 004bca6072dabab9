"""What the contract shows of something that happened."""

import strawberry

from graphql_api.scalars import DateTime
from graphql_api.sources import Node
from graphql_api.work.words import WorkKind


@strawberry.type(
    description="Something happened in the viewer's union to an object that he may read. What he was not there for is not told later."
)
class WorkChange:
    kind: WorkKind
    object_id: strawberry.ID | None = strawberry.field(description="The object's id; null for RESYNC.")
    act: str | None = strawberry.field(
        description="What was done, in a word; null for RESYNC. The words: docs/contract.md."
    )
    at: DateTime
    object: Node | None = strawberry.field(
        description="The object as it stands now, read like any other read by the viewer; null for RESYNC."
    )
