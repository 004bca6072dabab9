"""Which step a handover may take, seen from which side; and what of a case is told to the desk below.

S1 第六条 and S0 第七条: nominees go up 按程序 from desk to desk, and the result comes back down. Undo goes in reverse order: the upper side first.
What a superior has only deliberated is not told below; what is published is.
"""

from enum import StrEnum

from programmes.applications.rules.transitions import State


class Direction(StrEnum):
    """Which side of the handover this record is."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Kind(StrEnum):
    """Why a case passes: in its own edition, pushed to the next title's, or pulled by the upper union from its register."""

    RECOMMENDATION = "recommendation"
    PUSH = "push"
    PULL = "pull"


class HandoverState(StrEnum):
    """Where the handover stands."""

    REQUESTED = "requested"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What one side does."""

    OFFER = "offer"
    ACCEPT = "accept"
    RETURN = "return"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    UNDO = "undo"
    CONFIRM = "confirm"
    REFUSE = "refuse"


_S = HandoverState
STEPS: dict[tuple[Direction, Step], frozenset[HandoverState]] = {
    (Direction.OUTGOING, Step.OFFER): frozenset({_S.REQUESTED, _S.RETURNED, _S.WITHDRAWN}),
    (Direction.OUTGOING, Step.WITHDRAW): frozenset({_S.OFFERED}),
    (Direction.OUTGOING, Step.CONFIRM): frozenset({_S.REQUESTED}),
    (Direction.OUTGOING, Step.REFUSE): frozenset({_S.REQUESTED}),
    (Direction.INCOMING, Step.ACCEPT): frozenset({_S.OFFERED}),
    (Direction.INCOMING, Step.RETURN): frozenset({_S.OFFERED, _S.ACCEPTED}),
    (Direction.INCOMING, Step.DECLINE): frozenset({_S.OFFERED}),
    (Direction.INCOMING, Step.UNDO): frozenset({_S.ACCEPTED}),
    (Direction.INCOMING, Step.WITHDRAW): frozenset({_S.REQUESTED}),
}


def may_step(direction: str, state: str, step: Step) -> bool:
    """Whether this side may take this step from this state."""
    return state in STEPS.get((Direction(direction), step), frozenset())


#: States of a case above that the desk below is told; the others are the superior's inner business.
TOLD_BELOW = frozenset(
    {
        State.RECOMMENDED,
        State.NOT_RECOMMENDED,
        State.RECEIVED,
        State.AT_RECOMMENDING_UNIT,
        State.RETURNED,
        State.FORMAL_PASSED,
        State.FORMAL_REJECTED,
        State.IN_PUBLIC_NOTICE,
        State.REMOVED,
        State.ANNOUNCED,
        State.CULTIVATING,
        State.SUSPENDED,
        State.STOPPED,
        State.CERTIFIED,
        State.FAILED,
        State.REVOKED,
        State.WITHDRAWN,
    },
)

#: Not chosen, in whatever way: told with one word.
NOT_SELECTED = frozenset({State.NOT_PROPOSED, State.DROPPED})
NOT_SELECTED_WORD = State.NOT_PROPOSED


def told_below(state: str) -> str | None:
    """The word by which a state is told to the desk below, or None."""
    if state in NOT_SELECTED:
        return NOT_SELECTED_WORD
    return state if state in TOLD_BELOW else None


def furthest(upstream_state: str | None, state: str | None) -> str | None:
    """What a desk passes on downwards: what it heard from above if it has heard something, else its own state."""
    return upstream_state or state
