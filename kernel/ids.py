"""Keys are uuid version 7, made here: sortable by creation time, never a sequence number."""

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0
_TAIL_BITS = 74


def new_id() -> UUID:
    """A uuid7; later calls in one process give greater values, also within one millisecond."""
    global _last  # noqa: PLW0603 - the one counter that keeps a process's ids in order
    stamp = time.time_ns() // 1_000_000 << _TAIL_BITS | secrets.randbits(_TAIL_BITS)
    with _lock:
        _last = stamp if stamp > _last else _last + 1
        value = _last
    milliseconds, tail = value >> _TAIL_BITS, value & ((1 << _TAIL_BITS) - 1)
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
