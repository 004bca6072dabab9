"""How strict the door is. The numbers are the defaults of 等保 practice; an installation may set its own."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class HashCost:
    """What one Argon2id hash costs: passes, memory in KiB, lanes."""

    passes: int
    memory_kib: int
    lanes: int


FULL_COST = HashCost(passes=3, memory_kib=65536, lanes=4)
"""RFC 9106, second recommendation; about 150 ms."""
CHEAP_COST = HashCost(passes=1, memory_kib=64, lanes=1)
"""For tests and the demo, whose passwords are printed anyway; far below a millisecond."""


@dataclass(frozen=True)
class SignInPolicy:
    """Times and limits of signing in and staying signed in."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    touch_after: timedelta = timedelta(minutes=1)
    """`last_seen_at` is written at most this often; so an idle session may end this much early."""
    failures_before_lock: int = 5
    lock: timedelta = timedelta(minutes=15)
    address_failures: int = 50
    """Failed sign-ins from one address within `address_window` before that address must wait; a whole union may share one."""
    address_window: timedelta = timedelta(minutes=15)
