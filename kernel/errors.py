"""Refusals are data: a family, a stable code, values; the sentences stand beside the code, in zh-CN and English.

An area declares its reasons once, in its `errors.py`::

    QUOTA_FULL = refused("QUOTA_FULL", zh="推荐名额已用完（{used}/{places}）", en="All {places} places are used ({used})")

and raises them with their values: ``raise QUOTA_FULL(used=5, places=5, rule=citation)``. All reasons together are the catalogue that ships as
`frontend_contract/errors.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What kind of no it is; clients may treat a family alike."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    INVALID_INPUT = "INVALID_INPUT"
    REFUSED = "REFUSED"


Value = str | int | float | bool | None


@dataclass(frozen=True)
class Citation:
    """Where a rule stands: the document by its key or name, and the article in it; quotes nothing."""

    document: str
    article: str


class Failure(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A refusal on its way to the person; carries everything an answer needs."""

    def __init__(
        self, reason: "Reason", params: Mapping[str, Value], path: tuple[str, ...], rule: Citation | None
    ) -> None:
        super().__init__(f"{reason.code} {dict(params)}")
        self.reason = reason
        self.params = dict(params)
        self.path = path
        self.rule = rule

    @property
    def code(self) -> str:
        """The stable code of the reason."""
        return self.reason.code

    @property
    def family(self) -> Family:
        """The family of the reason."""
        return self.reason.family

    def sentence(self, language: str = "zh") -> str:
        """The reason as a person reads it; `language` is `zh` or `en`."""
        template = self.reason.en if language == "en" else self.reason.zh
        return template.format_map(_Shown(self.params))


class _Shown(dict[str, Value]):
    """Formats a sentence even if a value is missing, so that an answer never turns into a crash."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


@dataclass(frozen=True)
class Reason:
    """A declared refusal; calling it makes the Failure to raise."""

    family: Family
    code: str
    zh: str
    en: str

    def __call__(self, *, path: tuple[str, ...] = (), rule: Citation | None = None, **params: Value) -> Failure:
        return Failure(self, params, path, rule)


CATALOGUE: dict[str, Reason] = {}


def _declare(family: Family, code: str, zh: str, en: str) -> Reason:
    if code in CATALOGUE:
        message = f"the code {code} is declared twice"
        raise ValueError(message)
    CATALOGUE[code] = Reason(family, code, zh, en)
    return CATALOGUE[code]


def unauthenticated(code: str, *, zh: str, en: str) -> Reason:
    """Nobody is signed in, or no longer."""
    return _declare(Family.UNAUTHENTICATED, code, zh, en)


def forbidden(code: str, *, zh: str, en: str) -> Reason:
    """Signed in, sees the thing, may not do this with it."""
    return _declare(Family.FORBIDDEN, code, zh, en)


def not_found(code: str, *, zh: str, en: str) -> Reason:
    """There is no such thing here; also said of what stands in another tenant."""
    return _declare(Family.NOT_FOUND, code, zh, en)


def conflict(code: str, *, zh: str, en: str) -> Reason:
    """Somebody else was faster, or the same key came with another request."""
    return _declare(Family.CONFLICT, code, zh, en)


def invalid(code: str, *, zh: str, en: str) -> Reason:
    """A value is malformed; `path` names the input field."""
    return _declare(Family.INVALID_INPUT, code, zh, en)


def refused(code: str, *, zh: str, en: str) -> Reason:
    """Well formed and allowed to ask, but a rule says no; `rule` cites it."""
    return _declare(Family.REFUSED, code, zh, en)


NOT_FOUND = not_found("NOT_FOUND", zh="没有找到", en="Not found")
STALE_VERSION = conflict(
    "STALE_VERSION",
    zh="内容已被他人修改，当前版本为 {current}，请刷新后重试",
    en="Changed by someone else; the current version is {current}",
)
IDEMPOTENCY_MISMATCH = conflict(
    "IDEMPOTENCY_MISMATCH",
    zh="同一幂等键不能用于内容不同的请求",
    en="The same idempotency key came with a different request",
)
BLANK = invalid("BLANK", zh="不能为空", en="Must not be blank")
TOO_LONG = invalid("TOO_LONG", zh="不能超过 {limit} 个字", en="At most {limit} characters")
BAD_CHARACTER = invalid("BAD_CHARACTER", zh="含有不允许的控制字符", en="Contains a control character")
BAD_AMOUNT = invalid(
    "BAD_AMOUNT", zh="金额须为不小于零、最多两位小数的数", en="An amount is zero or more with at most two decimals"
)
ID_NUMBER_OLD = invalid(
    "ID_NUMBER_OLD",
    zh="15位旧身份证号已停用，请填写18位身份证号",
    en="15-digit identity numbers are no longer in use; give the 18-digit one",
)
ID_NUMBER_FORMAT = invalid(
    "ID_NUMBER_FORMAT",
    zh="身份证号应为18位：前17位为数字，末位为数字或X",
    en="An identity number has 18 places: 17 digits, then a digit or X",
)
ID_NUMBER_CHECKSUM = invalid(
    "ID_NUMBER_CHECKSUM",
    zh="身份证号校验位不正确，请核对",
    en="The check digit of the identity number is wrong",
)
ID_NUMBER_REGION = invalid(
    "ID_NUMBER_REGION",
    zh="身份证号的地区码不存在",
    en="The identity number begins with a region that does not exist",
)
ID_NUMBER_DATE = invalid(
    "ID_NUMBER_DATE",
    zh="身份证号中的出生日期无效",
    en="The identity number holds no possible date of birth",
)
ID_NUMBER_AGE = invalid(
    "ID_NUMBER_AGE",
    zh="按身份证号计算未满 {minimum} 周岁",
    en="By the identity number the person is younger than {minimum}",
)
CREDIT_CODE_FORMAT = invalid(
    "CREDIT_CODE_FORMAT",
    zh="统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）",
    en="A unified social credit code has 18 digits or capital letters (no I, O, S, V, Z)",
)
CREDIT_CODE_CHECKSUM = invalid(
    "CREDIT_CODE_CHECKSUM",
    zh="统一社会信用代码校验位不正确，请核对",
    en="The check digit of the unified social credit code is wrong",
)
NOT_A_UNION_CODE = invalid(
    "NOT_A_UNION_CODE",
    zh="工会的统一社会信用代码应以8开头",
    en="The credit code of a trade union begins with 8",
)
PHONE_FORMAT = invalid(
    "PHONE_FORMAT",
    zh="请填写11位手机号，或带区号的固定电话",
    en="Give a mobile number of 11 digits, or a landline with its area code",
)
