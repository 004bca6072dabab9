"""`python -m bench`: the frontend's main queries, ours beside the same by hand and in pgbench. See bench/README.md."""

import argparse
import asyncio
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.agreement import require_agreement
from bench.contestants import Contestant, Web, by_hand, ours
from bench.country_world import country_house
from bench.floor import Floor
from bench.house import House, house
from bench.load import driver
from bench.machine import machine
from bench.postgraphile import install, postgraphile, prepare_postgraphile
from bench.questions import Question, questions
from bench.rounds import Plan, Series, measure
from bench.script import prepare_floor
from bench.small_world import make_small_world
from bench.tables import summary, table_of
from bench.world import World

_WRITES_A_SECOND = 700
"""For so many a contestant is given something to write; the fastest is left without work before the time is over."""
_MOST_NOMINEES = 120_000


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    plan: Plan
    names: tuple[str, ...]
    nominees: int
    peers: bool
    country: Path | None
    tenants: int


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    options = _options(arguments)
    begun = time.perf_counter()
    if options.peers:
        install()
    with _placed(options) as (home, world):
        _report(f"made in {time.perf_counter() - begun:.0f} s")
        asked = questions(world)
        chosen = [asked[name] for name in options.names or asked]
        found = _measure_all(home, chosen, options)
    _print(found, options.plan, ["by hand", "pgbench", *(["PostGraphile"] if options.peers else [])])


@contextmanager
def _placed(options: Options) -> Generator[tuple[House, World]]:
    """The country that was asked for, or a small world made anew."""
    if options.country is not None:
        with country_house(options.country, options.tenants) as found:
            yield found
        return
    with house() as home:
        yield home, asyncio.run(make_small_world(home, options.nominees))


def _measure_all(home: House, chosen: Sequence[Question], options: Options) -> list[Series]:
    with ExitStack() as stack:
        load = stack.enter_context(driver())
        webs: list[Web] = [stack.enter_context(ours(home, load)), stack.enter_context(by_hand(home, load))]
        if options.peers:
            asyncio.run(prepare_postgraphile(home))
            webs.append(stack.enter_context(postgraphile(home, load)))
        for question in chosen:
            _report(f"{question.name}: {require_agreement(home, question, webs)}")
        asyncio.run(prepare_floor(home))
        contestants: list[Contestant] = [*webs, Floor(home)]
        return [
            series
            for question in chosen
            for series in measure(question, contestants, options.plan, home.postmaster, _report)
        ]


def _print(found: Sequence[Series], plan: Plan, others: Sequence[str]) -> None:
    print(
        f"{machine()}; {plan.rounds} rounds of {plan.seconds:g} s, the contestants in turn; medians, ratios with least and greatest\n"
    )
    for series in found:
        print(table_of(series, "by hand"), end="\n\n")
    print(summary(found, "ours", others))


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each point")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=_numbers, default=(1, 16), metavar="1,16")
    parser.add_argument("--queries", type=_names, default=(), metavar="board,dossier,…")
    parser.add_argument("--peers", action="store_true", help="PostGraphile, too (`make bench-peers`)")
    parser.add_argument("--country", type=Path, metavar="DIR", help="ask the generated country that is kept there")
    parser.add_argument("--tenants", type=int, default=40, help="of that country, where it is still to be made")
    given = parser.parse_args(arguments)
    plan = Plan(given.seconds, given.rounds, given.connections)
    wanted = int(_WRITES_A_SECOND * plan.seconds * plan.rounds * len(plan.connections) * 4)
    writes = not given.queries or "recommend" in given.queries
    return Options(
        plan,
        given.queries,
        min(wanted + 100, _MOST_NOMINEES) if writes else 100,
        given.peers,
        given.country,
        given.tenants,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
