"""The whole product as a stranger starts it: `jiangti demo`, then `jiangti walk` over HTTP, while workers are killed; afterwards nothing is lost or doubled."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from cli.claim import end_running
from kernel.postgres import find_server, purge
from kernel.postgres.postmaster import free_port
from kernel.settings import Settings
from tests.e2e.ear import STANDING, Ear
from tests.isolation.test_every_act_is_recorded import acts_of_the_walk

ROOT = Path(__file__).parent.parent.parent
EXPECTED = Path(__file__).with_name("walk.txt")
MOST_KILLS = 5
HASH = re.compile(r"[0-9a-f]{12,64}…")
POLICY_LINE = re.compile(r"(?<=\.csv:)\d+")

pytestmark = pytest.mark.timeout(400)


class Demo:
    """A running demo with a home and a port of its own."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_env({"JIANGTI_HOME": str(home), "JIANGTI_PORT": str(free_port())})
        self.environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.settings.environ()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.page = "".join(self._until("Ctrl-C"))

    def _until(self, word: str) -> Iterator[str]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line
            if word in line:
                return

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def kill_workers(self) -> int:
        """SIGKILL for every worker of the tree; how many there were."""
        killed = 0
        for pid in json.loads((self.settings.home / "run.json").read_text())["children"]:
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except FileNotFoundError:
                continue
            if command.rstrip(b"\0").endswith(b"worker"):
                os.killpg(pid, signal.SIGKILL)
                killed += 1
        return killed

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo") / "home")
    yield running
    end_running(running.settings)
    purge(running.settings)


@pytest.fixture(scope="module")
def ear(demo: Demo) -> Iterator[Ear]:
    """Listens from before the walk on."""
    listening = Ear(find_server(demo.settings).url(demo.settings.database_name))
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def walked(demo: Demo, ear: Ear) -> tuple[subprocess.CompletedProcess[str], int]:
    """The walk, with all workers killed again and again; the supervisor waits longer each time, so not for ever."""
    over, killed = threading.Event(), 0

    def kill() -> None:
        nonlocal killed
        while killed < MOST_KILLS and not over.wait(3.0):
            killed += demo.kill_workers()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        finished = demo.run("walk")
    finally:
        over.set()
        killer.join()
    return finished, killed


def test_the_page_says_where_and_who(demo: Demo) -> None:
    address = f"http://127.0.0.1:{demo.settings.port}"
    assert f"{address}/graphql" in demo.page
    assert f"{address}/graphiql" in demo.page
    assert "wuhou-hengda.clerk" in demo.page


def test_the_accounts_are_listed_as_json(demo: Demo) -> None:
    rows = json.loads(demo.run("demo", "accounts", "--json").stdout)
    clerk = next(row for row in rows if row["login"] == "wuhou.clerk")
    assert clerk == {
        "tenant": "wuhou",
        "tenantName": "武侯区总工会",
        "login": "wuhou.clerk",
        "name": clerk["name"],
        "password": clerk["password"],
        "totpSecret": None,
        "roles": ["clerk"],
    }


def test_the_walk_goes_through_while_workers_are_killed(walked: tuple[subprocess.CompletedProcess[str], int]) -> None:
    finished, killed = walked
    assert finished.returncode == 0, finished.stdout[-2000:] + finished.stderr
    shown = POLICY_LINE.sub("#", HASH.sub("#…", finished.stdout))
    assert shown.splitlines() == EXPECTED.read_text(encoding="utf-8").splitlines()
    assert killed >= 3


def test_the_walk_wants_a_fresh_demo(demo: Demo, walked: tuple[subprocess.CompletedProcess[str], int]) -> None:
    again = demo.run("walk")
    assert (again.returncode, again.stdout) == (1, "")
    assert "fresh demo" in again.stderr


def test_both_sides_of_every_handover_agree(demo: Demo, walked: tuple[subprocess.CompletedProcess[str], int]) -> None:
    compared = demo.run("reconcile")
    assert (compared.returncode, compared.stdout.strip()) == (0, "12 handovers compared, 0 differences")


def test_no_letter_is_dead_and_the_audit_trail_is_right(
    demo: Demo, walked: tuple[subprocess.CompletedProcess[str], int]
) -> None:
    assert demo.run("jobs", "list").returncode == 0
    assert demo.run("audit", "verify").returncode == 0


async def _query(demo: Demo, statement: str) -> list[tuple[Any, ...]]:
    """As the server's administrator, who sees all unions."""
    engine = create_async_engine(find_server(demo.settings).url(demo.settings.database_name), poolclass=NullPool)
    async with engine.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(text(statement))]
    await engine.dispose()
    return rows


async def test_every_mutation_of_the_walk_left_exactly_one_audit_entry(
    demo: Demo, walked: tuple[subprocess.CompletedProcess[str], int]
) -> None:
    done = await _query(demo, "SELECT operation, count(*) FROM idempotency_key GROUP BY 1")
    assert {operation for operation, _ in done} == acts_of_the_walk() - {"signIn", "signOut", "completeSignIn"}
    by_people = "account_id IS NOT NULL AND request_id IS NOT NULL AND act NOT LIKE 'session:%'"
    entries = await _query(demo, f"SELECT request_id FROM audit_entry WHERE {by_people}")
    assert len(set(entries)) == len(entries) == sum(count for _, count in done)


def test_whatever_came_to_stand_otherwise_was_told(
    ear: Ear, walked: tuple[subprocess.CompletedProcess[str], int]
) -> None:
    """Each object of a kind that is told, new or changed by people, by the courier or by the clock, in every union."""
    changed = {known for known, standing in ear.standing().items() if ear.before.get(known) != standing}
    assert {kind for kind, *_ in changed} == set(STANDING)
    assert (changed - ear.told, ear.summed, ear.cuts) == (set(), set(), 0)


def test_a_second_demo_on_the_same_home_says_so(demo: Demo) -> None:
    second = demo.run("demo")
    assert second.returncode == 3
    assert "already runs" in second.stderr


def test_it_ends_in_order(demo: Demo, walked: tuple[subprocess.CompletedProcess[str], int]) -> None:
    assert demo.end() == 0
