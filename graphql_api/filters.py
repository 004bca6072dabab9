"""Filters are declared inputs: each field says which condition a given value adds; all given fields must hold.

A column that is masked or sealed must not be filtered by: the answer would tell what the mask hides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.types import TypeEngine
from strawberry.types.field import StrawberryField

from graphql_api.ids import decode_id, find_key
from graphql_api.reads import Attribute, Slot, column_of

Made = Callable[[ColumnElement[Any]], ColumnElement[bool]]
Prepare = Callable[[Any], Any]


@dataclass(frozen=True)
class Condition:
    """What a given value adds to a statement: `made` from one parameter of the type `kind`, whose value is `prepare(given)`.

    So the text of a statement depends on which conditions are given and never on their values.
    """

    made: Made
    kind: TypeEngine[Any]
    prepare: Prepare

    def on(self, value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a value that is prepared, or what stands for one
        """The condition on a prepared value."""
        return self.made(literal(value, self.kind))


class FilterField(StrawberryField):
    """A field of a filter input, with the condition it stands for."""

    condition: Condition | None = None

    def __copy__(self) -> "FilterField":
        copied = super().__copy__()
        copied.condition = self.condition
        return copied


def condition(made: Made, kind: TypeEngine[Any], prepare: Prepare, description: str | None) -> Any:  # noqa: ANN401 - stands for a value of the annotated type
    """Any condition over the source's own table."""
    field = FilterField(description=description, default=None)
    field.condition = Condition(made, kind, prepare)
    return field


def equals(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value."""
    column = column_of(attribute)
    return condition(lambda given: column == given, column.type, _checked, description)


def among(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is one of these values (an empty list: no row)."""
    column = column_of(attribute)
    return condition(lambda given: column == any_(given), ARRAY(column.type), list, description)


def at_least(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value or greater."""
    column = column_of(attribute)
    return condition(lambda given: column >= given, column.type, _checked, description)


def at_most(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value or less."""
    column = column_of(attribute)
    return condition(lambda given: column <= given, column.type, _checked, description)


def begins(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The text begins so; wildcards in the value are ordinary characters."""
    column = column_of(attribute)
    return condition(
        lambda given: column.like(given, escape="/"), column.type, lambda value: f"{_escaped(value)}%", description
    )


def contains(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The text holds this somewhere; only for lists that an index has made short already."""
    column = column_of(attribute)
    return condition(
        lambda given: column.like(given, escape="/"), column.type, lambda value: f"%{_escaped(value)}%", description
    )


def refers_to(attribute: Attribute, type_name: str, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is the key in this id; an id of another kind matches nothing."""
    column = column_of(attribute)
    return condition(lambda given: column == given, column.type, partial(find_key, type_name=type_name), description)


def refers_to_any(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is the key in this id, of whatever kind."""
    column = column_of(attribute)
    return condition(lambda given: column == given, column.type, _key, description)


def conditions(fields: dict[str, FilterField], given: dict[str, Any] | None) -> list[ColumnElement[bool]]:
    """What a filter, by its names in the contract, adds to a statement; null means not given."""
    found: list[ColumnElement[bool]] = []
    for name, value in (given or {}).items():
        condition = fields[name].condition
        if value is not None and condition is not None:
            found.append(condition.on(value if isinstance(value, Slot) else condition.prepare(value)))
    return found


def _key(given: str) -> UUID | None:
    decoded = decode_id(given)
    return None if decoded is None else decoded[1]


def _escaped(value: str) -> str:
    text: str = _checked(value)
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _checked(value: Any) -> Any:  # noqa: ANN401 - any scalar or list
    """PostgreSQL's text cannot hold NUL, so nothing equals a text that does."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
