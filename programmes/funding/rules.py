"""Which money a happening makes due, what must be asked of a person first, and how a record moves from planned to paid.

培育期内给予每人每年经费支持，各级工会可给予配套 (总工发〔2024〕1号 第十四条); 取得证书的给予一次性补助，撤销的收回补助 (常工发〔2024〕60号 第十六条);
命名的给予一次性奖励；当选市级以上工匠的，按所获奖励 1：0.5 配套奖励 (武侯区实施办法 （九）).

Amounts, shares, payers and payees are values of the rulebook. Three kinds of money are kept apart: 经费 working_fund, 补助 subsidy, 奖励 reward; a match of
rewards never counts a working fund. What a document leaves open makes a blocked record with a question, never a guess. Amounts are integer 分.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.money import share
from programmes.catalogue.rules.rulebook import Document, MoneyRule, MoneyTrigger

ANY_LEVEL = "any_level"


class FundingKind(StrEnum):
    """The three kinds of money, never mixed."""

    WORKING_FUND = "working_fund"
    SUBSIDY = "subsidy"
    REWARD = "reward"


class FundingState(StrEnum):
    """Where a record stands."""

    BLOCKED = "blocked"
    PLANNED = "planned"
    APPLIED = "applied"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"
    CLAWBACK_ORDERED = "clawback_ordered"


class Question(StrEnum):
    """What a person must decide before a record goes on; each has its sentence in `errors`."""

    DOCUMENT_EXPIRED = "FUNDING_DOCUMENT_EXPIRED"
    AMOUNT_SILENT = "FUNDING_AMOUNT_SILENT"
    PAYEE_SILENT = "FUNDING_PAYEE_SILENT"
    CASE_SUSPENDED = "FUNDING_CASE_SUSPENDED"
    CASE_STOPPED = "FUNDING_CASE_STOPPED"
    TITLE_REVOKED = "FUNDING_TITLE_REVOKED"
    RECOVERY_SILENT = "FUNDING_RECOVERY_SILENT"


class Payee(StrEnum):
    """To whom money may be paid."""

    PERSON = "person"
    EMPLOYER = "employer"
    RECOMMENDING_UNIT = "recommending_unit"
    STUDIO = "studio"
    PROJECT = "project"
    ACADEMY = "academy"


UNPAID = frozenset({FundingState.BLOCKED, FundingState.PLANNED, FundingState.APPLIED, FundingState.APPROVED})

#: Each act's one way: from, to.
STEPS: dict[str, tuple[FundingState, FundingState]] = {
    "apply": (FundingState.PLANNED, FundingState.APPLIED),
    "approve": (FundingState.APPLIED, FundingState.APPROVED),
    "pay": (FundingState.APPROVED, FundingState.PAID),
}


@dataclass(frozen=True)
class Happening:
    """What happened, as money rules see it.

    `cause` names it for good (`title:<id>`), so that a second delivery is the same cause. `level` is the level of the union that asks, `ordinal` the how
    manieth time (the year of cultivation). For `reward_recorded`: the reward's kind and amount, and the level of the union that granted the title.
    """

    trigger: MoneyTrigger
    cause: str
    on: date
    level: str
    organiser_level: str
    ordinal: int = 1
    reward_kind: str | None = None
    reward_fen: int | None = None
    title_level: str | None = None


@dataclass(frozen=True)
class PlannedMoney:
    """A record to be: due on a day, blocked where `question` is set."""

    rule: MoneyRule
    cause: str
    due_on: date
    amount_fen: int | None
    base_fen: int | None
    payee_kind: str | None
    question: Question | None

    @property
    def state(self) -> FundingState:
        """Where the record starts."""
        return FundingState.PLANNED if self.question is None else FundingState.BLOCKED


@dataclass(frozen=True)
class Answer:
    """What a person decided: yes or no to the question, and the payee or the amount where that was what was open."""

    agreed: bool
    payee_kind: str | None = None
    amount_fen: int | None = None


@dataclass(frozen=True)
class Standing:
    """The facts of a record that an answer or a hold depends on; `held_from` is the state or the question that a suspension covers."""

    state: str
    question: str | None
    amount_fen: int | None
    payee_kind: str | None
    recoverable: str
    held_from: str | None = None


def due_records(money: Sequence[MoneyRule], document: Document, happening: Happening) -> tuple[PlannedMoney, ...]:
    """The records that the rules make due, in the rules' order; validity of the document is judged on the day it happened."""
    return tuple(_planned(rule, document, happening) for rule in money if _applies(rule, happening))


