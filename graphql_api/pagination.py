"""Keyset pages: a cursor holds the sort keys and the key of its row, signed; a page stays where it is when rows are added before it."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry
from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

from graphql_api.reads import MOST, Row, Term
from graphql_api.refusals import BAD_CURSOR

T = TypeVar("T")
_MAC_BYTES = 12
_LONGEST_CURSOR = 1000


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="A row in its place in a list.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str
    node: T


@strawberry.type(description="A page of a list; `first` or `last` is required, 1 to 100.")
class Connection(Generic[T]):
    """Relay's connection."""

    __paged__ = True

    edges: list[Edge[T]]
    page_info: PageInfo
    total_count: int | None = strawberry.field(
        description="How many rows the whole list has; counted only when asked for."
    )


@dataclass(frozen=True)
class PageRequest:
    """What a client asked of a list; `size` rows from the front, or from the back when `backwards`."""

    size: int = MOST
    backwards: bool = False
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None


class Page:
    """A page that was read; what the resolvers of Connection and PageInfo look at."""

    __slots__ = ("has_next_page", "has_previous_page", "ordering", "rows", "total_count")

    def __init__(
        self, ordering: "Ordering", rows: list[Row], asked: PageRequest, total_count: int | None = None
    ) -> None:
        more = len(rows) > asked.size
        kept = rows[: asked.size]
        self.ordering = ordering
        self.rows = kept[::-1] if asked.backwards else kept
        self.has_next_page = asked.before is not None if asked.backwards else more
        self.has_previous_page = more if asked.backwards else asked.after is not None
        self.total_count = total_count


class Ordering:
    """A total order of one named list: its SQL, and its cursors."""

    def __init__(self, name: str, terms: Sequence[Term], secret: bytes) -> None:
        self.name = name
        self.terms = tuple(terms)
        shape = [f"{term.column} {term.descending}" for term in terms]
        self._secret = hmac.digest(secret, f"cursor v1 {name} {shape}".encode(), sha256)

    def clauses(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        """ORDER BY."""
        return [term.column.desc() if term.descending != backwards else term.column.asc() for term in self.terms]

    def beyond(self, position: tuple[Any, ...], *, after: bool) -> ColumnElement[bool]:
        """The rows that come after (or before) a position; one row comparison where all columns run the same way, so that an index serves it."""
        values = [literal(value, term.column.type) for term, value in zip(self.terms, position, strict=True)]
        if len({term.descending for term in self.terms}) == 1:
            left, right = tuple_(*(term.column for term in self.terms)), tuple_(*values)
            return left < right if self.terms[0].descending == after else left > right
        alternatives: list[ColumnElement[bool]] = []
        for place, (term, value) in enumerate(zip(self.terms, values, strict=True)):
            same = [earlier.column == known for earlier, known in zip(self.terms[:place], values[:place], strict=True)]
            further = term.column < value if term.descending == after else term.column > value
            alternatives.append(and_(*same, further))
        return or_(*alternatives)

    def cursor(self, row: Row) -> str:
        """The cursor of a row of this list."""
        return self.seal([row[term.column.key] for term in self.terms])

    def seal(self, values: list[Any]) -> str:
        """The cursor of the row with these values of the order's columns."""
        body = orjson.dumps(values, default=str)
        return base64.urlsafe_b64encode(self._mac(body) + body).rstrip(b"=").decode()

    def position(self, cursor: str, argument: str) -> tuple[Any, ...]:
        """What a cursor of this list says; raises BAD_CURSOR for anything else, also for a cursor of another list."""
        try:
            if len(cursor) > _LONGEST_CURSOR:
                raise ValueError  # noqa: TRY301 - one answer to everything that is no cursor
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, body = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(body)):
                raise ValueError  # noqa: TRY301
            return tuple(_typed(term, value) for term, value in zip(self.terms, orjson.loads(body), strict=True))
        except (ValueError, binascii.Error) as problem:
            raise BAD_CURSOR(path=(argument,)) from problem

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, sha256)[:_MAC_BYTES]


def _typed(term: Term, value: Any) -> Any:  # noqa: ANN401 - a value of the column's type
    kind = term.column.type.python_type
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return value


def page_request(ordering: Ordering, given: dict[str, Any]) -> PageRequest:
    """The page that checked arguments ask for (sizes were checked by `graphql_api.limits`)."""
    first, last, after, before = given.get("first"), given.get("last"), given.get("after"), given.get("before")
    return PageRequest(
        size=first or last or MOST,
        backwards=first is None and last is not None,
        after=None if after is None else ordering.position(after, "after"),
        before=None if before is None else ordering.position(before, "before"),
    )
