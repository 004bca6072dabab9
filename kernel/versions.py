"""Nobody overwrites what he has not seen: an edit names the version it was made on, and each change makes the next one."""

from datetime import datetime

from kernel.database import VersionedRow
from kernel.errors import STALE_VERSION


def require_version(row: VersionedRow, version: int) -> None:
    """Raises STALE_VERSION with the current version where `version` is an older one. The row must be locked."""
    if row.version != version:
        raise STALE_VERSION(current=row.version, path=("input", "version"))


def touch(row: VersionedRow, now: datetime) -> None:
    """The row was changed."""
    row.version += 1
    row.updated_at = now
