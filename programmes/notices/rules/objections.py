"""认真核查处理公示期间反映的问题（总工发〔2024〕1号 第八条; 常工发〔2024〕60号 第九条）.

The sources are silent on the form. By practice: 逾期不予受理, the day of a letter is its local postmark, a person gives his real name and a contact, a unit
its name with seal, and the objection names a person on the notice. An objection holds only that person; it holds him until it is applied or not admitted.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from programmes.applications.rules.transitions import Act, State


class Channel(StrEnum):
    """How an objection reached the union."""

    LETTER = "letter"
    PHONE = "phone"
    VISIT = "visit"
    EMAIL = "email"


class ComplainantKind(StrEnum):
    """Who objects."""

    PERSON = "person"
    UNIT = "unit"


class Inadmissible(StrEnum):
    """Why an objection is not heard."""

    TOO_EARLY = "too_early"
    LATE = "late"
    ANONYMOUS = "anonymous"
    NO_CONTACT = "no_contact"
    UNSEALED = "unsealed"
    NO_PERSON_NAMED = "no_person_named"
    DUPLICATE = "duplicate"


class ObjectionState(StrEnum):
    """Where an objection stands; one under investigation with a finding waits for the second person."""

    RECEIVED = "received"
    INADMISSIBLE = "inadmissible"
    INVESTIGATING = "investigating"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    APPLIED = "applied"


class Outcome(StrEnum):
    """What the investigation found."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


class Decision(StrEnum):
    """What the leaders did about the person."""

    REMOVE = "remove"
    KEEP = "keep"


OPEN = frozenset(ObjectionState) - {ObjectionState.INADMISSIBLE, ObjectionState.APPLIED}


@dataclass(frozen=True)
class Complainant:
    """Who objects, as he says; `sealed` is whether a unit's letter bears its seal."""

    kind: ComplainantKind
    name: str
    contact: str
    sealed: bool = False


@dataclass(frozen=True)
class Window:
    """The days of a notice, both counted."""

    starts_on: date
    ends_on: date


def counting_day(channel: Channel, received_on: date, postmarked_on: date | None) -> date:
    """The day by which an objection is in time or late: the postmark of a letter, else the day of receipt."""
    return postmarked_on if channel is Channel.LETTER and postmarked_on is not None else received_on


def find_inadmissibility(
    complainant: Complainant, window: Window, day: date, *, names_person: bool = True
) -> Inadmissible | None:
    """The first reason not to hear an objection that counts as made on `day`, or None."""
    is_unit = complainant.kind is ComplainantKind.UNIT
    checks = (
        (Inadmissible.TOO_EARLY, day < window.starts_on),
        (Inadmissible.LATE, day > window.ends_on),
        (Inadmissible.NO_PERSON_NAMED, not names_person),
        (Inadmissible.ANONYMOUS, not complainant.name.strip()),
        (Inadmissible.UNSEALED, is_unit and not complainant.sealed),
        (Inadmissible.NO_CONTACT, not is_unit and not complainant.contact.strip()),
    )
    return next((reason for reason, holds in checks if holds), None)


def may_apply(outcome: Outcome, decision: Decision) -> bool:
    """Nobody is removed for an objection that was not upheld; keeping a person in spite of an upheld one is for the resolution to say."""
    return decision is Decision.KEEP or outcome is Outcome.UPHELD


WAY_OUT: dict[State, Act] = {
    State.CULTIVATING: Act.STOP,
    State.SUSPENDED: Act.STOP,
    State.ASSESSED_PASS: Act.STOP,
    State.ASSESSED_FAIL: Act.FAIL,
    State.CERTIFIED: Act.REVOKE,
}
"""After the announcement: 对于存在弄虚作假、违纪违法以及其他不宜继续培育的对象，经审核批准，停止其培育工作，收回证书 (总工发〔2024〕1号 第二十二条)."""


def has_ended(ends_on: date, today: date) -> bool:
    """A notice is over when its last day is over."""
    return today > ends_on
