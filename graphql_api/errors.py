"""How a refusal looks in an answer: modelled in a mutation's payload, coded at the top level; what nobody foresaw is logged and masked."""

from collections.abc import Sequence
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from graphql_api.refusals import INTERNAL, INVALID_DOCUMENT, MALFORMED_DOCUMENT, OVERLOADED
from kernel.errors import Failure, Family
from kernel.ids import new_id
from kernel.reach import is_unreachable

log = structlog.get_logger(__name__)
ErrorFamily = strawberry.enum(
    Family, name="ErrorFamily", description="What kind of no it is; clients may treat a family alike."
)
_BY_FAMILY = frozenset({Family.UNAUTHENTICATED, Family.FORBIDDEN})


@strawberry.type(description="A value that the sentence of a refusal speaks of, as text.")
class ErrorParam:
    """One value of a refusal."""

    name: str
    value: str | None


@strawberry.type(description="Where the rule behind a refusal stands.")
class RuleCitation:
    """A document and an article."""

    document: str
    article: str


@strawberry.type(description="Why a mutation did nothing.")
class UserError:
    """A refusal in a payload."""

    code: str = strawberry.field(description="Stable; the catalogue is errors.json of the contract.")
    family: Family
    message: str = strawberry.field(description="For a person to read; zh-CN, or English by Accept-Language.")
    path: list[str] = strawberry.field(
        description="The input field it speaks of, from `input` down; empty: the act as a whole."
    )
    params: list[ErrorParam]
    rule: RuleCitation | None


def user_error(failure: Failure, language: str) -> UserError:
    """A refusal for a payload."""
    return UserError(
        code=failure.code,
        family=failure.family,
        message=failure.sentence(language),
        path=list(failure.path),
        params=[ErrorParam(name=name, value=_text(value)) for name, value in failure.params.items()],
        rule=None
        if failure.rule is None
        else RuleCitation(document=failure.rule.document, article=failure.rule.article),
    )


def shown_errors(errors: Sequence[GraphQLError | Failure], language: str, request_id: str) -> list[dict[str, Any]]:
    """Top-level errors as they go out; an unforeseen one leaves its trace in the log, and its number in the answer."""
    return [_shown(error, language, request_id) for error in errors]


def _shown(error: GraphQLError | Failure, language: str, request_id: str) -> dict[str, Any]:
    failure = _failure_in(error)
    extra: dict[str, Any] = {}
    if failure is None:
        error_id = str(new_id())
        failure = INTERNAL(errorId=error_id)
        extra = {"errorId": error_id}
        cause = error.original_error if isinstance(error, GraphQLError) else error
        log.error("unforeseen", error_id=error_id, request_id=request_id, exc_info=cause or error)
    shown: dict[str, Any] = {"message": failure.sentence(language)}
    if isinstance(error, GraphQLError):
        if error.locations:
            shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        if error.path:
            shown["path"] = error.path
    shown["extensions"] = {**_extensions(failure), **extra, "requestId": request_id}
    return shown


def _failure_in(error: GraphQLError | Failure) -> Failure | None:
    if isinstance(error, Failure):
        return error
    if isinstance(error.original_error, Failure):
        return error.original_error
    if is_unreachable(error.original_error):
        return OVERLOADED(seconds=1)
    if isinstance(error, GraphQLSyntaxError):
        return MALFORMED_DOCUMENT(detail=error.message)
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return INVALID_DOCUMENT(detail=error.message)
    return None


def _extensions(failure: Failure) -> dict[str, Any]:
    """`code` is what programs look at; for who-are-you and may-you refusals the family, with the reason beside it."""
    code = failure.family.value if failure.family in _BY_FAMILY else failure.code
    shown: dict[str, Any] = {
        "code": code,
        "reason": failure.code,
        "family": failure.family.value,
        "params": failure.params,
    }
    if failure.path:
        shown["path"] = list(failure.path)
    if failure.rule is not None:
        shown["rule"] = {"document": failure.rule.document, "article": failure.rule.article}
    return shown


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
