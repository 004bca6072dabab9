from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authz.permissions import Permission
from authz.stages import CASE
from kernel.database import Base
from programmes.applications.model import Application
from programmes.applications.rules.transitions import (
    CLOSED,
    STAGE_END,
    TABLE,
    UNSELECTED,
    Act,
    Desk,
    State,
    Transition,
    find_transition,
    permission_word,
    possible_acts,
    previous_end,
)
from programmes.applications.words import act_name, state_name
from tests.programmes.rulebooks import FOLDER, shipped

BOOKS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
PIPELINES = {name: [stage.code for stage in shipped(name).stages] for name in BOOKS}
NAMING = [
    "call",
    "apply",
    "recommend",
    "formal_review",
    "review_meeting",
    "party_group",
    "public_notice",
    "announce",
    "name_directly",
]
SCORED_NAMING = [*NAMING[:4], "itemised_scoring", *NAMING[4:]]
CULTIVATING = [*NAMING[:8], "cultivate", "assess", "certify"]
SCORED_CULTIVATING = [*CULTIVATING[:4], "itemised_scoring", *CULTIVATING[4:]]


def walk(stages: Sequence[str], desk: Desk, start: State) -> dict[State, set[tuple[Act, State]]]:
    """Every state that can be reached at the desk, with the acts that lead on."""
    found: dict[State, set[tuple[Act, State]]] = {}
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state in found:
            continue
        found[state] = set()
        for act in possible_acts(desk, state, stages):
            row = find_transition(act, desk, state, stages)
            assert row is not None
            if row.target is not None:
                found[state].add((act, row.target))
                waiting.append(row.target)
    return found


def rows_by_hand(stages: Sequence[str], desk: Desk, state: State) -> dict[Act, Transition]:
    """The first row of each act that fits, found by looking through the table."""
    found: dict[Act, Transition] = {}
    for row in TABLE:
        has_stage = row.stage is None or row.stage in stages
        previous = {previous_end(row.stage, stages)} if row.stage is not None else set[State | None]()
        starts = previous if isinstance(row.sources, str) else row.sources
        if row.desk is desk and has_stage and state in starts:
            found.setdefault(row.act, row)
    return found


def test_the_shipped_pipelines_are_the_four_kinds() -> None:
    assert PIPELINES == {
        "chengdu_craftsman_2019": SCORED_NAMING,
        "chengdu_craftsman_2024": CULTIVATING,
        "jiangsu_may_first_craftsman": NAMING,
        "longcheng_craftsman": CULTIVATING,
        "national_craftsman": SCORED_CULTIVATING,
        "zhuge_craftsman": NAMING,
    }


@pytest.mark.parametrize("name", BOOKS)
def test_at_the_organiser_every_end_of_a_pipeline_is_reached_and_no_state_is_a_trap(name: str) -> None:
    stages = PIPELINES[name]
    reached = walk(stages, Desk.ORGANISER, State.RECEIVED)
    ends = {state for state, onward in reached.items() if not onward}
    expected = {State.FORMAL_REJECTED, State.NOT_PROPOSED, State.DROPPED, State.REMOVED, State.REVOKED}
    if "cultivate" in stages:
        expected |= {State.STOPPED, State.FAILED}
    assert ends == expected
    assert ends <= CLOSED
    assert State.CERTIFIED in reached
    assert (State.SCORING in reached) == ("itemised_scoring" in stages)
    assert (State.CULTIVATING in reached) == ("cultivate" in stages)


@pytest.mark.parametrize(
    ("desk", "start", "ends"),
    [
        (Desk.APPLYING_UNIT, State.DRAFT, {State.DECLINED, State.WITHDRAWN, State.NOT_RECOMMENDED}),
        (Desk.RECOMMENDING_UNIT, State.AT_RECOMMENDING_UNIT, {State.NOT_RECOMMENDED}),
    ],
)
@pytest.mark.parametrize("name", BOOKS)
def test_below_the_organiser_a_case_ends_or_goes_up_and_can_come_back(
    name: str, desk: Desk, start: State, ends: set[State]
) -> None:
    reached = walk(PIPELINES[name], desk, start)
    assert {state for state, onward in reached.items() if not onward} == ends
    sent = State.ENDORSED if desk is Desk.APPLYING_UNIT else State.RECOMMENDED
    assert reached[sent] == {(Act.REOPEN, start), (Act.TURN_DOWN, State.NOT_RECOMMENDED)}


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("desk", list(Desk))
def test_every_state_and_act_is_decided_by_the_table_alone(name: str, desk: Desk) -> None:
    stages = PIPELINES[name]
    for state in State:
        by_hand = rows_by_hand(stages, desk, state)
        for act in Act:
            assert find_transition(act, desk, state, stages) == by_hand.get(act)
        assert list(possible_acts(desk, state, stages)) == list(by_hand)


