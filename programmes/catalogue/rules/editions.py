"""From the call to the close of an edition (domain reference §5.1): S1 第五条 每年制定印发遴选工作通知, S0 第五条 每期印发培育工作通知.

Rules and places are locked when the edition is issued; a later change needs a new document.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from programmes.catalogue.rules.rulebook import Rulebook

Act = Literal["fill", "issue", "open", "close", "determine", "announce", "start_cultivation", "close_out", "cancel"]

_TABLE: dict[Act, tuple[frozenset[str], str]] = {
    "fill": (frozenset({"draft"}), "draft"),
    "issue": (frozenset({"draft"}), "issued"),
    "open": (frozenset({"issued"}), "open"),
    "close": (frozenset({"open"}), "reviewing"),
    "determine": (frozenset({"reviewing"}), "noticing"),
    "announce": (frozenset({"reviewing", "noticing"}), "announced"),
    "start_cultivation": (frozenset({"announced"}), "cultivating"),
    "close_out": (frozenset({"announced", "cultivating"}), "closed"),
    "cancel": (frozenset({"draft", "issued", "open", "reviewing", "noticing"}), "cancelled"),
}
CANCELLED = "cancelled"
ADVANCES: tuple[Act, ...] = ("determine", "announce", "start_cultivation", "close_out")
"""The acts that follow from what happens to the cases, not from a call or a date."""


def next_state(state: str, act: Act) -> str | None:
    """Where the act leads from this state; None where it is not possible."""
    allowed, target = _TABLE[act]
    return target if state in allowed else None


def reaches(state: str, act: Act) -> bool:
    """Whether the edition already stands where the act leads, or beyond: then doing it again changes nothing."""
    order = ("draft", "issued", "open", "reviewing", "noticing", "announced", "cultivating", "closed")
    return state in order and order.index(state) >= order.index(_TABLE[act][1])


def in_force(rulebook: Rulebook, today: date) -> bool:
    """Whether the source document is in force on this day; an end or beginning that is not written does not limit."""
    return not is_expired(rulebook, today) and not is_early(rulebook, today)


def is_expired(rulebook: Rulebook, today: date) -> bool:
    """Whether the last day of the source document has passed."""
    return rulebook.document.effective_to is not None and today > rulebook.document.effective_to


def is_early(rulebook: Rulebook, today: date) -> bool:
    """Whether the source document is not in force yet."""
    return rulebook.document.effective_from is not None and today < rulebook.document.effective_from


def choose_version(versions: Iterable[Rulebook], today: date) -> Rulebook:
    """The newest version in force today; where none is, the newest of all (whoever uses it is then told why it cannot be)."""
    ordered = sorted(versions, key=lambda rulebook: rulebook.version)
    return next((rulebook for rulebook in reversed(ordered) if in_force(rulebook, today)), ordered[-1])


def earliest_year(rulebook: Rulebook, least: int) -> int:
    """The first year an edition may be of: where the document names the first, that one. Its last year limits nothing: cohorts may run over."""
    return rulebook.cadence.first_year or least
