"""What processes cost, as the kernel counts it in /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICK = 1.0 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_PARENT, _OWN, _WAITED = 1, slice(11, 13), slice(13, 15)
"""Places in /proc/<pid>/stat after the program's name: parent, own time, time of children that have ended and been waited for."""


@dataclass(frozen=True)
class Machine:
    """On what it was measured."""

    cores: int
    processor: str
    memory_gib: float

    def __str__(self) -> str:
        return f"{self.cores} cores ({self.processor}), {self.memory_gib:.0f} GiB"


def machine() -> Machine:
    """This one."""
    information = (_PROC / "cpuinfo").read_text(encoding="utf-8")
    model = next(
        (line.split(":", 1)[1].strip() for line in information.splitlines() if line.startswith("model name")), "?"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(os.cpu_count() or 0, model, memory)


def cpu_of(pid: int) -> float:
    """Seconds of processor time of one process and its threads."""
    return sum(int(ticks) for ticks in _stat(pid)[_OWN]) * _TICK


def cpu_of_cluster(postmaster: int) -> float:
    """Seconds of a PostgreSQL server with all its backends, those included that have come and gone."""
    fields = _stat(postmaster)
    ticks = sum(int(one) for one in (*fields[_OWN], *fields[_WAITED]))
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                child = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended while we looked
            if int(child[_PARENT]) == postmaster:
                ticks += sum(int(one) for one in child[_OWN])
    return ticks * _TICK


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM."""
    for line in (_PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _stat(pid: int) -> list[str]:
    text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8")
    return text.rpartition(")")[2].split()
