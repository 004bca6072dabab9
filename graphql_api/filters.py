"""Filters are declared inputs: each field says which condition a given value adds; all given fields must hold.

A column that is masked or sealed must not be filtered by: the answer would tell what the mask hides.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false
from strawberry.types.field import StrawberryField

from graphql_api.ids import decode_id, find_key
from graphql_api.reads import Attribute, column_of

Condition = Callable[[Any], ColumnElement[bool]]


class FilterField(StrawberryField):
    """A field of a filter input, with the condition it stands for."""

    condition: Condition | None = None

    def __copy__(self) -> "FilterField":
        copied = super().__copy__()
        copied.condition = self.condition
        return copied


def condition(made: Condition, *, description: str | None = None) -> Any:  # noqa: ANN401 - stands for a value of the annotated type
    """Any condition over the source's own table, made from the given value."""
    field = FilterField(description=description, default=None)
    field.condition = made
    return field


def equals(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value."""
    return condition(lambda value: column_of(attribute) == value, description=description)


def among(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is one of these values (an empty list: no row)."""
    return condition(lambda values: column_of(attribute).in_(list(values)), description=description)


def at_least(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value or greater."""
    return condition(lambda value: column_of(attribute) >= value, description=description)


def at_most(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is this value or less."""
    return condition(lambda value: column_of(attribute) <= value, description=description)


def begins(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The text begins so; wildcards in the value are ordinary characters."""
    return condition(lambda value: column_of(attribute).startswith(value, autoescape=True), description=description)


def contains(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The text holds this somewhere; only for lists that an index has made short already."""
    return condition(lambda value: column_of(attribute).contains(value, autoescape=True), description=description)


def refers_to(attribute: Attribute, type_name: str, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is the key in this id; an id of another kind matches nothing."""

    def made(given: str) -> ColumnElement[bool]:
        key = find_key(given, type_name)
        return false() if key is None else column_of(attribute) == key

    return condition(made, description=description)


def refers_to_any(attribute: Attribute, *, description: str | None = None) -> Any:  # noqa: ANN401
    """The column is the key in this id, of whatever kind."""

    def made(given: str) -> ColumnElement[bool]:
        decoded = decode_id(given)
        return false() if decoded is None else column_of(attribute) == decoded[1]

    return condition(made, description=description)


def conditions(fields: dict[str, FilterField], given: dict[str, Any] | None) -> list[ColumnElement[bool]]:
    """What a filter, by its names in the contract, adds to a statement; null means not given."""
    found: list[ColumnElement[bool]] = []
    for name, value in (given or {}).items():
        made = fields[name].condition
        if value is not None and made is not None:
            found.append(made(_checked(value)))
    return found


def _checked(value: Any) -> Any:  # noqa: ANN401 - any scalar or list
    """PostgreSQL's text cannot hold NUL, so nothing equals a text that does."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
