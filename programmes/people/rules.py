"""What a person file must hold to be a person file; nothing here decides on merit.

总工发〔2024〕1号 第三条 asks for years on the production line, so the first month there is kept, never a number of years that would go stale.
"""

import re
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from kernel.errors import BAD_CHARACTER, invalid
from kernel.text import clean_text

BAD_MONTH = invalid(
    "BAD_MONTH", zh="年月须写作 YYYY-MM，且不晚于本月", en="A month is written YYYY-MM and lies not in the future"
)
BAD_CHOICE = invalid("BAD_CHOICE", zh="取值须为以下之一：{choices}", en="Must be one of: {choices}")


class Purpose(StrEnum):
    """What a person may agree to, each apart: PIPL 第二十三条 (giving data to another handler) and 第二十五条 (making it public)."""

    UPWARD = "upward"
    NOTICE = "notice"
    REGISTER = "register"


PURPOSE_NAMES = {Purpose.UPWARD: "上报", Purpose.NOTICE: "公示", Purpose.REGISTER: "上级名册"}

SEXES = ("male", "female")
SKILL_GRADES = ("学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师")
MONTHS_A_YEAR = 12
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class PersonFacts:
    """What a clerk enters of a person, the sealed numbers aside. Months are `YYYY-MM`."""

    name: str
    employer: str
    occupation: str
    frontline_since: str
    employer_code: str | None = None
    post: str | None = None
    industry: str | None = None
    ethnicity: str | None = None
    political_status: str | None = None
    education: str | None = None
    professional_title: str | None = None
    skill_grade: str | None = None
    worked_since: str | None = None
    in_service: bool = True
    is_migrant_worker: bool = False


_LIMITS = {"name": 50, "employer": 100, "occupation": 50}
_REQUIRED = ("name", "employer", "occupation", "frontline_since")
_MONTHS = ("frontline_since", "worked_since")
_DEFAULT_LIMIT = 60


def cleaned(facts: PersonFacts, today: date, *, path: tuple[str, ...] = ("input",)) -> PersonFacts:
    """The facts fit to store; raises a coded InvalidInput at the field that is wrong."""
    values: dict[str, str | bool | None] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        where = (*path, _camel(field.name))
        if isinstance(value, str):
            limit = _LIMITS.get(field.name, _DEFAULT_LIMIT)
            value = clean_text(value, path=where, limit=limit, optional=field.name not in _REQUIRED) or None
            require_one_line(value or "", path=where)
        if field.name in _MONTHS and isinstance(value, str):
            check_month(value, today, path=where)
        values[field.name] = value
    if values["skill_grade"] is not None and values["skill_grade"] not in SKILL_GRADES:
        raise BAD_CHOICE(path=(*path, "skillGrade"), choices="、".join(SKILL_GRADES))
    return PersonFacts(**values)  # type: ignore[arg-type]


def check_month(value: str, today: date, *, path: tuple[str, ...]) -> None:
    """Raises BAD_MONTH unless the value is a month up to the present one."""
    if not _MONTH.fullmatch(value) or value > f"{today:%Y-%m}" or value < "1940-01":
        raise BAD_MONTH(path=path)


def require_one_line(value: str, *, path: tuple[str, ...]) -> None:
    """Raises BAD_CHARACTER for a line break or tab in what stands in one cell of a roster."""
    if any(character in value for character in "\n\r\t\v\f\x85\u2028\u2029"):
        raise BAD_CHARACTER(path=path)


def months_between(since: str, until: date) -> int:
    """Whole months from the first day of a month `YYYY-MM` to a day; negative if it lies ahead."""
    year, month = (int(part) for part in since.split("-"))
    return (until.year - year) * MONTHS_A_YEAR + until.month - month


def masked_name(name: str) -> str:
    """The family name, the rest starred."""
    return name[:1] + "*" * (len(name) - 1)


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
