"""Taking home and port before anything slow happens, and clearing away what a killed tree left behind."""

import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from kernel.postgres.place import make_home
from kernel.settings import Settings

_CHILD_MARK = "cli.attached"
_LINGER = 8.0
_BACKLOG = 1024


class AlreadyRunningError(RuntimeError):
    """The port is taken, or a tree already runs from this home; the text says which, and what to do."""


@dataclass(frozen=True)
class Processes:
    """What the record says; empty where there is none or it was cut short."""

    pid: int | None = None
    children: Sequence[int] = ()


@dataclass
class Claim:
    """The listening socket, and the file that says which processes belong to the tree."""

    listener: socket.socket
    record: Path

    def note(self, children: list[int]) -> None:
        """Remember the children, for the tree that comes after a kill."""
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps({"pid": os.getpid(), "children": children}), encoding="ascii")
        draft.replace(self.record)


@contextmanager
def claim(settings: Settings, *, exclusive: bool = True) -> Iterator[Claim]:
    """Hold the home (one tree at a time, where `exclusive`) and the port; raises AlreadyRunningError."""
    make_home(settings)
    record = settings.home / "run.json"
    with (settings.home / "run.lock").open("a") as lock:
        if exclusive:
            if not _is_free(lock.fileno()):
                message = f"匠梯 already runs from {settings.home} (process {_read(record).pid}); stop it first, or set JIANGTI_HOME"
                raise AlreadyRunningError(message)
            end_remains(record)
        with _listen(settings) as listener:
            yield Claim(listener, record)


def end_running(settings: Settings, patience: float = 60.0) -> bool:
    """End the tree that runs from this home, if one does, and what a killed one left behind. False when there was none."""
    record = settings.home / "run.json"
    if not record.exists():
        return False
    with (settings.home / "run.lock").open("a") as lock:
        found = not _is_free(lock.fileno())
        if found:
            pid = _read(record).pid
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid or os.getpid(), signal.SIGTERM if pid else 0)
        until = time.monotonic() + patience
        while not _is_free(lock.fileno()) and time.monotonic() < until:
            time.sleep(0.1)
        end_remains(record)
    return found


def end_remains(record: Path) -> None:
    """End the children of a tree that was killed; they are on their way out and get a few seconds for it."""
    children = [pid for pid in _read(record).children if _is_child(pid)]
    for number, patience in ((signal.SIGTERM, _LINGER), (signal.SIGKILL, 2.0)):
        for pid in children:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        until = time.monotonic() + patience
        while (children := [pid for pid in children if _is_child(pid)]) and time.monotonic() < until:
            time.sleep(0.05)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except OSError as failure:
        listener.close()
        other = settings.port + 1 if settings.port < 65535 else 8400  # noqa: PLR2004 - the last port
        message = (
            f"port {settings.port} on {settings.host} cannot be used ({failure.strerror}); "
            f"choose another one with JIANGTI_PORT, for example: JIANGTI_PORT={other} make demo"
        )
        raise AlreadyRunningError(message) from failure
    return listener


def _is_free(lock: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(record: Path) -> Processes:
    try:
        return Processes(**json.loads(record.read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Processes()


def _is_child(pid: int) -> bool:
    """Whether the process lives and is one of ours; a recycled pid is not."""
    status = Path(f"/proc/{pid}/cmdline")
    try:
        if Path("/proc/self/cmdline").exists():
            return _CHILD_MARK in status.read_bytes().decode(errors="replace")
    except OSError:
        return False
    shown = run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return _CHILD_MARK in shown.stdout
