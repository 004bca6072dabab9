"""What `postmaster.pid` says, and whether the process it names is really the server of this data directory."""

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LINES_WITH_PORT = 4


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living server process of one data directory."""

    pid: int
    port: int | None


def find_postmaster(pid_file: Path) -> Postmaster | None:
    """The living server that wrote the file; None for a missing, cut, stale or recycled one."""
    try:
        lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    pid = _number(lines[0]) if lines else None
    if pid is None or pid <= 1:
        return None
    if len(lines) > 1 and not _same_directory(Path(lines[1]), pid_file.parent):
        return None
    if not serves(pid, pid_file.parent):
        return None
    return Postmaster(pid, _number(lines[_LINES_WITH_PORT - 1]) if len(lines) >= _LINES_WITH_PORT else None)


def serves(pid: int, data: Path) -> bool:
    """Whether a process is alive, no zombie, and a PostgreSQL process standing in this data directory."""
    if not _PROC.joinpath("self", "stat").exists():
        return _serves_by_ps(pid)
    try:
        if _state(pid) in {"Z", "X"}:
            return False
        return _same_directory(_PROC.joinpath(str(pid), "cwd").readlink(), data) and _is_postgres(pid)
    except OSError:
        return False


def find_processes(data: Path) -> list[int]:
    """All living PostgreSQL processes of a data directory, the postmaster and what it may have left behind."""
    if not _PROC.is_dir():
        return []
    pids = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if serves(pid, data)]


def _is_postgres(pid: int) -> bool:
    return _PROC.joinpath(str(pid), "comm").read_text(encoding="utf-8").strip() in {"postgres", "postmaster"}


def _state(pid: int) -> str:
    said = _PROC.joinpath(str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    return said.rpartition(")")[2].split()[0]


def _serves_by_ps(pid: int) -> bool:
    command = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(said) and not said.startswith("Z") and "postgres" in said


def _same_directory(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
    return one == other


def _number(text: str) -> int | None:
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else None
