"""Whether the size of the country is felt: `PYTHONPATH=. .venv/bin/python -m bench.scale --small DIR --large DIR [--rounds 12] [--seconds 1]`.

Two countries (`bench.country`; one is made small where its folder is empty) run at the same time, each with an API process and a worker, and are
asked in turn, so that what else the machine does touches both. The unions that are asked have the same rows in both: an answer that differs is an
error. Latencies are of one connection.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.country import country_in_use
from bench.country.serving import serving, working
from bench.growth.asking import Side, ask_in_turn, questions_of, recommend_in_turn
from bench.growth.sameness import SCANS, read_through, sameness
from bench.load import driver

_TARGET = 1.2
_RESIDENT = 1.1


def measure(small: Path, large: Path, rounds: int, seconds: float) -> str:
    """The tables."""
    with ExitStack() as countries:
        running = [countries.enter_context(country_in_use(home)) for home in (small, large)]
        before = [read_through(country) for country in running]
        with ExitStack() as stack:
            sides = [
                Side(
                    country,
                    stack.enter_context(serving(country.settings)),
                    stack.enter_context(working(country.settings)),
                    stack.enter_context(driver()),
                )
                for country in running
            ]
            medians = ask_in_turn(sides, questions_of(running[0]), rounds, seconds, _say)
            medians |= recommend_in_turn(sides, rounds, _say)
            tables = [_latencies(sides, medians), _pages(medians), _resources(sides)]
        found = [sameness(country) for country in running]
        for place, country in enumerate(running):
            found[place][SCANS] = read_through(country) - before[place]
        return "\n\n".join([*tables, _equal(found)])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _latencies(sides: Sequence[Side], medians: dict[str, list[float]]) -> str:
    head = [f"{side.country.tenants:,} unions" for side in sides]
    rows = [
        [name, *(f"{each * 1e3:.2f}" for each in found), f"**×{found[1] / found[0]:.2f}**"]
        for name, found in medians.items()
    ]
    return _table(["median, ms", *head, f"ratio (at most {_TARGET})"], rows)


def _pages(medians: dict[str, list[float]]) -> str:
    """The first page against page 1,000, in each country."""
    rows: list[list[str]] = []
    for name, first in medians.items():
        later = f"{name}, page 1,000"
        if later in medians:
            ratios = [deep / shallow for shallow, deep in zip(first, medians[later], strict=True)]
            rows.append([name, *(f"×{ratio:.2f}" for ratio in ratios)])
    return _table([f"page 1,000 against page 1 (at most {_TARGET})", "small", "large"], rows)


def _resources(sides: Sequence[Side]) -> str:
    rows: list[list[str]] = []
    for name in ("served", "worker"):
        held = [getattr(side, name).resident() / 2**20 for side in sides]
        word = {"served": "API process", "worker": "worker"}[name]
        rows.append([f"memory of the {word}, MiB", *(f"{each:.0f}" for each in held), f"**×{held[1] / held[0]:.2f}**"])
    return _table(["resident", "small", "large", f"ratio (at most {_RESIDENT})"], rows)


def _equal(found: Sequence[dict[str, int]]) -> str:
    rows = [[name, f"{found[0][name]:,}", f"{found[1][name]:,}"] for name in found[0]]
    return _table(["equal in both", "small", "large"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=Path, required=True)
    parser.add_argument("--large", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args(arguments)
    print(measure(given.small.absolute(), given.large.absolute(), given.rounds, given.seconds))


if __name__ == "__main__":
    main()
