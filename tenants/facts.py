"""What everybody may know of a union: its place in the tree."""

from dataclasses import dataclass, field
from uuid import UUID

from tenants.policies.facts import RulesInForce


@dataclass(frozen=True)
class TenantFacts:
    """A union as the rest of the house passes it around; `level_rank` grows downwards, paths end with a dot.

    `rules` is filled only where somebody's session is read: it is what the union's people are held to as of that statement.
    """

    id: UUID
    code: str
    name: str
    level: str
    level_rank: int
    line: str
    path: str
    industry_path: str | None
    parent_id: UUID | None
    industry_parent_id: UUID | None
    rules: RulesInForce = field(default=RulesInForce(), compare=False, repr=False)
