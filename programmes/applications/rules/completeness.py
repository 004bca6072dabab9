"""What a dossier must hold before it goes on.

总工发〔2024〕1号 第六条 asks for three letters of senior peers who are not of the applicant's unit, and for material on each of the five forces;
常工发〔2024〕60号 第六条 for material and no letters; Wuhou （八） says that candidates sent upward come in principle from the rung below. Consent:
PIPL 第二十三条, since handing a dossier up is giving personal data to another handler.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.errors import Citation
from programmes.applications.errors import (
    DEEDS_MISSING,
    EVIDENCE_MISSING,
    FEEDER_MISSING,
    LETTER_FROM_OWN_UNIT,
    LETTER_TWICE,
    LETTERS_MISSING,
    ORGANISERS_OWN,
    OUTSIDE_WINDOW,
)
from programmes.people.errors import CONSENT_MISSING

FORCE_NAMES = {
    "leadership": "引领力",
    "practice": "实践力",
    "innovation": "创新力",
    "breakthrough": "攻关力",
    "inheritance": "传承力",
}


@dataclass(frozen=True)
class Letter:
    """What the rule looks at in a peer's letter."""

    expert: str
    unit: str


@dataclass(frozen=True)
class Window:
    """When an edition takes applications; `state` is the edition's, which its dates move once a day."""

    state: str
    opens_on: date | None
    closes_on: date | None
    rule: Citation | None


_TAKING = frozenset({"issued", "open"})
_REVIEWING = frozenset({*_TAKING, "reviewing"})


@dataclass(frozen=True)
class FeederRule:
    """The rung below that candidates come from; `mode`: in_principle or required."""

    title_code: str
    title_name: str
    mode: str
    rule: Citation


def require_open(window: Window, today: date, *, supplement_due_on: date | None = None) -> None:
    """Raises OUTSIDE_WINDOW outside the call's window, or where it was closed by hand; both ends belong to it.

    What was returned for supplement with a deadline may come back until then, though the window has closed (domain §5.2 #7, #12).
    """
    opens, closes = window.opens_on, window.closes_on
    if supplement_due_on is not None and window.state in _REVIEWING and today <= supplement_due_on:
        return
    if window.state not in _TAKING or opens is None or closes is None or not opens <= today <= closes:
        raise OUTSIDE_WINDOW(opens=str(opens or "—"), closes=str(closes or "—"), rule=window.rule)


def require_complete(
    *,
    deeds: str,
    consent_on: date | None,
    forces_shown: Iterable[str],
    forces_asked: Sequence[str],
    rule: Citation | None,
) -> None:
    """Raises for the first thing a draft still lacks."""
    if consent_on is None:
        raise CONSENT_MISSING(path=("input", "consentOn"))
    if not deeds.strip():
        raise DEEDS_MISSING(path=("input", "deeds"))
    shown = set(forces_shown)
    for force in forces_asked:
        if force not in shown:
            raise EVIDENCE_MISSING(force=FORCE_NAMES.get(force, force), rule=rule)


def require_not_the_organisers_own(employer: str, organiser: str) -> None:
    """Raises ORGANISERS_OWN for somebody who works for the union that runs the edition (D14, a house rule: the documents are silent)."""
    if _same_unit(employer, organiser):
        raise ORGANISERS_OWN(organiser=organiser)


def require_letters(letters: Sequence[Letter], *, needed: int, employer: str, rule: Citation | None) -> None:
    """Raises unless there are enough letters, of different people, none of them from the applicant's unit."""
    if len(letters) < needed:
        raise LETTERS_MISSING(needed=needed, present=len(letters), rule=rule)
    seen: set[tuple[str, str]] = set()
    for letter in letters:
        if needed and _same_unit(letter.unit, employer):
            raise LETTER_FROM_OWN_UNIT(expert=letter.expert, rule=rule)
        if (letter.expert, letter.unit) in seen:
            raise LETTER_TWICE(expert=letter.expert, rule=rule)
        seen.add((letter.expert, letter.unit))


def require_feeder(
    feeders: Sequence[FeederRule],
    titles_held: Iterable[str],
    *,
    exception_reason: str | None,
    exception_approver: str | None,
) -> None:
    """Raises FEEDER_MISSING where a rung below is asked for, is not held, and no exception is recorded (an exception is only possible `in_principle`)."""
    held = set(titles_held)
    asked = [feeder for feeder in feeders if feeder.mode in {"in_principle", "required"}]
    if not asked or any(feeder.title_code in held for feeder in asked):
        return
    first = asked[0]
    excused = bool(exception_reason and exception_approver) and all(feeder.mode == "in_principle" for feeder in asked)
    if not excused:
        raise FEEDER_MISSING(title=first.title_name, rule=first.rule)


def _same_unit(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    """A unit's name as it sounds: without blanks, full-width brackets and letters made plain."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
