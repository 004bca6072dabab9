"""The meeting: quorum, positions, and a reason for each departure from the order of scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.scoring.rules.faults import Fault
from programmes.scoring.rules.meetings import (
    Standing,
    Verdict,
    find_call_fault,
    find_list_fault,
    find_presence_fault,
    list_departures,
)

SCORES = {"a": Standing(1, 9000), "b": Standing(2, 8500), "c": Standing(2, 8500), "d": Standing(4, 7000)}
NAMES = {"a": "甲", "b": "乙", "c": "丙", "d": "丁"}


def _list(order: str, out: str = "", **reasons: str) -> list[Verdict[str]]:
    proposed = [Verdict(case, True, position, reasons.get(case)) for position, case in enumerate(order, start=1)]
    return proposed + [Verdict(case, False, None, reasons.get(case)) for case in out]


@pytest.mark.parametrize(
    ("order", "out", "departing"),
    [
        ("abcd", "", []),
        ("acbd", "", []),
        ("ab", "cd", []),
        ("ba", "cd", ["b"]),
        ("dabc", "", ["d"]),
        ("bcd", "a", ["a"]),
        ("d", "abc", ["a", "b", "c"]),
        ("", "abcd", []),
    ],
)
def test_departures(order: str, out: str, departing: list[str]) -> None:
    assert list_departures(_list(order, out), SCORES) == departing


def test_departures_need_a_reason_person_by_person() -> None:
    expected = Fault("DEPARTURE_WITHOUT_REASON", ("items",), {"names": "丙"})
    assert find_list_fault(_list("d", "abc", a="已获称号", b="自愿放弃", c="  "), SCORES, NAMES) == expected
    assert find_list_fault(_list("d", "abc", a="已获称号", b="自愿放弃", c="材料存疑"), SCORES, NAMES) is None


@given(st.permutations("abcd"))
def test_without_scores_any_order_is_the_meetings_own(order: list[str]) -> None:
    assert find_list_fault(_list("".join(order)), {}, NAMES) is None


@given(st.permutations("abcd"), st.integers(0, 4))
def test_a_list_departs_exactly_when_it_is_not_the_order_of_scores(order: list[str], cut: int) -> None:
    proposed, out = order[:cut], order[cut:]
    ranks = [SCORES[case].rank for case in proposed]
    kept_order = ranks == sorted(ranks)
    nobody_passed_over = not proposed or not out or max(ranks) <= min(SCORES[case].rank for case in out)
    departs = list_departures(_list("".join(proposed), "".join(out)), SCORES) != []
    assert departs is not (kept_order and nobody_passed_over)


def test_positions_run_from_one_without_gaps() -> None:
    gap = [Verdict("a", True, 1), Verdict("b", True, 3)]
    assert find_list_fault(gap, SCORES, NAMES) == Fault("BAD_POSITIONS", ("items",), {"last": 2})
    idle = [Verdict("a", True, 1), Verdict("b", False, 2)]
    assert find_list_fault(idle, SCORES, NAMES) == Fault("BAD_POSITIONS", ("items",), {"last": 1})


def test_nobody_under_the_pass_mark_is_proposed() -> None:
    params: dict[str, str | int] = {"name": "丁", "score": "70.00", "least": "75.00"}
    assert find_list_fault(_list("abcd"), SCORES, NAMES, 7500) == Fault("BELOW_PASS_SCORE", ("items",), params)
    assert find_list_fault(_list("abc", "d"), SCORES, NAMES, 7500) is None


def test_an_empty_list_and_a_case_named_twice_are_refused() -> None:
    assert find_list_fault([], SCORES, NAMES) == Fault("NOTHING_DECIDED", ("items",))
    assert find_list_fault(_list("a", "a"), SCORES, NAMES) == Fault("DUPLICATE_CASE", ("items",))


@pytest.mark.parametrize(
    ("members", "quorum", "valid"),
    [(5, 3, True), (5, 2, False), (4, 2, False), (4, 3, True), (5, 6, False), (1, 1, True)],
)
def test_a_quorum_is_more_than_half(members: int, quorum: int, *, valid: bool) -> None:
    assert (find_call_fault([f"专家{number}" for number in range(members)], quorum) is None) is valid


def test_presence_is_counted_once_and_of_members_only() -> None:
    assert find_presence_fault("甲乙丙", "甲甲", 2) == Fault("NOT_QUORATE", ("present",), {"present": 1, "quorum": 2})
    assert find_presence_fault("甲乙丙", "甲丁", 2) == Fault("NOT_A_MEMBER", ("present",), {"name": "丁"})
    assert find_presence_fault("甲乙丙", "甲乙", 2) is None
