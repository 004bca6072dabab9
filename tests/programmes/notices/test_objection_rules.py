"""Scenarios 23 and 26: the window of a notice, and which objections are heard."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import working_days_end
from programmes.notices.rules.objections import (
    OPEN,
    Channel,
    Complainant,
    ComplainantKind,
    Decision,
    Inadmissible,
    Outcome,
    Window,
    counting_day,
    find_inadmissibility,
    has_ended,
    may_apply,
)

WINDOW = Window(date(2023, 5, 22), date(2023, 5, 26))
PERSON = Complainant(ComplainantKind.PERSON, "李四", "13800138000")
UNIT = Complainant(ComplainantKind.UNIT, "某厂工会", "", sealed=True)


def test_a_notice_of_five_working_days_from_monday_ends_on_friday() -> None:
    assert working_days_end(date(2023, 5, 22), 5) == date(2023, 5, 26)


def test_a_make_up_saturday_counts_and_the_holiday_does_not() -> None:
    """2021: Saturday 18 September was worked for Mid-Autumn, 19 to 21 September were off."""
    assert working_days_end(date(2021, 9, 14), 5) == date(2021, 9, 18)
    assert working_days_end(date(2021, 9, 16), 5) == date(2021, 9, 23)


@given(st.integers(-10, 10))
def test_an_objection_is_heard_on_the_days_of_the_notice_only(shift: int) -> None:
    day = WINDOW.starts_on + timedelta(days=shift)
    expected = Inadmissible.TOO_EARLY if shift < 0 else Inadmissible.LATE if shift > 4 else None
    assert find_inadmissibility(PERSON, WINDOW, day) is expected


def test_a_day_late_is_late() -> None:
    assert find_inadmissibility(PERSON, WINDOW, date(2023, 5, 27)) is Inadmissible.LATE


def test_a_letter_counts_by_its_postmark_anything_else_by_its_receipt() -> None:
    received, postmarked = date(2023, 5, 30), date(2023, 5, 26)
    assert counting_day(Channel.LETTER, received, postmarked) == postmarked
    assert counting_day(Channel.LETTER, received, None) == received
    assert counting_day(Channel.VISIT, received, postmarked) == received


@pytest.mark.parametrize(
    ("complainant", "because"),
    [
        (PERSON, None),
        (replace(PERSON, name=" "), Inadmissible.ANONYMOUS),
        (replace(PERSON, contact=""), Inadmissible.NO_CONTACT),
        (UNIT, None),
        (replace(UNIT, sealed=False), Inadmissible.UNSEALED),
        (replace(UNIT, name=""), Inadmissible.ANONYMOUS),
    ],
)
def test_real_name_and_contact_or_a_seal_are_needed(complainant: Complainant, because: Inadmissible | None) -> None:
    assert find_inadmissibility(complainant, WINDOW, WINDOW.ends_on) is because


def test_a_person_must_be_named() -> None:
    found = find_inadmissibility(PERSON, WINDOW, WINDOW.ends_on, names_person=False)
    assert found is Inadmissible.NO_PERSON_NAMED


def test_nobody_is_removed_for_what_was_not_upheld() -> None:
    allowed = [(outcome, decision) for outcome in Outcome for decision in Decision if may_apply(outcome, decision)]
    assert allowed == [
        (Outcome.UPHELD, Decision.REMOVE),
        (Outcome.UPHELD, Decision.KEEP),
        (Outcome.NOT_UPHELD, Decision.KEEP),
    ]


def test_an_objection_holds_until_it_is_applied_or_not_admitted() -> None:
    assert sorted(OPEN) == ["investigating", "not_upheld", "received", "upheld"]


def test_a_notice_is_over_the_day_after_its_last() -> None:
    assert not has_ended(WINDOW.ends_on, WINDOW.ends_on)
    assert has_ended(WINDOW.ends_on, date(2023, 5, 27))
