"""Reads are declared: next to each type stands its source, and each field says what it reads.

These declarations are data. `graphql_api.registry` binds them to the schema, `graphql_api.selection` turns a selection set into a plan over them,
`graphql_api.reading` executes a plan with a fixed number of statements per level. A compiler may read the same declarations.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin

import strawberry
from sqlalchemy import Column, ColumnElement
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from authz import predicate
from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns
from authz.scope import ReadScope

MOST = 100
"""The longest page, and the longest list that is not paged."""

Attribute = InstrumentedAttribute[Any]
Visible = Callable[[Actor], ColumnElement[bool]]
Where = Callable[[Actor], ColumnElement[bool]]


class Row(dict[str, Any]):
    """What was read of one row, under column keys; `related` holds what its relations gave, `type_name` which type it is."""

    __slots__ = ("related", "type_name")

    def __init__(self, type_name: str, values: Any) -> None:  # noqa: ANN401 - pairs of a name and a value
        super().__init__(values)
        self.type_name = type_name
        self.related: dict[int, Any] = {}


Batch = Callable[[ReadScope, Sequence[Row]], Awaitable[Sequence[Any]]]


@dataclass(frozen=True)
class Term:
    """One column of an order."""

    column: Column[Any]
    descending: bool


Sortable = Attribute | Term


def allowed(permission: Permission, columns: Columns) -> Visible:
    """The gate's list predicate for one permission, as `visible` of a source."""
    return lambda actor: predicate.visible(permission, actor, columns)


def ascending(attribute: Attribute) -> Term:
    """Smallest first."""
    return Term(column_of(attribute), descending=False)


def descending(attribute: Attribute) -> Term:
    """Greatest first."""
    return Term(column_of(attribute), descending=True)


def column_of(attribute: Attribute) -> Column[Any]:
    """The table's column behind a model's attribute."""
    return attribute.property.columns[0]


class Source:
    """Where the rows of a type come from, which of them an actor sees, and in which order a list of them stands.

    `visible` is the gate's list predicate (None: all rows of the tenant, for everybody in it). `tenant_bound` adds `tenant_id = <bound tenant>` to every
    statement; without it `visible` alone, and row-level security, decide. `public`: may be read without signing in (then `visible` is not asked).
    """

    def __init__(
        self,
        model: type[DeclarativeBase],
        *,
        order: Sequence[Sortable] = (),
        visible: Visible | None = None,
        tenant_bound: bool = True,
        public: bool = False,
        key: Attribute | None = None,
    ) -> None:
        self.model = model
        self.table: Any = model.__table__
        self.key: Column[Any] = self.table.c["id"] if key is None else column_of(key)
        self.order = self.ordered(order)
        self.visible = visible
        self.tenant: Column[Any] | None = self.table.c["tenant_id"] if tenant_bound else None
        self.public = public
        self.type_name = ""

    def ordered(self, order: Sequence[Sortable]) -> tuple[Term, ...]:
        """An order over this source that is total: the key comes last, in the direction of the column before it."""
        terms = [item if isinstance(item, Term) else ascending(item) for item in order]
        for term in terms:
            if term.column.nullable or term.column.table is not self.table:
                message = f"{self.table.name} cannot be ordered by {term.column}: it must be its own and not null"
                raise TypeError(message)
        last = terms[-1].descending if terms else False
        return (*terms, Term(self.key, last))


@dataclass(frozen=True)
class ColumnRead:
    """A leaf: a column of the source; `refers` names the type whose key it holds (None: a plain value)."""

    column: Column[Any]
    refers: str | None = None
    as_money: bool = False


@dataclass(frozen=True)
class KeyRead:
    """A leaf: the row's own opaque id."""


@dataclass(frozen=True)
class ExpressionRead:
    """A leaf: SQL over the source's table; `unless` is what is shown instead to those for whom `masked` does not hold back."""

    expression: ColumnElement[Any]
    clear: ColumnElement[Any] | None = None
    unless: Callable[[Actor], bool] | None = None
    as_money: bool = False


@dataclass(frozen=True)
class ComputedRead:
    """A leaf (or plain objects): one call for all rows of a level."""

    batch: Batch
    needs: tuple[Column[Any], ...]


@dataclass(frozen=True)
class OneRead:
    """At most one row of another source: the one whose `key` equals `local`; in the tenant that `tenant` names, if given."""

    local: Column[Any]
    key: Column[Any] | None
    tenant: Column[Any] | None


@dataclass(frozen=True)
class ManyRead:
    """Rows of another source whose `remote` equals this row's `local`; paged where the field is a Connection, else at most MOST. `remote` None: a root."""

    remote: Column[Any] | None
    local: Column[Any] | None
    where: Where | None
    order: tuple[Sortable, ...] | None
    filter: type | None
    public: bool = False
    name: str = ""


@dataclass(frozen=True)
class FoundRead:
    """A root: one row by its id."""

    public: bool = False


@dataclass(frozen=True)
class ReturnedRead:
    """A payload's field: the row whose id the command returned under this name."""


@dataclass(frozen=True)
class NodeRead:
    """The root `node(id)`."""


@dataclass(frozen=True)
class NodesRead:
    """The root `nodes(ids)`."""


Read = (
    ColumnRead
    | KeyRead
    | ExpressionRead
    | ComputedRead
    | OneRead
    | ManyRead
    | FoundRead
    | ReturnedRead
    | NodeRead
    | NodesRead
)


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


def computed(batch: Batch, *, needs: Sequence[Attribute], description: str | None = None) -> Any:  # noqa: ANN401
    """Reads what `batch(scope, rows)` gives for all rows of a level at once, in their order; each row holds the columns of `needs`."""
    return _field(ComputedRead(batch, tuple(column_of(need) for need in needs)), description)


def to_one(
    local: Attribute,
    *,
    key: Attribute | None = None,
    tenant: Attribute | None = None,
    description: str | None = None,
) -> Any:  # noqa: ANN401
    """Reads the row of the annotated type that `local` points to, or the one whose unique `key` equals `local`."""
    remote = None if key is None else column_of(key)
    other = None if tenant is None else column_of(tenant)
    return _field(OneRead(column_of(local), remote, other), description)


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
