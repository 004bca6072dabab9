import io
from dataclasses import replace

import pytest
from sqlalchemy.engine import make_url

from cli.__main__ import main
from kernel.postgres import Server
from kernel.settings import DatabaseUrls, Settings
from tests.cli.command import Run


@pytest.fixture
def run(
    settings: Settings,
    server: Server,
    fresh_database_urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Commands against a fresh database on the suite's server, as an installation beside its own server has it."""
    name = make_url(fresh_database_urls.owner).database or ""
    url = f"postgresql://{server.host}:{server.port}/{name}"
    there = replace(settings, database_url=url, database_name=name)
    for variable, value in there.environ().items():
        monkeypatch.setenv(variable, value)

    def command(line: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        capsys.readouterr()
        code = main(line.split())
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
