"""What the contract shows of policies."""

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, column, descending
from tenants.policies.model import PolicyRevision, PolicyTightening


@strawberry.type(
    name="PolicyTightening",
    description="Something that this union forbids its people beyond the policy. What was lifted stays on record.",
)
class PolicyTighteningType(Node):
    __source__ = Source(
        PolicyTightening,
        order=(descending(PolicyTightening.created_at),),
        visible=allowed(Permission.POLICY_READ, Columns(id=PolicyTightening.id)),
    )

    role: Role = column(PolicyTightening.role)
    kind: str = column(PolicyTightening.typ)
    act: str = column(PolicyTightening.act)
    stage: str = column(PolicyTightening.stage)
    binds_below: bool = column(PolicyTightening.binds_below)
    reason: str = column(PolicyTightening.reason)
    document: str = column(PolicyTightening.document)
    created_by: str = column(PolicyTightening.created_by)
    created_at: DateTime = column(PolicyTightening.created_at)
    valid_from: Date = column(PolicyTightening.valid_from)
    valid_to: Date | None = column(PolicyTightening.valid_to, description="The first day on which it no longer holds.")
    lifted_at: DateTime | None = column(PolicyTightening.lifted_at)
    lifted_by: str | None = column(PolicyTightening.lifted_by)
    version: int = column(PolicyTightening.version)


@strawberry.type(
    name="PolicyRevision", description="A policy that was put in force, for all unions; the newest is in force."
)
class PolicyRevisionType(Node):
    __source__ = Source(
        PolicyRevision,
        order=(descending(PolicyRevision.number),),
        visible=allowed(Permission.POLICY_READ, Columns(id=PolicyRevision.id)),
        tenant_bound=False,
    )

    number: int = column(PolicyRevision.number)
    revision: str = column(PolicyRevision.revision, description="The fingerprint of the reviewed files.")
    lines: list[str] = column(PolicyRevision.lines, description="Its rows, each as `file:line text`.")
    recorded_at: DateTime = column(PolicyRevision.recorded_at)


@strawberry.type(description="A row of the policy as it was written and reviewed.")
class PolicyLineType:
    file: str
    number: int
    text: str = strawberry.field(
        description="`role,kind,act,level,relation,stage,effect`; `|` between alternatives, `*` is every one."
    )


@strawberry.type(
    description="What binds this union's people beyond the policy: its own rows, and those of unions above it."
)
class BindingTightening:
    role: Role
    action: str
    stage: str
    is_own: bool = strawberry.field(description="It can be lifted here.")
    union: str
    document: str
    reason: str


@strawberry.type(description="Everything by which this union's people are judged.")
class PolicyRows:
    revision: str
    lines: list[PolicyLineType]
    tightenings: list[BindingTightening]


@strawberry.type(
    description="The gate's answer about a member, with what it was made from. Which step a case takes next is the transition table's, not the gate's."
)
class AccessExplanation:
    allowed: bool
    sentence: str = strawberry.field(description="For people.")
    code: str | None = strawberry.field(description="The refusal's code.")
    policy_row: str = strawberry.field(
        description="The row that decided; for a no without a deny row, the one that came nearest."
    )
    revision: str
    is_live: bool = strawberry.field(description="Whether the member's place holds today; without it he has no roles.")
    roles: list[Role]
    level: str
    stage: str
    relations: list[str] = strawberry.field(
        description="How he and the union stand to the object: the union's desk, what he did with it before, whether he is concerned himself."
    )
    tightening: BindingTightening | None = strawberry.field(description="Where a union forbids it beyond the policy.")
