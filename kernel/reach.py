"""When there is no connection to be had: all were in use for too long, or the server takes none now. Nothing was done, so that it may be asked again."""

import sqlalchemy.exc
from sqlalchemy.exc import DBAPIError

WAIT_SECONDS = 5.0
"""How long a piece of work waits for a free connection of its pool."""
_NOT_NOW = frozenset({"53300", "57P03"})
"""PostgreSQL: too many connections; it starts, stops or recovers."""


class NoConnectionError(Exception):
    """No connection of a pool became free within WAIT_SECONDS."""


UNREACHABLE = (NoConnectionError, sqlalchemy.exc.TimeoutError, ConnectionRefusedError)
"""What says so by its kind alone."""


def is_unreachable(failure: BaseException | None) -> bool:
    """Whether this says that no connection was to be had."""
    if isinstance(failure, DBAPIError):
        failure = failure.orig
    return isinstance(failure, UNREACHABLE) or getattr(failure, "sqlstate", None) in _NOT_NOW
