"""What sheets come to, and the order of the cases."""

from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.scoring.rules.aggregation import Method, Result, TieRule, aggregate, rank

TOTALS = st.lists(st.integers(0, 15_000), min_size=1, max_size=15)


def _result(score: int, middle: int = 0, spread: int = 0) -> Result:
    return Result(sheets=3, mean=score, median=middle, trimmed_mean=score, spread=spread, score=score)


def test_five_sheets_by_hand() -> None:
    expected = Result(sheets=5, mean=8840, median=8800, trimmed_mean=8867, spread=1400, score=8800)
    assert aggregate([9500, 8100, 9000, 8800, 8800], Method.MEDIAN) == expected


def test_the_trimmed_mean_leaves_out_one_highest_and_one_lowest() -> None:
    assert aggregate([100, 200, 300, 900], Method.TRIMMED_MEAN).score == 250


@pytest.mark.parametrize("totals", [[700], [700, 800]])
def test_with_one_or_two_sheets_nothing_is_left_out(totals: list[int]) -> None:
    assert aggregate(totals, Method.TRIMMED_MEAN).score == aggregate(totals, Method.MEAN).score


def _half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@given(TOTALS)
def test_figures_agree_with_exact_arithmetic(totals: list[int]) -> None:
    result = aggregate(totals, Method.MEAN)
    inner = sorted(totals)[1:-1] if len(totals) > 2 else totals
    assert result == Result(
        sheets=len(totals),
        mean=_half_up(Fraction(sum(totals), len(totals))),
        median=_half_up(Fraction(median(totals))),
        trimmed_mean=_half_up(Fraction(sum(inner), len(inner))),
        spread=max(totals) - min(totals),
        score=_half_up(Fraction(sum(totals), len(totals))),
    )


@given(TOTALS.flatmap(lambda totals: st.tuples(st.just(totals), st.permutations(totals))), st.sampled_from(Method))
def test_the_order_of_sheets_does_not_matter(both: tuple[list[int], list[int]], method: Method) -> None:
    totals, shuffled = both
    assert aggregate(shuffled, method) == aggregate(totals, method)
    assert min(totals) <= aggregate(totals, method).score <= max(totals)


def test_equal_scores_share_a_rank_and_the_next_is_left_out() -> None:
    results = {"a": _result(9000), "b": _result(8500), "c": _result(8500), "d": _result(8000)}
    assert rank(results) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_the_tie_rule_asks_the_median_and_then_the_agreement_of_the_experts() -> None:
    results = {"a": _result(90, 80, 5), "b": _result(90, 85, 9), "c": _result(90, 80, 4), "d": _result(90, 80, 4)}
    assert rank(results, TieRule.MEDIAN_THEN_SPREAD) == {"b": 1, "c": 2, "d": 2, "a": 4}


@given(st.dictionaries(st.integers(), st.integers(0, 50), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_better_ones(scores: dict[int, int]) -> None:
    ranks = rank({case: _result(score) for case, score in scores.items()})
    assert ranks == {case: 1 + sum(other > score for other in scores.values()) for case, score in scores.items()}
