"""The measuring itself: contestants take turns, round after round, so that what else the machine does touches all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.contestants import Contestant
from bench.load import Outcome
from bench.machine import cpu_of, cpu_of_cluster, resident_mib
from bench.questions import Ask, Question

_WARM_UP = 0.3
"""Of the time of a point, before each contestant's first; plans, caches and branch predictors settle."""

_REAPED = 0.2
"""Seconds until the postmaster has taken note of backends that have ended; what they did is counted by then."""


@dataclass(frozen=True)
class Point:
    """One contestant in one round: requests a second, latencies in milliseconds, processor time in microseconds a request, memory in MiB."""

    rate: float
    p50: float
    p95: float
    p99: float
    own_cpu: float
    database_cpu: float
    memory: float
    refused: int = 0
    """Requests answered with 503 (the contestant was too busy); they count in no other number."""


@dataclass(frozen=True)
class Series:
    """All rounds of one question at one number of connections, by contestant."""

    question: Question
    connections: int
    points: dict[str, list[Point]]


@dataclass(frozen=True)
class Plan:
    """How long and how often."""

    seconds: float
    rounds: int
    connections: tuple[int, ...]


def measure(
    question: Question, contestants: Sequence[Contestant], plan: Plan, postmaster: int, report: Callable[[str], None]
) -> list[Series]:
    """All points of one question; raises RuntimeError where an answer was wrong."""
    able = [contestant for contestant in contestants if contestant.answers(question)]
    shares = _shares(question, able, plan)
    found: list[Series] = []
    for connections in plan.connections:
        points: dict[str, list[Point]] = {contestant.name: [] for contestant in able}
        if not question.writes:
            for contestant in able:
                if contestant.pid is not None:  # what begins anew for each point keeps nothing warm
                    contestant.run(question, question.asks, connections, plan.seconds * _WARM_UP)
        for number in range(plan.rounds):
            turn = number % len(able)
            for contestant in able[turn:] + able[:turn]:
                asks = shares[contestant.name].pop(0) if question.writes else question.asks
                points[contestant.name].append(
                    _point(contestant, question, asks, connections, plan.seconds, postmaster)
                )
        found.append(Series(question, connections, points))
        rates = ", ".join(f"{name} {statistics.median(p.rate for p in made):.0f}/s" for name, made in points.items())
        report(f"{question.name}, {connections} connections: {rates}")
    return found


def _shares(question: Question, able: Sequence[Contestant], plan: Plan) -> dict[str, list[Sequence[Ask]]]:
    """What each contestant writes in each of its points: equally many, never the same. The first few asks were used to look at the answers."""
    points = plan.rounds * len(plan.connections)
    asks = question.asks[len(able) :]
    size = len(asks) // (points * len(able))
    if question.writes and size == 0:
        message = f"{len(question.asks)} things to write are too few for {points} points of {len(able)} contestants"
        raise ValueError(message)
    starts = iter(range(0, size * points * len(able), size or 1))
    return {
        contestant.name: [asks[start : start + size] for start in (next(starts, 0) for _ in range(points))]
        for contestant in able
    }


def _point(
    contestant: Contestant, question: Question, asks: Sequence[Ask], connections: int, seconds: float, postmaster: int
) -> Point:
    before, database_before = _own(contestant), cpu_of_cluster(postmaster)
    outcome = contestant.run(question, asks, connections, seconds)
    time.sleep(_REAPED)
    database = cpu_of_cluster(postmaster) - database_before
    own = _own(contestant) - before if outcome.own_cpu is None else outcome.own_cpu
    if outcome.wrong or not outcome.latencies:
        message = f"{contestant.name} gave {outcome.wrong} wrong answers to {question.name}: {outcome.faults}"
        raise RuntimeError(message)
    return _summary(outcome, own, database, 0.0 if contestant.pid is None else resident_mib(contestant.pid))


def _own(contestant: Contestant) -> float:
    return 0.0 if contestant.pid is None else cpu_of(contestant.pid)


def _summary(outcome: Outcome, own: float, database: float, memory: float) -> Point:
    latencies = sorted(outcome.latencies)
    count = len(latencies)
    p50, p95, p99 = (latencies[min(count - 1, count * part // 100)] * 1e3 for part in (50, 95, 99))
    cpu = (own / count * 1e6, database / count * 1e6)
    return Point(count / outcome.elapsed, p50, p95, p99, *cpu, memory, outcome.refused)
