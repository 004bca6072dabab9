"""The scalars of the contract beside the built-in ones, and Money. A malformed value is refused before anything runs."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal as PythonDecimal
from decimal import InvalidOperation
from enum import StrEnum
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from kernel.clock import CHINA
from kernel.money import yuan

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,6})?", re.ASCII)

Date = date
DateTime = datetime
Decimal = PythonDecimal
Json = NewType("Json", object)


def _parse_date(given: object) -> date:
    if not isinstance(given, str) or not _DATE.fullmatch(given):
        message = "a Date is written YYYY-MM-DD"
        raise ValueError(message)
    return date.fromisoformat(given)


def _parse_date_time(given: object) -> datetime:
    if not isinstance(given, str) or not _DATE_TIME.fullmatch(given):
        message = "a DateTime is written as RFC 3339 with an offset, such as 2024-05-01T09:00:00+08:00"
        raise ValueError(message)
    return datetime.fromisoformat(given).astimezone(UTC)


def _show_date_time(value: object) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        message = f"not an instant: {value!r}"
        raise TypeError(message)
    return value.astimezone(CHINA).isoformat(timespec="milliseconds")


def _parse_decimal(given: object) -> PythonDecimal:
    if not isinstance(given, str) or not _DECIMAL.fullmatch(given):
        message = "a Decimal is written as text, such as 20000.00"
        raise ValueError(message)
    try:
        return PythonDecimal(given)
    except InvalidOperation as problem:
        message = "a Decimal is written as text, such as 20000.00"
        raise ValueError(message) from problem


def _show_date(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        message = f"not a day: {value!r}"
        raise TypeError(message)
    return value.isoformat()


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description="A calendar day in China, `YYYY-MM-DD`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=_show_date,
        parse_value=_parse_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, RFC 3339 with an offset; answers are in +08:00, to the millisecond.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_show_date_time,
        parse_value=_parse_date_time,
    ),
    PythonDecimal: strawberry.scalar(
        name="Decimal",
        description="A decimal number as text, such as `20000.00`; never a float.",
        specified_by_url="https://scalars.graphql.org/chillicream/decimal",
        serialize=str,
        parse_value=_parse_decimal,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="A JSON value whose shape its field describes.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}


@strawberry.enum(description="ISO 4217; there is only one here.")
class Currency(StrEnum):
    """The money of the contract."""

    CNY = "CNY"


@strawberry.type(description="An amount of money in 元, exact to the 分.")
class Money:
    """Money as the contract shows it."""

    amount: PythonDecimal
    currency: Currency


def money_of(fen: int | None) -> Money | None:
    """Money from 分; None stays None."""
    return None if fen is None else Money(amount=yuan(fen), currency=Currency.CNY)
