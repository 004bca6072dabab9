"""What a declaration says, as data: the source behind a type, and how each of its fields reads.

`graphql_api.sources` puts these next to the types, `graphql_api.registry` binds them to the schema, `graphql_api.selection` turns a selection set into a
plan over them, `graphql_api.reading` executes a plan with a fixed number of statements per level. A compiler may read the same declarations.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

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


class UnknownValueError(TypeError):
    """Something was made of a value that is known only when a statement runs."""


class Slot:
    """Stands for a value that is known only when a statement runs; nothing can be made of it but a parameter.

    `read` gives the value. Comparing, formatting or iterating it is refused, so that what is written for one value is never taken for all.
    """

    __slots__ = ("name", "read")

    def __init__(self, name: str, read: Callable[[Any], Any]) -> None:
        self.name = name
        self.read = read

    def _refuse(self, *_given: object) -> Any:  # noqa: ANN401 - never returns
        message = f"the value of {self.name} is not known here"
        raise UnknownValueError(message)

    __str__ = __format__ = __iter__ = __len__ = __bool__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = _refuse


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
    `personal`: a row says something about a person, so that each reading is recorded, under this kind of object.
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
        personal: str | None = None,
    ) -> None:
        self.model = model
        self.table: Any = model.__table__
        self.key: Column[Any] = self.table.c["id"] if key is None else column_of(key)
        self.order = self.ordered(order)
        self.visible = visible
        self.tenant: Column[Any] | None = self.table.c["tenant_id"] if tenant_bound else None
        self.public = public
        self.personal = personal
        self.type_name = ""

    @property
    def has_ids(self) -> bool:
        """Whether its rows have keys of ours; reference data such as levels has words."""
        return self.key.type.python_type is UUID

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
    by_session: bool = False
    """The batch runs statements of its own through SQLAlchemy's session; what it asks is not compiled."""


@dataclass(frozen=True)
class OneRead:
    """At most one row of another source: the one whose `key` equals `local`; in the tenant that `tenant` names, if given.

    Where `unless` is given, nothing is shown to those of whom it is not true.
    """

    local: Column[Any]
    key: Column[Any] | None
    tenant: Column[Any] | None
    unless: Callable[[Actor], bool] | None = None

    def shows(self, actor: Actor | None) -> bool:
        """Whether the actor is shown the row at all."""
        return self.unless is None or (actor is not None and self.unless(actor))


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
