"""The one table of what may be done with a case, in which state, at which desk.

总工发〔2024〕1号 第六条–第十一条, 常工发〔2024〕60号 第六条–第十一条 and the Wuhou measure （七）–（九） describe different pipelines; which stages an
edition has, and in which order, is its rulebook's business. A row whose source is `PREVIOUS` starts from where the stage before it, in this edition,
ends. A state × act that is not here is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Desk(StrEnum):
    """The part a tenant plays in an edition for this case."""

    APPLYING_UNIT = "applying_unit"
    RECOMMENDING_UNIT = "recommending_unit"
    ORGANISER = "organiser"


class State(StrEnum):
    """Where a case stands in one tenant."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AT_RECOMMENDING_UNIT = "at_recommending_unit"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    RETURNED = "returned"
    RECEIVED = "received"
    FORMAL_PASSED = "formal_passed"
    FORMAL_REJECTED = "formal_rejected"
    SCORING = "scoring"
    SCORED = "scored"
    PROPOSED = "proposed"
    NOT_PROPOSED = "not_proposed"
    APPROVED_FOR_NOTICE = "approved_for_notice"
    DROPPED = "dropped"
    IN_PUBLIC_NOTICE = "in_public_notice"
    NOTICE_DONE = "notice_done"
    REMOVED = "removed"
    ANNOUNCED = "announced"
    CULTIVATING = "cultivating"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    ASSESSED_PASS = "assessed_pass"  # noqa: S105 - a state of a case
    ASSESSED_FAIL = "assessed_fail"
    FAILED = "failed"
    CERTIFIED = "certified"
    REVOKED = "revoked"


class Act(StrEnum):
    """What is done with a case; the permission of an act is `case:<permission>` (see `permission_word`)."""

    CREATE = "create"
    REVISE = "revise"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REOPEN = "reopen"
    TURN_DOWN = "turn_down"
    ENDORSE = "endorse"
    DECLINE = "decline"
    RECOMMEND = "recommend"
    NOT_RECOMMEND = "not_recommend"
    RECEIVE = "receive"
    FORMAL_PASS = "formal_pass"  # noqa: S105 - an act
    FORMAL_REJECT = "formal_reject"
    ASSIGN = "assign"
    SCORE = "score"
    AGGREGATE = "aggregate"
    PROPOSE = "propose"
    NOT_PROPOSE = "not_propose"
    DELIBERATE = "deliberate"
    DROP = "drop"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    END_NOTICE = "end_notice"
    REMOVE = "remove"
    ANNOUNCE = "announce"
    NAME = "name"
    START_CULTIVATION = "start_cultivation"
    ASSESS_PASS = "assess_pass"  # noqa: S105 - an act
    ASSESS_FAIL = "assess_fail"
    SUSPEND = "suspend"
    RESUME = "resume"
    STOP = "stop"
    CERTIFY = "certify"
    FAIL = "fail"
    REVOKE = "revoke"


_ONE_PERMISSION = {
    Act.ASSESS_PASS: "assess",
    Act.ASSESS_FAIL: "assess",
    Act.REOPEN: "mirror",
    Act.TURN_DOWN: "mirror",
    Act.SEND_BACK: "deliberate",
}

PREVIOUS = "previous"

#: Where the case stands when a stage of the organiser's pipeline is over; what is not here does not move a case there.
STAGE_END: dict[str, State] = {
    "recommend": State.RECEIVED,
    "formal_review": State.FORMAL_PASSED,
    "itemised_scoring": State.SCORED,
    "review_meeting": State.PROPOSED,
    "party_group": State.APPROVED_FOR_NOTICE,
    "public_notice": State.NOTICE_DONE,
    "announce": State.ANNOUNCED,
    "cultivate": State.CULTIVATING,
    "assess": State.ASSESSED_PASS,
}

