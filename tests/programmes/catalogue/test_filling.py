import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.catalogue.rules.filling import (
    check_values,
    expand,
    find_silence,
    merge,
    missing_values,
    read_text,
)
from programmes.catalogue.rules.rulebook import Rulebook
from tests.programmes.catalogue.world import FILLED_NATIONAL
from tests.programmes.rulebooks import shipped

NATIONAL = shipped("national_craftsman")
ZHUGE = shipped("zhuge_craftsman")


def test_a_star_stands_for_each_member() -> None:
    assert expand(NATIONAL, "criteria.*.max_points")[0] == "criteria.leadership_1.max_points"
    assert len(expand(NATIONAL, "criteria.*.max_points")) == 15
    assert expand(NATIONAL, "money.N-ANNUAL.payee") == ("money.N-ANNUAL.payee",)


def test_all_filled_leaves_nothing_missing_and_the_merged_rulebook_has_the_values() -> None:
    good, bad = check_values(NATIONAL, FILLED_NATIONAL)
    assert bad == []
    assert missing_values(NATIONAL, good) == []
    merged = merge(NATIONAL, good)
    assert merged.scoring is not None
    assert (merged.scoring.aggregation, merged.scoring.experts_per_case) == ("trimmed_mean", 3)
    assert {criterion.max_points for criterion in merged.criteria} == {10}
    assert missing_values(merged, {}) == []


def test_one_item_may_differ_from_the_others() -> None:
    good, bad = check_values(NATIONAL, {"criteria.*.max_points": 5, "criteria.practice_1.max_points": 30})
    assert bad == []
    assert sum(criterion.max_points or 0 for criterion in merge(NATIONAL, good).criteria) == 100


def test_a_missing_item_is_named_with_its_criterion() -> None:
    names = [value.name for value in missing_values(NATIONAL, {})]
    assert names[3] == "勇挑重担：满分值"


def test_recommending_units_are_filled_as_level_and_line() -> None:
    units = [{"level": "enterprise", "line": "territorial"}, {"level": "town", "line": "territorial"}]
    good, bad = check_values(ZHUGE, {"route.recommending": units})
    assert bad == []
    merged = merge(ZHUGE, good)
    assert [(unit.level, unit.line, unit.cite.basis) for unit in merged.recommending_units] == [
        ("enterprise", "territorial", "silent"),
        ("town", "territorial", "silent"),
    ]


@pytest.mark.parametrize(
    "units",
    [
        [],
        "town",
        [{"level": "town"}],
        [{"level": "town", "line": "sideways"}],
        [{"level": 5, "line": "territorial"}],
        [{"level": "town", "line": "territorial", "places": 3}],
        ["town"],
    ],
)
def test_malformed_units_are_refused(units: object) -> None:
    _, bad = check_values(ZHUGE, {"route.recommending": units})
    assert [problem.problem for problem in bad] == ["wrong_kind"]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("notice.working_days", " 5 ", 5),
        ("notice.working_days", "five", "five"),
        ("notice.working_days", "５", "５"),
        ("cultivation.extension_allowed", "true", True),
        ("scoring.aggregation", "median", "median"),
    ],
)
def test_values_are_read_from_text(key: str, text: str, value: object) -> None:
    silence = find_silence(NATIONAL, key)
    assert silence is not None
    assert read_text(silence, text) == value


def test_units_are_read_from_text() -> None:
    silence = find_silence(ZHUGE, "route.recommending")
    assert silence is not None
    assert read_text(silence, "town, enterprise:industry") == [
        {"level": "town", "line": "territorial"},
        {"level": "enterprise", "line": "industry"},
    ]


def test_null_takes_a_value_back() -> None:
    good, bad = check_values(NATIONAL, {"notice.working_days": None})
    assert (good, bad) == ({"notice.working_days": None}, [])
    assert "notice.working_days" in [value.key for value in missing_values(NATIONAL, good)]


@given(
    key=st.one_of(st.text(max_size=40), st.sampled_from([silence.key for silence in NATIONAL.silences])),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_whatever_is_typed_is_either_merged_into_a_valid_rulebook_or_refused(key: str, value: object) -> None:
    good, bad = check_values(NATIONAL, {key: value})
    if not bad:
        assert Rulebook.model_validate(merge(NATIONAL, good).model_dump(mode="json")) == merge(NATIONAL, good)
