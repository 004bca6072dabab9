"""Decision = list = database, for every role × level × desk × stage × act (JIANGTI_NIGHTLY=1); by day a diagonal of it, in which each word appears."""

import os
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from authz.relations import DESKS
from authz.roles import Role
from authz.stages import STAGES
from kernel.clock import CHINA, FixedClock
from tenants.accounts.entrance import Entrance
from tenants.levels import standard_levels
from tests.authz.differential.judging import Count, require_agreement
from tests.authz.differential.trial import Trial, put
from tests.authz.differential.worlds import PERSONS_ROLES, Ids, add_unions, seat

NIGHTLY = os.environ.get("JIANGTI_NIGHTLY") == "1"
LEVELS = [level.code for level in standard_levels()]
PLACES = (None, *DESKS)
FIRST = datetime(2026, 3, 2, 9, tzinfo=CHINA)
LEAST = 1_000_000 if NIGHTLY else 30_000
SEEN = Count()
pytestmark = pytest.mark.timeout(3600 if NIGHTLY else 300)


@pytest.fixture(scope="module")
async def homes(where: Trial) -> dict[str, UUID]:
    """A union of each level, with one object of each kind, stage and desk."""
    ids, clock = Ids(), FixedClock(FIRST)
    places = [(f"{level}.", None, level) for level in LEVELS]
    made = dict(zip(LEVELS, await add_unions(where, ids, clock, "GRID.", places), strict=True))
    for home in made.values():
        await put(where, list(grid_objects(ids, home)))
    return made


def grid_objects(ids: Ids, home: UUID) -> Iterator[dict[str, object]]:
    """One of each kind, stage and desk."""
    for kind, stages in STAGES.items():
        for row, stage in enumerate([None, *stages]):
            for column, desk in enumerate(PLACES):
                slot = (row + column) % len(PLACES)
                yield {"id": ids.take(), "tenant_id": home, "kind": kind, "stage": stage, "desk": desk, "slot": slot}


@pytest.mark.parametrize("place", range(len(PERSONS_ROLES)), ids=[role.value for role in PERSONS_ROLES])
async def test_a_role_is_judged_alike_everywhere(
    where: Trial, entrance: Entrance, clock: FixedClock, homes: dict[str, UUID], place: int
) -> None:
    """By day each role meets one level, and each stage one desk; which, goes round."""
    ids = Ids()
    for level in LEVELS if NIGHTLY else [LEVELS[place % len(LEVELS)]]:
        period = (clock.today(), None)
        one = await seat(where, ids, clock, homes[level], ids.take(), [PERSONS_ROLES[place]], period)
        await require_agreement(where, entrance, one, clock, SEEN, -1 if NIGHTLY else place % len(PLACES))


def test_the_grid_was_walked() -> None:
    """Runs after the grid, in the same process (`--dist=loadfile`)."""
    print(  # noqa: T201 - the counts are the report
        f"\ndifferential grid: {SEEN.decisions:,} decisions by three judges, {SEEN.allowed:,} allowed; 0 differences"
    )
    assert SEEN.decisions >= LEAST
    assert SEEN.allowed > 0
    assert SEEN.absent == 0
    assert set(PERSONS_ROLES) == set(Role) - {Role.COURIER}
