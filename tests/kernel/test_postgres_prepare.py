"""Preparing a server that is not ours: by its superuser, or by somebody who may only create roles and databases."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import asyncpg
import pytest

from kernel.postgres import DatabaseRole, PostgresError, Server, role_name
from kernel.settings import Settings
from migrations.runner import prepare, run_blocking
from tests.databases import drop, run_sql

TIMEOUTS = {
    "app": ("5s", "2s", "10s", "30s"),
    "login": ("5s", "2s", "10s", "30s"),
    "courier": ("5min", "10s", "1min", "0"),
    "auditor": ("5min", "2s", "1min", "0"),
    "owner": ("5min", "30s", "5min", "0"),
}


def fetch(url: str, sql: str) -> list[asyncpg.Record]:
    async def work() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    return run_blocking(work())


@pytest.fixture
def elsewhere(settings: Settings, server: Server) -> Iterator[Settings]:
    """An installation of its own on the suite's server."""
    prefix = f"jiangti_try_{secrets.token_hex(3)}"
    yield replace(settings, role_prefix=prefix, database_name=prefix)
    drop(server, prefix)
    for role in DatabaseRole:
        run_sql(server, f"DROP ROLE IF EXISTS {role_name(prefix, role)}")
    run_sql(server, f"DROP ROLE IF EXISTS {prefix}_dba")


@pytest.fixture
def dba(server: Server, elsewhere: Settings) -> Server:
    """The same server, administrated by a role that may create roles and databases and nothing else."""
    name = f"{elsewhere.role_prefix}_dba"
    run_sql(server, f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD 'dba'")
    return replace(server, superuser=name, password="dba", embedded=False)


def test_a_superuser_prepares_it_twice(server: Server, elsewhere: Settings) -> None:
    assert prepare(elsewhere, server) == prepare(elsewhere, server)


def test_an_administrator_without_superuser_prepares_it_twice(dba: Server, elsewhere: Settings) -> None:
    urls = prepare(elsewhere, dba)
    assert prepare(elsewhere, dba) == urls
    assert fetch(urls.app, "select current_user::text")[0][0] == f"{elsewhere.role_prefix}_app"


@pytest.mark.parametrize("role", list(TIMEOUTS))
def test_every_role_has_its_timeouts(server: Server, elsewhere: Settings, role: str) -> None:
    urls = prepare(elsewhere, server)
    names = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"
    shown = fetch(getattr(urls, role), "select " + ", ".join(f"current_setting('{name}')" for name in names))
    assert tuple(shown[0]) == TIMEOUTS[role]


def test_a_database_that_was_there_before_is_taken_over(dba: Server, elsewhere: Settings) -> None:
    run_sql(dba, f"CREATE DATABASE {elsewhere.database_name}")
    urls = prepare(elsewhere, dba)
    owner = fetch(urls.app, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")
    assert owner[0][0] == f"{elsewhere.role_prefix}_owner"


def test_the_database_that_the_url_names_is_made(dba: Server, elsewhere: Settings) -> None:
    named = replace(dba, maintenance_database=elsewhere.database_name)
    assert prepare(elsewhere, named) == prepare(elsewhere, named)


def test_strangers_may_not_even_connect(server: Server, elsewhere: Settings) -> None:
    prepare(elsewhere, server)
    stranger = f"{elsewhere.role_prefix}_dba"
    run_sql(server, f"CREATE ROLE {stranger} LOGIN PASSWORD 'x'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        fetch(server.url(elsewhere.database_name, stranger, "x"), "select 1")


@pytest.mark.parametrize("power", ["BYPASSRLS", "SUPERUSER", "CREATEROLE", "CREATEDB"])
def test_a_role_with_powers_is_refused(server: Server, elsewhere: Settings, power: str) -> None:
    run_sql(server, f"CREATE ROLE {elsewhere.role_prefix}_app LOGIN {power}")
    with pytest.raises(PostgresError, match="has powers it must not have"):
        prepare(elsewhere, server)


def test_a_server_that_is_not_there_is_named(server: Server, elsewhere: Settings) -> None:
    with pytest.raises(PostgresError, match=r"the server 127\.0\.0\.1:1 cannot be prepared"):
        prepare(elsewhere, replace(server, port=1))
