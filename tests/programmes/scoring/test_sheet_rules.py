"""A sheet: every item, within its maximum, in hundredths."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.scoring.rules.faults import Fault
from programmes.scoring.rules.sheets import Item, find_sheet_fault, parse_points, shown, total_of

FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
ITEMS = tuple(Item(f"{force}_{number}", f"{force} {number}", 1000) for force in FORCES for number in (1, 2, 3))
FULL = dict.fromkeys((item.key for item in ITEMS), 800)


def test_fifteen_items_within_their_maxima_are_accepted() -> None:
    assert find_sheet_fault(FULL, ITEMS) is None
    assert total_of(FULL, ITEMS) == 12_000


@given(st.sampled_from(ITEMS))
def test_any_missing_item_is_named(item: Item) -> None:
    points = {key: value for key, value in FULL.items() if key != item.key}
    expected = Fault("ITEM_MISSING", (item.key,), {"item": item.key, "name": item.name})
    assert find_sheet_fault(points, ITEMS) == expected


@given(st.sampled_from(ITEMS), st.integers(min_value=1, max_value=10**6))
def test_points_above_the_maximum_are_refused_with_it(item: Item, over: int) -> None:
    points = FULL | {item.key: item.most + over}
    params: dict[str, str | int] = {"item": item.key, "name": item.name, "most": "10.00"}
    assert find_sheet_fault(points, ITEMS) == Fault("POINTS_ABOVE_MAXIMUM", (item.key,), params)


def test_an_item_that_the_edition_does_not_have_is_refused() -> None:
    assert find_sheet_fault(FULL | {"charm_1": 1}, ITEMS) == Fault("ITEM_UNKNOWN", ("charm_1",), {"item": "charm_1"})


def test_negative_points_are_refused() -> None:
    assert find_sheet_fault(FULL | {"practice_2": -1}, ITEMS) == Fault("BAD_POINTS", ("practice_2",))


@given(st.dictionaries(st.sampled_from([item.key for item in ITEMS]), st.integers(0, 1000), min_size=15, max_size=15))
def test_unweighted_totals_are_plain_sums(points: dict[str, int]) -> None:
    assert total_of(points, ITEMS) == sum(points.values())


@given(st.integers(0, 100_000), st.integers(0, 300))
def test_weights_are_per_cent_rounded_half_up(points: int, weight: int) -> None:
    item = Item("practice_1", "", 100_000, weight)
    assert total_of({"practice_1": points}, [item]) == int(Decimal(points * weight) / 100 + Decimal("0.5"))


@pytest.mark.parametrize(("text", "points"), [("9", 900), ("9.25", 925), ("0", 0), ("10.00", 1000), ("007.5", 750)])
def test_points_are_read_in_hundredths(text: str, points: int) -> None:
    assert parse_points(text) == points


@pytest.mark.parametrize("text", ["", "-1", "9.255", "九", "NaN", "Infinity", "1e999999999", "1e12", "9,5"])
def test_what_is_no_number_of_points_is_not_read(text: str) -> None:
    assert parse_points(text) is None


@given(st.integers(0, 10**9))
def test_points_shown_are_read_back(points: int) -> None:
    assert parse_points(shown(points)) == points
