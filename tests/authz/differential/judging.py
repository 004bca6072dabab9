"""Asking all judges about one person, and counting."""

from dataclasses import dataclass

from authz.actor import Actor, actor_from
from kernel.clock import FixedClock
from tenants.accounts.entrance import Entrance
from tenants.accounts.sessions import authenticate
from tests.authz.differential.trial import Trial, by_gate, by_list, by_sql, by_walls
from tests.authz.differential.worlds import Seated


@dataclass
class Count:
    """What was compared so far in this file."""

    decisions: int = 0
    allowed: int = 0
    absent: int = 0
    tightenings: int = 0


async def entered(entrance: Entrance, one: Seated, clock: FixedClock) -> Actor | None:
    """As a request would have him: by his session; None where his place does not hold today."""
    signed_in = await authenticate(entrance, one.token, clock)
    return None if signed_in is None else actor_from(signed_in)


async def require_agreement(
    where: Trial, entrance: Entrance, one: Seated, clock: FixedClock, count: Count, slot: int = -1
) -> None:
    """All judges give the same answers about everything he can see, and none goes past row-level security alone."""
    expected = await by_sql(where, one.membership_id, clock, slot)
    who = await entered(entrance, one, clock)
    if who is None:
        assert expected == set()
        count.absent += 1
        return
    allowed, asked = await by_gate(where, who, clock, slot)
    assert allowed == expected
    assert await by_list(where, who, slot) == expected
    assert {thing for _, thing in expected} <= await by_walls(where, who.tenant.id)
    count.decisions += asked
    count.allowed += len(allowed)
    count.tightenings += len(who.tenant.rules.tightenings)
