"""One server per installation: started when there is none, adopted when there is, never a second one."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kernel.postgres.binaries import Binaries, find_binaries, reachable_binaries
from kernel.postgres.cluster import SUPERUSER, ensure_cluster, superuser_password
from kernel.postgres.errors import PostgresError
from kernel.postgres.pidfile import Postmaster, find_postmaster
from kernel.postgres.place import Place, find_place, make_home, remove_place, take_place
from kernel.postgres.postmaster import (
    Report,
    clear_remains,
    free_port,
    is_free,
    launch,
    stop_postmaster,
    tail,
    wait_ready,
)
from kernel.postgres.profiles import Profile
from kernel.postgres.server import Server
from kernel.settings import Settings

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Status:
    """What stands in an installation's home; `pid` is None where no embedded server runs."""

    pid: int | None
    port: int | None
    data: Path | None


def ensure_server(settings: Settings, *, profile: Profile = "durable", report: Report = lambda _: None) -> Server:
    """The server of DATABASE_URL, else the embedded one: adopted if it runs, started if not. Safe to call from many processes."""
    if settings.database_url is not None:
        return Server.from_url(settings.database_url)
    make_home(settings)
    with _supervising(settings):
        place = take_place(settings)
        binaries = reachable_binaries(find_binaries(), place.account, place.root)
        deadline = time.monotonic() + settings.start_timeout
        ensure_cluster(place, binaries, sync=profile == "durable")
        running = find_postmaster(place.pid_file)
        if running is not None:
            server = _adopt(place, binaries, running, deadline, report)
            if server is not None:
                return server
        clear_remains(place)
        return _start(place, binaries, profile, deadline, report)


def find_server(settings: Settings) -> Server:
    """The server as last recorded, without looking whether it runs; raises PostgresError where there never was one."""
    if settings.database_url is not None:
        return Server.from_url(settings.database_url)
    place = find_place(settings)
    try:
        port = int(place.port_file.read_text(encoding="ascii")) if place is not None else None
    except (OSError, ValueError):
        port = None
    if place is None or port is None:
        message = f"there is no PostgreSQL server in {settings.home} yet; `make demo` or `jiangti migrate` makes it"
        raise PostgresError(message)
    return _server(place, port)


def stop_server(settings: Settings) -> bool:
    """Stop the embedded server; False when none was running. A server of DATABASE_URL is never touched."""
    if settings.database_url is not None or not settings.home.is_dir():
        return False
    with _supervising(settings):
        place = find_place(settings)
        return place is not None and stop_postmaster(place)


def server_status(settings: Settings) -> Status:
    """What runs; a cheap look at the pid file and the process, no connection."""
    place = find_place(settings)
    if settings.database_url is not None or place is None:
        return Status(None, None, None)
    running = find_postmaster(place.pid_file)
    return Status(running.pid if running else None, running.port if running else None, place.data)


def purge(settings: Settings) -> None:
    """Stop the embedded server and delete its data, also where they lie outside the home."""
    stop_server(settings)
    if settings.home.is_dir():
        with _supervising(settings):
            remove_place(settings)


def _adopt(place: Place, binaries: Binaries, running: Postmaster, deadline: float, report: Report) -> Server | None:
    port = running.port or _recorded_port(place)
    if port is None or not wait_ready(place, binaries, running.pid, port, deadline, report):
        return None
    place.port_file.write_text(str(port), encoding="ascii")
    return _server(place, port)


def _start(place: Place, binaries: Binaries, profile: Profile, deadline: float, report: Report) -> Server:
    port = _recorded_port(place)
    if port is None or not is_free(port):
        port = free_port(port)
    for attempt in range(_ATTEMPTS):
        process = launch(place, binaries, profile, port)
        if wait_ready(place, binaries, process.pid, port, deadline, report):
            return _server(place, port)
        said = tail(place)
        if "Address already in use" in said or not is_free(port):
            port = free_port(port)
        elif "pre-existing shared memory block" in said:
            time.sleep(1 + attempt)
        else:
            break
        clear_remains(place)
    message = f"PostgreSQL did not start; the end of {place.log} says:\n{tail(place)}"
    raise PostgresError(message)


def _recorded_port(place: Place) -> int | None:
    try:
        port = int(place.port_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return port if 0 < port < 65536 else None  # noqa: PLR2004 - what a port can be


def _server(place: Place, port: int) -> Server:
    return Server("127.0.0.1", port, SUPERUSER, superuser_password(place))


@contextmanager
def _supervising(settings: Settings) -> Iterator[None]:
    """Only one process at a time starts, adopts or stops the server of a home; the lock dies with its holder."""
    with (settings.home / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
