"""D7: who may not score a case."""

from dataclasses import replace
from typing import Any

import pytest

from kernel.ids import new_id
from programmes.scoring.rules.conflicts import CaseFacts, Conflict, ExpertFacts, find_conflict

UNIT, RECOMMENDER = new_id(), new_id()
EXPERT = ExpertFacts(name="高教授", employer="省职业技术大学", employer_code="X1", unit_id=new_id())
CASE = CaseFacts(
    person_name="张师傅",
    employer="国网常州供电公司",
    employer_code="Y1",
    applying_unit_id=UNIT,
    recommending_unit_id=RECOMMENDER,
    letter_writers={("王院士", "东南大学")},
)


def test_a_stranger_may_score() -> None:
    assert find_conflict(EXPERT, CASE) is None


@pytest.mark.parametrize(
    ("changes", "conflict"),
    [
        ({"employer": "国网常州供电公司"}, Conflict.SAME_EMPLOYER),
        ({"employer": " 国网常州 供电公司 "}, Conflict.SAME_EMPLOYER),
        ({"employer_code": "Y1"}, Conflict.SAME_EMPLOYER),
        ({"employer": "国网常州供电公司", "name": "张师傅"}, Conflict.IS_SUBJECT),
        ({"unit_id": RECOMMENDER}, Conflict.FROM_RECOMMENDING_UNIT),
        ({"unit_id": UNIT}, Conflict.FROM_APPLYING_UNIT),
        ({"name": "王院士"}, Conflict.WROTE_LETTER),
        ({"name": "王 院士"}, Conflict.WROTE_LETTER),
        ({"duties": {"recommended"}}, Conflict.DID_RECOMMEND),
        ({"duties": {"reviewed"}}, Conflict.DID_REVIEW),
    ],
)
def test_each_tie_to_the_case_keeps_the_expert_from_it(changes: dict[str, Any], conflict: Conflict) -> None:
    assert find_conflict(replace(EXPERT, **changes), CASE) is conflict


def test_full_and_half_width_are_the_same_employer() -> None:
    case = replace(CASE, employer="ＡＢＣ（常州）公司", employer_code=None)
    assert find_conflict(replace(EXPERT, employer="abc(常州)公司"), case) is Conflict.SAME_EMPLOYER


def test_two_unknown_codes_are_not_the_same_employer() -> None:
    assert find_conflict(replace(EXPERT, employer_code=None), replace(CASE, employer_code=None)) is None


def test_having_scored_another_case_or_this_one_is_no_conflict() -> None:
    assert find_conflict(replace(EXPERT, duties={"assigned", "scored"}), CASE) is None
