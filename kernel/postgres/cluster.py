"""Making a data directory: as a whole or not at all, with a password and never with `trust`."""

import secrets
import shutil
import subprocess

from kernel.postgres.binaries import Binaries
from kernel.postgres.errors import PostgresError
from kernel.postgres.place import Place

SUPERUSER = "jiangti_root"


def ensure_cluster(place: Place, binaries: Binaries, *, sync: bool = True) -> None:
    """Initialise the data directory if there is none; what an interrupted attempt left behind is removed.

    Without `sync` the files may be lost in a crash of the machine.
    """
    if (place.data / "PG_VERSION").exists():
        _check_version(place, binaries)
        return
    if place.data.exists() and any(place.data.iterdir()):
        message = f"{place.data} is not a PostgreSQL data directory; remove it (`make clean`) or set JIANGTI_HOME"
        raise PostgresError(message)
    password = secrets.token_hex(24)
    draft = place.root / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    place.account.own(draft)
    _initialise(place, binaries, password, [] if sync else ["--no-sync"])
    place.password_file.unlink(missing_ok=True)
    place.password_file.touch(mode=0o600)
    place.password_file.write_text(password, encoding="ascii")
    if place.data.exists():
        place.data.rmdir()
    draft.rename(place.data)


def superuser_password(place: Place) -> str:
    """The administrator's password; raises PostgresError when its file is gone."""
    try:
        return place.password_file.read_text(encoding="ascii")
    except OSError as failure:
        message = f"{place.password_file} cannot be read ({failure.strerror}); restore it, or start anew (`make clean`)"
        raise PostgresError(message) from failure


def _initialise(place: Place, binaries: Binaries, password: str, more: list[str]) -> None:
    password_file = place.root / "initdb.password"
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    try:
        password_file.write_text(password, encoding="ascii")
        place.account.own(password_file)
        command = [binaries.program("initdb"), "-D", str(place.root / "data.new"), "-U", SUPERUSER, "-E", "UTF8"]
        command += [
            "-A",
            "scram-sha-256",
            f"--pwfile={password_file}",
            "--no-instructions",
            *binaries.initdb_locale,
            *more,
        ]
        done = subprocess.run(
            command, cwd=place.root, capture_output=True, text=True, check=False, **place.account.spawn_options()
        )
    finally:
        password_file.unlink()
    if done.returncode != 0:
        message = f"initdb failed in {place.root}: {(done.stderr or done.stdout).strip()[-1500:]}"
        raise PostgresError(message)


def _check_version(place: Place, binaries: Binaries) -> None:
    made_by = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if made_by != str(binaries.major):
        message = (
            f"{place.data} was made by PostgreSQL {made_by}, the programs found are {binaries.major}; "
            "set PG_BIN to the matching ones, or dump and restore into a new JIANGTI_HOME"
        )
        raise PostgresError(message)
