from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.cultivation.rules import (
    AssessmentObstacle,
    Signer,
    TaskFacts,
    assessment_obstacle,
    earns_certificate,
    missing_signers,
    months_later,
    report_dates,
    years_of_period,
)

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
DONE, OPEN, FAILED = TaskFacts(True, True), TaskFacts(False, False), TaskFacts(True, False)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 7, 10), 24, date(2026, 7, 10)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 15), 0, date(2024, 11, 15)),
    ],
)
def test_months_later_keeps_the_day_where_the_month_has_it(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_more_months_are_never_earlier(day: date, fewer: int, more: int) -> None:
    assert (months_later(day, fewer) < months_later(day, fewer + more)) == (more > 0)


def test_reports_are_due_after_each_interval_and_at_the_end() -> None:
    assert report_dates(date(2024, 7, 10), 24, 9) == (date(2025, 4, 10), date(2026, 1, 10), date(2026, 7, 10))
    assert report_dates(date(2024, 7, 10), 24, 12) == (date(2025, 7, 10), date(2026, 7, 10))
    assert report_dates(date(2024, 7, 10), 24, None) == ()


@given(days, st.integers(1, 48), st.integers(1, 24))
def test_report_dates_grow_and_the_last_one_is_the_end(starts_on: date, months: int, every: int) -> None:
    due = report_dates(starts_on, months, every)
    assert list(due) == sorted(set(due))
    assert due[-1] == months_later(starts_on, months)


@given(days, st.integers(1, 60))
def test_the_years_of_a_period_are_numbered_from_one(starts_on: date, months: int) -> None:
    years = years_of_period(starts_on, months)
    assert [year.number for year in years] == list(range(1, len(years) + 1))
    assert years[0].begins_on == starts_on
    assert len(years) == (months + 11) // 12


def test_a_plan_takes_effect_with_both_signatures() -> None:
    assert missing_signers(signed_by_owner=False, signed_by_candidate=True) == (Signer.OWNER,)
    assert missing_signers(signed_by_owner=True, signed_by_candidate=False) == (Signer.CANDIDATE,)
    assert missing_signers(signed_by_owner=True, signed_by_candidate=True) == ()


@pytest.mark.parametrize(
    ("changed", "obstacle"),
    [
        ({}, None),
        ({"plan_state": "signed"}, AssessmentObstacle.PLAN_NOT_IN_FORCE),
        ({"today": date(2026, 7, 9)}, AssessmentObstacle.PERIOD_RUNNING),
        ({"tasks": [DONE, OPEN]}, AssessmentObstacle.TASKS_OPEN),
        ({"tasks": []}, AssessmentObstacle.TASKS_OPEN),
        ({"tasks": [DONE, FAILED]}, AssessmentObstacle.TASKS_NOT_COMPLETED),
        ({"tasks": [DONE, FAILED], "claims_completed": False}, None),
        ({"final_report_in": False}, AssessmentObstacle.FINAL_REPORT_MISSING),
    ],
)
def test_what_stands_in_the_way_of_an_assessment(
    changed: dict[str, object], obstacle: AssessmentObstacle | None
) -> None:
    facts = {
        "plan_state": "filed",
        "ends_on": date(2026, 7, 10),
        "today": date(2026, 7, 10),
        "tasks": [DONE],
        "final_report_in": True,
        "claims_completed": True,
    }
    assert assessment_obstacle(**(facts | changed)) == obstacle  # type: ignore[arg-type]


@given(days, st.integers(1, 1000))
def test_nobody_is_assessed_before_the_end(ends_on: date, early: int) -> None:
    obstacle = assessment_obstacle(
        plan_state="filed",
        ends_on=ends_on,
        today=ends_on - timedelta(days=early),
        tasks=[DONE],
        final_report_in=True,
        claims_completed=True,
    )
    assert obstacle == AssessmentObstacle.PERIOD_RUNNING


@given(st.booleans(), st.booleans())
def test_a_certificate_needs_completed_tasks_and_a_qualified_person(completed: bool, qualified: bool) -> None:  # noqa: FBT001
    assert earns_certificate(tasks_completed=completed, qualified=qualified) == (completed and qualified)
