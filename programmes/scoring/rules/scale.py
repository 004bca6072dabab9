"""The sheet that experts fill in, from the rulebook's criteria (总工发〔2024〕1号 第四条, 常工发〔2024〕60号 第四条: five forces, three items each)."""

from collections.abc import Iterable

from programmes.catalogue.rules.rulebook import Criterion
from programmes.scoring.rules.faults import Fault, fault
from programmes.scoring.rules.sheets import FULL_WEIGHT, HUNDREDTHS, Item


def find_scale_fault(criteria: Iterable[Criterion]) -> Fault | None:
    """An item without a maximum cannot be scored: the sources are silent on it, so a person must have filled it in."""
    for criterion in criteria:
        if criterion.max_points is None:
            return fault("SCALE_INCOMPLETE", item=criterion.key, name=criterion.name)
    return None


def items_of(criteria: Iterable[Criterion]) -> tuple[Item, ...]:
    """The lines of the sheet; a criterion without a weight counts in full."""
    return tuple(
        Item(
            key=criterion.key,
            name=criterion.name,
            most=(criterion.max_points or 0) * HUNDREDTHS,
            weight=FULL_WEIGHT if criterion.weight is None else criterion.weight,
        )
        for criterion in criteria
    )
