"""A range of seeds from the command line: what the two applications make different is printed, shrunk, and counted.

PYTHONPATH=. .venv/bin/python -m tests.graphql_api.compiled --seed 1 --operations 500
… --normal      compares the normal execution with itself
… --minutes 10  goes on from seed to seed
… --differences 3  stops after so many
"""

import argparse
import asyncio
import logging
import sys
import time
from collections import Counter

import structlog

from graphql_api.schema import build
from kernel.database import Database
from kernel.postgres import database_urls, server_in_use
from kernel.settings import DatabaseUrls
from migrations.runner import run_blocking
from tests.conftest import suite_settings
from tests.databases import clone, drop, ensure_template, new_name
from tests.graphql_api.compiled.trial import Trial, compiled, normal, trial
from tests.isolation.fixtures import SEALER, find_year
from tests.isolation.year import build_year

_OPERATIONS_OF_A_SEED = 500


def main() -> int:
    """How many operations differed, as the exit status (at most 1)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=_OPERATIONS_OF_A_SEED)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--differences", type=int, default=5)
    parser.add_argument("--normal", action="store_true")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = suite_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    with server_in_use(settings, profile="test") as server:
        name = new_name(settings)
        clone(settings, server, ensure_template(settings, server), name)
        try:
            urls = database_urls(settings, server, name)
            run_blocking(build_year(urls))
            return 1 if asyncio.run(_run(urls, given)) else 0
        finally:
            drop(server, name)


async def _run(urls: DatabaseUrls, given: argparse.Namespace) -> int:
    contract, owner = build(b"secret"), Database(urls.owner, pool_size=4, sealer=SEALER)
    year = await find_year(owner, contract.registry)
    other = normal if given.normal else compiled
    found, seed, until = 0, given.seed, time.monotonic() + 60 * given.minutes
    async with trial(urls, contract, owner, year, other=other) as both:
        while True:
            found += await _seed(both, seed, given.operations, given.differences - found)
            seed += 1
            if found >= given.differences or time.monotonic() >= until:
                break
        sys.stdout.write(f"not compiled: {dict(both.reasons.most_common(40))}\n")
        sys.stdout.write("".join(f"{line}\n" for line in sorted(set(both.unforeseen))))
    await owner.close()
    return found


async def _seed(both: Trial, seed: int, operations: int, differences: int) -> int:
    """The operations of one seed; how many differed."""
    generator, found = both.generator(seed), 0
    before, started = (both.asked, both.answered), time.process_time()
    both.refused = Counter[str]()
    compiled_before = both.compiled
    for number, operation in enumerate(generator.draws(operations)):
        difference = await both.compare(operation)
        if difference is not None:
            found += 1
            sys.stdout.write(f"\n=== seed {seed}, operation {number}\n{await both.shrunk(difference)}\n")
            if found >= differences:
                break
    spent = time.process_time() - started
    sys.stdout.write(
        f"seed {seed}: {both.asked - before[0]} asked, {both.answered - before[1]} with data,"
        f" {both.compiled - compiled_before} compiled, {found} differ,"
        f" {spent:.1f} s of CPU; refused {dict(both.refused.most_common(8))}\n"
    )
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    sys.exit(main())
