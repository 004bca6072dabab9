"""Everybody submits around the closing of a call: `PYTHONPATH=. .venv/bin/python -m bench.storm [--rate 500] [--seconds 60] [--processes 2]`.

Submissions are sent at a fixed rate over HTTP, by the clerks of fifteen unions, whatever comes back; the call closes in the middle, by the
server's clock. One in ten is sent twice at once, of one in twenty the line is cut, and whatever got no answer is sent again under the same key.
Afterwards the database is asked what it stored.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.country import country_in_use
from bench.country.probes import SMALL
from bench.country.serving import serving
from bench.deadline.scene import set_scene
from bench.deadline.sending import Outcome, Sent, storm
from bench.deadline.verdict import counts, judge

_SMALLEST = 2_000


def run(home: Path, rate: float, seconds: float, processes: int) -> tuple[list[Sent], dict[str, int], float]:
    """One storm in a country of its own; the answers, the faults, and how long it took until the last answer."""
    with country_in_use(home, applications=_SMALLEST, probes=SMALL, demo=True) as country:
        with serving(country.settings, processes=processes) as served:
            scene = set_scene(country, int(rate * seconds), seconds / 2)
            begun = time.perf_counter()
            sent = asyncio.run(storm(scene, served.host, served.port, rate))
            took = time.perf_counter() - begun
        return sent, asyncio.run(judge(country, scene, sent)), took


def report(sent: Sequence[Sent], faults: dict[str, int], took: float, rate: float) -> str:
    """The table."""
    times = sorted(one.seconds for one in sent)
    accepted = [one for one in sent if one.outcome is Outcome.ACCEPTED]
    rows = {
        "offered": f"{len(sent):,} at {rate:,.0f}/s",
        "until the last answer": f"{took:,.1f} s",
        **{outcome.value: f"{counts(sent)[outcome.value]:,}" for outcome in Outcome},
        "decided a second": f"{len(sent) / took:,.0f}",
        "p50 / p99 to the final answer": f"{statistics.median(times):.2f} s / {times[int(len(times) * 0.99)]:.2f} s",
        "sent again": f"{sum(one.tries > 1 for one in sent):,}",
        "503 with Retry-After": f"{sum(one.busy for one in sent):,}",
        "accepted of those sent again": f"{sum(one.tries > 1 for one in accepted):,}",
        **{f"**{name}**": f"**{count:,}**" for name, count in faults.items()},
    }
    return "\n".join(["| storm | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())])


def main(arguments: Sequence[str] | None = None) -> None:
    """Blow, ask, print; exit code 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="jiangti-storm-") as folder:
        sent, faults, took = run(Path(folder), given.rate, given.seconds, given.processes)
    print(report(sent, faults, took, given.rate))
    if any(faults.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