#: Ended without a selection: the person may have another case in this edition (the index `uq_application_live_person` says the same).
UNSELECTED = frozenset(
    {
        State.DECLINED,
        State.WITHDRAWN,
        State.NOT_RECOMMENDED,
        State.FORMAL_REJECTED,
        State.NOT_PROPOSED,
        State.DROPPED,
        State.REMOVED,
    },
)

#: Ended, in whatever way.
CLOSED = UNSELECTED | {State.STOPPED, State.FAILED, State.REVOKED}


@dataclass(frozen=True)
class Transition:
    """One row: at this desk, this act leads from these states to that one; `stage` is the stage that the edition must have."""

    act: Act
    desk: Desk
    sources: frozenset[State] | str
    target: State | None
    stage: str | None = None


def _row(
    desk: Desk, act: Act, sources: str | State | tuple[State, ...], target: State | None, stage: str | None = None
) -> Transition:
    if sources == PREVIOUS:
        return Transition(act, desk, PREVIOUS, target, stage)
    states = (sources,) if isinstance(sources, State) else sources
    return Transition(act, desk, frozenset(State(state) for state in states), target, stage)


_A, _R, _O = Desk.APPLYING_UNIT, Desk.RECOMMENDING_UNIT, Desk.ORGANISER
_BEFORE_FORMAL = (State.RECEIVED, State.RETURNED)
_GIVEN_BACK = (State.RETURNED, State.WITHDRAWN)

TABLE: tuple[Transition, ...] = (
    _row(_A, Act.REVISE, State.DRAFT, None),
    _row(_A, Act.SUBMIT, State.DRAFT, State.SUBMITTED),
    _row(_A, Act.RETURN, State.SUBMITTED, State.DRAFT),
    _row(_A, Act.ENDORSE, State.SUBMITTED, State.ENDORSED),
    _row(_A, Act.DECLINE, State.SUBMITTED, State.DECLINED),
    _row(_A, Act.REOPEN, State.ENDORSED, State.DRAFT),
    _row(_A, Act.TURN_DOWN, State.ENDORSED, State.NOT_RECOMMENDED),
    _row(_A, Act.WITHDRAW, (State.DRAFT, State.SUBMITTED), State.WITHDRAWN),
    _row(_R, Act.REVISE, State.AT_RECOMMENDING_UNIT, None),
    _row(_R, Act.RECEIVE, _GIVEN_BACK, State.AT_RECOMMENDING_UNIT),
    _row(_R, Act.RETURN, State.AT_RECOMMENDING_UNIT, State.RETURNED),
    _row(_R, Act.RECOMMEND, State.AT_RECOMMENDING_UNIT, State.RECOMMENDED, "recommend"),
    _row(_R, Act.NOT_RECOMMEND, State.AT_RECOMMENDING_UNIT, State.NOT_RECOMMENDED),
    _row(_R, Act.REOPEN, State.RECOMMENDED, State.AT_RECOMMENDING_UNIT),
    _row(_R, Act.TURN_DOWN, State.RECOMMENDED, State.NOT_RECOMMENDED),
    _row(_R, Act.WITHDRAW, (State.AT_RECOMMENDING_UNIT, State.RETURNED), State.WITHDRAWN),
    _row(_O, Act.RECEIVE, _GIVEN_BACK, State.RECEIVED),
    _row(_O, Act.RETURN, State.RECEIVED, State.RETURNED),
    _row(_O, Act.WITHDRAW, _BEFORE_FORMAL, State.WITHDRAWN),
    _row(_O, Act.FORMAL_PASS, PREVIOUS, State.FORMAL_PASSED, "formal_review"),
    _row(_O, Act.FORMAL_REJECT, PREVIOUS, State.FORMAL_REJECTED, "formal_review"),
    _row(_O, Act.ASSIGN, PREVIOUS, State.SCORING, "itemised_scoring"),
    _row(_O, Act.ASSIGN, State.SCORING, None, "itemised_scoring"),
    _row(_O, Act.SCORE, State.SCORING, None, "itemised_scoring"),
    _row(_O, Act.AGGREGATE, State.SCORING, State.SCORED, "itemised_scoring"),
    _row(_O, Act.PROPOSE, PREVIOUS, State.PROPOSED, "review_meeting"),
    _row(_O, Act.NOT_PROPOSE, PREVIOUS, State.NOT_PROPOSED, "review_meeting"),
    _row(_O, Act.DELIBERATE, PREVIOUS, State.APPROVED_FOR_NOTICE, "party_group"),
    _row(_O, Act.DROP, PREVIOUS, State.DROPPED, "party_group"),
    _row(_O, Act.SEND_BACK, State.PROPOSED, State.SCORED, "itemised_scoring"),
    _row(_O, Act.SEND_BACK, State.PROPOSED, State.FORMAL_PASSED, "formal_review"),
    _row(_O, Act.PUBLISH, PREVIOUS, State.IN_PUBLIC_NOTICE, "public_notice"),
    _row(_O, Act.END_NOTICE, State.IN_PUBLIC_NOTICE, State.NOTICE_DONE, "public_notice"),
    _row(_O, Act.REMOVE, (State.IN_PUBLIC_NOTICE, State.NOTICE_DONE, State.ANNOUNCED), State.REMOVED, "public_notice"),
    _row(_O, Act.ANNOUNCE, PREVIOUS, State.ANNOUNCED, "announce"),
    _row(_O, Act.NAME, PREVIOUS, State.CERTIFIED, "name_directly"),
    _row(_O, Act.START_CULTIVATION, PREVIOUS, State.CULTIVATING, "cultivate"),
    _row(_O, Act.SUSPEND, State.CULTIVATING, State.SUSPENDED, "cultivate"),
    _row(_O, Act.RESUME, State.SUSPENDED, State.CULTIVATING, "cultivate"),
    _row(_O, Act.STOP, (State.CULTIVATING, State.SUSPENDED, State.ASSESSED_PASS), State.STOPPED, "cultivate"),
    _row(_O, Act.ASSESS_PASS, State.CULTIVATING, State.ASSESSED_PASS, "assess"),
    _row(_O, Act.ASSESS_FAIL, State.CULTIVATING, State.ASSESSED_FAIL, "assess"),
    _row(_O, Act.CERTIFY, State.ASSESSED_PASS, State.CERTIFIED, "certify"),
    _row(_O, Act.FAIL, State.ASSESSED_FAIL, State.FAILED, "assess"),
    _row(_O, Act.REVOKE, State.CERTIFIED, State.REVOKED),
)


