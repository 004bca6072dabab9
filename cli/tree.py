"""The process tree: API and workers beside PostgreSQL, restarted when they die, drained and ended together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cli.attached import LISTENER_VARIABLE
from cli.claim import Claim
from cli.health import is_api_ready
from kernel.postgres import PostgresError, Server, ensure_server, server_status
from kernel.settings import Settings

ENDING = (
    signal.SIGTERM,
    signal.SIGINT,
    *(() if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)),
)
"""The signals that end the tree; what `nohup` has made deaf to the terminal's end stays so."""

_POLL = 0.1
_LOOK_AT_DATABASE_EVERY = 1.0
_LONGEST_PAUSE = 30.0
_STEADY_AFTER = 60.0
_DEATHS_AT_START = 4
_LOG_LIMIT = 10_000_000
_ROOT = Path(__file__).parent.parent
_PARENT = os.getppid()  # before anything slow: it may die while the demo is loading


@dataclass
class Child:
    """One process of the tree, and how often it has died of late."""

    name: str
    kind: str
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        """Whether the process lives; reaps it if it does not."""
        return self.process is not None and self.process.poll() is None


class Tree:
    """Starts, watches and ends the processes; `run` returns when everything has ended."""

    def __init__(self, settings: Settings, claim: Claim, server: Server, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._claim = claim
        self._server = server
        self._report = report
        self._stopping = False
        self._looked = 0.0
        logs = settings.home / "log"
        logs.mkdir(exist_ok=True)
        counts = {"api": settings.api_processes, "worker": settings.worker_processes}
        names = [(kind, f"{kind}-{number}") for kind, count in counts.items() for number in range(1, count + 1)]
        self._children = [Child(name, kind, logs / f"{name}.log") for kind, name in names]

    def run(self, banner: Callable[[], str]) -> int:
        """Start, wait for readiness, print the banner, watch until a signal, stop. 1 when it never became ready."""
        previous = {number: signal.signal(number, self._ask_to_stop) for number in ENDING}
        try:
            if not self._become_ready():
                return 0 if self._stopping else 1
            print(banner(), flush=True)
            while not self._stopping:
                self._watch()
                time.sleep(_POLL)
        finally:
            self._stop()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return 0

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            self._signal_all(signal.SIGKILL)
        self._stopping = True

    def _become_ready(self) -> bool:
        deadline = time.monotonic() + self._settings.start_timeout
        while not self._stopping:
            self._watch()
            if is_api_ready(self._settings):
                return True
            fallen = next((child for child in self._children if child.deaths >= _DEATHS_AT_START), None)
            if fallen is not None or time.monotonic() > deadline:
                unwell = fallen or self._children[0]
                self._report(f"{unwell.name} does not come up; the end of {unwell.log} says:\n{_tail(unwell.log)}")
                return False
            time.sleep(_POLL)
        return False

    def _watch(self) -> None:
        """One look at the database and at every child; what has died is started again."""
        now = time.monotonic()
        if self._settings.follow_parent and os.getppid() != _PARENT:
            self._stopping = True
        if now - self._looked > _LOOK_AT_DATABASE_EVERY:
            self._looked = now
            self._mind_database()
        for child in self._children:
            if child.is_running:
                if child.deaths and now - child.started > _STEADY_AFTER:
                    child.deaths = 0
            elif child.process is not None:
                self._mourn(child, now)
            elif now >= child.again_at and not self._stopping:
                self._start(child)

    def _mind_database(self) -> None:
        if self._settings.database_url is not None or server_status(self._settings).pid is not None:
            return
        self._report("PostgreSQL has died; starting it again")
        try:
            server = ensure_server(self._settings, report=self._report)
        except PostgresError as failure:
            self._report(str(failure))
            return
        if server != self._server:
            self._server = server
            self._signal_all(signal.SIGTERM)

    def _mourn(self, child: Child, now: float) -> None:
        process, child.process = child.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        child.deaths += 1
        pause = min(_LONGEST_PAUSE, 0.25 * 2**child.deaths)
        child.again_at = now + pause
        self._report(f"{child.name} ended with {process.returncode}; again in {pause:.1f} s (see {child.log})")

    def _start(self, child: Child) -> None:
        if child.log.exists() and child.log.stat().st_size > _LOG_LIMIT:
            child.log.replace(child.log.with_suffix(".old"))
        listener = self._claim.listener.fileno()
        environment = (
            os.environ | self._settings.environ() | {"PYTHONPATH": str(_ROOT), LISTENER_VARIABLE: str(listener)}
        )
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "cli.attached", child.kind],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(listener,) if child.kind == "api" else (),
                start_new_session=True,
            )
        child.started = time.monotonic()
        self._claim.note([each.process.pid for each in self._children if each.process is not None])

    def _signal_all(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(child.process.pid, number)

    def _stop(self) -> None:
        """Drain, then end. PostgreSQL ends last, when the block that holds it ends."""
        self._signal_all(signal.SIGTERM)
        until = time.monotonic() + self._settings.drain_timeout + 2
        while any(child.is_running for child in self._children) and time.monotonic() < until:
            time.sleep(_POLL / 2)
        self._signal_all(signal.SIGKILL)
        for child in self._children:
            if child.process is not None:
                child.process.wait()
                if child.process.stdin is not None:
                    child.process.stdin.close()
        self._claim.note([])


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if log.exists() else ""
