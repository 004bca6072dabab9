"""The process tree of `jiangti serve`: the whole product, and what happens when parts of it are killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from cli.claim import end_running
from cli.demo import command as demo
from cli.demo import loading
from kernel.clock import ShiftedClock, SystemClock
from kernel.database import Database
from kernel.postgres import purge, server_in_use, server_status
from kernel.postgres.postmaster import free_port
from kernel.settings import Settings
from migrations.runner import prepare, run_blocking
from programmes.titles.model import Title
from tenants.accounts.passwords import Passwords
from tenants.queries import find_tenant_by_code

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings.from_env({"JIANGTI_HOME": str(tmp_path / "home"), "JIANGTI_PORT": str(free_port())})
    yield settings
    end_running(settings)
    purge(settings)


class Running:
    """One `jiangti serve`, or another command, with what it says."""

    def __init__(self, settings: Settings, *command: str) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings.environ()}
        self.settings = settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", *(command or ("serve",))],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_banner(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("匠梯 serves http://127.0.0.1:"), self.said()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.said_and_code()[1]

    def said(self) -> str:
        return self.said_and_code()[0]

    def said_and_code(self) -> tuple[str, int]:
        out, err = self.process.communicate(timeout=PATIENCE)
        return out + err, self.process.returncode

    def children(self) -> list[int]:
        return json.loads((self.settings.home / "run.json").read_text())["children"]


def is_ready(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_taken_port_is_named_before_anything_is_made(home: Settings) -> None:
    with socket.socket() as occupant:
        occupant.bind((home.host, home.port))
        occupant.listen()
        said, code = Running(home).said_and_code()
    assert code == 3
    assert said.startswith(f"jiangti: port {home.port} on 127.0.0.1 cannot be used (Address already in use); choose")
    assert "JIANGTI_PORT=" in said
    assert not (home.home / "postgres").exists()


def test_everything_comes_back_after_it_was_killed_and_ends_in_order(home: Settings) -> None:
    tree = Running(home)
    tree.wait_for_banner()
    refused, code = Running(home).said_and_code()
    assert (code, f"already runs from {home.home} (process {tree.process.pid})" in refused) == (3, True)

    before, database = tree.children(), server_status(home).pid
    assert database is not None
    for pid in [*before, database]:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(tree.children()) == len(before) and not set(tree.children()) & set(before))
    until(lambda: server_status(home).pid not in {None, database} and is_ready(home))

    after = [*tree.children(), server_status(home).pid]
    assert tree.end(signal.SIGTERM) == 0
    assert [pid for pid in after if pid is not None and is_alive(pid)] == []
    assert not is_ready(home)


def test_a_killed_tree_leaves_no_children_and_the_next_one_starts_at_once(home: Settings) -> None:
    first = Running(home)
    first.wait_for_banner()
    left, database = first.children(), server_status(home).pid
    first.end(signal.SIGKILL)

    second = Running(home)
    second.wait_for_banner()
    assert [pid for pid in left if is_alive(pid)] == []
    assert (server_status(home).pid, is_ready(home)) == (database, True)
    assert second.end(signal.SIGINT) == 0
    assert server_status(home).pid is None


def test_children_end_when_their_parent_is_killed(home: Settings) -> None:
    tree = Running(home)
    tree.wait_for_banner()
    left = tree.children()
    tree.end(signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in left))


def test_a_command_says_in_one_sentence_that_the_server_does_not_run(home: Settings) -> None:
    with server_in_use(home):
        pass
    for command in (("reconcile", "--settle", "0"), ("jobs", "list"), ("audit", "verify")):
        said, code = Running(home, *command).said_and_code()
        assert code == 1
        assert said.startswith(f"jiangti: the PostgreSQL of {home.home} cannot be used: ")
        assert said.count("\n") == 1


def test_a_demo_whose_loading_was_cut_short_is_loaded_from_the_beginning_and_only_then(home: Settings) -> None:
    with server_in_use(home) as server:
        owner = prepare(home, server).owner
        half = run_blocking(_load_unions_only(owner))
        demo.load(home, server)
        whole = run_blocking(_wuhou(owner))
        assert whole != half
        assert ShiftedClock(home.clock_file).today() == loading.BEGINNING.date()
        demo.load(home, server)
        assert run_blocking(_wuhou(owner)) == whole


async def _load_unions_only(url: str) -> UUID:
    """What a demo that is killed after its unions and before its past leaves behind."""
    owner = Database(url)
    try:
        loaded = await loading.load_country(owner, Passwords(), SystemClock())
        return loaded.tenants["wuhou"]
    finally:
        await owner.close()


async def _wuhou(url: str) -> UUID:
    """The union's key, where the past is there."""
    owner = Database(url)
    try:
        async with owner.plain() as session:
            union = await find_tenant_by_code(session, "wuhou")
        assert union is not None
        async with owner.read(union.id) as session:
            assert await session.scalar(select(func.count()).select_from(Title)) == 4
        return union.id
    finally:
        await owner.close()
