"""What the contract shows of standing in for another."""

from enum import StrEnum

import strawberry

from authz.delegation.deputies import visible_colleagues, visible_grants
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from graphql_api.audit.types import ReadEntryType
from graphql_api.pagination import Connection
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, column, descending, to_many, to_one
from graphql_api.tenants.types import TenantType
from kernel.audit_reads import ReadEntry
from tenants.accounts.model import Membership
from tenants.delegation.model import DeputyGrant, Visit


@strawberry.enum(description="Which of the two a union is in a visit.")
class VisitSide(StrEnum):
    VISITED = "visited"
    VISITING = "visiting"


@strawberry.enum(description="A visit to a union as a whole, or to one case of it.")
class VisitKind(StrEnum):
    SUPERVISION = "supervision"
    CASE = "case"


@strawberry.type(
    name="Visit",
    description="An auditor of a union above looks into a union below, reading only. Both have a record of it; what he read is recorded in the one visited.",
)
class VisitType(Node):
    __source__ = Source(
        Visit,
        order=(descending(Visit.begun_at),),
        visible=allowed(Permission.VISIT_READ, Columns(id=Visit.id)),
    )

    side: VisitSide = column(Visit.side)
    kind: VisitKind = column(Visit.kind)
    counterpart: TenantType | None = to_one(Visit.counterpart_id, description="The other union.")
    visitor: str = column(Visit.visitor)
    reason: str = column(Visit.reason)
    begun_at: DateTime = column(Visit.begun_at)
    ends_at: DateTime = column(Visit.ends_at)
    ended_at: DateTime | None = column(Visit.ended_at, description="The auditor left before the end.")
    reads: Connection[ReadEntryType] = to_many(
        ReadEntry.basis_id, description="Everything that was looked at; in the union that was visited."
    )


@strawberry.type(name="Colleague", description="A person of this union, as everybody in it may know him.")
class ColleagueType(Node):
    __source__ = Source(Membership, order=(Membership.name,), visible=visible_colleagues)

    name: str = column(Membership.name)
    valid_to: Date | None = column(Membership.valid_to, description="The first day on which his place no longer holds.")


@strawberry.type(
    name="DeputyGrant",
    description=(
        "Roles that a member has handed to another for a while. Worth what the granter himself still holds; the deputy takes the part up by `actAsDeputy`."
    ),
)
class DeputyGrantType(Node):
    __source__ = Source(DeputyGrant, order=(descending(DeputyGrant.granted_at),), visible=visible_grants)

    granter: str = column(DeputyGrant.granter)
    deputy: str = column(DeputyGrant.deputy)
    roles: list[Role] = column(DeputyGrant.roles)
    reason: str = column(DeputyGrant.reason)
    valid_from: Date = column(DeputyGrant.valid_from)
    valid_to: Date = column(DeputyGrant.valid_to, description="The first day on which it no longer holds.")
    granted_at: DateTime = column(DeputyGrant.granted_at)
    revoked_at: DateTime | None = column(DeputyGrant.revoked_at)
    revoked_by: str | None = column(DeputyGrant.revoked_by)