#: What an open objection to the person holds up (总工发〔2024〕1号 第八条: the matter is looked into first).
HELD_BY_OBJECTION = frozenset({Act.ANNOUNCE, Act.NAME, Act.CERTIFY})


def permission_word(act: Act) -> str:
    """The permission that guards an act."""
    return f"case:{_ONE_PERMISSION.get(act, act.value)}"


def previous_end(stage: str, stages: Sequence[str]) -> State | None:
    """Where a case stands when `stage` may begin, in an edition of these stages; None if the edition does not have it."""
    if stage not in stages:
        return None
    before = [STAGE_END[code] for code in stages[: list(stages).index(stage)] if code in STAGE_END]
    return before[-1] if before else State.RECEIVED


def find_transition(act: Act, desk: str, state: str, stages: Sequence[str]) -> Transition | None:
    """The row that applies, or None: then the act is refused."""
    for row in TABLE:
        if row.act is not act or row.desk != desk or (row.stage is not None and row.stage not in stages):
            continue
        if row.sources == PREVIOUS:
            if row.stage is not None and previous_end(row.stage, stages) == state:
                return row
        elif state in row.sources:
            return row
    return None


def possible_acts(desk: str, state: str, stages: Sequence[str]) -> tuple[Act, ...]:
    """Every act that the table knows here, in its order."""
    return tuple(row.act for row in TABLE if find_transition(row.act, desk, state, stages) is row)
