"""Whoever changes the past of the audit trail is found, and the first bad row is named."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel import audit
from kernel.audit_anchor import append_anchor, last_anchors
from kernel.audit_chain import Anchor, Fault, Verdict, seal_entries, verify
from kernel.clock import FixedClock
from kernel.outbox_queue import NO_TENANT, enqueue_for
from kernel.postgres import Server
from kernel.settings import DatabaseUrls
from tests.queue_world import World
from workers.chores import plan_seals
from workers.drain import drain, make_workshop
from workers.schedule import Chore, Timetable

KEY = bytes(range(32))
OBJECT = UUID(int=1)


async def _record(world: World, *acts: str) -> list[UUID]:
    async with world.app.write(world.district) as session:
        for act in acts:
            audit.record(
                session,
                at=datetime(2026, 3, 2, tzinfo=UTC),
                account_id=None,
                actor="沈清",
                act=act,
                object_kind="case",
                object_id=OBJECT,
                after={"amount": 1.0, "名": "张"},
            )
    rows = await world.within(world.district, "SELECT id, act FROM audit_entry ORDER BY id")
    return [row["id"] for row in rows if row["act"] in acts]


async def _seal(world: World) -> Anchor | None:
    async with world.courier.write(world.district) as session:
        return await seal_entries(session, KEY)


async def _verify(world: World, anchor: Anchor | None = None, key: bytes = KEY) -> Verdict:
    async with world.courier.read(world.district) as session:
        return await verify(session, key, anchor)


async def _tamper(server: Server, urls: DatabaseUrls, statements: Sequence[str], **values: object) -> None:
    """As the server's administrator, whom nothing in the database stops."""
    engine = create_async_engine(server.url(urls.owner.rpartition("/")[2]), poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement), values)
    await engine.dispose()


async def test_an_untouched_trail_is_right(world: World) -> None:
    await _record(world, "a", "b")
    first = await _seal(world)
    assert first is not None
    await _record(world, "c")
    second = await _seal(world)
    await _record(world, "d")
    assert (first.number, first.total) == (1, 2)
    assert await _verify(world, second) == Verdict(seals=2, sealed=3, unsealed=1, fault=None)
    assert await _seal(world) is not None
    assert await _seal(world) is None


async def test_a_later_commit_with_an_earlier_id_is_sealed_too(world: World) -> None:
    async with world.app.write(world.district) as slow:
        audit.record(
            slow,
            at=datetime(2026, 3, 2, tzinfo=UTC),
            account_id=None,
            actor="x",
            act="early",
            object_kind="case",
            object_id=OBJECT,
        )
        await slow.flush()
        await _record(world, "late")
        await _seal(world)
    assert (await _verify(world)).unsealed == 1
    await _seal(world)
    assert await _verify(world) == Verdict(seals=2, sealed=2, unsealed=0, fault=None)


@pytest.mark.parametrize(
    ("kind", "statements"),
    [
        ("entry_changed", ["UPDATE audit_entry SET after = '{}' WHERE id = :second"]),
        ("entry_changed", ["UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = :second"]),
        ("entry_missing", ["DELETE FROM audit_entry WHERE id = :second"]),
        (
            "entry_changed",
            [
                "UPDATE audit_entry SET id = :spare WHERE id = :second",
                "UPDATE audit_entry SET id = :second WHERE id = :third",
                "UPDATE audit_entry SET id = :third WHERE id = :spare",
            ],
        ),
    ],
    ids=["edit", "smallest edit", "deletion", "reorder"],
)
async def test_a_change_of_the_past_is_found_at_its_first_row(
    world: World, server: Server, database_urls: DatabaseUrls, kind: str, statements: list[str]
) -> None:
    await _record(world, "a")
    await _seal(world)
    second, third, _ = await _record(world, "b", "c", "d")
    await _seal(world)
    ids = {"second": second, "third": third, "spare": UUID(int=9)}
    await _tamper_with(server, database_urls, statements, ids)
    assert (await _verify(world)).fault == Fault(kind, 2, second)


async def _tamper_with(server: Server, urls: DatabaseUrls, statements: list[str], ids: dict[str, UUID]) -> None:
    for statement in statements:
        used = {name: value for name, value in ids.items() if f":{name}" in statement}
        await _tamper(server, urls, [statement], **used)


