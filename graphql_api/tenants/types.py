"""What the contract shows of unions, their levels and members."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from authz.administration import visible_unions
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from authz.scope import ReadScope
from graphql_api.ids import encode_id
from graphql_api.pagination import Connection
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Row, Source, allowed, column, computed, to_many, to_one
from tenants import queries
from tenants.accounts.model import Membership
from tenants.delegation.facts import Basis
from tenants.facts import TenantFacts
from tenants.lines import Line
from tenants.model import Level, Tenant

strawberry.enum(Basis, name="SessionBasis", description="What a session rests on.")
strawberry.enum(
    Role, name="Role", description="A part in the work; a person may hold several unless a duty forbids it."
)
strawberry.enum(Line, name="Line", description="Which of the two ways up: territorial, or industry.")


@strawberry.type(name="Level", description="A rung of the organisation; data, not a closed list.")
class LevelType:
    __source__ = Source(Level, order=(Level.rank,), tenant_bound=False, key=Level.code)

    code: str = column(Level.code)
    name: str = column(Level.name)
    rank: int = column(Level.rank, description="Grows from the top downwards, with gaps; levels of one rank are peers.")
    line: Line = column(Level.line)


@strawberry.type(description="A union's name and place, where the union itself may not be looked into.")
class TenantSummary:
    """What stands for a union in lists that span unions."""

    id: strawberry.ID = strawberry.field(description="The union's id.")
    code: str
    name: str
    level: str = strawberry.field(description="The level's code.")


def summary_of(tenant: TenantFacts) -> TenantSummary:
    """A union in short."""
    return TenantSummary(
        id=strawberry.ID(encode_id("Tenant", tenant.id)), code=tenant.code, name=tenant.name, level=tenant.level
    )


async def ancestors(scope: ReadScope, rows: Sequence[Row]) -> list[list[TenantSummary]]:
    """For each union those above it on both lines, the highest first; one statement for all."""
    places = [(str(row["path"]), row["industry_path"]) for row in rows]
    found = await queries.list_ancestors_of_all(scope.session, scope.actor.tenant, places)
    return [[summary_of(tenant) for tenant in above] for above in found]


@strawberry.type(
    name="Tenant",
    description="A union. One sees one's own, those above it and those below it, on either line; no other exists.",
)
class TenantType(Node):
    __source__ = Source(Tenant, tenant_bound=False, visible=visible_unions)

    code: str = column(Tenant.code, description="Named at sign-in.")
    name: str = column(Tenant.name)
    level: LevelType | None = to_one(Tenant.level)
    active: bool = column(Tenant.active, description="False: closed; nobody signs in.")
    created_at: DateTime = column(Tenant.created_at)
    parent: Annotated["TenantType", strawberry.lazy("graphql_api.tenants.types")] | None = to_one(Tenant.parent_id)
    industry_parent: Annotated["TenantType", strawberry.lazy("graphql_api.tenants.types")] | None = to_one(
        Tenant.industry_parent_id, description="The superior on the industry line, where there is one."
    )
    ancestors: list[TenantSummary] = computed(
        ancestors,
        needs=(Tenant.path, Tenant.industry_path),
        description="All above on both lines, the highest first.",
    )
    children: Connection[Annotated["TenantType", strawberry.lazy("graphql_api.tenants.types")]] = to_many(
        Tenant.parent_id, description="Right below on the territorial line."
    )
    industry_members: Connection[Annotated["TenantType", strawberry.lazy("graphql_api.tenants.types")]] = to_many(
        Tenant.industry_parent_id, description="Right below on the industry line."
    )


@strawberry.type(name="Member", description="A person's place in this union.")
class MemberType(Node):
    __source__ = Source(Membership, visible=allowed(Permission.MEMBERSHIP_READ, Columns(id=Membership.id)))

    name: str = column(Membership.name)
    roles: list[Role] = column(Membership.roles)
    proposed_roles: list[Role] = column(
        Membership.proposed_roles, description="What whoever made the place would have it do; gives nothing."
    )
    offered_to: str | None = column(
        Membership.offered_to, description="The login for which the place is, or was, kept until he signed in here."
    )
    valid_from: Date = column(Membership.valid_from)
    valid_to: Date | None = column(Membership.valid_to, description="The first day on which it no longer holds.")
