"""The schema's history: forth, back, forth again, and nothing between it and the models."""

from pathlib import Path

import asyncpg
from alembic.script import ScriptDirectory

from kernel.settings import DatabaseUrls, Settings
from migrations.runner import alembic_config, differences, migrate, run_blocking


def catalogue(url: str) -> dict[str, object]:
    """Everything a revision makes: columns, constraints, indexes, policies, rights."""

    async def read() -> dict[str, object]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return {name: [tuple(row) for row in await connection.fetch(sql)] for name, sql in PARTS.items()}
        finally:
            await connection.close()

    return run_blocking(read())


PARTS = {
    "columns": (
        "select table_name, column_name, data_type, is_nullable, column_default, identity_generation, collation_name "
        "from information_schema.columns where table_schema = 'public' order by 1, 2"
    ),
    "constraints": (
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'public'::regnamespace order by 1, 2"
    ),
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2",
    "policies": "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 1, 2",
    "rights": (
        "select relname, relacl::text, relrowsecurity, relforcerowsecurity from pg_class "
        "where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S', 'v') order by 1"
    ),
    "routines": "select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace order by 1",
}


def test_back_to_nothing_and_forth_again_gives_the_same(settings: Settings, fresh_database_urls: DatabaseUrls) -> None:
    before = catalogue(fresh_database_urls.owner)
    migrate(settings, fresh_database_urls.owner, "base")
    left = catalogue(fresh_database_urls.owner)
    assert {name: rows for name, rows in left.items() if rows} == version_table_only(left)
    migrate(settings, fresh_database_urls.owner)
    assert catalogue(fresh_database_urls.owner) == before


def version_table_only(left: dict[str, object]) -> dict[str, object]:
    """What Alembic itself keeps after the last downgrade."""
    kept = {name: [row for row in rows if row[0] == "alembic_version"] for name, rows in left.items()}  # type: ignore[attr-defined]
    return {name: rows for name, rows in kept.items() if rows}


def test_models_and_schema_do_not_differ(database_urls: DatabaseUrls) -> None:
    assert differences(database_urls.owner) == []


def test_the_history_is_one_line_and_every_step_has_a_way_back(settings: Settings) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(settings))
    assert len(scripts.get_heads()) == 1
    for revision in scripts.walk_revisions():
        source = Path(revision.path).read_text(encoding="utf-8")
        assert "def downgrade() -> None:\n    pass" not in source, revision.path