async def test_a_seal_that_was_changed_moved_or_taken_out_is_found(
    world: World, server: Server, database_urls: DatabaseUrls
) -> None:
    for act in "abc":
        await _record(world, act)
        await _seal(world)
    assert (await _verify(world, key=bytes(32))).fault == Fault("seal_changed", 1)
    await _tamper(server, database_urls, ["UPDATE audit_seal SET total = 5 WHERE number = 3"])
    assert (await _verify(world)).fault == Fault("seal_changed", 3)
    await _tamper(server, database_urls, ["DELETE FROM audit_seal WHERE number = 2"])
    assert (await _verify(world)).fault == Fault("seal_missing", 2)


async def test_a_cut_tail_is_found_by_the_anchor(world: World, server: Server, database_urls: DatabaseUrls) -> None:
    await _record(world, "a")
    await _seal(world)
    cut = await _record(world, "b")
    anchor = await _seal(world)
    await _tamper(server, database_urls, ["DELETE FROM audit_seal WHERE number = 2"])
    await _tamper(server, database_urls, ["DELETE FROM audit_entry WHERE id = :id"], id=cut[0])
    assert (await _verify(world)).fault is None
    assert (await _verify(world, anchor)).fault == Fault("tail_cut", 2)


async def test_an_entry_slipped_into_the_past_is_found(
    world: World, server: Server, database_urls: DatabaseUrls
) -> None:
    await _record(world, "a")
    await _seal(world)
    forged = UUID("01900000-0000-7000-8000-000000000000")
    copy = (
        "INSERT INTO audit_entry SELECT tenant_id, :forged, at, account_id, actor, 'forged', object_kind, object_id,"
        " before, after, request_id FROM audit_entry"
    )
    await _tamper(server, database_urls, [copy], forged=forged)
    assert (await _verify(world)).fault == Fault("entry_inserted", 1, forged)


async def test_the_job_seals_what_was_written_leaves_anchors_and_then_rests(
    world: World, clock: FixedClock, tmp_path: Path
) -> None:
    await _record(world, "a", "b")
    shop = make_workshop(world.courier, clock, seal_key=KEY)
    object.__setattr__(shop, "anchor_file", tmp_path / "anchors")
    await Timetable((Chore(plan_seals.__name__, "* * * * *"),)).tick(shop)
    assert await drain(world.courier, clock, workshop=shop) == 3  # planned, sealed, and told to the union above
    anchors = last_anchors(tmp_path / "anchors")
    assert await _verify(world, anchors[world.district]) == Verdict(seals=1, sealed=2, unsealed=0, fault=None)
    assert await _pending(world) == [(1, False), (2, False)]


async def _pending(world: World) -> list[tuple[int, bool]]:
    rows = await world.rows("SELECT round, due_at <= now() AS due FROM audit_pending ORDER BY round")
    return [(row["round"], row["due"]) for row in rows]


async def _plan_and_seal(world: World, clock: FixedClock) -> int:
    """One minute's chore; how many jobs came of it."""
    shop = make_workshop(world.courier, clock, seal_key=KEY)
    async with world.courier.plain() as session:
        await enqueue_for(session, NO_TENANT, plan_seals.__name__, {}, dedupe=plan_seals.__name__)
    return await drain(world.courier, clock, workshop=shop) - 1


async def test_what_is_written_right_after_a_seal_is_sealed_by_the_next_chore(world: World, clock: FixedClock) -> None:
    await _record(world, "a")
    await _plan_and_seal(world, clock)
    assert await _pending(world) == [(1, False), (2, False)]
    await _record(world, "b")
    assert await _pending(world) == [(0, True), (1, False), (2, False)]
    await _plan_and_seal(world, clock)
    assert await _verify(world) == Verdict(seals=2, sealed=2, unsealed=0, fault=None)


async def test_a_union_in_which_nothing_happens_costs_two_more_looks_and_then_nothing(
    world: World, clock: FixedClock
) -> None:
    await _record(world, "a")
    await _plan_and_seal(world, clock)
    for left in ([(2, False)], []):
        await world.change(
            "UPDATE audit_pending SET due_at = now() WHERE round = (SELECT min(round) FROM audit_pending)"
        )
        assert await _plan_and_seal(world, clock) == 1
        assert await _pending(world) == left
    assert await _plan_and_seal(world, clock) == 0


def test_the_newest_anchor_of_each_tenant_counts_and_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    anchors = [Anchor(UUID(int=1), number, number * 10, bytes([number])) for number in (1, 3, 2)]
    for anchor in anchors:
        append_anchor(path, anchor)
    with path.open("a") as file:
        file.write('{"tenant": "00000000-0000')
    assert last_anchors(path) == {UUID(int=1): anchors[1]}
