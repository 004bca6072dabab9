import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from kernel.errors import Failure
from kernel.identity import (
    age_on,
    birth_date,
    is_male,
    require_credit_code,
    require_id_number,
    require_phone,
    require_union_code,
)

TODAY = date(2026, 3, 2)
PATH = ("input", "idNumber")


def id_number(first: str) -> str:
    return first + ric.calc_check_digit(first + "0")


def credit_code(first: str) -> str:
    return first + uscc.calc_check_digit(first)


def refusal(value: str) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Failure) as caught:
        require_id_number(value, path=PATH, today=TODAY)
    return caught.value.code, caught.value.path


def test_an_identity_number_is_normalised() -> None:
    with_x = next(n for n in (id_number(f"51010719900101{i:03}") for i in range(1000)) if n.endswith("X"))
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in with_x)
    for typed in (with_x, with_x.lower(), f" {with_x[:6]} {with_x[6:]} ", full_width):
        assert require_id_number(typed, path=PATH, today=TODAY) == with_x


def test_numbers_that_the_place_table_of_the_library_would_refuse_are_lawful() -> None:
    for first in (
        "51010719750101001",
        "32040219650101001",
        "81000019900101001",
        "82000019900101001",
        "83000019900101001",
    ):
        number = id_number(first)
        assert require_id_number(number, path=PATH, today=TODAY) == number
        assert not ric.is_valid(number)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("510107750101001", "ID_NUMBER_OLD"),
        ("", "ID_NUMBER_FORMAT"),
        ("51010719900101001", "ID_NUMBER_FORMAT"),
        ("5101071990010100X4", "ID_NUMBER_FORMAT"),
        ("51010719900101001Y", "ID_NUMBER_FORMAT"),
        ("51010719900101001²", "ID_NUMBER_FORMAT"),
        ("1.1010519491231e+17", "ID_NUMBER_FORMAT"),
        ("५१०१०७१९९००१०१००११", "ID_NUMBER_FORMAT"),
        (id_number("99010719900101001"), "ID_NUMBER_REGION"),
        (id_number("00000019900101001"), "ID_NUMBER_REGION"),
        (id_number("51010719900230001"), "ID_NUMBER_DATE"),
        (id_number("51010700000101001"), "ID_NUMBER_DATE"),
        (id_number("51010720260303001"), "ID_NUMBER_DATE"),
        (id_number("51010718000101001"), "ID_NUMBER_DATE"),
        (id_number("51010720100303001"), "ID_NUMBER_AGE"),
    ],
)
def test_a_malformed_identity_number_is_refused_at_its_field(value: str, code: str) -> None:
    assert refusal(value) == (code, PATH)


def test_the_sixteenth_birthday_is_old_enough() -> None:
    number = id_number("51010720100302001")
    assert require_id_number(number, path=PATH, today=TODAY) == number
    assert refusal(id_number("51010720100303001"))[0] == "ID_NUMBER_AGE"


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_wrong_place_is_noticed(place: int, letter: str) -> None:
    number = id_number("51010719900101001")
    wrong = number[:place] + letter + number[place + 1 :]
    if wrong != number:
        assert refusal(wrong)[0].startswith("ID_NUMBER_")


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_a_refusal(text: str) -> None:
    with contextlib.suppress(Failure):
        passed = require_id_number(text, path=PATH, today=TODAY)
        assert ric.calc_check_digit(passed) == passed[-1]


def test_birth_sex_and_age_are_read_from_the_number() -> None:
    number = id_number("51010720000229012")
    assert birth_date(number) == date(2000, 2, 29)
    assert not is_male(number)
    assert [age_on(birth_date(number), day) for day in (date(2018, 2, 28), date(2018, 3, 1))] == [17, 18]


@pytest.mark.parametrize(
    "first", ["9151010070928888X", "81510107MC1234567", "A1510107MC1234567", "N2510107MF1234567", "Y1510107MF1234567"]
)
def test_a_credit_code_of_every_authority_is_lawful(first: str) -> None:
    code = credit_code(first)
    assert require_credit_code(code.lower(), path=PATH) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "CREDIT_CODE_FORMAT"),
        (credit_code("81510107MC1234567")[:-1], "CREDIT_CODE_FORMAT"),
        ("B1510107MC12345670", "CREDIT_CODE_FORMAT"),
        ("81510107MO12345670", "CREDIT_CODE_FORMAT"),
        ("8151010AMC12345670", "CREDIT_CODE_FORMAT"),
        ("91110000600037341A", "CREDIT_CODE_CHECKSUM"),
    ],
)
def test_a_malformed_credit_code_is_refused(value: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        require_credit_code(value, path=("input", "creditCode"))
    assert (caught.value.code, caught.value.path) == (code, ("input", "creditCode"))


def test_a_unions_own_code_begins_with_eight() -> None:
    assert require_union_code(credit_code("81510107MC1234567"), path=PATH) == credit_code("81510107MC1234567")
    with pytest.raises(Failure) as caught:
        require_union_code("91110000600037341L", path=PATH)
    assert caught.value.code == "NOT_A_UNION_CODE"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "13800138000"),
        (" 138 0013 8000 ", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("+8619912345678", "19912345678"),
        ("１３８００１３８０００", "13800138000"),
        ("028-86612345", "028-86612345"),
        ("02886612345", "028-86612345"),
        ("0519-86612345", "0519-86612345"),
        ("010 65252000", "010-65252000"),
    ],
)
def test_a_phone_number_is_normalised(typed: str, stored: str) -> None:
    assert require_phone(typed, path=PATH) == stored


@pytest.mark.parametrize(
    "typed", ["", "12800138000", "1380013800", "138001380001", "86612345", "0281234", "+1 2025550123", "१३८००१३८०००"]
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Failure) as caught:
        require_phone(typed, path=("input", "phone"))
    assert (caught.value.code, caught.value.path) == ("PHONE_FORMAT", ("input", "phone"))
