"""Clients that behave differently: one that asks now and then, and a flood. Each in a process of its own.

A quiet client sends at fixed moments, and its waiting counts from the moment, not from when the connection was free: what a person feels.
"""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvloop

_STATUS = slice(9, 12)


@dataclass(frozen=True)
class Crowd:
    """`every` seconds one request (on as many connections as it takes), or, without, all connections as fast as they are answered."""

    port: int
    request: bytes = field(repr=False)
    connections: int
    seconds: float
    every: float | None = None


@dataclass(frozen=True)
class Told:
    """What they were told: seconds of each answer, answers by status, and answers that said when to come again."""

    latencies: list[float] = field(repr=False)
    statuses: dict[str, int]
    with_retry: int
    elapsed: float


@contextmanager
def crowd_process() -> Generator[Any]:
    """A process that runs crowds: send a Crowd through the pipe, receive what it was Told."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(5)
        process.kill()


def _serve(pipe: "Pipe[Told, Crowd]") -> None:
    while True:
        try:
            crowd = pipe.recv()
        except EOFError:
            return
        pipe.send(uvloop.run(ask(crowd)))


async def ask(crowd: Crowd) -> Told:
    """All that the crowd asks in its time."""
    run = _Run(crowd)
    clients = [_Client(run) for _ in range(crowd.connections)]
    for client in clients:
        await client.connect()
    begun = time.perf_counter()
    if crowd.every is None:
        await run.flood(clients, begun + crowd.seconds)
    else:
        await run.now_and_then(clients, begun, crowd.every)
    elapsed = time.perf_counter() - begun
    for client in clients:
        client.close()
    return Told(run.latencies, dict(run.statuses), run.with_retry, elapsed)


class _Run:
    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.latencies: list[float] = []
        self.statuses = Counter[str]()
        self.with_retry = 0

    async def flood(self, clients: list["_Client"], until: float) -> None:
        async def keep_asking(client: _Client) -> None:
            while time.perf_counter() < until:
                self.note(time.perf_counter(), await client.ask())

        await asyncio.gather(*(keep_asking(client) for client in clients))

    async def now_and_then(self, clients: list["_Client"], begun: float, every: float) -> None:
        free = asyncio.Queue[_Client]()
        for client in clients:
            free.put_nowait(client)

        async def ask_at(moment: float) -> None:
            client = await free.get()
            self.note(moment, await client.ask())
            free.put_nowait(client)

        tasks: list[asyncio.Task[None]] = []
        for number in range(int(self.crowd.seconds / every)):
            moment = begun + number * every
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            tasks.append(asyncio.create_task(ask_at(moment)))
        await asyncio.gather(*tasks)

    def note(self, since: float, head: bytes) -> None:
        self.latencies.append(time.perf_counter() - since)
        self.statuses[head[_STATUS].decode()] += 1
        self.with_retry += b"retry-after:" in head.lower()


class _Client(asyncio.Protocol):
    """One connection; made again where the server has closed it."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._transport: Any = None
        self._received = b""
        self._answer: asyncio.Future[bytes] | None = None

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", self._run.crowd.port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(b"HTTP/1.1 cut")

    async def ask(self) -> bytes:
        """Send the request; the head of its answer."""
        if self._transport.is_closing():
            await self.connect()
        self._answer = asyncio.get_running_loop().create_future()
        self._received = b""
        self._transport.write(self._run.crowd.request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and self._answer is not None and not self._answer.done():
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            if len(body) >= length:
                self._answer.set_result(head)

    def close(self) -> None:
        self._transport.close()
