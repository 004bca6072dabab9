import pytest

from authz.stages import STAGES
from programmes.applications.rules.transitions import CLOSED, State
from programmes.handovers.rules import (
    STEPS,
    TOLD_BELOW,
    Direction,
    HandoverState,
    Step,
    furthest,
    may_step,
    told_below,
)
from programmes.handovers.words import STEP_NAMES, state_name

SILENT = {
    State.DRAFT,
    State.SUBMITTED,
    State.ENDORSED,
    State.DECLINED,
    State.SCORING,
    State.SCORED,
    State.PROPOSED,
    State.APPROVED_FOR_NOTICE,
    State.NOTICE_DONE,
    State.ASSESSED_PASS,
    State.ASSESSED_FAIL,
}


@pytest.mark.parametrize("state", list(State))
def test_below_hears_what_is_published_and_not_what_is_deliberated(state: State) -> None:
    word = told_below(state)
    if state in {State.NOT_PROPOSED, State.DROPPED}:
        assert word == "not_proposed"
    else:
        assert word == (None if state in SILENT else state)
    assert (state in TOLD_BELOW) == (word == state and state is not State.NOT_PROPOSED)


def test_every_end_above_is_heard_below() -> None:
    assert {state for state in CLOSED if told_below(state) is None} == {State.DECLINED}  # an applying unit's own no


def test_what_was_heard_from_above_is_passed_on_before_the_own_state() -> None:
    assert furthest(None, "recommended") == "recommended"
    assert furthest("certified", "recommended") == "certified"


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("step", list(Step))
def test_a_step_is_possible_only_where_the_table_says_so(direction: Direction, step: Step) -> None:
    possible = {state for state in HandoverState if may_step(direction, state, step)}
    assert possible == STEPS.get((direction, step), frozenset())


def test_the_two_sides_have_no_step_in_common_but_the_taking_back() -> None:
    both = {step for step in Step if (Direction.OUTGOING, step) in STEPS and (Direction.INCOMING, step) in STEPS}
    assert both == {Step.WITHDRAW}
    assert {step for _, step in STEPS} == set(Step)


@pytest.mark.parametrize("state", [HandoverState.DECLINED, HandoverState.WITHDRAWING])
def test_a_no_and_a_withdrawal_under_way_take_no_step(state: HandoverState) -> None:
    assert [key for key, states in STEPS.items() if state in states] == []


def test_every_state_and_step_has_a_name() -> None:
    assert {state_name(state) for state in HandoverState} == set(STAGES["handover"].values())
    assert set(STEP_NAMES) == set(Step)
