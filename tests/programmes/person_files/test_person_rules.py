from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Failure
from programmes.people.rules import SKILL_GRADES, PersonFacts, check_month, cleaned, masked_name, months_between
from tests.programmes.people import facts

TODAY = date(2026, 3, 2)


def refusal(changed: PersonFacts) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Failure) as refused:
        cleaned(changed, TODAY)
    return refused.value.code, refused.value.path


def test_clean_facts_stay_as_they_are_and_blanks_around_go() -> None:
    assert cleaned(facts(), TODAY) == facts()
    assert cleaned(replace(facts(), name=" 赵铁工　", post="", education=" "), TODAY) == facts()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "BLANK", "name"),
        ({"employer": ""}, "BLANK", "employer"),
        ({"occupation": "\t"}, "BLANK", "occupation"),
        ({"frontline_since": ""}, "BLANK", "frontlineSince"),
        ({"name": "赵" * 51}, "TOO_LONG", "name"),
        ({"employer": "厂" * 101}, "TOO_LONG", "employer"),
        ({"occupation": "车" * 51}, "TOO_LONG", "occupation"),
        ({"post": "长" * 61}, "TOO_LONG", "post"),
        ({"name": "赵\x00工"}, "BAD_CHARACTER", "name"),
        ({"name": "赵\n工"}, "BAD_CHARACTER", "name"),
        ({"employer": "一\t厂"}, "BAD_CHARACTER", "employer"),
        ({"post": "长\x1b[31m"}, "BAD_CHARACTER", "post"),
        ({"industry": "装备\u2028制造"}, "BAD_CHARACTER", "industry"),
        ({"professional_title": "工\ud800程师"}, "BAD_CHARACTER", "professionalTitle"),
        ({"skill_grade": "大师"}, "BAD_CHOICE", "skillGrade"),
        ({"frontline_since": "2026-04"}, "BAD_MONTH", "frontlineSince"),
        ({"worked_since": "1990-13"}, "BAD_MONTH", "workedSince"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(changes: dict[str, str], code: str, field: str) -> None:
    assert refusal(replace(facts(), **changes)) == (code, ("input", field))


@pytest.mark.parametrize("grade", SKILL_GRADES)
def test_every_grade_of_skill_is_known(grade: str) -> None:
    assert cleaned(replace(facts(), skill_grade=grade), TODAY).skill_grade == grade


@pytest.mark.parametrize(
    "month",
    [
        "2026-04",
        "1939-12",
        "2020-00",
        "2020-13",
        "2020-1",
        "20-01",
        "2020/01",
        "2020-01-01",
        "２０２０-01",
        "٢٠٢٠-01",
        "",
    ],
)
def test_a_month_that_is_none_or_lies_ahead_is_refused(month: str) -> None:
    with pytest.raises(Failure) as refused:
        check_month(month, TODAY, path=("input", "frontlineSince"))
    assert (refused.value.code, refused.value.path) == ("BAD_MONTH", ("input", "frontlineSince"))


@given(st.integers(1940, 2026), st.integers(1, 12))
def test_a_month_is_taken_up_to_the_present_one(year: int, month: int) -> None:
    word = f"{year}-{month:02d}"
    if (year, month) <= (2026, 3):
        check_month(word, TODAY, path=())
        assert months_between(word, TODAY) == (2026 - year) * 12 + 3 - month
    else:
        with pytest.raises(Failure):
            check_month(word, TODAY, path=())


@given(st.text(max_size=80))
def test_any_text_is_cleaned_or_refused_and_cleaning_again_changes_nothing(text: str) -> None:
    outcome: PersonFacts | tuple[str, ...]
    try:
        outcome = cleaned(replace(facts(), employer=text), TODAY)
    except Failure as refused:
        outcome = refused.path
    if isinstance(outcome, PersonFacts):
        assert cleaned(outcome, TODAY) == outcome
        assert 0 < len(outcome.employer) <= 100
    else:
        assert outcome == ("input", "employer")


def test_months_ahead_count_backwards() -> None:
    assert months_between("2026-05", TODAY) == -2
    assert months_between("2026-03", TODAY) == 0


@pytest.mark.parametrize(("name", "shown"), [("赵铁工", "赵**"), ("王", "王"), ("", "")])
def test_a_masked_name_shows_the_family_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown
