"""Who is measured: servers on loopback, each a process of its own, asked by the same load in the same way."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Protocol

import orjson

from bench.house import ROOT, House
from bench.load import Driver, Order, Outcome
from bench.questions import Ask, Question

_READY_SECONDS = 60.0
_WRITTEN = b'"errors":[]'


class Contestant(Protocol):
    """Somebody who answers questions under load."""

    name: str
    pid: int | None
    """Whose processor time and memory are its own; None: it has no process that lasts."""

    def answers(self, question: Question) -> bool:
        """Whether it can be asked this."""
        ...

    def run(self, question: Question, asks: Sequence[Ask], connections: int, seconds: float) -> Outcome:
        """Ask it, over and over or (what writes) each thing once."""
        ...


@dataclass
class Web:
    """A server that speaks HTTP. `path` and `body` say how a question is put to it."""

    name: str
    port: int
    pid: int | None
    driver: Driver
    path: Callable[[Question], str]
    body: Callable[[Question, Ask], bytes]
    able: frozenset[str] | None = None
    wanted: bytes = _WRITTEN
    expected: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def answers(self, question: Question) -> bool:
        return self.able is None or question.name in self.able

    def ask(self, question: Question, ask: Ask) -> bytes:
        """One answer; of a reading question it is what all later ones must be. Raises RuntimeError where it is none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"authorization": f"Bearer {ask.seat.token}", "content-type": "application/json"}
        connection.request("POST", self.path(question), self.body(question, ask), headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status != 200 or b'"errors":[{' in answer:  # noqa: PLR2004 - HTTP
            message = f"{self.name} answered {question.name} with {response.status}: {answer[:2000].decode()}"
            raise RuntimeError(message)
        if not question.writes:
            self.expected[question.name] = answer
        return answer

    def explains(self, answer: bytes, ours: bytes) -> str | None:
        """How its answer equals ours, where it has a spelling of its own; None: it has not, and must be compared as it is."""
        del answer, ours

    def run(self, question: Question, asks: Sequence[Ask], connections: int, seconds: float) -> Outcome:
        order = Order(
            self.port,
            [self._request(question, ask) for ask in asks],
            connections,
            seconds,
            self.expected.get(question.name),
            self.wanted,
            again=not question.writes,
        )
        return self.driver.run(order)

    def _request(self, question: Question, ask: Ask) -> bytes:
        body = self.body(question, ask)
        head = (
            f"POST {self.path(question)} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n"
            f"content-type: application/json\r\nauthorization: Bearer {ask.seat.token}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@contextmanager
def ours(house: House, driver: Driver, under: Sequence[str] = ()) -> Generator[Web]:
    """The product: one API process, exactly as the process tree starts it; `under` another module, which runs it and watches."""
    command = [sys.executable, "-m", *under, "cli.attached", "api"]
    with served(house, "api", command, "JIANGTI_LISTENER") as (port, process):
        wait_for(process, port, "/readyz")
        yield Web("ours", port, process.pid, driver, lambda _: "/graphql", lambda question, ask: question.body(ask))


@contextmanager
def by_hand(house: House, driver: Driver, under: Sequence[str] = ()) -> Generator[Web]:
    """The yardstick (`bench.byhand`)."""
    command = [sys.executable, "-m", *under, "bench.byhand.app"]
    with served(house, "byhand", command, "BENCH_LISTENER") as (port, process):
        wait_for(process, port, "/nothing")
        yield Web(
            "by hand",
            port,
            process.pid,
            driver,
            lambda question: f"/{question.name}",
            lambda _, ask: orjson.dumps(ask.variables),
        )


@contextmanager
def served(
    house: House, name: str, command: Sequence[str], variable: str, more: Mapping[str, str] | None = None
) -> Generator[tuple[int, subprocess.Popen[bytes]]]:
    """A server process on a socket it inherits; its lines go to a file, as in production. Yields port and process."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    environment = {**os.environ, **house.settings.environ(), "PYTHONPATH": str(ROOT), **(more or {})}
    environment[variable] = str(listener.fileno())
    log = Path(house.settings.home) / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=lines,
            stderr=subprocess.STDOUT,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
        )
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield port, process
    except RuntimeError as problem:
        problem.add_note(log.read_text(encoding="utf-8", errors="replace")[-4000:])
        raise
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Until the server answers anything at all; raises RuntimeError where it ends before, or takes too long."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=_READY_SECONDS)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError as problem:
            if time.monotonic() > deadline or process.poll() is not None:
                message = "the server does not answer"
                raise RuntimeError(message) from problem
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
