"""The tree of unions as paths: every union's path is its superior's path and its own segment, each segment closed by a dot.

In C collation a subtree is the half-open range [path, path with its last dot raised to a slash): the dot sorts before every digit and letter and the slash
right after the dot, so no sibling whose segment merely begins alike falls in. Paths compare byte by byte; segments are made of digits and capital letters only.
"""

from typing import NamedTuple
from uuid import UUID

DOT = "."
_AFTER_DOT = "/"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS_PER_LETTER = 5
_SEGMENT_LETTERS = 12


class PathRange(NamedTuple):
    """All paths p with low <= p < high."""

    low: str
    high: str

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.low <= path < self.high


def segment(tenant_id: UUID) -> str:
    """The union's own part of any path: 12 letters from the random end of its id, so it never changes, wherever the union moves."""
    mask = (1 << _BITS_PER_LETTER) - 1
    shifts = range((_SEGMENT_LETTERS - 1) * _BITS_PER_LETTER, -1, -_BITS_PER_LETTER)
    return "".join(_ALPHABET[tenant_id.int >> shift & mask] for shift in shifts)


def root_path(own_segment: str) -> str:
    """The path of a union with nobody above it."""
    return own_segment + DOT


def child_path(parent_path: str, own_segment: str) -> str:
    """The path of a union right below another."""
    return parent_path + own_segment + DOT


def subtree(path: str) -> PathRange:
    """The range that holds the union itself and all below it, and nothing else."""
    return PathRange(path, path[:-1] + _AFTER_DOT)


def ancestor_paths(path: str) -> tuple[str, ...]:
    """The paths of all above, the highest first; without the union's own."""
    segments = path.split(DOT)[:-1]
    return tuple(DOT.join(segments[:count]) + DOT for count in range(1, len(segments)))


def parent_path(path: str) -> str | None:
    """The path right above; None at the top."""
    above = ancestor_paths(path)
    return above[-1] if above else None


def depth(path: str) -> int:
    """How many segments: 1 at the top."""
    return path.count(DOT)


def is_ancestor(upper: str, lower: str) -> bool:
    """Whether `upper` stands above `lower`; no union stands above itself."""
    return upper != lower and lower.startswith(upper)


def moved(path: str, old_root: str, new_root: str) -> str:
    """Where a path of the subtree under `old_root` lies once that root is `new_root`."""
    return new_root + path[len(old_root) :]
