"""The queue on the job table, by itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kernel.outbox import enqueue, post
from kernel.outbox_queue import (
    LeasedJob,
    discard_dead,
    extend,
    finish,
    give_up,
    lease_due,
    list_dead,
    measure,
    postpone,
    purge_finished,
    reclaim,
    release,
    requeue_dead,
)
from tests.queue_world import World

LEASE = timedelta(seconds=30)


async def _enqueue(world: World, *numbers: int, **options: Any) -> None:
    async with world.app.write(world.district) as session:
        for number in numbers:
            await enqueue(session, "work", {"number": number}, **options)


async def _take(world: World, count: int = 10, lease: timedelta = LEASE) -> list[LeasedJob]:
    async with world.courier.plain() as session:
        return await lease_due(session, "default", count=count, lease=lease)


async def _do(world: World, step: Any, job: Any, **options: Any) -> Any:
    async with world.courier.plain() as session:
        return await step(session, job, **options)


def _numbers(jobs: list[LeasedJob]) -> list[int]:
    return [job.body["number"] for job in jobs]


async def test_a_rollback_leaves_no_job(world: World) -> None:
    async with world.app.write(world.district) as session:
        await enqueue(session, "work", {"number": 1})
        await session.rollback()
    assert await _take(world) == []
    assert await world.rows("SELECT id FROM job") == []


async def test_jobs_come_once_in_the_order_of_writing(world: World) -> None:
    await _enqueue(world, 1, 2, 3)
    assert _numbers(await _take(world, 2)) == [1, 2]
    assert _numbers(await _take(world)) == [3]
    assert await _take(world) == []


async def test_twenty_takers_at_once_share_without_overlap(world: World) -> None:
    await _enqueue(world, *range(100))
    taken = await asyncio.gather(*(_take(world, 5) for _ in range(20)))
    numbers = [number for jobs in taken for number in _numbers(jobs)]
    assert sorted(numbers) == sorted(set(numbers))
    assert sorted(numbers + _numbers(await _take(world, 100))) == list(range(100))


async def test_one_key_is_served_one_at_a_time_and_in_order(world: World) -> None:
    await _enqueue(world, 1, 2, 3, ordering_key="case:a")
    await _enqueue(world, 4, ordering_key="case:b")
    first = await _take(world)
    assert _numbers(first) == [1, 4]
    assert await _take(world) == []
    assert await _do(world, finish, first[0]) is True
    assert _numbers(await _take(world)) == [2]


async def test_the_same_key_of_another_tenant_waits_for_nobody(world: World) -> None:
    await _enqueue(world, 1, ordering_key="case:a")
    async with world.app.write(world.city) as session:
        await enqueue(session, "work", {"number": 2}, ordering_key="case:a")
    assert _numbers(await _take(world)) == [1, 2]


async def test_a_postponed_job_comes_later_and_still_before_its_followers(world: World) -> None:
    await _enqueue(world, 1, 2, ordering_key="case:a")
    [job] = await _take(world)
    assert await _do(world, postpone, job, error="no", delay=timedelta(hours=1)) is True
    assert await _take(world) == []
    await world.change("UPDATE job SET run_at = now() WHERE state = 'ready'")
    [again] = await _take(world)
    assert (again.id, again.attempts) == (job.id, 2)


async def test_a_delayed_job_is_not_taken_before_its_time(world: World) -> None:
    await _enqueue(world, 1)
    await world.change("UPDATE job SET run_at = now() + interval '1 hour'")
    assert await _take(world) == []
    async with world.courier.plain() as session:
        assert (await measure(session)).delayed == 1


async def test_who_lost_the_lease_changes_nothing(world: World) -> None:
    await _enqueue(world, 1)
    [late] = await _take(world, lease=timedelta(seconds=-1))
    async with world.courier.plain() as session:
        assert [(row.id, row.state) for row in await reclaim(session)] == [(late.id, "ready")]
    await world.change("UPDATE job SET run_at = now()")
    [mine] = await _take(world)
    assert await _do(world, finish, late) is False
    assert await _do(world, postpone, late, error="x", delay=LEASE) is False
    assert await _do(world, give_up, late, error="x") is False
    assert await _do(world, finish, mine) is True
    assert await world.rows("SELECT state, attempts FROM job") == [{"state": "done", "attempts": 2}]


async def test_an_extended_lease_does_not_expire(world: World) -> None:
    await _enqueue(world, 1, 2)
    held, lost = await _take(world, lease=timedelta(seconds=-1))
    await _do(world, extend, [held], lease=LEASE)
    async with world.courier.plain() as session:
        assert [row.id for row in await reclaim(session)] == [lost.id]


async def test_a_job_that_takes_its_workers_with_it_ends_as_a_dead_letter(world: World) -> None:
    await _enqueue(world, 1)
    freed: Any = []
    for _ in range(3):
        await world.change("UPDATE job SET run_at = now()")
        await _take(world, lease=timedelta(seconds=-1))
        async with world.courier.plain() as session:
            freed = await reclaim(session, most=3)
    assert [row.state for row in freed] == ["dead"]
    async with world.courier.plain() as session:
        [dead] = await list_dead(session)
    assert (dead.attempts, dead.error) == (3, "the worker was lost during attempt 3")


async def test_a_released_job_has_not_been_tried(world: World) -> None:
    await _enqueue(world, 1)
    await _do(world, release, await _take(world))
    [job] = await _take(world)
    assert job.attempts == 1


async def test_a_dead_letter_holds_its_key_until_it_is_requeued(world: World) -> None:
    await _enqueue(world, 1, 2, ordering_key="case:a")
    [job] = await _take(world)
    assert await _do(world, give_up, job, error="poison") is True
    assert await _take(world) == []
    async with world.courier.plain() as session:
        [dead] = await list_dead(session)
        assert (dead.id, dead.error, dead.held) == (job.id, "poison", 1)
        assert (await measure(session)).dead == 1
        assert await requeue_dead(session, dead.id) is True
    [again] = await _take(world)
    assert (again.id, again.attempts) == (job.id, 1)


async def test_a_discarded_dead_letter_frees_what_waits_behind_it(world: World) -> None:
    await _enqueue(world, 1, 2, ordering_key="case:a")
    [job] = await _take(world)
    await _do(world, give_up, job, error="poison")
    async with world.courier.plain() as session:
        assert await discard_dead(session, job.id) is True
        assert await discard_dead(session, job.id) is False
        assert await list_dead(session) == []
    assert _numbers(await _take(world)) == [2]


async def test_a_second_waiting_job_of_one_dedupe_key_is_not_written(world: World) -> None:
    await _enqueue(world, 1, 2, dedupe="once")
    [job] = await _take(world)
    assert job.body == {"number": 1}
    await _do(world, finish, job)
    await _enqueue(world, 3, dedupe="once")
    assert _numbers(await _take(world)) == [3]


@pytest.mark.parametrize("given_up", [False, True])
async def test_what_a_letter_told_is_gone_when_it_is_done_and_not_before(world: World, *, given_up: bool) -> None:
    told = {"person_name": "赵铁工", "employer": "某厂"}
    async with world.app.write(world.district) as session:
        await post(session, to=world.city, kind="drift", body=told, ordering_key="one")
        await enqueue(session, "react", {"event": "person_changed", "person_id": "7", "changes": told})
    async with world.courier.plain() as session:
        (letter,) = await lease_due(session, "courier", count=1, lease=LEASE)
    (event,) = await _take(world)
    assert letter.body["body"] == told
    if given_up:
        await _do(world, give_up, letter, error="poison")
        kept = await world.rows("SELECT body FROM job WHERE actor = 'deliver_letter'")
        assert kept[0]["body"]["body"] == told
        async with world.courier.plain() as session:
            assert await discard_dead(session, letter.id) is True
    else:
        await _do(world, finish, letter)
    await _do(world, finish, event)
    assert [row["body"] for row in await world.rows("SELECT body FROM job ORDER BY seq")] == [
        {"to": str(world.city), "kind": "drift"},
        {"event": "person_changed", "person_id": "7"},
    ]


async def test_only_what_ended_long_ago_is_purged(world: World) -> None:
    await _enqueue(world, 1, 2, 3)
    done, old, _ = await _take(world)
    await _do(world, finish, done)
    await _do(world, finish, old)
    await world.change("UPDATE job SET finished_at = now() - interval '8 days' WHERE id = :id", id=old.id)
    async with world.courier.plain() as session:
        assert await purge_finished(session, older_than=timedelta(days=7)) == 1
    assert [row["state"] for row in await world.rows("SELECT state FROM job ORDER BY seq")] == ["done", "leased"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO job (id, tenant_id, actor, body) VALUES (gen_random_uuid(), :other, 'work', '{}')",
        "SELECT * FROM job WHERE tenant_id = :other",
        "UPDATE job SET state = 'done' WHERE tenant_id = :other",
        "DELETE FROM job WHERE tenant_id = :other",
    ],
)
async def test_the_web_may_write_jobs_of_its_own_tenant_only_and_read_none(world: World, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"):
        async with world.app.write(world.district) as session:
            await session.execute(text(statement), {"other": world.city})
