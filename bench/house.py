"""A PostgreSQL of the measurement's own: durable as in production, in a temporary folder, migrated, and gone afterwards."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import asyncpg

from kernel.postgres import Server, purge, server_in_use, server_status
from kernel.settings import DatabaseUrls, Settings
from migrations import runner

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class House:
    """A running server with a migrated database; `settings` name it to child processes."""

    settings: Settings
    server: Server
    urls: DatabaseUrls
    postmaster: int

    @property
    def admin_dsn(self) -> str:
        """As the administrator, whom no wall stops; for filling only."""
        return dsn(self.server.url(self.settings.database_name))


@contextmanager
def house() -> Generator[House]:
    """Start it, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="jiangti-bench-") as folder:
        home = Path(folder)
        settings = replace(
            Settings.from_env({}),
            home=home,
            secret_file=home / "secret.key",
            keyring_file=home / "keyring.json",
            role_prefix="jiangti_bench",
            database_name="bench",
        )
        with server_in_use(settings, profile="durable") as server:
            urls = runner.prepare(settings, server)
            yield house_of(settings, server, urls)
        purge(settings)  # where its data had to lie outside the folder


def house_of(settings: Settings, server: Server, urls: DatabaseUrls) -> House:
    """A server of ours that runs."""
    pid = server_status(settings).pid
    if pid is None:
        message = "the server's process is not known"
        raise RuntimeError(message)
    return House(settings, server, urls, pid)


def dsn(url: str) -> str:
    """An SQLAlchemy URL as asyncpg and libpq read it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


async def connect(plain_dsn: str) -> Any:  # noqa: ANN401 - asyncpg ships no complete types
    """A plain connection."""
    return await cast("Any", asyncpg).connect(plain_dsn)
