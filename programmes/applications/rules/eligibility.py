"""The formal review: the call's conditions one by one, each with the article it stands in.

总工发〔2024〕1号 第三条, 第七条; 常工发〔2024〕60号 第三条, 第八条; Wuhou （八）: no limit of age, education, seniority or status. Some conditions are
computed from the file (years on the line, letters, evidence); a reviewer cannot pass what they refuse. The rest a reviewer answers. A soft condition
warns and stops nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from kernel.errors import Citation
from programmes.applications.errors import CHECK_MISSING, CHECK_UNKNOWN, GATE_NOT_MET
from programmes.people.rules import MONTHS_A_YEAR, months_between

ConditionValue: TypeAlias = int | bool | tuple[str, ...] | None
"""What a condition is measured against, as the rulebook's gate has it."""


class Finding(StrEnum):
    """What was found of one condition."""

    MET = "met"
    NOT_MET = "not_met"
    WARNING = "warning"
    OPEN = "open"


@dataclass(frozen=True)
class Condition:
    """One condition of the edition; `check` and `value` as the rulebook's gate has them."""

    key: str
    check: str
    hard: bool
    value: ConditionValue
    wording: str
    rule: Citation


@dataclass(frozen=True)
class CaseFacts:
    """What conditions are computed from. `as_of` is the day years are counted to; `nominees` are the cases of the same recommending unit here."""

    as_of: date
    frontline_since: str
    in_service: bool
    letters: int
    evidence_by_force: Mapping[str, int]
    title_codes: frozenset[str]
    nominees: int = 0
    places: int | None = None


@dataclass(frozen=True)
class Checked:
    """A condition with what was found, and the fact it was found from where it was computed."""

    condition: Condition
    finding: Finding
    actual: str | None


@dataclass(frozen=True)
class Answer:
    """A reviewer's own finding on one condition."""

    key: str
    met: bool
    remark: str | None


def compute(condition: Condition, facts: CaseFacts) -> Checked:
    """The condition with what the file says of it; OPEN where only a person can tell."""
    known = _met(condition, facts)
    if known is None:
        return Checked(condition, Finding.OPEN, None)
    met, actual = known
    return Checked(condition, Finding.MET if met else _unmet(condition), actual)


def complete_checklist(conditions: Sequence[Condition], facts: CaseFacts, answers: Sequence[Answer]) -> list[Checked]:
    """All conditions with their findings: computed ones as the file says, open ones as answered; raises for a missing or unknown answer."""
    given = {answer.key: answer for answer in answers}
    for key in given:
        if all(condition.key != key for condition in conditions):
            raise CHECK_UNKNOWN(path=("input", "checks"), key=key)
    checklist: list[Checked] = []
    for condition in conditions:
        checked = compute(condition, facts)
        answer = given.get(condition.key)
        if answer is None and checked.finding is Finding.OPEN:
            raise CHECK_MISSING(
                path=("input", "checks"), key=condition.key, wording=condition.wording, rule=condition.rule
            )
        if answer is not None and checked.finding is not Finding.NOT_MET:
            checked = Checked(
                condition, Finding.MET if answer.met else _unmet(condition), answer.remark or checked.actual
            )
        checklist.append(checked)
    return checklist


def require_passed(checklist: Sequence[Checked]) -> None:
    """Raises GATE_NOT_MET, with its article, for the first hard condition that is not met."""
    for checked in checklist:
        if checked.finding is Finding.NOT_MET:
            condition = checked.condition
            raise GATE_NOT_MET(
                key=condition.key, wording=condition.wording, actual=checked.actual or "—", rule=condition.rule
            )


def _unmet(condition: Condition) -> Finding:
    return Finding.NOT_MET if condition.hard else Finding.WARNING


def _met(condition: Condition, facts: CaseFacts) -> tuple[bool, str] | None:
    """Whether it is met and by what; None where no file can tell."""
    reading = _COMPUTED.get(condition.check)
    return None if reading is None else reading(condition.value, facts)


def _frontline(value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    if not isinstance(value, int):
        return None
    months = months_between(facts.frontline_since, facts.as_of)
    return months >= value * MONTHS_A_YEAR, f"{months // MONTHS_A_YEAR} 年 {months % MONTHS_A_YEAR} 个月"


def _letters(value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    return (facts.letters >= value, str(facts.letters)) if isinstance(value, int) else None


def _evidence(value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    if not isinstance(value, int):
        return None
    fewest = min(facts.evidence_by_force.values(), default=0)
    return fewest >= value, str(fewest)


def _quota(_value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    return facts.places is None or facts.nominees <= facts.places, f"{facts.nominees}/{facts.places or '不限'}"


def _in_service(value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    return facts.in_service == bool(value), "在职" if facts.in_service else "非在职"


def _untitled(value: ConditionValue, facts: CaseFacts) -> tuple[bool, str] | None:
    if not isinstance(value, tuple):
        return None
    held = sorted(facts.title_codes & set(value))
    return not held, "、".join(held) or "无"


_COMPUTED: dict[str, Callable[[ConditionValue, CaseFacts], tuple[bool, str] | None]] = {
    "frontline_years": _frontline,
    "peer_letters": _letters,
    "evidence": _evidence,
    "in_quota": _quota,
    "in_service": _in_service,
    "not_titled_already": _untitled,
}
