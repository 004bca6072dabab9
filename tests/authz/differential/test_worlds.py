"""Decision = list = database, in generated worlds: the gate, the list's predicate and plain SQL give the same answer, and none goes past the walls.

With the grid `make test` asks more than 100,000 decisions; with JIANGTI_NIGHTLY=1 it is over 1,000,000. `pytest -rA` shows the counts.
"""

import os

import pytest

from kernel.clock import FixedClock
from tenants.accounts.entrance import Entrance
from tests.authz.differential.judging import Count, require_agreement
from tests.authz.differential.trial import Trial, by_walls, put
from tests.authz.differential.worlds import Ids, add_unions, make_world

NIGHTLY = os.environ.get("JIANGTI_NIGHTLY") == "1"
WORLDS = 40 if NIGHTLY else 5
SEEN = Count()
pytestmark = pytest.mark.timeout(3600 if NIGHTLY else 300)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_a_generated_world_is_judged_alike(
    where: Trial, entrance: Entrance, clock: FixedClock, seed: int
) -> None:
    for one in await make_world(where, seed, clock):
        await require_agreement(where, entrance, one, clock, SEEN)


def test_the_worlds_were_rich_enough() -> None:
    """Runs after the worlds of this file, in the same process (`--dist=loadfile`)."""
    print(  # noqa: T201 - the counts are the report
        f"\ndifferential worlds: {WORLDS} worlds, {SEEN.decisions:,} decisions by three judges, {SEEN.allowed:,} allowed,"
        f" {SEEN.absent} people whose place does not hold today, {SEEN.tightenings:,} tightenings in force; 0 differences"
    )
    assert SEEN.decisions >= 14_000 * WORLDS
    assert SEEN.allowed > SEEN.decisions / 100
    assert SEEN.absent > 0
    assert SEEN.tightenings > 0


async def test_row_security_alone_shows_the_own_and_the_published(where: Trial, clock: FixedClock) -> None:
    ids = Ids()
    mine, other = await add_unions(where, ids, clock, "WALL.", [("1.", None, "city"), ("1.1.", None, "district")])
    rows = [
        {"id": ids.take(), "tenant_id": home, "kind": "case", "published": published}
        for home in (mine, other)
        for published in (False, True)
    ]
    await put(where, rows)
    seen = await by_walls(where, mine)
    assert [row["id"] in seen for row in rows] == [True, True, False, True]
