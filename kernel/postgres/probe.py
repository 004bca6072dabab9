"""Asking a server whether it is up and whose it is."""

import os
import subprocess
from enum import Enum
from pathlib import Path

from kernel.postgres.binaries import Binaries
from kernel.postgres.cluster import SUPERUSER

_CONNECT_SECONDS = "2"  # the shortest that libpq takes
_ANSWER_SECONDS = 10


class Answer(Enum):
    """What a server on a port says to us."""

    READY = "ready"
    STARTING = "starting"
    SILENT = "silent"
    STRANGER = "stranger"


def ask(binaries: Binaries, port: int, password: str, data: Path) -> Answer:
    """Log in over the loopback and compare the data directory; a stranger is any other server on that port."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PGPASSWORD": password,
        "PGCONNECT_TIMEOUT": _CONNECT_SECONDS,
        "PGSSLMODE": "disable",
        "LC_ALL": "C",
    }
    command = [binaries.program("psql"), "-X", "-At", "-w", "-h", "127.0.0.1", "-p", str(port)]
    command += ["-U", SUPERUSER, "-d", "postgres", "-c", "show data_directory"]
    try:
        done = subprocess.run(
            command, env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Answer.SILENT
    if done.returncode == 0:
        return Answer.READY if _same(done.stdout.strip(), data) else Answer.STRANGER
    if any(words in done.stderr for words in ("starting up", "not yet accepting", "in recovery", "shutting down")):
        return Answer.STARTING
    return Answer.STRANGER if "authentication failed" in done.stderr else Answer.SILENT


def _same(shown: str, data: Path) -> bool:
    return bool(shown) and os.path.realpath(shown) == os.path.realpath(data)
