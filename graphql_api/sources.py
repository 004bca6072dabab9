"""Reads are declared: next to each type stands its source, and each field says what it reads. See README.md for how it is used."""

from collections.abc import Callable, Sequence
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin

import strawberry
from sqlalchemy import ColumnElement
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from authz.actor import Actor
from graphql_api.reads import (
    Attribute,
    Batch,
    ColumnRead,
    ComputedRead,
    ExpressionRead,
    FoundRead,
    KeyRead,
    ManyRead,
    NodeRead,
    NodesRead,
    OneRead,
    Read,
    ReturnedRead,
    Row,
    Sortable,
    Source,
    Where,
    allowed,
    ascending,
    column_of,
    descending,
)

__all__ = [
    "Attribute",
    "Batch",
    "Node",
    "NodesQuery",
    "ReadField",
    "Row",
    "Source",
    "allowed",
    "ascending",
    "column",
    "computed",
    "descending",
    "expression",
    "many",
    "masked",
    "money",
    "one",
    "returned",
    "to_many",
    "to_one",
]


class ReadField(StrawberryField):
    """A Strawberry field with its declaration."""

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401 - as the parent
        super().__init__(*given, **options)  # pyright: ignore[reportUnknownMemberType] - Strawberry leaves it so
        self.read: Read = KeyRead()

    def __copy__(self) -> "ReadField":
        copied = super().__copy__()
        copied.read = self.read
        return copied

    @property
    def is_paged(self) -> bool:
        """Whether the annotation is a Connection."""
        annotation = None if self.type_annotation is None else self.type_annotation.raw_annotation
        members = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
        return any(getattr(get_origin(member), "__paged__", False) for member in members)

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """The arguments follow from the declaration."""
        if isinstance(self.read, NodesRead):
            return [_argument("ids", list[strawberry.ID])]
        if isinstance(self.read, FoundRead | NodeRead):
            return [_argument("id", strawberry.ID)]
        if isinstance(self.read, ManyRead) and self.is_paged:
            paging = [_argument(name, int | None) for name in ("first", "last")]
            paging += [_argument(name, str | None) for name in ("after", "before")]
            return paging if self.read.filter is None else [*paging, _argument("filter", self.read.filter | None)]
        return []

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        """Arguments cannot be set; Strawberry copies them when it copies a field."""


def _argument(name: str, kind: Any) -> StrawberryArgument:  # noqa: ANN401 - a type expression
    return StrawberryArgument(name, None, StrawberryAnnotation(kind))


def _field(read: Read, description: str | None, deprecated: str | None = None) -> Any:  # noqa: ANN401 - stands for a value of the annotated type
    field = ReadField(description=description, deprecation_reason=deprecated, default=None)
    field.read = read
    return field


def column(
    attribute: Attribute, *, refers: str | None = None, description: str | None = None, deprecated: str | None = None
) -> Any:  # noqa: ANN401
    """Reads a column. `refers="Edition"` shows a key as the opaque id of that type."""
    return _field(ColumnRead(column_of(attribute), refers), description, deprecated)


def money(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """Reads a column of 分 as Money."""
    return _field(ColumnRead(column_of(attribute), as_money=True), description)


def expression(sql: ColumnElement[Any], *, as_money: bool = False, description: str | None = None) -> Any:  # noqa: ANN401
    """Reads an SQL expression over the source's own table."""
    return _field(ExpressionRead(sql, as_money=as_money), description)


def masked(
    attribute: Attribute,
    *,
    mask: Callable[[Attribute], ColumnElement[Any]],
    unless: Callable[[Actor], bool],
    description: str | None = None,
) -> Any:  # noqa: ANN401
    """Reads `mask(column)`, inside the SQL; the column itself only for those of whom `unless` is true."""
    clear = column_of(attribute)
    return _field(ExpressionRead(mask(attribute), clear=clear, unless=unless), description)


def computed(
    batch: Batch, *, needs: Sequence[Attribute], by_session: bool = False, description: str | None = None
) -> Any:  # noqa: ANN401
    """Reads what `batch(scope, rows)` gives for all rows of a level at once, in their order; each row holds the columns of `needs`.

    A batch asks the database by `scope.session.fetch` of prepared statements; one that needs more of a session says `by_session`, and is not compiled.
    """
    return _field(ComputedRead(batch, tuple(column_of(need) for need in needs), by_session), description)


def to_one(
    local: Attribute,
    *,
    key: Attribute | None = None,
    tenant: Attribute | None = None,
    unless: Callable[[Actor], bool] | None = None,
    description: str | None = None,
) -> Any:  # noqa: ANN401
    """Reads the row of the annotated type that `local` points to, or the one whose unique `key` equals `local`; with `unless`, null for all others."""
    remote = None if key is None else column_of(key)
    other = None if tenant is None else column_of(tenant)
    return _field(OneRead(column_of(local), remote, other, unless), description)


def to_many(
    remote: Attribute,
    *,
    local: Attribute | None = None,
    where: Where | None = None,
    order: Sequence[Sortable] | None = None,
    filter: type | None = None,  # noqa: A002 - the argument's name in the contract
    description: str | None = None,
) -> Any:  # noqa: ANN401
    """Reads the rows whose `remote` equals this row's key (or `local`): a bounded list, or pages where the annotation is a Connection."""
    mine = None if local is None else column_of(local)
    ordered = None if order is None else tuple(order)
    return _field(ManyRead(column_of(remote), mine, where, ordered, filter), description)


def many(
    *,
    filter: type | None = None,  # noqa: A002 - the argument's name in the contract
    where: Where | None = None,
    order: Sequence[Sortable] | None = None,
    public: bool = False,
    description: str | None = None,
) -> Any:  # noqa: ANN401
    """A root: pages of all rows of the annotated type's source that the actor sees."""
    ordered = None if order is None else tuple(order)
    return _field(ManyRead(None, None, where, ordered, filter, public), description)


def one(*, public: bool = False, description: str | None = None) -> Any:  # noqa: ANN401
    """A root: one row by `id`; null where there is none that the actor sees."""
    return _field(FoundRead(public), description)


def returned(*, description: str | None = None) -> Any:  # noqa: ANN401
    """A payload's field: the row whose id the command returned."""
    return _field(ReturnedRead(), description)


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    """The base of every type that stands on a source with a key."""

    __source__: ClassVar[Source]

    id: strawberry.ID = _field(KeyRead(), "Opaque; the same row has the same id wherever it is met.")


@strawberry.type
class NodesQuery:
    """The roots that serve every type."""

    node: Node | None = _field(NodeRead(), "Any object by its id; null where there is none that you see.")
    nodes: list[Node | None] = _field(
        NodesRead(), "Objects by their ids (at most 100), in their order; null where there is none that you see."
    )
