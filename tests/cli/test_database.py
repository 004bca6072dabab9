"""`jiangti migrate --check` looks and touches nothing."""

from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.database import Database
from kernel.settings import DatabaseUrls, Settings
from migrations.runner import migrate, run_blocking
from tests.cli.command import Run

CHECK = "migrate --check"


def change(url: str, statement: str) -> None:
    """As the owner."""

    async def work() -> None:
        owner = Database(url)
        async with owner.plain() as session:
            await session.execute(text(statement))
        await owner.close()

    run_blocking(work())


def test_a_schema_that_is_what_this_version_needs(run: Run) -> None:
    code, said, _ = run(CHECK)
    assert (code, said.rstrip().endswith("is at the head of the schema")) == (0, True)


def test_a_schema_at_another_revision_is_named_and_left_there(
    run: Run, settings: Settings, fresh_database_urls: DatabaseUrls
) -> None:
    migrate(settings, fresh_database_urls.owner, "base")
    complaint = "jiangti: not what this version needs: the schema stands at nothing, this version's head is "
    for _ in range(2):
        code, said, complained = run(CHECK)
        assert (code, said, complained.startswith(complaint)) == (1, "", True)
    code, _, complained = run("union list")
    assert (code, complained.rstrip().endswith("`jiangti migrate` brings it there")) == (1, True)


def test_a_column_that_the_models_do_not_know_is_named(run: Run, fresh_database_urls: DatabaseUrls) -> None:
    change(fresh_database_urls.owner, "ALTER TABLE level ADD COLUMN colour text")
    code, _, complained = run(CHECK)
    assert (code, "colour" in complained) == (1, True)


def test_a_database_that_is_not_there_is_not_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANGTI_DATABASE", "jiangti_test_nowhere")
    for _ in range(2):
        code, said, complained = run(CHECK)
        assert (code, said) == (1, "")
        assert complained.startswith("jiangti: the database cannot be read as its owner: ")


def test_an_embedded_server_that_is_not_there_is_not_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("JIANGTI_HOME", str(tmp_path / "home"))
    code, _, complained = run(CHECK)
    assert (code, complained.startswith("jiangti: there is no PostgreSQL server in ")) == (1, True)
    assert not (tmp_path / "home").exists()
