"""Why a connection ends: a code of the protocol or of our own, and a word for programs; and how much one may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Closing:
    """`code` goes by RFC 6455 (1000 to 1015), graphql-transport-ws, or docs/contract.md; `reason` has at most 123 bytes."""

    code: int
    reason: str


class ClosedError(Exception):
    """The connection is to be closed."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


GONE = Closing(1000, "")
UNAVAILABLE = Closing(1013, "UNAVAILABLE")
SLOW_CONSUMER = Closing(1013, "SLOW_CONSUMER")
INTERNAL = Closing(1011, "INTERNAL")
NOT_TEXT = Closing(1003, "NOT_TEXT")
TOO_BIG = Closing(1009, "TOO_BIG")
BAD_MESSAGE = Closing(4400, "BAD_MESSAGE")
NOT_ACKNOWLEDGED = Closing(4401, "NOT_ACKNOWLEDGED")
NOT_SIGNED_IN = Closing(4403, "NOT_SIGNED_IN")
PASSWORD_EXPIRED = Closing(4403, "PASSWORD_EXPIRED")
POLICY_OUTDATED = Closing(4403, "POLICY_OUTDATED")
SESSION_ENDED = Closing(4403, "SESSION_ENDED")
SESSION_CHANGED = Closing(4403, "SESSION_CHANGED")
WRONG_PROTOCOL = Closing(4406, "WRONG_PROTOCOL")
INIT_TIMEOUT = Closing(4408, "INIT_TIMEOUT")
INIT_TWICE = Closing(4429, "INIT_TWICE")
TOO_MANY_MESSAGES = Closing(4430, "TOO_MANY_MESSAGES")
TOO_MANY_CONNECTIONS = Closing(4431, "TOO_MANY_CONNECTIONS")


def id_in_use(given: str) -> Closing:
    """A second subscription under the id of a running one."""
    return Closing(4409, f"SUBSCRIBER_EXISTS {given}"[:100] if given.isascii() else "SUBSCRIBER_EXISTS")


@dataclass(frozen=True)
class LiveLimits:
    """The most of everything, in one API process; times are seconds."""

    connections: int = 2_000
    connections_per_account: int = 10
    connections_per_union: int = 1_000
    retry_seconds: int = 5
    """What a handshake is told that finds no place."""
    subscriptions: int = 10
    """Of one connection."""
    cost: int = 200
    """Of one subscription's document, each time it runs; a request may cost ten times as much, but runs once."""
    waiting: int = 200
    """Changes that wait for one subscription before its client counts as too slow."""
    message_bytes: int = 64 * 1024
    id_length: int = 64
    burst: int = 60
    """Messages from a client at once, pings among them; then `rate` in a second."""
    rate: float = 10.0
    init_seconds: float = 10.0
    close_seconds: float = 2.0
    event_seconds: float = 10.0
    watch_seconds: float = 2.0
    """How often all sessions with a connection are looked at; half of the five seconds in which an ended one is closed."""
    unverified_seconds: float = 30.0
    """How long the database may be away before connections that nobody can judge are closed."""
    readers: int = 3
    """Deliveries that read at the same time, so that requests find connections to the database."""
