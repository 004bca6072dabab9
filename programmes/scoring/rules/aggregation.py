"""汇总评分（总工发〔2024〕1号 第七条）: what the sheets of a case come to, and the order of the cases.

The source names the step and is silent on the method; the edition's rulebook says mean, median or trimmed mean. All values are hundredths, rounded half up.
Equal scores share a rank and the next rank is left out (1, 2, 2, 4), unless the tie rule lets the median, then the closer agreement of the experts,
decide first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

_TRIMMED_FROM = 3

K = TypeVar("K")


class Method(StrEnum):
    """How the totals of a case become its score."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED_MEAN = "trimmed_mean"


class TieRule(StrEnum):
    """What happens to equal scores."""

    SHARED = "shared"
    MEDIAN_THEN_SPREAD = "median_then_spread"


@dataclass(frozen=True)
class Result:
    """The figures of one case; `spread` is the distance between the highest and the lowest total."""

    sheets: int
    mean: int
    median: int
    trimmed_mean: int
    spread: int
    score: int


def aggregate(totals: Sequence[int], method: Method) -> Result:
    """The figures of one case from its sheets' totals, at least one; the trimmed mean leaves out one highest and one lowest, from three sheets on."""
    ordered = sorted(totals)
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    inner = ordered[1:-1] if len(ordered) >= _TRIMMED_FROM else ordered
    figures = {Method.MEAN: _mean(ordered), Method.MEDIAN: _mean(middle), Method.TRIMMED_MEAN: _mean(inner)}
    return Result(
        sheets=len(ordered),
        mean=figures[Method.MEAN],
        median=figures[Method.MEDIAN],
        trimmed_mean=figures[Method.TRIMMED_MEAN],
        spread=ordered[-1] - ordered[0],
        score=figures[method],
    )


def rank(results: Mapping[K, Result], tie: TieRule = TieRule.SHARED) -> dict[K, int]:
    """Places from 1, the best first; whoever the tie rule cannot tell apart shares a place."""
    places = {case: _place(result, tie) for case, result in results.items()}
    ordered = sorted(places.values())
    return {case: ordered.index(place) + 1 for case, place in places.items()}


def _place(result: Result, tie: TieRule) -> tuple[int, ...]:
    if tie is TieRule.SHARED:
        return (-result.score,)
    return (-result.score, -result.median, result.spread)


def _mean(values: Sequence[int]) -> int:
    return (2 * sum(values) + len(values)) // (2 * len(values))
