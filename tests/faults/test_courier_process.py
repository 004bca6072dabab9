"""`python -m workers` as the product starts it: its own settings, handlers and chores."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernel import audit
from kernel.audit_anchor import last_anchors
from kernel.audit_chain import verify
from kernel.ids import new_id
from kernel.settings import DatabaseUrls, Settings
from tests.queue_world import World
from workers.main import ANCHOR_FILE, SEAL_PURPOSE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def worker(
    fresh_database_urls: DatabaseUrls, settings: Settings, tmp_path: Path
) -> "Iterator[subprocess.Popen[bytes]]":
    told = {
        "JIANGTI_HOME": str(settings.home),
        "JIANGTI_DATABASE": fresh_database_urls.owner.rpartition("/")[2],
        "JIANGTI_ROLE_PREFIX": settings.role_prefix,
        "JIANGTI_SECRET_FILE": str(settings.secret_file),
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers"], cwd=ROOT, env=os.environ | told, stdout=log, stderr=log
        )
    yield process
    process.kill()
    process.wait()


async def test_the_worker_does_the_chores_seals_what_was_written_beats_and_ends_in_order(
    world: World, worker: "subprocess.Popen[bytes]", settings: Settings
) -> None:
    async with world.app.write(world.district) as session:
        when = datetime(2026, 3, 2, tzinfo=UTC)
        audit.record(session, at=when, account_id=None, actor="x", act="y", object_kind="case", object_id=new_id())
    end = time.monotonic() + 90
    while not await world.within(world.district, "SELECT id FROM audit_seal"):
        assert time.monotonic() < end
        await asyncio.sleep(0.2)
    async with world.courier.read(world.district) as session:
        anchor = last_anchors(settings.home / ANCHOR_FILE).get(world.district)
        verdict = await verify(session, settings.derive(SEAL_PURPOSE), anchor)
    assert (verdict.sealed, verdict.unsealed, verdict.fault) == (1, 0, None)
    assert len(await world.rows("SELECT name FROM worker_beat")) == 1
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert await world.rows("SELECT actor, error FROM job WHERE state <> 'done'") == []
