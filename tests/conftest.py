"""A real PostgreSQL for the suite: one server for all test processes, one template per schema, one clone per test module.

The server is the suite's own (`<home>/test`, or that of DATABASE_URL). All test processes share it, also those of two runs at
once; the last one to leave stops it, and a killed run leaves nothing that the next does not clean.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import hypothesis
import pytest

from kernel.clock import CHINA, FixedClock
from kernel.postgres import Server, server_in_use
from kernel.postgres import database_urls as urls_of
from kernel.settings import DatabaseUrls, Settings
from tests.databases import clone, drop, ensure_template, new_name

hypothesis.settings.register_profile("suite", deadline=None)  # the machine may be busy; no test asserts a time
hypothesis.settings.load_profile("suite")


def suite_settings() -> Settings:
    """The environment's settings, with a home, a key and role names of the suite's own."""
    given = Settings.from_env()
    home = given.home / "test"
    return replace(
        given,
        home=home,
        secret_file=home / "secret.key",
        keyring_file=home / "keyring.json",
        role_prefix="jiangti_test",
        database_name="jiangti_test",
        demo=False,
    )


@pytest.fixture(scope="session")
def settings() -> Settings:
    return suite_settings()


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[Server]:
    """The suite's PostgreSQL, running."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with server_in_use(settings, profile="test") as running:
        yield running


@pytest.fixture(scope="session")
def template(settings: Settings, server: Server) -> str:
    """The name of the database that holds the migrated, empty schema; made once per state of the migrations."""
    with (settings.home / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_template(settings, server)


@pytest.fixture(scope="module")
def database_urls(settings: Settings, server: Server, template: str) -> Iterator[DatabaseUrls]:
    """A fresh, migrated database for this test module."""
    with _cloned(settings, server, template) as urls:
        yield urls


@pytest.fixture
def fresh_database_urls(settings: Settings, server: Server, template: str) -> Iterator[DatabaseUrls]:
    """A fresh, migrated database for this one test."""
    with _cloned(settings, server, template) as urls:
        yield urls


@pytest.fixture
def clock() -> FixedClock:
    """Monday 2026-03-02, nine in the morning in China."""
    return FixedClock(datetime(2026, 3, 2, 9, tzinfo=CHINA))


_LONG = (
    "tests/e2e/test_walk.py",
    "tests/faults/",
    "tests/authz/differential/",
    "tests/isolation/",
    "tests/live/",
    "tests/e2e/",
)
"""Begun first, so that at the end no process waits for another one's long file (`--no-loadscope-reorder` keeps this order)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((place for place, long in enumerate(_LONG) if item.nodeid.startswith(long)), 99))


def pytest_report_header() -> str:
    where = "the server of DATABASE_URL" if os.environ.get("DATABASE_URL") else f"its own, in {suite_settings().home}"
    return f"postgresql: {where}"


@contextmanager
def _cloned(settings: Settings, server: Server, template: str) -> Iterator[DatabaseUrls]:
    name = new_name(settings)
    clone(settings, server, template, name)
    try:
        yield urls_of(settings, server, name)
    finally:
        drop(server, name)
