"""What the contract shows of officers lent to small unions."""

from enum import StrEnum

import strawberry

from authz.delegation.substitutes import visible_substitutions
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from graphql_api.pagination import Connection
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, column, descending, to_many, to_one
from graphql_api.tenants.types import TenantType
from tenants.delegation.model import Substitution, SubstitutionAct


@strawberry.enum(description="Which of the two a union is in a substitution.")
class SubstitutionSide(StrEnum):
    ASKING = "asking"
    LENDING = "lending"


@strawberry.enum(description="Where a substitution stands.")
class SubstitutionState(StrEnum):
    REQUESTED = "requested"
    ASSIGNED = "assigned"
    ENDED = "ended"


@strawberry.type(name="SubstitutionAct", description="Something the lent officer did in the union that asked for him.")
class SubstitutionActType(Node):
    __source__ = Source(
        SubstitutionAct,
        order=(descending(SubstitutionAct.at),),
        visible=allowed(Permission.SUBSTITUTE_READ, Columns(id=SubstitutionAct.substitution_id)),
    )

    at: DateTime = column(SubstitutionAct.at)
    act: str = column(SubstitutionAct.act, description="`kind:act`.")
    object_kind: str = column(SubstitutionAct.object_kind)


@strawberry.type(
    name="Substitution",
    description="A small union asks the one right above for an officer who takes roles it has nobody for. Both have a record of it; either ends it.",
)
class SubstitutionType(Node):
    __source__ = Source(Substitution, order=(descending(Substitution.created_at),), visible=visible_substitutions)

    side: SubstitutionSide = column(Substitution.side)
    counterpart: TenantType | None = to_one(Substitution.counterpart_id, description="The other union.")
    roles: list[Role] = column(Substitution.roles)
    reason: str = column(Substitution.reason)
    asked_by: str = column(Substitution.asked_by)
    state: SubstitutionState = column(Substitution.state)
    officer: str | None = column(Substitution.officer)
    assigned_by: str | None = column(Substitution.assigned_by)
    valid_to: Date | None = column(Substitution.valid_to, description="The first day on which it no longer holds.")
    ended_at: DateTime | None = column(Substitution.ended_at)
    ended_by: str | None = column(Substitution.ended_by)
    ended_because: str | None = column(Substitution.ended_because)
    created_at: DateTime = column(Substitution.created_at)
    version: int = column(Substitution.version)
    acts: Connection[SubstitutionActType] = to_many(
        SubstitutionAct.substitution_id, description="What the officer did, the newest first."
    )
