"""`python -m bench.profiled board`: where the processor time of one question goes, by package and by function. `--of "by hand"` looks at the yardstick."""

import argparse
import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.contestants import by_hand, ours
from bench.house import house
from bench.load import driver
from bench.questions import questions
from bench.small_world import make_small_world

_OWN = ("authz", "bench", "graphql_api", "kernel", "programmes", "tenants")
_CONNECTIONS = 8
_TOP = 30


def main(arguments: Sequence[str]) -> None:
    """Profile and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiled", description=__doc__)
    parser.add_argument("question")
    parser.add_argument("--of", choices=("ours", "by hand"), default="ours")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--stacks", type=Path, help="keep the stacks here, for a flame graph")
    given = parser.parse_args(arguments)
    stacks = _sampled(given.question, given.of, given.seconds)
    if given.stacks is not None:
        given.stacks.write_text("\n".join(stacks), encoding="utf-8")
    print(summary_of(stacks, f"{given.question}, {given.of}"))


def _sampled(name: str, contestant: str, seconds: float) -> list[str]:
    with house() as home:
        world = asyncio.run(make_small_world(home, 20_000 if name == "recommend" else 100))
        question, out = questions(world)[name], home.settings.home / "stacks"
        serve = ours if contestant == "ours" else by_hand
        with driver() as load, serve(home, load, ("bench.sampling", str(out))) as web:
            web.ask(question, question.asks[0])
            web.run(question, question.asks[1:200] if question.writes else question.asks, _CONNECTIONS, seconds / 3)
            os.kill(web.pid or 0, signal.SIGUSR1)
            asks = question.asks[200:] if question.writes else question.asks
            outcome = web.run(question, asks, _CONNECTIONS, seconds)
            print(f"{len(outcome.latencies)} requests", file=sys.stderr)
        return out.read_text(encoding="utf-8").splitlines()


def summary_of(stacks: Sequence[str], title: str) -> str:
    """Shares of all samples: by the package at work, by the function at work, and by our functions with all they call."""
    packages: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    inclusive: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        packages[_package(frames[-1])] += int(count)
        functions[frames[-1]] += int(count)
        inclusive.update({frame: int(count) for frame in frames if frame.startswith(_OWN)})
    total = sum(packages.values()) or 1
    parts = [f"## {title}: {total} samples"]
    for head, counts in (
        ("package at work", packages),
        ("function at work", functions),
        ("our function, with all it calls", inclusive),
    ):
        rows = [f"| {name} | {count / total:.1%} |" for name, count in counts.most_common(_TOP)]
        parts.append("\n".join([f"| {head} | share |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)


def _package(frame: str) -> str:
    """The library, or for our own code the package and the module in it."""
    module = frame.split(":", 1)[0]
    names = module.split(".")
    return ".".join(names[:3]) if names[0] in _OWN else names[0]


if __name__ == "__main__":
    main(sys.argv[1:])
