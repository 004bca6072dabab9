"""What the contract shows of innovation studios."""

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from graphql_api.people.types import PersonType
from graphql_api.scalars import Date
from graphql_api.sources import Node, Source, allowed, column, descending, to_one
from graphql_api.studios.words import StudioKind, StudioState
from programmes.studios.model import Studio


@strawberry.type(name="InnovationStudio", description="A studio that this union named, with its leader.")
class InnovationStudioType(Node):
    __source__ = Source(
        Studio,
        order=(descending(Studio.named_on),),
        visible=allowed(Permission.STUDIO_READ, Columns(id=Studio.id, stage=Studio.state)),
    )

    kind: StudioKind = column(Studio.kind)
    name: str = column(Studio.name)
    level: str = column(Studio.level, description="Code of the level that named it.")
    leader: PersonType | None = to_one(Studio.leader_id)
    employer: str = column(Studio.employer)
    field: str = column(Studio.field)
    named_on: Date = column(Studio.named_on)
    document_no: str = column(Studio.document_no)
    state: StudioState = column(Studio.state)
    withdrawn_on: Date | None = column(Studio.withdrawn_on)
    withdraw_reason: str | None = column(Studio.withdraw_reason)
    version: int = column(Studio.version)
