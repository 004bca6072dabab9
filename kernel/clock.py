"""Time is an argument: whoever needs it is given a Clock.

Business deadlines and dates come from the Clock; leases and timeouts of the machinery use the database's own `now()`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The calendar day in China, by which every office deadline is reckoned."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(CHINA).date()


@dataclass
class FixedClock:
    """Stands still until it is told otherwise: the one moment of an act, and the time of tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.at.astimezone(CHINA).date()

    def move(self, **parts: float) -> None:
        """Go forward by a `timedelta(**parts)`."""
        self.at += timedelta(**parts)


@dataclass(frozen=True)
class ShiftedClock:
    """The machine's clock plus a shift that every process of the demo reads from one file (seconds, as text)."""

    shift_file: Path

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift()

    def today(self) -> date:
        return self.now().astimezone(CHINA).date()

    def shift(self) -> timedelta:
        """How far the demo stands from the machine's clock; zero where nobody has moved it."""
        try:
            return timedelta(seconds=float(self.shift_file.read_text(encoding="ascii")))
        except (FileNotFoundError, ValueError):
            return timedelta(0)

    def set_now(self, instant: datetime) -> None:
        """Make it `instant` now, for every process that reads the same file."""
        seconds = (instant - datetime.now(UTC)).total_seconds()
        draft = self.shift_file.with_suffix(".new")
        draft.write_text(f"{seconds:.6f}", encoding="ascii")
        draft.replace(self.shift_file)
