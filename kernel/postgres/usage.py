"""Who still needs the embedded server: the last user to leave stops it.

Each user holds a shared lock on one file. A lock dies with its process, so a killed user is not counted, and whoever comes
next adopts the server it left running.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.postgres.place import make_home
from kernel.postgres.postmaster import Report
from kernel.postgres.profiles import Profile
from kernel.postgres.server import Server
from kernel.postgres.supervisor import ensure_server, stop_server
from kernel.settings import Settings


@contextmanager
def server_in_use(
    settings: Settings, *, profile: Profile = "durable", report: Report = lambda _: None
) -> Iterator[Server]:
    """The server, running; when the block ends and nobody else uses it, it is stopped."""
    if settings.database_url is not None:
        yield Server.from_url(settings.database_url)
        return
    make_home(settings)
    with (settings.home / "users.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield ensure_server(settings, profile=profile, report=report)
        finally:
            if _is_last(lock.fileno()):
                stop_server(settings)


def _is_last(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
