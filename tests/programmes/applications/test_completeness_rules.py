from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Citation, Failure
from programmes.applications.rules.completeness import (
    FORCE_NAMES,
    FeederRule,
    Letter,
    Window,
    require_complete,
    require_feeder,
    require_letters,
    require_not_the_organisers_own,
    require_open,
)

RULE = Citation("总工发〔2024〕1号", "第六条")
OPENS, CLOSES = date(2024, 3, 1), date(2024, 4, 30)
FORCES = list(FORCE_NAMES)
PEERS = [Letter("王", "一厂"), Letter("李", "二厂"), Letter("张", "三厂")]


def code_of(failure: pytest.ExceptionInfo[Failure]) -> tuple[str, Citation | None]:
    return failure.value.code, failure.value.rule


def window(state: str = "open", opens: date | None = OPENS, closes: date | None = CLOSES) -> Window:
    return Window(state, opens, closes, RULE)


@given(day=st.dates(date(2024, 1, 1), date(2024, 12, 31)), state=st.sampled_from(["issued", "open"]))
def test_both_ends_belong_to_the_window_and_nothing_else(day: date, state: str) -> None:
    if OPENS <= day <= CLOSES:
        require_open(window(state), day)
    else:
        with pytest.raises(Failure) as refused:
            require_open(window(state), day)
        assert refused.value.params == {"opens": "2024-03-01", "closes": "2024-04-30"}
        assert code_of(refused) == ("OUTSIDE_WINDOW", RULE)


@pytest.mark.parametrize("state", ["draft", "reviewing", "noticing", "announced", "cultivating", "closed", "cancelled"])
def test_an_edition_that_was_closed_or_cancelled_takes_nothing_though_its_dates_run(state: str) -> None:
    with pytest.raises(Failure):
        require_open(window(state), OPENS)


@pytest.mark.parametrize("days", [(None, CLOSES), (OPENS, None), (None, None)])
def test_an_edition_without_dates_takes_nothing(days: tuple[date | None, date | None]) -> None:
    with pytest.raises(Failure):
        require_open(window("open", *days), OPENS)


@pytest.mark.parametrize(
    ("state", "day", "taken"),
    [
        ("reviewing", date(2024, 5, 20), True),
        ("reviewing", date(2024, 5, 21), False),
        ("open", date(2024, 4, 1), True),
        ("noticing", date(2024, 5, 20), False),
        ("cancelled", date(2024, 4, 1), False),
    ],
)
def test_a_supplement_may_come_until_its_own_deadline(state: str, day: date, taken: bool) -> None:  # noqa: FBT001
    due = date(2024, 5, 20)
    if taken:
        require_open(window(state), day, supplement_due_on=due)
    else:
        with pytest.raises(Failure):
            require_open(window(state), day, supplement_due_on=due)


def complete(**changes: object) -> None:
    given: dict[str, object] = {
        "deeds": "事迹",
        "consent_on": OPENS,
        "forces_shown": FORCES,
        "forces_asked": FORCES,
        "rule": RULE,
    }
    require_complete(**(given | changes))  # pyright: ignore[reportArgumentType]


def test_a_complete_draft_passes_and_an_edition_without_criteria_asks_for_no_material() -> None:
    complete()
    complete(forces_shown=[], forces_asked=[])


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"consent_on": None}, "CONSENT_MISSING", ("input", "consentOn")),
        ({"deeds": " \n　"}, "DEEDS_MISSING", ("input", "deeds")),
    ],
)
def test_a_draft_without_consent_or_deeds_is_refused(
    changes: dict[str, object], code: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(Failure) as refused:
        complete(**changes)
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize("force", FORCES)
def test_each_force_needs_material(force: str) -> None:
    with pytest.raises(Failure) as refused:
        complete(forces_shown=[other for other in FORCES if other != force])
    assert code_of(refused) == ("EVIDENCE_MISSING", RULE)
    assert refused.value.params == {"force": FORCE_NAMES[force]}


def test_three_letters_of_peers_outside_the_unit_suffice() -> None:
    require_letters(PEERS, needed=3, employer="成都恒达", rule=RULE)
    require_letters([], needed=0, employer="成都恒达", rule=None)


def test_two_letters_are_too_few() -> None:
    with pytest.raises(Failure) as refused:
        require_letters(PEERS[:2], needed=3, employer="成都恒达", rule=RULE)
    assert code_of(refused) == ("LETTERS_MISSING", RULE)
    assert refused.value.params == {"needed": 3, "present": 2}


@pytest.mark.parametrize("unit", ["成都恒达(集团)", "成都恒达（集团）", " 成都 恒达（集团） ", "成都恒达（集团）"])  # noqa: PT014 - brackets of both widths
def test_a_letter_from_the_own_unit_is_refused_however_it_is_written(unit: str) -> None:
    with pytest.raises(Failure) as refused:
        require_letters([*PEERS[:2], Letter("赵", unit)], needed=3, employer="成都恒达（集团）", rule=RULE)
    assert code_of(refused) == ("LETTER_FROM_OWN_UNIT", RULE)
    assert refused.value.params == {"expert": "赵"}


def test_one_expert_is_not_counted_twice() -> None:
    with pytest.raises(Failure) as refused:
        require_letters([PEERS[0], PEERS[1], PEERS[0]], needed=3, employer="成都恒达", rule=RULE)
    assert code_of(refused) == ("LETTER_TWICE", RULE)


def feeder(mode: str, code: str = "zhuge_craftsman") -> FeederRule:
    return FeederRule(code, "诸葛工匠", mode, RULE)


def ask(rules: list[FeederRule], held: list[str], reason: str | None = None, approver: str | None = None) -> None:
    require_feeder(rules, held, exception_reason=reason, exception_approver=approver)


@pytest.mark.parametrize("mode", ["none", "score_item"])
def test_a_feeder_that_is_no_condition_asks_for_nothing(mode: str) -> None:
    ask([feeder(mode)], [])


@pytest.mark.parametrize("mode", ["in_principle", "required"])
def test_the_rung_below_opens_the_way(mode: str) -> None:
    ask([feeder(mode)], ["zhuge_craftsman"])
    ask([feeder(mode, "other"), feeder(mode)], ["zhuge_craftsman"])


@pytest.mark.parametrize(
    ("mode", "reason", "approver"),
    [
        ("in_principle", None, None),
        ("in_principle", "特殊技能", None),
        ("in_principle", None, "区总主席"),
        ("in_principle", "", ""),
        ("required", "特殊技能", "区总主席"),
    ],
)
def test_without_the_rung_below_only_a_recorded_exception_to_a_principle_helps(
    mode: str, reason: str | None, approver: str | None
) -> None:
    with pytest.raises(Failure) as refused:
        ask([feeder(mode)], ["company_craftsman"], reason, approver)
    assert code_of(refused) == ("FEEDER_MISSING", RULE)
    ask([feeder("in_principle")], [], "特殊技能", "区总主席")


def test_the_organisers_own_employees_are_no_candidates_however_the_name_is_typed() -> None:
    require_not_the_organisers_own("成都恒达精密机械有限公司", "成都市总工会")
    for employer in ("成都市总工会", "成都市 总工会"):
        with pytest.raises(Failure, match="ORGANISERS_OWN"):
            require_not_the_organisers_own(employer, "成都市总工会")
