"""What one may wait for."""

from typing import cast

import strawberry

from graphql_api.context import Info
from graphql_api.delivery import delivery_of
from graphql_api.ids import encode_id
from graphql_api.resolvers import find_shown
from graphql_api.sources import Node
from graphql_api.work.types import WorkChange
from graphql_api.work.words import KINDS, SHOWN_AS, WorkKind
from kernel.errors import NOT_FOUND


@strawberry.type
class WorkSubscription:
    """The roots of what is told."""

    @strawberry.field(
        description="Each change in the viewer's union of an object that he may read. Begins with RESYNC: read your lists now, from here on you are told."
    )
    async def work_changed(self, info: Info, kinds: list[WorkKind] | None = None) -> WorkChange:
        """One delivery; raises NOT_FOUND where the viewer may not know of it, which then nobody is told."""
        delivery = delivery_of(info)
        delivery.kinds = None if kinds is None else frozenset(kind.value for kind in kinds)
        change = delivery.change
        if change is None:
            delivery.is_shown = True
            return WorkChange(kind=WorkKind.RESYNC, object_id=None, act=None, at=delivery.at, object=None)
        kind = KINDS.get(change.kind)
        if kind is None:  # a later release tells of more; so may anybody who lies
            raise NOT_FOUND()
        type_name = SHOWN_AS[kind]
        row = await find_shown(info, type_name, change.object_id, field="object", of=WorkChange.__name__)
        if row is None:
            raise NOT_FOUND()
        delivery.is_shown = True
        return WorkChange(
            kind=kind,
            object_id=strawberry.ID(encode_id(type_name, change.object_id)),
            act=change.act,
            at=change.at,
            object=cast("Node", row),
        )
