"""The two lines of the tree: territorial (地方工会) for everybody, industry (产业工会) beside it for those who belong to one.

A union stands under another on a line when that line's path says so; who stands where decides whom it knows of, never whose files it reads.
"""

from enum import StrEnum

from tenants import tree
from tenants.facts import TenantFacts


class Line(StrEnum):
    """Which of the two ways up."""

    TERRITORIAL = "territorial"
    INDUSTRY = "industry"


class Standing(StrEnum):
    """What one union is to another; several may hold at once."""

    SELF = "self"
    PARENT = "parent"
    INDUSTRY_PARENT = "industry_parent"
    ANCESTOR = "ancestor"
    INDUSTRY_ANCESTOR = "industry_ancestor"
    CHILD = "child"
    INDUSTRY_CHILD = "industry_child"
    DESCENDANT = "descendant"
    INDUSTRY_DESCENDANT = "industry_descendant"


def standing(one: TenantFacts, other: TenantFacts) -> frozenset[Standing]:
    """What `one` is to `other`: `PARENT` says that `one` is the other's superior."""
    said = {
        Standing.SELF: one.id == other.id,
        Standing.PARENT: other.parent_id == one.id,
        Standing.INDUSTRY_PARENT: other.industry_parent_id == one.id,
        Standing.ANCESTOR: tree.is_ancestor(one.path, other.path),
        Standing.INDUSTRY_ANCESTOR: _is_industry_ancestor(one, other),
        Standing.CHILD: one.parent_id == other.id,
        Standing.INDUSTRY_CHILD: one.industry_parent_id == other.id,
        Standing.DESCENDANT: tree.is_ancestor(other.path, one.path),
        Standing.INDUSTRY_DESCENDANT: _is_industry_ancestor(other, one),
    }
    return frozenset(word for word, holds in said.items() if holds)


def is_above(upper: TenantFacts, lower: TenantFacts) -> bool:
    """Whether `upper` stands above `lower` on either line."""
    return bool(standing(upper, lower) & {Standing.ANCESTOR, Standing.INDUSTRY_ANCESTOR})


def is_visible(viewer: TenantFacts, other: TenantFacts) -> bool:
    """Whether the viewer knows that the other exists: itself, those above it and those below it, on either line; never a sibling or a stranger."""
    return viewer.id == other.id or is_above(viewer, other) or is_above(other, viewer)


def may_stand_under(rank: int, superior_rank: int) -> bool:
    """Ranks grow downwards, with gaps: levels may be skipped, never turned round or repeated."""
    return rank > superior_rank


def _is_industry_ancestor(upper: TenantFacts, lower: TenantFacts) -> bool:
    if upper.industry_path is None or lower.industry_path is None:
        return False
    return tree.is_ancestor(upper.industry_path, lower.industry_path)
