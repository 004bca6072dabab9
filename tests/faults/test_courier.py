"""Real worker processes, really killed."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kernel.settings import DatabaseUrls
from tests.queue_world import World

ROOT = Path(__file__).parents[2]
LETTERS, KEYS = 200, 20
CHANCE = random.SystemRandom()
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(fresh_database_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Start]:
    """Starts worker processes; what is left of them is killed after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*, lease: float = 1.5, attempts: int = 3) -> "subprocess.Popen[bytes]":
        told = {"COURIER_URL": fresh_database_urls.courier, "LEASE": str(lease), "ATTEMPTS": str(attempts)}
        environment = os.environ | told | {"dramatiq_restart_delay": "300"}
        with (tmp_path / f"worker-{len(running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.courier_entry"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        running.append(process)
        return process

    with _ended(running):
        yield begin


@contextmanager
def _ended(running: "list[subprocess.Popen[bytes]]") -> Generator[None]:
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


async def _post_letters(world: World, kind: str) -> None:
    for number in range(LETTERS):
        key = f"case:{number % KEYS}"
        await world.post(kind, {"key": key, "number": number}, key=key)


async def _state(world: World) -> dict[str, int]:
    query = "SELECT state, count(*) FROM job WHERE actor IN ('react', 'deliver_letter') GROUP BY state"
    return {row["state"]: row["count"] for row in await world.rows(query)}


async def _until(world: World, wanted: dict[str, int], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while (state := await _state(world)) != wanted:
        assert time.monotonic() < end, state
        await asyncio.sleep(0.1)


async def _effects(world: World) -> dict[str, list[int]]:
    """The numbers that took effect in the city, by key, in the order in which they did."""
    rows = await world.within(
        world.city, "SELECT act, CAST(after ->> 'number' AS int) AS number FROM audit_entry ORDER BY at, id"
    )
    return {key: [row["number"] for row in rows if row["act"] == key] for key in {row["act"] for row in rows}}


EVERY_LETTER_ONCE_AND_IN_ORDER = {f"case:{key}": list(range(key, LETTERS, KEYS)) for key in range(KEYS)}


async def test_killing_workers_at_any_moment_loses_nothing_doubles_nothing_and_keeps_the_order(
    world: World, start: Start
) -> None:
    await _post_letters(world, "slow")
    workers = [start(), start()]
    kills = 0
    while (await _state(world)).get("done", 0) < LETTERS:
        await asyncio.sleep(CHANCE.uniform(0.7, 1.4))
        if kills < 6 and (await _state(world)).get("done", 0) < LETTERS:
            index = CHANCE.randrange(len(workers))
            workers[index].kill()
            workers[index].wait()
            workers[index] = start()
            kills += 1
    assert kills > 0
    assert await _state(world) == {"done": LETTERS}
    assert await _effects(world) == EVERY_LETTER_ONCE_AND_IN_ORDER


async def test_cutting_every_connection_of_the_workers_loses_nothing_and_doubles_nothing(
    world: World, start: Start
) -> None:
    await _post_letters(world, "slow")
    start(lease=5)
    start(lease=5)
    cuts = 0
    while (await _state(world)).get("done", 0) < LETTERS:
        await asyncio.sleep(1)
        if cuts < 3 and (await _state(world)).get("done", 0):
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker'"
            cuts += bool(await world.rows(f"{cut} AND datname = current_database()"))
    assert cuts > 0
    assert await _state(world) == {"done": LETTERS}
    assert await _effects(world) == EVERY_LETTER_ONCE_AND_IN_ORDER


async def test_an_orderly_end_puts_back_what_was_not_begun(world: World, start: Start) -> None:
    await _post_letters(world, "slow")
    worker = start(lease=60)
    while (await _state(world)).get("done", 0) < 20:
        await asyncio.sleep(0.05)
    worker.terminate()
    assert worker.wait(15) == 0
    state = await _state(world)
    assert "leased" not in state
    assert state["done"] + state["ready"] == LETTERS
    start(lease=60)
    await _until(world, {"done": LETTERS}, seconds=30)
    assert await _effects(world) == EVERY_LETTER_ONCE_AND_IN_ORDER
    assert await world.rows("SELECT DISTINCT attempts FROM job WHERE actor = 'deliver_letter'") == [{"attempts": 1}]


async def test_a_job_that_kills_its_worker_becomes_a_dead_letter_and_the_others_go_on(
    world: World, start: Start
) -> None:
    await world.emit("die", {"key": "case:a", "number": 1}, key="case:a")
    await world.emit("count", {"key": "case:a", "number": 2}, key="case:a")
    await world.emit("count", {"key": "case:b", "number": 3}, key="case:b")
    worker = start(lease=0.5, attempts=5)
    end = time.monotonic() + 40
    while "dead" not in await _state(world):
        assert time.monotonic() < end
        if worker.poll() is not None:
            worker = start(lease=0.5, attempts=5)
        await asyncio.sleep(0.1)
    await _until(world, {"dead": 1, "ready": 1, "done": 1})
    [dead] = await world.rows("SELECT attempts, error FROM job WHERE state = 'dead' AND actor = 'react'")
    assert dead == {"attempts": 5, "error": "the worker was lost during attempt 5"}


async def test_a_job_that_fails_is_tried_again_and_then_given_up_with_its_error(world: World, start: Start) -> None:
    await world.emit("fail", {"key": "case:a", "number": 1}, key="case:a")
    start()
    await _until(world, {"dead": 1})
    [dead] = await world.rows("SELECT attempts, error FROM job WHERE state = 'dead' AND actor = 'react'")
    assert dead["attempts"] == 3
    assert dead["error"].startswith("ValueError: never\n")


async def test_a_job_of_an_unknown_name_is_a_dead_letter_at_once(world: World, start: Start) -> None:
    forged = (
        "INSERT INTO job (id, tenant_id, actor, body) VALUES (gen_random_uuid(), :tenant, 'os.system', '{\"a\": 1}')"
    )
    await world.change(forged, tenant=world.district)
    start()
    end = time.monotonic() + 20
    query = "SELECT state, attempts, split_part(error, chr(10), 1) AS error FROM job WHERE actor = 'os.system'"
    while (found := await world.rows(query))[0]["state"] != "dead":
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    assert found == [{"state": "dead", "attempts": 1, "error": "HopelessError: no function is called 'os.system'"}]


async def test_a_job_longer_than_its_lease_is_held_by_the_heartbeat(world: World, start: Start) -> None:
    await world.emit("long", {"key": "case:a", "number": 1, "seconds": 4}, key="case:a")
    start(lease=1)
    start(lease=1)
    await _until(world, {"done": 1})
    assert await world.rows("SELECT attempts FROM job WHERE actor = 'react'") == [{"attempts": 1}]
    rows = await world.within(world.district, "SELECT act FROM audit_entry")
    assert rows == [{"act": "case:a"}]
