"""How fast a client may speak: a bucket of messages that fills again."""


class Pace:
    """`burst` messages at once, `rate` more each second."""

    def __init__(self, burst: int, rate: float) -> None:
        self._burst = burst
        self._rate = rate
        self._left = float(burst)
        self._at: float | None = None

    def allows(self, now: float) -> bool:
        """Whether one more is within the pace at `now` (seconds of any steady clock)."""
        since = 0.0 if self._at is None else now - self._at
        self._at = now
        self._left = min(self._burst, self._left + since * self._rate)
        if self._left < 1:
            return False
        self._left -= 1
        return True
