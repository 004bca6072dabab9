"""Scenario 27: what a notice may show."""

from dataclasses import fields

import pytest

from programmes.notices.rules.display import DisplayLine, hides_number, hides_personal_number

LINE = DisplayLine("张三", "男", "国网常州供电公司", "配电线路工", "江苏省总工会")


def test_a_line_has_these_five_fields_and_no_other() -> None:
    assert [field.name for field in fields(DisplayLine)] == [
        "name",
        "sex",
        "employer",
        "occupation",
        "recommending_unit",
    ]


def test_a_plain_line_may_be_shown() -> None:
    assert not hides_number(LINE)


@pytest.mark.parametrize(
    "text",
    [
        "钳工 11010519491231002X",
        "钳工110105194912310021",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002x",
        "110105491231002",
        "电话13800138000",
        "138 0013 8000",
    ],
)
def test_a_number_hidden_in_any_text_is_found(text: str) -> None:
    assert hides_personal_number(text)


@pytest.mark.parametrize("text", ["总工发〔2024〕1号", "第 3 车间 2024 年", "0519-86600000", "91320400MA1XXXXXXX", ""])
def test_office_numbers_are_no_personal_numbers(text: str) -> None:
    assert not hides_personal_number(text)