@pytest.mark.parametrize("name", BOOKS)
def test_what_is_closed_takes_no_act_of_a_person(name: str) -> None:
    acts = {
        (desk, state, act) for desk in Desk for state in CLOSED for act in possible_acts(desk, state, PIPELINES[name])
    }
    assert acts == {
        (Desk.RECOMMENDING_UNIT, State.WITHDRAWN, Act.RECEIVE),  # taken back below and handed over anew
        (Desk.ORGANISER, State.WITHDRAWN, Act.RECEIVE),
    }


def test_a_desk_knows_no_act_of_another_desk() -> None:
    stages = SCORED_CULTIVATING
    assert find_transition(Act.FORMAL_PASS, Desk.RECOMMENDING_UNIT, State.RECEIVED, stages) is None
    assert find_transition(Act.RECOMMEND, Desk.ORGANISER, State.RECEIVED, stages) is None
    assert find_transition(Act.ENDORSE, Desk.RECOMMENDING_UNIT, State.SUBMITTED, stages) is None


def test_what_comes_before_differs_with_the_edition() -> None:
    assert previous_end("review_meeting", SCORED_NAMING) is State.SCORED
    assert previous_end("review_meeting", NAMING) is State.FORMAL_PASSED
    assert previous_end("announce", NAMING) is State.NOTICE_DONE
    assert previous_end("announce", ["apply", "recommend", "formal_review", "announce"]) is State.FORMAL_PASSED
    assert previous_end("cultivate", CULTIVATING) is State.ANNOUNCED
    assert previous_end("formal_review", ["apply", "formal_review"]) is State.RECEIVED
    assert previous_end("itemised_scoring", NAMING) is None


@pytest.mark.parametrize(
    ("stages", "starts"),
    [
        (["recommend", "formal_review", "itemised_scoring", "review_meeting"], State.SCORED),
        (["recommend", "itemised_scoring", "formal_review", "review_meeting"], State.FORMAL_PASSED),
        (["recommend", "review_meeting"], State.RECEIVED),
    ],
)
def test_a_meeting_begins_where_the_stage_before_it_ends(stages: list[str], starts: State) -> None:
    begins = [state for state in State if find_transition(Act.PROPOSE, Desk.ORGANISER, state, stages) is not None]
    assert begins == [starts]


def test_sent_back_by_the_party_group_goes_to_the_scores_or_to_the_passed() -> None:
    scored = find_transition(Act.SEND_BACK, Desk.ORGANISER, State.PROPOSED, SCORED_NAMING)
    plain = find_transition(Act.SEND_BACK, Desk.ORGANISER, State.PROPOSED, NAMING)
    assert (scored and scored.target, plain and plain.target) == (State.SCORED, State.FORMAL_PASSED)


@given(stages=st.lists(st.sampled_from(sorted(STAGE_END)), unique=True))
def test_in_any_order_of_stages_a_pipeline_has_one_beginning_for_each(stages: list[str]) -> None:
    for place, stage in enumerate(stages):
        expected = STAGE_END[stages[place - 1]] if place else State.RECEIVED
        assert previous_end(stage, stages) is expected


def test_each_act_has_a_permission_and_each_state_and_act_a_name() -> None:
    assert {permission_word(act) for act in Act} <= {permission.value for permission in Permission}
    assert {state_name(state) for state in State} == set(CASE.values())
    assert all(act_name(act) for act in Act)


def test_the_live_person_index_and_the_rule_leave_out_the_same_states() -> None:
    index = next(
        index
        for index in Base.metadata.tables[Application.__tablename__].indexes
        if index.name == "uq_application_live_person"
    )
    condition = str(index.dialect_options["postgresql"]["where"])
    assert {word for word in condition.split("'") if word in set(State)} == UNSELECTED
