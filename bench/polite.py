"""A quiet union beside one that floods the server, with and without admission control.

`PYTHONPATH=. .venv/bin/python -m bench.polite [--rounds 5] [--seconds 5] [--quiet board] [--noise wide] [--every 0.2]`

One PostgreSQL of its own, two API processes of the product over the same rows (one as it is, one that lets everybody in at once). In each round each of them
is asked by the quiet union alone, then by both; the rounds alternate between the two processes. Nothing is asserted.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from bench.contestants import served, wait_for
from bench.crowd import Crowd, Told, crowd_process
from bench.house import house
from bench.machine import machine, resident_mib
from bench.questions import Question, questions
from bench.small_world import make_small_world

FLOOD = 200
_QUIET_CONNECTIONS = 32
SERVERS = {"with admission": "cli.attached", "without": "bench.unguarded"}


@dataclass
class Collected:
    """What a server was seen to do, over all rounds."""

    port: int
    pid: int
    alone: list[float] = field(default_factory=list[float])
    beside: list[float] = field(default_factory=list[float])
    statuses: Counter[str] = field(default_factory=Counter[str])
    noise: list[float] = field(default_factory=list[float])
    noisy: Counter[str] = field(default_factory=Counter[str])
    with_retry: int = 0
    noise_seconds: float = 0.0
    before: float = 0.0
    after: float = 0.0


def request_of(question: Question) -> bytes:
    """The bytes of a question."""
    ask = question.asks[0]
    body = orjson.dumps({"query": question.document, "variables": ask.variables})
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {ask.seat.token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def play_round(server: Collected, calm: Crowd, flooding: Crowd, pipes: Sequence[Any]) -> None:
    """The quiet one alone, then both."""
    quiet_pipe, noisy_pipe = pipes
    quiet_pipe.send(calm)
    server.alone += quiet_pipe.recv().latencies
    noisy_pipe.send(flooding)
    time.sleep(1)  # the flood is there before the quiet one comes
    quiet_pipe.send(calm)
    told: Told = quiet_pipe.recv()
    server.beside += told.latencies
    server.statuses.update(told.statuses)
    flood: Told = noisy_pipe.recv()
    server.noise += flood.latencies
    server.noisy.update(flood.statuses)
    server.with_retry += flood.with_retry
    server.noise_seconds += flood.elapsed
    server.after = resident_mib(server.pid)


def quantile(latencies: Sequence[float], share: float) -> float:
    """Milliseconds that this share of the answers took at most."""
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def table(found: dict[str, Collected]) -> str:
    """What was collected, one server a column."""
    rows: list[tuple[str, Callable[[Collected], str]]] = []
    for share in (50, 95, 99):
        rows.append((f"quiet union alone, p{share}", partial(_alone, share=share / 100)))
        rows.append((f"… beside the flood, p{share}", partial(_beside, share=share / 100)))
    told: list[tuple[str, Callable[[Collected], str]]] = [
        ("… its answers beside the flood", lambda one: _counts(one.statuses)),
        ("flood: answers", lambda one: _counts(one.noisy)),
        ("… of those with Retry-After", lambda one: f"{one.with_retry}"),
        ("… 200 in a second", lambda one: f"{one.noisy['200'] / one.noise_seconds:.0f}"),
        ("… p50, p99", lambda one: f"{quantile(one.noise, 0.5):.0f} ms, {quantile(one.noise, 0.99):.0f} ms"),
        ("memory before, after", lambda one: f"{one.before:.0f} MiB, {one.after:.0f} MiB"),
    ]
    rows += told
    lines = [f"|  | {' | '.join(found)} |", f"| --- |{' ---: |' * len(found)}"]
    lines += [f"| {name} | {' | '.join(show(one) for one in found.values())} |" for name, show in rows]
    return "\n".join(lines)


def _alone(one: Collected, share: float) -> str:
    return f"{quantile(one.alone, share):.1f} ms"


def _beside(one: Collected, share: float) -> str:
    value = quantile(one.beside, share)
    return f"{value:.1f} ms (×{value / quantile(one.alone, share):.2f})"


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(counted.items()))


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.polite")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--every", type=float, default=0.2, help="seconds between two requests of the quiet union")
    parser.add_argument("--quiet", default="board", help="what the quiet union asks (bench.questions)")
    parser.add_argument("--noise", default="wide", help="what the flood asks")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        place = stack.enter_context(house())
        asked = questions(asyncio.run(make_small_world(place, 16)))
        quiet, noise = asked[given.quiet], asked[given.noise]
        found: dict[str, Collected] = {}
        for name, module in SERVERS.items():
            command = [sys.executable, "-m", module, "api"]
            port, process = stack.enter_context(served(place, module, command, "JIANGTI_LISTENER"))
            wait_for(process, port, "/readyz")
            found[name] = Collected(port, process.pid)
        pipes = [stack.enter_context(crowd_process()) for _ in range(2)]
        for one in found.values():
            for question in (quiet, noise):
                pipes[0].send(Crowd(one.port, request_of(question), 1, 0.5))
                pipes[0].recv()
            one.before = resident_mib(one.pid)
        for number in range(given.rounds):
            for name, one in found.items():
                calm = Crowd(one.port, request_of(quiet), _QUIET_CONNECTIONS, given.seconds, given.every)
                play_round(one, calm, Crowd(one.port, request_of(noise), FLOOD, given.seconds + 2), pipes)
                print(f"round {number + 1}, {name}", file=sys.stderr, flush=True)
        print(
            f"{machine()}; quiet: {quiet.title}, one request every {given.every * 1000:.0f} ms; flood: {noise.title}, {FLOOD} connections;"
            f" {given.rounds} rounds of {given.seconds:.0f} s\n"
        )
        print(table(found))


if __name__ == "__main__":
    main(sys.argv[1:])
