from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Citation, Failure
from programmes.applications.rules.eligibility import (
    Answer,
    CaseFacts,
    Condition,
    Finding,
    complete_checklist,
    compute,
    require_passed,
)
from programmes.applications.service.reviewing import conditions_of
from tests.programmes.rulebooks import shipped

CLOSES = date(2024, 4, 30)
FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
GOOD = CaseFacts(
    as_of=CLOSES,
    frontline_since="2005-07",
    in_service=True,
    letters=3,
    evidence_by_force=dict.fromkeys(FORCES, 1),
    title_codes=frozenset(),
)
OPEN_CHECKS = {"declared", "excluded_groups", "in_quota"}


def conditions(book: str) -> list[Condition]:
    return conditions_of(shipped(book))


def answers(book: str, **changed: bool) -> list[Answer]:
    """The reviewer says yes to all that only a person can tell."""
    return [
        Answer(condition.key, met=changed.get(condition.key, True), remark=None)
        for condition in conditions(book)
        if condition.check in OPEN_CHECKS or condition.key in changed
    ]


def findings(book: str, facts: CaseFacts, given_answers: Sequence[Answer]) -> dict[str, Finding]:
    checklist = complete_checklist(conditions(book), facts, given_answers)
    require_passed(checklist)
    return {checked.condition.key: checked.finding for checked in checklist}


def refusal(book: str, facts: CaseFacts, given_answers: Sequence[Answer]) -> Failure:
    with pytest.raises(Failure) as refused:
        findings(book, facts, given_answers)
    return refused.value


def test_scenario_6_eleven_months_short_of_five_years_are_refused() -> None:
    no = refusal("national_craftsman", replace(GOOD, frontline_since="2019-05"), answers("national_craftsman"))
    assert (no.code, no.rule) == ("GATE_NOT_MET", Citation("总工发〔2024〕1号", "第三条"))
    assert (no.params["key"], no.params["actual"]) == ("frontline_years", "4 年 11 个月")


def test_scenario_7_exactly_five_years_pass_in_changzhou() -> None:
    facts = replace(GOOD, frontline_since="2019-04")
    assert findings("longcheng_craftsman", facts, answers("longcheng_craftsman"))["frontline_years"] is Finding.MET


def test_scenario_8_a_retired_man_is_refused_in_chengdu_and_a_warning_in_changzhou() -> None:
    retired = replace(GOOD, in_service=False)
    no = refusal("chengdu_craftsman_2019", retired, answers("chengdu_craftsman_2019"))
    assert (no.params["key"], no.params["actual"]) == ("not_retired", "非在职")
    found = findings("longcheng_craftsman", retired, answers("longcheng_craftsman"))
    assert found["in_service_mainly"] is Finding.WARNING


def test_scenario_9_no_grade_of_skill_is_a_condition_of_the_national_programme() -> None:
    assert not [c for c in conditions("national_craftsman") if "高级技师" in c.wording or "技能等级" in c.wording]
    found = findings("national_craftsman", GOOD, answers("national_craftsman"))
    assert set(found.values()) == {Finding.MET}


def test_scenario_51_wuhou_refuses_nobody_for_age_education_or_status() -> None:
    facts = replace(GOOD, frontline_since="1984-01", letters=0, evidence_by_force={})
    assert set(findings("zhuge_craftsman", facts, answers("zhuge_craftsman")).values()) == {Finding.MET}
    checks = {condition.check for condition in conditions("zhuge_craftsman")}
    assert checks == {"declared", "not_titled_already"}


def test_an_excluded_group_is_refused_by_the_reviewers_word() -> None:
    no = refusal("chengdu_craftsman_2019", GOOD, answers("chengdu_craftsman_2019", excluded_groups=False))
    assert (no.code, no.params["key"]) == ("GATE_NOT_MET", "excluded_groups")


@pytest.mark.parametrize(
    ("facts", "key", "actual"),
    [
        (replace(GOOD, letters=2), "peer_letters", "2"),
        (replace(GOOD, evidence_by_force={**GOOD.evidence_by_force, "practice": 0}), "five_forces_evidence", "0"),
        (replace(GOOD, title_codes=frozenset({"national_craftsman"})), "not_titled_already", "national_craftsman"),
        (replace(GOOD, frontline_since="2024-05"), "frontline_years", "-1 年 11 个月"),
    ],
)
def test_a_reviewer_cannot_pass_what_the_file_refuses(facts: CaseFacts, key: str, actual: str) -> None:
    book = "national_craftsman"
    yes = [Answer(condition.key, met=True, remark="我担保") for condition in conditions(book)]
    no = refusal(book, facts, yes)
    assert (no.code, no.params["key"]) == ("GATE_NOT_MET", key)
    if key != "frontline_years":
        assert no.params["actual"] == actual


def test_a_reviewer_may_refuse_what_the_file_allows_and_a_soft_no_is_a_warning() -> None:
    book = "national_craftsman"
    assert refusal(book, GOOD, answers(book, frontline_years=False)).params["key"] == "frontline_years"
    found = findings(book, GOOD, answers(book, sector_mainly=False))
    assert found["sector_mainly"] is Finding.WARNING


def test_an_answer_that_is_missing_or_unknown_is_named() -> None:
    book = "national_craftsman"
    missing = refusal(book, GOOD, [])
    assert (missing.code, missing.params["key"], missing.rule) == (
        "CHECK_MISSING",
        "political_soundness",
        Citation("总工发〔2024〕1号", "第三条"),
    )
    unknown = refusal(book, GOOD, [*answers(book), Answer("年龄", met=True, remark=None)])
    assert (unknown.code, unknown.params["key"], unknown.path) == ("CHECK_UNKNOWN", "年龄", ("input", "checks"))


@given(year=st.integers(1970, 2024), month=st.integers(1, 12), years=st.integers(0, 40), hard=st.booleans())
def test_years_on_the_line_are_counted_in_whole_months(year: int, month: int, years: int, hard: bool) -> None:  # noqa: FBT001
    condition = Condition("years", "frontline_years", hard, years, "年限", Citation("某", "某"))
    found = compute(condition, replace(GOOD, frontline_since=f"{year}-{month:02d}")).finding
    enough = (2024 - year) * 12 + 4 - month >= years * 12
    assert found is (Finding.MET if enough else Finding.NOT_MET if hard else Finding.WARNING)


@given(
    book=st.sampled_from(["national_craftsman", "longcheng_craftsman", "zhuge_craftsman", "chengdu_craftsman_2024"]),
    data=st.data(),
)
def test_a_pass_needs_every_hard_condition_and_only_those(book: str, data: st.DataObject) -> None:
    said = {condition.key: data.draw(st.booleans()) for condition in conditions(book) if condition.check in OPEN_CHECKS}
    hard_no = [c.key for c in conditions(book) if c.hard and said.get(c.key) is False]
    given_answers = [Answer(key, met=met, remark=None) for key, met in said.items()]
    if hard_no:
        assert refusal(book, GOOD, given_answers).params["key"] == hard_no[0]
    else:
        found = findings(book, GOOD, given_answers)
        assert {key for key, finding in found.items() if finding is Finding.WARNING} == {
            key for key, met in said.items() if not met
        }
