"""What everybody may know of a union: its place in the tree."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class TenantFacts:
    """A union as the rest of the house passes it around; `level_rank` grows downwards, paths end with a dot."""

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
