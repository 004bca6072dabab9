"""Starting and stopping the server process itself."""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from kernel.postgres.binaries import Binaries
from kernel.postgres.cluster import superuser_password
from kernel.postgres.errors import PostgresError
from kernel.postgres.pidfile import find_postmaster, find_processes, serves
from kernel.postgres.place import Place
from kernel.postgres.probe import Answer, ask
from kernel.postgres.profiles import Profile, options

Report = Callable[[str], None]

_POLL = 0.05
_REPORT_EVERY = 5.0
_LOG_LIMIT = 10_000_000
_ORPHANS_MAY_LIVE = 3.0
_PORTS = range(20000, 32000)  # below the range that outgoing connections are given


def launch(place: Place, binaries: Binaries, profile: Profile, port: int) -> "subprocess.Popen[bytes]":
    """Start the server in a session of its own, so that it outlives its starter until it is stopped or adopted."""
    place.port_file.write_text(str(port), encoding="ascii")
    if place.log.exists() and place.log.stat().st_size > _LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".old"))
    command = [binaries.program("postgres"), "-D", str(place.data), "-p", str(port), *options(profile)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    with place.log.open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=place.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **place.account.spawn_options(),
        )


def wait_ready(place: Place, binaries: Binaries, pid: int, port: int, deadline: float, report: Report) -> bool:
    """Wait while the process lives; recovery after a crash may take its time. False when it has died."""
    password = superuser_password(place)
    started = reported = time.monotonic()
    while serves_or_begins(pid, place):
        answer = ask(binaries, port, password, place.data)
        if answer is Answer.READY:
            return True
        now = time.monotonic()
        if now > deadline:
            message = f"PostgreSQL (process {pid}) is not ready after {now - started:.0f} s; see {place.log}, or set JIANGTI_START_TIMEOUT"
            raise PostgresError(message)
        if now - reported > _REPORT_EVERY:
            reported = now
            what = "is recovering" if answer is Answer.STARTING else "has not answered yet"
            report(f"PostgreSQL {what} ({now - started:.0f} s): {tail(place, 1)}")
        time.sleep(_POLL)
    return False


def serves_or_begins(pid: int, place: Place) -> bool:
    """Alive; reaps the process if it is our own child that has died."""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return serves(pid, place.data)
    return True


def clear_remains(place: Place) -> None:
    """Before a start: end what a killed postmaster left behind, and take away a pid file that names no server.

    PostgreSQL itself refuses to start beside living remains (it looks at the shared memory of the data directory), so
    removing the file cannot lead to two servers; leaving it would make a recycled pid keep ours from starting.
    """
    until = time.monotonic() + _ORPHANS_MAY_LIVE
    while (remains := find_processes(place.data)) and time.monotonic() < until:
        time.sleep(_POLL)
    for pid in remains:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
    place.pid_file.unlink(missing_ok=True)


def stop_postmaster(place: Place, timeout: float = 30.0) -> bool:
    """Fast shutdown, then immediate; False when none was running."""
    running = find_postmaster(place.pid_file)
    if running is None:
        return False
    for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        with suppress(ProcessLookupError):
            os.kill(running.pid, number)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if not serves_or_begins(running.pid, place) or not serves(running.pid, place.data):
                return True
            time.sleep(_POLL)
    message = f"PostgreSQL (process {running.pid}) does not stop"
    raise PostgresError(message)


def free_port(avoid: int | None = None) -> int:
    """A loopback port nobody listens on now; the caller tries again if somebody was faster."""
    candidates = random.sample(_PORTS, 200)
    for port in candidates:
        if port != avoid and is_free(port):
            return port
    message = "no free port between 20000 and 32000 on 127.0.0.1"
    raise PostgresError(message)


def is_free(port: int) -> bool:
    """Whether the loopback port can be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tail(place: Place, lines: int = 8) -> str:
    """The end of the server's log, for messages."""
    try:
        with place.log.open("rb") as log:
            log.seek(max(0, place.log.stat().st_size - 4000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
