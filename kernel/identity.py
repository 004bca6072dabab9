"""Numbers by which the state knows people and bodies, as people type them; each is normalised or refused at its field.

Sources: GB 11643-1999 (citizen identity number), GB 32100-2015 (unified social credit code). python-stdnum gives the check digits. Its look-up of the place
is not used: it refuses lawful numbers (a number issued in 510107 to a person born before that district existed, and 81/82/83 of the residence permits).
"""

import re
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from kernel.errors import (
    CREDIT_CODE_CHECKSUM,
    CREDIT_CODE_FORMAT,
    ID_NUMBER_AGE,
    ID_NUMBER_CHECKSUM,
    ID_NUMBER_DATE,
    ID_NUMBER_FORMAT,
    ID_NUMBER_OLD,
    ID_NUMBER_REGION,
    NOT_A_UNION_CODE,
    PHONE_FORMAT,
)

Path = tuple[str, ...]

WORKING_AGE = 16
"""劳动法 第十五条: nobody younger may be employed."""
OLDEST = 120
_LENGTH = 18
_OLD_LENGTH = 15
_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""Province-level codes of GB/T 2260, and of the residence permits of Taiwan (83), Hong Kong (81) and Macao (82) residents."""
_CREDIT_CODE = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_UNION_AUTHORITY = "8"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?P<area>0(?:10|2\d|[3-9]\d{2}))-?(?P<number>[2-9]\d{6,7})")
_PLAIN = {0xFF01 + place: 0x21 + place for place in range(94)}
"""The full-width forms of ASCII."""
_COUNTRY = re.compile(r"^(?:\+86|0086)[ -]?")


def require_id_number(value: str, *, path: Path, today: date, minimum_age: int = WORKING_AGE) -> str:
    """The citizen identity number in its 18 places, X as a capital; refuses impossible births and people below `minimum_age`."""
    number = _compact(value)
    if len(number) == _OLD_LENGTH and _is_digits(number):
        raise ID_NUMBER_OLD(path=path)
    if len(number) != _LENGTH or not _is_digits(number[:-1]) or number[-1] not in "0123456789X":
        raise ID_NUMBER_FORMAT(path=path)
    if not _REGION.fullmatch(number[:2]):
        raise ID_NUMBER_REGION(path=path)
    born = _birth_date(number, path)
    if number[-1] != ric.calc_check_digit(number):
        raise ID_NUMBER_CHECKSUM(path=path)
    if born > today or age_on(born, today) > OLDEST:
        raise ID_NUMBER_DATE(path=path)
    if age_on(born, today) < minimum_age:
        raise ID_NUMBER_AGE(path=path, minimum=minimum_age)
    return number


def birth_date(id_number: str) -> date:
    """The date of birth in a number that `require_id_number` has passed."""
    return ric.get_birth_date(id_number)


def is_male(id_number: str) -> bool:
    """The sex in a number that `require_id_number` has passed: the 17th place is odd for men."""
    return int(id_number[16]) % 2 == 1


def age_on(born: date, day: date) -> int:
    """Whole years (周岁); who is born on 29 February has a birthday on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def require_credit_code(value: str, *, path: Path) -> str:
    """A body's unified social credit code, in capitals."""
    code = _compact(value)
    if not _CREDIT_CODE.fullmatch(code):
        raise CREDIT_CODE_FORMAT(path=path)
    if code[-1] != uscc.calc_check_digit(code[:-1]):
        raise CREDIT_CODE_CHECKSUM(path=path)
    return code


def require_union_code(value: str, *, path: Path) -> str:
    """A union's own credit code: registered by the trade unions' authority, so its first place is 8."""
    code = require_credit_code(value, path=path)
    if not code.startswith(_UNION_AUTHORITY):
        raise NOT_A_UNION_CODE(path=path)
    return code


def require_phone(value: str, *, path: Path) -> str:
    """A mobile number as 11 digits, or a landline as `area-number`; the country's +86 is taken off."""
    phone = _COUNTRY.sub("", value.translate(_PLAIN).strip()).replace(" ", "")
    mobile = phone.replace("-", "")
    if not phone.isascii():
        raise PHONE_FORMAT(path=path)
    if _MOBILE.fullmatch(mobile):
        return mobile
    landline = _LANDLINE.fullmatch(phone)
    if landline is None:
        raise PHONE_FORMAT(path=path)
    return f"{landline['area']}-{landline['number']}"


def _compact(value: str) -> str:
    """As one types it on a Chinese keyboard: full-width forms become plain, blanks vanish, letters become capitals."""
    return "".join(value.translate(_PLAIN).split()).upper()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _birth_date(number: str, path: Path) -> date:
    try:
        return ric.get_birth_date(number)
    except (ValidationError, ValueError) as failure:
        raise ID_NUMBER_DATE(path=path) from failure
