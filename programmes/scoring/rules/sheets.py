"""专家对所有人选逐项打分（总工发〔2024〕1号 第七条）: a sheet holds points for each item of the five forces, within the item's maximum.

Points, maxima and totals are whole hundredths of a point, so that 92.75 is 9275. Weights are per cent. The source is silent on maxima and weights: they
come from the edition's rulebook, filled in before issue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from programmes.scoring.rules.faults import Fault, fault

HUNDREDTHS = 100
FULL_WEIGHT = 100
_MOST = 10**9


@dataclass(frozen=True)
class Item:
    """One line of a sheet: `key` is `force_item` as the rulebook names it, `most` its maximum in hundredths, `weight` in per cent."""

    key: str
    name: str
    most: int
    weight: int = FULL_WEIGHT


def parse_points(text: str) -> int | None:
    """Hundredths from points typed as `9` or `9.25`; None if that is not a number of zero or more with at most two decimals."""
    try:
        points = Decimal(text) * HUNDREDTHS
    except ArithmeticError:
        return None
    if not points.is_finite() or not 0 <= points <= _MOST or points != points.to_integral_value():
        return None
    return int(points)


def find_sheet_fault(points: Mapping[str, int], items: Sequence[Item]) -> Fault | None:
    """Every item of the edition is scored, none beside them, each from zero to its maximum; the first fault in the items' order."""
    known = {item.key for item in items}
    for key in points:
        if key not in known:
            return fault("ITEM_UNKNOWN", key, item=key)
    for item in items:
        if item.key not in points:
            return fault("ITEM_MISSING", item.key, item=item.key, name=item.name)
        if points[item.key] < 0:
            return fault("BAD_POINTS", item.key)
        if points[item.key] > item.most:
            return fault("POINTS_ABOVE_MAXIMUM", item.key, item=item.key, name=item.name, most=shown(item.most))
    return None


def total_of(points: Mapping[str, int], items: Sequence[Item]) -> int:
    """The weighted sum of a valid sheet in hundredths, rounded half up once, at the end."""
    weighted = sum(points[item.key] * item.weight for item in items)
    return (2 * weighted + FULL_WEIGHT) // (2 * FULL_WEIGHT)


def shown(hundredths: int) -> str:
    """Hundredths as people read them: `92.75`."""
    return str((Decimal(hundredths) / HUNDREDTHS).quantize(Decimal("0.01")))
