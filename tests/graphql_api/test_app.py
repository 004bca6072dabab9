import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphql_api.contract import ROOT
from kernel.settings import DatabaseUrls

ASK = """
import asyncio, httpx
from graphql_api.app import create_app

async def main():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://jiangti.test") as http:
        print([(await http.get(path)).status_code for path in ("/livez", "/readyz", "/graphiql")])

asyncio.run(main())
"""
ASK_READINESS = """
import asyncio, httpx, sys
from graphql_api.app import make_app
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.schema import build
from kernel.clock import SystemClock
from kernel.database import Database
from tenants.accounts.entrance import open_entrance

async def main(app, login):
    entrance, clock = open_entrance(login), SystemClock()
    services = Services(Database(app), entrance, clock, EntranceAuthenticator(entrance, clock))
    transport = httpx.ASGITransport(app=make_app(build(b""), services, demo=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://jiangti.test") as http:
        print((await http.get("/readyz")).status_code)

asyncio.run(main(*sys.argv[1:]))
"""
NO_DATABASE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"
STARTS = {
    "the API": ["-c", ASK],
    "a worker": ["-m", "workers"],
    "serve": ["-m", "cli", "serve"],
    "serve --api-only": ["-m", "cli", "serve", "--api-only"],
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The product with a policy that somebody cut off in the middle."""
    for part in ROOT.iterdir():
        if (part / "__init__.py").exists() and part.name != "authz":
            (tmp_path / part.name).symlink_to(part)
    shutil.copytree(ROOT / "authz", tmp_path / "authz", ignore=shutil.ignore_patterns("__pycache__"))
    policy = tmp_path / "authz" / "policies" / "cases.csv"
    policy.write_text("\n".join(policy.read_text(encoding="utf-8").splitlines()[:20]) + "\n", encoding="utf-8")
    return tmp_path


def started(house: Path, home: Path, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    """In a process of its own, from the environment alone, as the server makes it."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(house),
        "JIANGTI_HOME": str(home),
        "JIANGTI_DEMO": "0",
        "DATABASE_URL": NO_DATABASE,
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_application_starts_without_its_database_and_says_so(tmp_path: Path) -> None:
    asked = started(ROOT, tmp_path, ["-c", ASK])
    assert asked.returncode == 0, asked.stderr
    *logged, answered = asked.stdout.splitlines()
    assert answered == "[200, 503, 404]"
    assert {json.loads(line)["logger"] for line in logged} <= {"graphql_api.headers", "httpx"}


@pytest.mark.parametrize("what", STARTS)
def test_nothing_starts_with_a_policy_in_doubt_and_it_says_why(house: Path, tmp_path: Path, what: str) -> None:
    asked = started(house, tmp_path / "home", STARTS[what])
    reason = "cases.csv:20 the last line must be '# end: <n> rows'; is the file whole?"
    assert (asked.returncode, asked.stderr.splitlines()[-1].partition(": ")[2]) == (1, reason)
    assert asked.stdout == ""
    assert not (tmp_path / "home" / "postgres").exists()


@pytest.mark.parametrize(("whole", "status"), [(True, "200"), (False, "503")])
def test_readiness_asks_for_the_policy_too(
    house: Path, tmp_path: Path, database_urls: DatabaseUrls, *, whole: bool, status: str
) -> None:
    arguments = ["-c", ASK_READINESS, database_urls.app, database_urls.login]
    asked = started(ROOT if whole else house, tmp_path / "home", arguments)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[-1] == status
