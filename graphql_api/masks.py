"""What stands in the place of a value that not everybody who may read the row may see; made in the SQL, so that the value is not even fetched."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, null

from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import holds
from graphql_api.reads import Attribute, column_of

STARS = "***"


def starred(attribute: Attribute) -> ColumnElement[Any]:
    """Stars, however long the value; null where there is none."""
    column = column_of(attribute)
    return case((column.is_not(None), STARS))


def nothing(_attribute: Attribute) -> ColumnElement[Any]:
    """Null, whatever the value."""
    return null()


def with_right(permission: Permission) -> Callable[[Actor], bool]:
    """`unless` of a masked field: whoever holds this permission in his union sees the value."""
    return lambda actor: holds(permission, actor)
