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
    challenge: timedelta = timedelta(minutes=5)
    """How long the second step of signing in may take."""
    sessions: int = 5
    """Live sessions of one account; a further one ends the oldest."""
    password_age: timedelta | None = timedelta(days=90)
    """A password older than this opens a session that can only change it; None: it does not age."""
    password_memory: int = 5
    """The present password and those before it, this many in all, are not taken again."""
    token_days: int = 180
    """The longest life of a token for a machine."""
    tokens: int = 20
    """Live tokens of one place; a further one is refused."""
    token_touch_after: timedelta = timedelta(minutes=10)
    """Their `last_used_at` is written at most this often."""
    clock_may_go_back: bool = False
    """The demo's clock may: there a code's step that lies ahead of the clock says nothing about replay."""


IDLE_ACCOUNT = timedelta(days=90)
"""An account that nobody used this long is disabled (`workers.chores.disable_idle_accounts`)."""
DEMO_POLICY = SignInPolicy(clock_may_go_back=True, password_age=None, sessions=50)
"""The demo's clock jumps over years, and its passwords are printed."""
