"""Domain §5.6 and §10, against the shipped rulebooks; amounts in 分."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.catalogue.rules.rulebook import Rulebook
from programmes.funding.rules import (
    UNPAID,
    Answer,
    FundingState,
    Happening,
    PlannedMoney,
    Question,
    Standing,
    due_records,
    is_in_force,
    resolve,
    resumed,
    revoked,
    stopped,
    suspended,
)
from tests.programmes.rulebooks import shipped

ZHUGE = shipped("zhuge_craftsman")
LONGCHENG = shipped("longcheng_craftsman")
NATIONAL = shipped("national_craftsman")
CHENGDU_2019 = shipped("chengdu_craftsman_2019")
LAST_DAY = date(2023, 8, 28)


def money(rulebook: Rulebook, happening: Happening) -> list[tuple[str, int | None, str, Question | None]]:
    due = due_records(rulebook.money, rulebook.document, happening)
    return [(each.rule.code, each.amount_fen, each.rule.kind, each.question) for each in due]


def titled(rulebook: Rulebook, on: date) -> Happening:
    level = rulebook.route.organiser_level
    return Happening(trigger="titled", cause="title:1", on=on, level=level, organiser_level=level)


def year(number: int, level: str = "national") -> Happening:
    return Happening(
        trigger="cultivation_year_begun",
        cause=f"case:1:year:{number}",
        on=date(2024, 7, 10),
        level=level,
        organiser_level="national",
        ordinal=number,
    )


def reward(kind: str, fen: int, on: date = date(2023, 5, 1), title_level: str = "city") -> Happening:
    return Happening(
        trigger="reward_recorded",
        cause="honour:1",
        on=on,
        level="district",
        organiser_level="district",
        reward_kind=kind,
        reward_fen=fen,
        title_level=title_level,
    )


def test_scenario_29_and_30_a_candidate_has_50_000_in_each_of_two_years() -> None:
    expected = ("N-ANNUAL", 5_000_000, "working_fund", Question.PAYEE_SILENT)
    assert money(NATIONAL, year(1)) == [expected]
    assert money(NATIONAL, year(2)) == [expected]
    assert money(NATIONAL, year(3)) == []


def test_scenario_29_with_the_payee_filled_in_220_people_make_11_000_000_a_year() -> None:
    rulebook = shipped("national_craftsman", {"money.N-ANNUAL.payee": "recommending_unit"})
    due = [each for _ in range(220) for each in due_records(rulebook.money, rulebook.document, year(1))]
    assert sum(each.amount_fen or 0 for each in due) == 1_100_000_000
    assert {each.state for each in due} == {FundingState.PLANNED}


def test_levels_below_may_match_the_fund_but_nobody_knows_how_much() -> None:
    assert money(NATIONAL, year(1, level="province")) == [("N-MATCH", None, "working_fund", Question.AMOUNT_SILENT)]


def test_scenario_37_the_certificate_brings_5_000() -> None:
    assert money(LONGCHENG, titled(LONGCHENG, date(2026, 9, 1))) == [("C-CERT", 500_000, "subsidy", None)]


def test_scenario_45_a_named_person_has_10_000() -> None:
    assert money(ZHUGE, titled(ZHUGE, date(2022, 12, 1))) == [("W-TITLE", 1_000_000, "reward", None)]


def test_a_city_that_names_at_once_pays_20_000() -> None:
    due = due_records(CHENGDU_2019.money, CHENGDU_2019.document, titled(CHENGDU_2019, date(2023, 6, 1)))
    assert [(each.amount_fen, each.rule.kind) for each in due] == [(2_000_000, "reward")]


def test_scenario_46_a_reward_of_20_000_is_matched_with_10_000() -> None:
    assert money(ZHUGE, reward("reward", 2_000_000)) == [("W-MATCH", 1_000_000, "reward", None)]


@pytest.mark.parametrize("kind", ["working_fund", "subsidy"])
def test_scenario_46_and_a18_a_working_fund_is_not_matched(kind: str) -> None:
    assert money(ZHUGE, reward(kind, 5_000_000, title_level="national")) == []


def test_a_title_of_the_same_level_is_not_matched() -> None:
    assert money(ZHUGE, reward("reward", 2_000_000, title_level="district")) == []


def test_after_the_document_has_ended_a_person_decides() -> None:
    assert money(ZHUGE, reward("reward", 2_000_000, on=LAST_DAY))[0][3] is None
    after = money(ZHUGE, reward("reward", 2_000_000, on=LAST_DAY + timedelta(days=1)))
    assert after == [("W-MATCH", 1_000_000, "reward", Question.DOCUMENT_EXPIRED)]


def test_another_level_does_not_pay() -> None:
    assert money(LONGCHENG, replace(titled(LONGCHENG, date(2026, 9, 1)), level="district")) == []


@given(st.integers(0, 10**12))
def test_a_match_is_half_of_the_reward_rounded_half_up(fen: int) -> None:
    assert money(ZHUGE, reward("reward", fen))[0][1] == (fen + 1) // 2


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)))
def test_a_document_is_in_force_to_its_last_day(on: date) -> None:
    assert is_in_force(ZHUGE.document, on) == (on <= LAST_DAY)


# ------------------------------------------------------------------------------------------ answers and holds

standings = st.builds(
    Standing,
    state=st.sampled_from([FundingState.PLANNED, FundingState.APPLIED, FundingState.APPROVED, FundingState.PAID]),
    question=st.none(),
    amount_fen=st.integers(0, 10**9),
    payee_kind=st.just("person"),
    recoverable=st.sampled_from(["yes", "no", "silent"]),
)
blocked = st.builds(
    Standing,
    state=st.just(FundingState.BLOCKED),
    question=st.sampled_from([Question.DOCUMENT_EXPIRED, Question.AMOUNT_SILENT, Question.PAYEE_SILENT]),
    amount_fen=st.none() | st.integers(0, 10**9),
    payee_kind=st.none() | st.just("employer"),
    recoverable=st.sampled_from(["yes", "no", "silent"]),
)


def waiting(question: Question, amount_fen: int | None = None, payee_kind: str | None = None) -> Standing:
    return Standing(FundingState.BLOCKED, question, amount_fen, payee_kind, "silent")


def test_an_answer_names_the_payee_and_the_record_is_planned() -> None:
    answered = resolve(waiting(Question.PAYEE_SILENT, 5_000_000), Answer(agreed=True, payee_kind="employer"))
    assert answered == Standing(FundingState.PLANNED, None, 5_000_000, "employer", "silent")


def test_a_yes_asks_for_what_is_still_open() -> None:
    expired = waiting(Question.DOCUMENT_EXPIRED)
    ratio = resolve(expired, Answer(agreed=True))
    payee = resolve(ratio, Answer(agreed=True, amount_fen=100))
    done = resolve(payee, Answer(agreed=True, payee_kind="person"))
    assert [each.question for each in (ratio, payee, done)] == [Question.AMOUNT_SILENT, Question.PAYEE_SILENT, None]
    assert (done.state, done.amount_fen, done.payee_kind) == (FundingState.PLANNED, 100, "person")


@given(blocked)
def test_a_no_ends_the_record(record: Standing) -> None:
    assert resolve(record, Answer(agreed=False)).state == FundingState.CANCELLED


@given(standings | blocked)
def test_to_suspend_and_to_resume_leads_back(record: Standing) -> None:
    held = suspended(record)
    assert (held.state == FundingState.BLOCKED) == (record.state in UNPAID)
    assert suspended(held) == held
    assert resumed(held) == record


@given(standings | blocked)
def test_stopping_leaves_nothing_unpaid_to_itself(record: Standing) -> None:
    after = stopped(record)
    if record.state in UNPAID:
        assert (after.state, after.question) == (FundingState.BLOCKED, Question.CASE_STOPPED)
    else:
        assert after == record


@pytest.mark.parametrize(
    ("state", "recoverable", "after", "question"),
    [
        ("paid", "yes", "clawback_ordered", None),
        ("paid", "silent", "paid", Question.RECOVERY_SILENT),
        ("paid", "no", "paid", None),
        ("approved", "yes", "cancelled", None),
        ("planned", "silent", "blocked", Question.TITLE_REVOKED),
        ("cancelled", "yes", "cancelled", None),
    ],
)
def test_scenario_42_what_a_revocation_does_to_money(
    state: str, recoverable: str, after: str, question: Question | None
) -> None:
    result = revoked(Standing(state, None, 500_000, "person", recoverable))
    assert (result.state, result.question) == (after, question)


@pytest.mark.parametrize(("agreed", "after"), [(True, "clawback_ordered"), (False, "paid")])
def test_a14_where_recovery_is_silent_a_person_decides(agreed: bool, after: str) -> None:  # noqa: FBT001
    asked = revoked(Standing("paid", None, 1_000_000, "person", "silent"))
    assert resolve(asked, Answer(agreed=agreed)).state == after


def test_what_is_planned_carries_its_cause_and_its_rule() -> None:
    due: tuple[PlannedMoney, ...] = due_records(ZHUGE.money, ZHUGE.document, titled(ZHUGE, date(2022, 12, 1)))
    assert [(each.cause, each.due_on, each.rule.cite.article, each.payee_kind) for each in due] == [
        ("title:1", date(2022, 12, 1), "（九）、（十）", "person")
    ]
