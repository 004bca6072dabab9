"""What everybody may know of a union: its place in the tree."""

from dataclasses import dataclass, field
from uuid import UUID

from tenants import tree
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

    @property
    def above(self) -> list[str]:
        """The paths of all above on the territorial line."""
        return list(tree.ancestor_paths(self.path))

    @property
    def above_in_industry(self) -> list[str]:
        """Likewise on the industry line; nobody where it is on none."""
        return [] if self.industry_path is None else list(tree.ancestor_paths(self.industry_path))

    @property
    def range(self) -> tuple[str, str]:
        """The bounds of the paths below on the territorial line; the lower one is its own path."""
        return tree.subtree(self.path)

    @property
    def range_in_industry(self) -> tuple[str, str] | None:
        """Likewise on the industry line; None where it is on none."""
        return None if self.industry_path is None else tree.subtree(self.industry_path)
