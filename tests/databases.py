"""The suite's databases: a template per state of the schema, clones of it, and the removal of what is no longer needed."""

import os
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import DatabaseRole, Server, role_name
from kernel.settings import Settings
from migrations.runner import existing_database, prepare, run_blocking

ROOT = Path(__file__).parent.parent
_SCHEMA_FILES = (
    "migrations/**/*.py",
    "kernel/*.py",
    "kernel/postgres/roles.py",
    "*/**/model.py",
    "*/**/models.py",
    "authz/policies/*.csv",
)
_FILLING = ("kernel", "tenants", "authz", "programmes", "workers", "cli", "tests")
_FILLING_KINDS = frozenset({".py", ".yaml", ".csv", ".txt"})


def schema_hash(settings: Settings) -> str:
    """Changes whenever a migrated database could come out differently."""
    files = {path for pattern in _SCHEMA_FILES for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    state = sha256(settings.secret_key())
    for path in sorted(files):
        state.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return state.hexdigest()[:16]


def ensure_template(settings: Settings, server: Server) -> str:
    """Make the template if it is missing, as a whole or not at all; also sets the roles right. Call under a lock."""
    name = f"{settings.role_prefix}_template_{schema_hash(settings)}"
    present = _databases(server)
    drop_stale(settings, server, keep_templates=3)
    if name not in present:
        draft = f"{settings.role_prefix}_draft"
        drop(server, draft)
        prepare(settings, server, draft)
        run_sql(server, f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def ensure_filled(settings: Settings, server: Server, template: str, kind: str, fill: Callable[[str], None]) -> str:
    """The name of a copy of the template that `fill(name)` has filled; made once per state of the sources, as a whole or not at all. Call under a lock."""
    prefix = f"{settings.role_prefix}_filled_{kind}_"
    name = prefix + source_hash(template)
    present = _databases(server)
    if name not in present:
        for old in [each for each in present if each.startswith(prefix)][:-1]:
            drop(server, old)
        draft = new_name(settings)
        clone(settings, server, template, draft)
        fill(draft)
        run_sql(server, f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def source_hash(template: str) -> str:
    """Changes whenever something that fills a database could do it differently."""
    state = sha256(template.encode())
    for package in _FILLING:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in _FILLING_KINDS:
                state.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return state.hexdigest()[:12]


def clone(settings: Settings, server: Server, template: str, name: str) -> None:
    """A copy of the template, owned like it."""
    owner = role_name(settings.role_prefix, DatabaseRole.OWNER)
    strategy = "STRATEGY file_copy" if server.embedded else ""  # without fsync the faster one: 32 ms against 53 ms
    run_sql(server, f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} {strategy}")


def drop(server: Server, name: str) -> None:
    """Remove a database, whoever is still connected."""
    run_sql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def new_name(settings: Settings) -> str:
    """A name that tells which process made the database; see `drop_stale`."""
    return f"{settings.role_prefix}_run_{os.getpid()}_{secrets.token_hex(4)}"


def drop_stale(settings: Settings, server: Server, *, keep_templates: int) -> None:
    """Remove the clones of dead processes and all but the newest templates (another run may be copying one of those)."""
    prefix = f"{settings.role_prefix}_"
    names = [name for name in _databases(server) if name.startswith(prefix)]
    clones = [name for name in names if name.startswith(f"{prefix}run_")]
    templates = [name for name in names if name.startswith(f"{prefix}template_")]
    dead = [name for name in clones if not _alive(name.removeprefix(f"{prefix}run_").partition("_")[0])]
    for name in dead + templates[: len(templates) - keep_templates]:
        drop(server, name)


def run_sql(server: Server, *statements: str) -> None:
    """Run statements as the administrator, outside transactions."""
    run_blocking(_run(server.url(existing_database(server)), statements))


def _databases(server: Server) -> list[str]:
    """All names, in the order in which they were made."""
    return run_blocking(_list(server.url(existing_database(server))))


async def _run(url: str, statements: tuple[str, ...]) -> None:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def _list(url: str) -> list[str]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        names = list((await connection.execute(text("SELECT datname FROM pg_database ORDER BY oid"))).scalars())
    await engine.dispose()
    return names


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
