"""Feeds: what waits for whom."""

from datetime import UTC, datetime

from graphql_api.live.hub import Hub
from graphql_api.live.pace import Pace
from kernel.ids import new_id
from kernel.live import Change, encode

AT = datetime(2026, 3, 2, tzinfo=UTC)


def change(kind: str = "notice") -> Change:
    return Change(kind, new_id(), "publish", AT)


async def test_a_change_goes_to_the_feeds_of_its_own_tenant() -> None:
    hub, over = Hub(), list[str]()
    tenants = [new_id() for _ in range(1_000)]
    feeds = {tenant_id: hub.open(tenant_id, 3, lambda: over.append("over")) for tenant_id in tenants}
    assert [await feed.next() for feed in feeds.values()] == [None] * 1_000
    told = change()
    hub.hear(encode(tenants[7], [told]))
    hub.miss()
    hub.hear(encode(tenants[8], [told]))
    assert [await feeds[tenants[8]].next() for _ in range(2)] == [None, told]
    assert [await feed.next() for tenant_id, feed in feeds.items() if tenant_id != tenants[8]] == [None] * 999
    for feed in feeds.values():
        hub.close(feed)
        hub.close(feed)
    assert (hub.count(), over) == (0, [])


async def test_a_feed_holds_so_many_and_no_more() -> None:
    hub, over = Hub(), list[str]()
    feed = hub.open(new_id(), 3, lambda: over.append("over"))
    await feed.next()
    for _ in range(3):
        feed.add(change())
    assert over == []
    for _ in range(5):
        feed.add(change())
    assert over == ["over"]


async def test_a_feed_takes_only_the_kinds_that_are_wanted_and_missing_makes_the_rest_worthless() -> None:
    feed = Hub().open(new_id(), 3, lambda: None)
    await feed.next()
    feed.kinds = frozenset({"notice"})
    wanted = change()
    for told in (change("handover"), wanted, change("application")):
        feed.add(told)
    assert await feed.next() == wanted
    feed.add(change())
    feed.miss()
    feed.add(wanted)
    assert [await feed.next(), await feed.next()] == [None, wanted]


def test_a_pace_lets_bursts_through_and_then_so_many_a_second() -> None:
    pace = Pace(3, 2.0)
    assert [pace.allows(10.0) for _ in range(4)] == [True, True, True, False]
    assert [pace.allows(10.4), pace.allows(10.6), pace.allows(10.7)] == [False, True, False]
    assert [pace.allows(100.0) for _ in range(4)] == [True, True, True, False]
