"""The load: a process of its own that keeps a fixed number of connections busy, one request after the other on each (a closed loop).

It sends prepared bytes and looks at no more of an answer than it must: status, length, and whether it is the answer that was expected.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvloop

_HEAD_END = b"\r\n\r\n"
_OK = b"HTTP/1.1 200"
_BUSY = b"HTTP/1.1 503"
_LENGTH = b"content-length:"
_MOST_FAULTS = 3
_STUCK_SECONDS = 60.0


@dataclass(frozen=True)
class Order:
    """What to do. `expected`: the body that every answer must be; None: each must contain `wanted`.

    `again`: begin anew when all requests were sent; else stop there.
    """

    port: int
    requests: Sequence[bytes] = field(repr=False)
    connections: int
    seconds: float
    expected: bytes | None = field(default=None, repr=False)
    wanted: bytes = b""
    again: bool = True


@dataclass(frozen=True)
class Outcome:
    """What came of it: `latencies` in seconds, in the order of the answers; `faults` are the first answers that were wrong."""

    latencies: Sequence[float] = field(repr=False)
    elapsed: float
    wrong: int = 0
    faults: Sequence[str] = ()
    refused: int = 0
    """Requests that were answered with 503, as they may be (`graphql_api.admission`); they are in no other number."""
    own_cpu: float | None = None
    """Seconds of processor time, of a contestant that has no process of its own to look at."""


class Driver:
    """The loading process, from outside."""

    def __init__(self, pipe: Any) -> None:  # noqa: ANN401 - typed differently per platform
        self._pipe = pipe

    def run(self, order: Order) -> Outcome:
        """Do it and wait for the end."""
        self._pipe.send(order)
        return self._pipe.recv()


@contextmanager
def driver() -> Generator[Driver]:
    """Start the loading process; it ends with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Driver(ours)
    finally:
        ours.close()
        process.join(5)
        process.kill()


def _serve(pipe: "Pipe[Outcome, Order]") -> None:
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            return
        pipe.send(uvloop.run(drive(order)))


async def drive(order: Order) -> Outcome:
    """Keep all connections busy until the time, or what there is to send, is over."""
    run = _Run(order)
    loop = asyncio.get_running_loop()
    clients = [_Client(run, loop) for _ in range(order.connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", order.port)
    run.begun = time.perf_counter()
    run.until = run.begun + order.seconds
    for client in clients:
        client.send()
    async with asyncio.timeout(order.seconds + _STUCK_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    return Outcome(run.latencies, time.perf_counter() - run.begun, run.wrong, run.faults, refused=run.refused)


class _Run:
    """What the connections share."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.sent = 0
        self.begun = self.until = 0.0
        self.latencies: list[float] = []
        self.wrong = self.refused = 0
        self.faults: list[str] = []

    def next_request(self, now: float) -> bytes | None:
        requests = self.order.requests
        if now >= self.until or (self.sent >= len(requests) and not self.order.again):
            return None
        self.sent += 1
        return requests[(self.sent - 1) % len(requests)]

    def answered(self, latency: float, head: bytes, body: bytes) -> None:
        if head.startswith(_BUSY):
            self.refused += 1
            return
        self.latencies.append(latency)
        expected = self.order.expected
        fits = self.order.wanted in body if expected is None else body == expected
        if not fits or not head.startswith(_OK):
            self.wrong += 1
            if len(self.faults) < _MOST_FAULTS:
                self.faults.append((head[:40] + b" " + body[:600]).decode(errors="replace"))


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: _Run, loop: asyncio.AbstractEventLoop) -> None:
        self._run = run
        self.done: asyncio.Future[None] = loop.create_future()
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def send(self) -> None:
        """The next request, or the end."""
        now = time.perf_counter()
        request = self._run.next_request(now)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = now
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        end = received.find(_HEAD_END)
        if end < 0 or len(received) < end + 4 + _length(received[:end]):
            self._received = received
            return
        self._received = b""
        self._run.answered(time.perf_counter() - self._sent_at, received[:end], received[end + 4 :])
        self.send()


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(_LENGTH)
    if place < 0:
        message = f"no content-length in {head!r}"
        raise ValueError(message)
    return int(lowered[place + len(_LENGTH) :].split(b"\r\n", 1)[0])
