"""Nobody overwrites what he has not seen: an edit names the version it was made on, and each change makes the next one."""

from datetime import datetime

from kernel.database import VersionedRow
from kernel.errors import STALE_VERSION


def require_version(row: VersionedRow, version: int) -> None:
    """Raises STALE_VERSION with the current version where `version` is an older one. The row must be locked."""
    require_seen(row.version, version)


def require_seen(current: int, version: int) -> None:
    """The same for a row that was changed in this transaction already; `current` is the version it had before."""
    if current != version:
        raise STALE_VERSION(current=current, path=("input", "version"))


def touch(row: VersionedRow, now: datetime) -> None:
    """The row was changed."""
    row.version += 1
    row.updated_at = now
