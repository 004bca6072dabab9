import os
import subprocess
import sys
from pathlib import Path

from graphql_api.contract import ROOT

ASK = """
import asyncio, httpx
from graphql_api.app import create_app

async def main():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://jiangti.test") as http:
        print([(await http.get(path)).status_code for path in ("/livez", "/readyz", "/graphiql")])

asyncio.run(main())
"""


def test_the_application_starts_without_its_database_and_says_so(tmp_path: Path) -> None:
    """In a process of its own, from the environment alone, as the server makes it."""
    environment = {
        **os.environ,
        "JIANGTI_HOME": str(tmp_path),
        "JIANGTI_DEMO": "0",
        "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nowhere",
    }
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[-1] == "[200, 503, 404]"
