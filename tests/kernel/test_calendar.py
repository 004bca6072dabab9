from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import (
    BAD_WORKING_DAYS,
    CALENDAR_YEAR_UNKNOWN,
    is_working_day,
    read_arrangement,
    shipped_calendar,
    working_days_end,
)
from kernel.errors import Failure


def test_the_shipped_years_name_their_notices() -> None:
    assert {year: arrangement.notice for year, arrangement in shipped_calendar().years.items()} == {
        2020: "国办发明电〔2019〕16号",
        2021: "国办发明电〔2020〕27号",
        2022: "国办发明电〔2021〕11号",
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }


def test_numbers_of_days_off_and_worked() -> None:
    assert {
        year: (len(arrangement.off), len(arrangement.worked)) for year, arrangement in shipped_calendar().years.items()
    } == {2020: (30, 6), 2021: (31, 7), 2022: (31, 7), 2023: (27, 7), 2024: (28, 8), 2025: (28, 5), 2026: (33, 6)}


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2023, 5, 22), 5, date(2023, 5, 26)),  # scenario 23: Monday to Friday of one week
        (date(2021, 9, 14), 5, date(2021, 9, 18)),  # Mid-Autumn 2021: the make-up Saturday 09-18 is the fifth day
        (date(2021, 9, 18), 1, date(2021, 9, 18)),
        (date(2021, 9, 18), 2, date(2021, 9, 22)),  # 19 to 21 September are off
        (date(2023, 9, 28), 3, date(2023, 10, 8)),  # after the holiday, Saturday and Sunday are worked
        (date(2022, 12, 30), 2, date(2023, 1, 3)),  # 31 December belongs to the next year's notice
        (date(2024, 2, 9), 2, date(2024, 2, 18)),
        (date(2020, 1, 23), 2, date(2020, 2, 3)),  # the prolonged Spring Festival
        (date(2026, 2, 14), 5, date(2026, 2, 27)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # a Saturday does not count
    ],
)
def test_last_working_day(start: date, count: int, end: date) -> None:
    assert working_days_end(start, count) == end


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2020, 2, 1), False),
        (date(2020, 1, 19), True),
        (date(2022, 12, 31), False),
        (date(2024, 2, 9), True),
        (date(2025, 10, 11), True),
        (date(2026, 10, 7), False),
    ],
)
def test_single_days(day: date, working: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_working_day(day) is working


@pytest.mark.parametrize("start", [date(2019, 12, 31), date(2026, 12, 31)])
def test_an_unknown_year_is_refused_by_name(start: date) -> None:
    with pytest.raises(Failure) as failure:
        working_days_end(start, 5)
    assert failure.value.reason is CALENDAR_YEAR_UNKNOWN
    assert failure.value.params == {"year": 2019 if start.year == 2019 else 2027}


@pytest.mark.parametrize("count", [0, -1, 367])
def test_a_senseless_number_of_days_is_refused(count: int) -> None:
    with pytest.raises(Failure) as failure:
        working_days_end(date(2024, 1, 2), count)
    assert failure.value.reason is BAD_WORKING_DAYS


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 6, 30)),
    count=st.integers(1, 60),
)
def test_the_end_is_the_day_on_which_the_count_is_reached(start: date, count: int) -> None:
    end = working_days_end(start, count)
    assert is_working_day(end)
    assert shipped_calendar().working_days_between(start, end) == count


def test_an_arrangement_that_contradicts_itself_is_refused() -> None:
    day = date(2026, 1, 3)
    with pytest.raises(ValueError, match="2026"):
        read_arrangement(
            {"year": 2026, "notice": "n", "holidays": [{"name": "元旦", "first": day, "last": day, "work": [day]}]}
        )
