"""Where one installation keeps its server: below its home, or, where the server's user cannot enter there, in a place of its own.

A clone below `/root` cannot be entered by the unprivileged user that root's server runs as, and opening the directories above
is not ours to do. Then `<home>/postgres` is a link to a directory made by root (0711) under `/var/lib`, `/var/tmp` or `/tmp`.
The file `home` in it says whose it is, so that a copied home does not share a server with its original.
"""

import os
import shutil
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kernel.postgres.account import Account, choose_account
from kernel.postgres.errors import PostgresError
from kernel.settings import Settings

_SHELTERS = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108 - checked below: made by root, or refused


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one server; only `data` belongs to the account it runs as."""

    root: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.root / "server.log"

    @property
    def port_file(self) -> Path:
        """The port the server was last started on."""
        return self.root / "port"

    @property
    def password_file(self) -> Path:
        """The administrator's password, readable by whoever made the installation."""
        return self.root / "superuser.password"

    @property
    def pid_file(self) -> Path:
        """Written by PostgreSQL; may be stale, recycled or cut short."""
        return self.data / "postmaster.pid"


def link_of(settings: Settings) -> Path:
    """Where every process finds the server's place, whether it is a directory there or a link."""
    return settings.home / "postgres"


def make_home(settings: Settings) -> None:
    """Create the installation's directory; says clearly when it belongs to somebody else."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        owned = os.access(settings.home, os.W_OK | os.X_OK)
    except OSError as failure:
        message = f"{settings.home} cannot be made ({failure.strerror}); set JIANGTI_HOME to a directory of yours"
        raise PostgresError(message) from failure
    if not owned:
        message = f"{settings.home} belongs to another user; set JIANGTI_HOME to a directory of yours"
        raise PostgresError(message)


def find_place(settings: Settings) -> Place | None:
    """The place that exists, if any; changes nothing."""
    link = link_of(settings)
    try:
        root = link.resolve(strict=True)
    except OSError:
        return None
    return Place(root, choose_account(settings.postgres_user, root / "data"))


def take_place(settings: Settings) -> Place:
    """The existing place, or a new one that the server's account can really enter. Call under the supervisor's lock."""
    link = link_of(settings)
    if link.is_symlink() and not _is_ours(link, settings.home):
        link.unlink()
    if not link.exists():
        _make_place(settings, link)
    root = link.resolve()
    place = Place(root, choose_account(settings.postgres_user, root / "data"))
    if not _entered(place.account, root):
        message = f"user {place.account.uid} can no longer enter {root}; move {settings.home} back, or remove it (`make clean`)"
        raise PostgresError(message)
    return place


def remove_place(settings: Settings) -> None:
    """Delete the server's files, wherever they are. The server must be stopped."""
    link = link_of(settings)
    if link.is_symlink():
        if _is_ours(link, settings.home):
            shutil.rmtree(link.resolve(), ignore_errors=True)
        link.unlink()
    else:
        shutil.rmtree(link, ignore_errors=True)


def _make_place(settings: Settings, link: Path) -> None:
    account = choose_account(settings.postgres_user, link / "data")
    link.mkdir(mode=0o711 if account.foreign else 0o700)
    if not account.foreign:
        return
    link.chmod(0o711)
    if _entered(account, link):
        return
    link.rmdir()
    shelter = _make_shelter(settings.home, account)
    (shelter / "home").write_text(str(settings.home.resolve()), encoding="utf-8")
    link.symlink_to(shelter)


def _entered(account: Account, directory: Path) -> bool:
    """Whether the account gets to a directory of its own inside this one: exactly what the server will do."""
    probe = directory / "probe"
    probe.mkdir(mode=0o700)
    try:
        account.own(probe)
        return account.can_write(probe)
    finally:
        probe.rmdir()


def _make_shelter(home: Path, account: Account) -> Path:
    name = "jiangti-" + sha256(str(home.resolve()).encode()).hexdigest()[:16]
    tried: list[str] = []
    for parent in _SHELTERS:
        shelter = Path(parent) / name
        try:
            shelter.mkdir(mode=0o711, exist_ok=True)
            if _is_roots_own(shelter):
                shelter.chmod(0o711)
                if _entered(account, shelter):
                    return shelter
        except OSError as failure:
            tried.append(f"{shelter}: {failure.strerror}")
            continue
        tried.append(f"{shelter}: not usable")
    message = (
        f"user {account.uid} cannot enter {home} and no other place can be made ({'; '.join(tried)}); set JIANGTI_HOME"
    )
    raise PostgresError(message)


def _is_roots_own(directory: Path) -> bool:
    """Somebody else could have made the directory before us, in `/tmp`; then it is not for us."""
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _is_ours(link: Path, home: Path) -> bool:
    """Whether the linked place belongs to this home; a home that was moved (not copied) takes its place along."""
    try:
        recorded = Path((link / "home").read_text(encoding="utf-8"))
    except OSError:
        return False
    if recorded != home.resolve() and recorded.exists():
        return False
    (link / "home").write_text(str(home.resolve()), encoding="utf-8")
    return True
