"""Working days in China: the week, changed by the State Council's yearly arrangement of holidays and make-up working days.

The arrangements are data (`calendar_data/<year>.yaml`, each with the number of its notice). A year nobody has published yet is refused, not guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kernel.errors import Citation, invalid, refused

CALENDAR_YEAR_UNKNOWN = refused(
    "CALENDAR_YEAR_UNKNOWN",
    zh="{year} 年的节假日安排尚未录入，无法计算工作日",
    en="The holidays of {year} are not known, so working days cannot be counted",
)
BAD_WORKING_DAYS = invalid(
    "BAD_WORKING_DAYS",
    zh="工作日天数须为 1 至 {most} 的整数",
    en="A number of working days is between 1 and {most}",
)

_SHIPPED = Path(__file__).with_name("calendar_data")
_SATURDAY = 5
_MOST_DAYS = 366
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Arrangement:
    """One year's notice: which days are off, and which weekend days are worked for them."""

    year: int
    notice: str
    off: frozenset[date]
    worked: frozenset[date]

    @property
    def citation(self) -> Citation:
        """The notice, as a rule is cited."""
        return Citation(self.notice, f"{self.year}年部分节假日安排")


@dataclass(frozen=True)
class WorkingCalendar:
    """The known years. A day takes its nature from any year's notice that speaks of it (31 December may belong to the next year's)."""

    years: Mapping[int, Arrangement]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day; raises CALENDAR_YEAR_UNKNOWN outside the known years."""
        if day.year not in self.years:
            raise CALENDAR_YEAR_UNKNOWN(year=day.year)
        near = [self.years[year] for year in (day.year, day.year + 1) if year in self.years]
        if any(day in arrangement.worked for arrangement in near):
            return True
        return day.weekday() < _SATURDAY and not any(day in arrangement.off for arrangement in near)

    def working_days_end(self, start: date, count: int) -> date:
        """The last of `count` working days from `start`; the first day counts when it is a working day, and make-up days count."""
        if not 1 <= count <= _MOST_DAYS:
            raise BAD_WORKING_DAYS(most=_MOST_DAYS)
        day, left = start, count - self.is_working_day(start)
        while left:
            day += _DAY
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both included; zero where `last` is earlier."""
        return sum(self.is_working_day(first + _DAY * step) for step in range((last - first).days + 1))


def read_arrangement(written: Mapping[str, Any]) -> Arrangement:
    """One year's data as an Arrangement; raises ValueError where it contradicts itself."""
    off: set[date] = set()
    worked: set[date] = set()
    for holiday in written["holidays"]:
        first, last = holiday["first"], holiday["last"]
        off |= {first + _DAY * step for step in range((last - first).days + 1)}
        worked |= set(holiday["work"])
    if off & worked or any(day.weekday() < _SATURDAY for day in worked):
        message = f"the arrangement of {written['year']} contradicts itself: a day is both off and worked, or a make-up day is no weekend day"
        raise ValueError(message)
    return Arrangement(int(written["year"]), str(written["notice"]), frozenset(off), frozenset(worked))


def read_calendar(files: Iterable[Path]) -> WorkingCalendar:
    """The calendar of these YAML files, one per year."""
    arrangements = [read_arrangement(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return WorkingCalendar({arrangement.year: arrangement for arrangement in arrangements})


@cache
def shipped_calendar() -> WorkingCalendar:
    """The years that come with the product."""
    return read_calendar(sorted(_SHIPPED.glob("*.yaml")))


def is_working_day(day: date) -> bool:
    """`WorkingCalendar.is_working_day` of the shipped years."""
    return shipped_calendar().is_working_day(day)


def working_days_end(start: date, count: int) -> date:
    """`WorkingCalendar.working_days_end` of the shipped years."""
    return shipped_calendar().working_days_end(start, count)
