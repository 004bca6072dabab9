"""The real API processes over a country, each as `cli.tree` starts it, on one listening socket."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.attached import LISTENER_VARIABLE
from kernel.settings import Settings

_ROOT = Path(__file__).parent.parent.parent
_START = 120.0


@dataclass(frozen=True)
class Served:
    """Where the API answers, and the processes that do it."""

    host: str
    port: int
    pids: tuple[int, ...]

    def resident(self) -> int:
        """Bytes of memory that the processes hold."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in self.pids)
        return pages * os.sysconf("SC_PAGE_SIZE")

    def busy(self) -> float:
        """Seconds of processor time that they have used."""
        ticks = 0
        for pid in self.pids:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(settings: Settings, *, processes: int = 1) -> Generator[Served]:
    """The API as long as the block runs."""
    with socket.create_server((settings.host, 0), backlog=4096) as listener:
        port = listener.getsockname()[1]
        listener.set_inheritable(True)
        places = [("api", settings.home / f"api-{number}.log") for number in range(processes)]
        with _running(settings, places, listener) as pids:
            _wait(f"http://{settings.host}:{port}/readyz")
            yield Served(settings.host, port, pids)


@contextmanager
def working(settings: Settings) -> Generator[Served]:
    """A worker as long as the block runs."""
    with _running(settings, [("worker", settings.home / "worker.log")], None) as pids:
        yield Served(settings.host, 0, pids)


@contextmanager
def _running(
    settings: Settings, places: Sequence[tuple[str, Path]], listener: socket.socket | None
) -> Generator[tuple[int, ...]]:
    given = {} if listener is None else {LISTENER_VARIABLE: str(listener.fileno())}
    environ = {**os.environ, **settings.environ(), **given, "PYTHONPATH": str(_ROOT), "JIANGTI_LOG_LEVEL": "WARNING"}
    passed = [] if listener is None else [listener.fileno()]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for kind, log in places:
            with log.open("ab") as file:
                command = [sys.executable, "-m", "cli.attached", kind]
                running.append(
                    subprocess.Popen(
                        command,
                        cwd=_ROOT,
                        env=environ,
                        stdin=subprocess.PIPE,
                        stdout=file,
                        stderr=file,
                        pass_fds=passed,
                        start_new_session=True,
                    )
                )
        yield tuple(process.pid for process in running)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def _wait(address: str) -> None:
    deadline = time.monotonic() + _START
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310 - our own address
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
