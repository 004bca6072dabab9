"""Whom the server runs as: PostgreSQL refuses to run as root, so root's server runs as an existing unprivileged user."""

import os
import pwd
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from kernel.postgres.errors import PostgresError

_CANDIDATES = ("postgres", "nobody", "daemon")


class SpawnOptions(TypedDict, total=False):
    """The part of subprocess.Popen's arguments that decides who the child is."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine; `foreign` when it is not the one this process runs as."""

    uid: int
    gid: int
    foreign: bool

    def spawn_options(self) -> SpawnOptions:
        """What makes a child of ours run as this account, without any supplementary group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}

    def own(self, path: Path) -> None:
        """Give a file or directory to this account."""
        if self.foreign:
            os.chown(path, self.uid, self.gid)

    def can_read(self, paths: Iterable[Path]) -> bool:
        """Whether the account really reaches all these paths: tried as the account, not guessed from mode bits."""
        if not self.foreign:
            return all(os.access(path, os.R_OK) for path in paths)
        script = 'for path; do test -r "$path" || exit 1; done'
        command = ["/bin/sh", "-c", script, "sh", *map(str, paths)]
        return _run_as(self, command)

    def can_write(self, directory: Path) -> bool:
        """Whether the account reaches and may enter a directory (tried, as above)."""
        if not self.foreign:
            return os.access(directory, os.W_OK | os.X_OK)
        return _run_as(self, ["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(directory)])


def _run_as(account: Account, command: list[str]) -> bool:
    try:
        return (
            subprocess.run(command, cwd="/", capture_output=True, check=False, **account.spawn_options()).returncode
            == 0
        )
    except PermissionError as failure:
        message = (
            f"this process is root but may not become user {account.uid} ({failure.strerror}); "
            "run as an ordinary user or set DATABASE_URL"
        )
        raise PostgresError(message) from failure
    except OSError as failure:
        message = f"user {account.uid} does not work here ({failure.strerror}); name another with JIANGTI_PG_USER"
        raise PostgresError(message) from failure


def choose_account(wanted: str | None, data: Path) -> Account:
    """Ourselves; for root the owner of existing data, else the wanted user, else the first known unprivileged one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), foreign=False)
    if wanted is None and data.is_dir() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid, foreign=True)
    for name in (wanted,) if wanted else _CANDIDATES:
        entry = _find_user(name)
        if entry is not None and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, foreign=True)
    message = f"PostgreSQL does not run as root and there is no user {wanted or ' or '.join(_CANDIDATES)}; set JIANGTI_PG_USER"
    raise PostgresError(message)


def _find_user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(int(name)) if name.isdigit() else pwd.getpwnam(name)
    except KeyError:
        return None