def next_question(*, in_force: bool, amount_fen: int | None, payee_kind: str | None) -> Question | None:
    """The first thing still open, or None: then the record is planned."""
    if not in_force:
        return Question.DOCUMENT_EXPIRED
    if amount_fen is None:
        return Question.AMOUNT_SILENT
    return Question.PAYEE_SILENT if payee_kind is None else None


def is_in_force(document: Document, on: date) -> bool:
    """Whether the document was in force on that day; a bound that is not written does not bind."""
    begun = document.effective_from is None or document.effective_from <= on
    return begun and (document.effective_to is None or on <= document.effective_to)


def resolve(record: Standing, answer: Answer) -> Standing:
    """Where the record stands after the answer. A yes that leaves something open asks for that next."""
    if record.question == Question.RECOVERY_SILENT:
        state = FundingState.CLAWBACK_ORDERED if answer.agreed else FundingState.PAID
        return _moved(record, state, None)
    if not answer.agreed:
        return _moved(record, FundingState.CANCELLED, None)
    amount = answer.amount_fen if record.amount_fen is None else record.amount_fen
    payee = record.payee_kind or answer.payee_kind
    question = next_question(in_force=True, amount_fen=amount, payee_kind=payee)
    state = FundingState.PLANNED if question is None else FundingState.BLOCKED
    return Standing(state, question, amount, payee, record.recoverable)


def suspended(record: Standing) -> Standing:
    """Payments rest while a ground is looked into; what was paid stays paid."""
    if record.state not in UNPAID or record.question == Question.CASE_SUSPENDED:
        return record
    return _moved(record, FundingState.BLOCKED, Question.CASE_SUSPENDED, held_from=record.question or record.state)


def resumed(record: Standing) -> Standing:
    """The way back from `suspended`: to where it was, or to the question it was waiting for."""
    if record.question != Question.CASE_SUSPENDED:
        return record
    if record.held_from in set(Question):
        return _moved(record, FundingState.BLOCKED, Question(str(record.held_from)))
    return _moved(record, FundingState(str(record.held_from)), None)


def stopped(record: Standing) -> Standing:
    """Cultivation was stopped: nothing unpaid goes on by itself; the documents do not say what becomes of it, so a person is asked."""
    if record.state not in UNPAID:
        return record
    return _moved(record, FundingState.BLOCKED, Question.CASE_STOPPED)


def revoked(record: Standing) -> Standing:
    """The title was revoked: money that the document takes back is taken back, unpaid or paid; where it is silent a person is asked."""
    recoverable = record.recoverable == "yes"
    if record.state in UNPAID:
        if recoverable:
            return _moved(record, FundingState.CANCELLED, None)
        return _moved(record, FundingState.BLOCKED, Question.TITLE_REVOKED)
    if record.state != FundingState.PAID or record.recoverable == "no":
        return record
    if recoverable:
        return _moved(record, FundingState.CLAWBACK_ORDERED, None)
    return _moved(record, FundingState.PAID, Question.RECOVERY_SILENT)


def _applies(rule: MoneyRule, happening: Happening) -> bool:
    if rule.trigger != happening.trigger or not _pays(rule, happening):
        return False
    if rule.times is not None and happening.ordinal > rule.times:
        return False
    if rule.only_reward_kinds and happening.reward_kind not in rule.only_reward_kinds:
        return False
    return not rule.only_titles_from or happening.title_level in rule.only_titles_from


def _pays(rule: MoneyRule, happening: Happening) -> bool:
    """The level that the rule names pays; "each level may match" speaks to the levels below the organiser."""
    if rule.payer == ANY_LEVEL:
        return happening.level != happening.organiser_level
    return rule.payer == happening.level


def _planned(rule: MoneyRule, document: Document, happening: Happening) -> PlannedMoney:
    base = happening.reward_fen if rule.per_mille is not None else None
    amount = rule.amount_fen
    if rule.per_mille is not None and base is not None:
        amount = share(base, rule.per_mille)
    in_force = is_in_force(document, happening.on)
    question = next_question(in_force=in_force, amount_fen=amount, payee_kind=rule.payee)
    return PlannedMoney(rule, happening.cause, happening.on, amount, base, rule.payee, question)


def _moved(
    record: Standing, state: FundingState, question: Question | None, *, held_from: str | None = None
) -> Standing:
    return Standing(state, question, record.amount_fen, record.payee_kind, record.recoverable, held_from)
