"""Values as the contract spells them."""

from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from kernel.clock import CHINA


def opaque(kind: str, key: UUID) -> str:
    """An id."""
    return urlsafe_b64encode(f"v1:{kind}:{key}".encode()).rstrip(b"=").decode()


def instant(at: datetime) -> str:
    """A moment in China, to the millisecond."""
    return at.astimezone(CHINA).isoformat(timespec="milliseconds")


def yuan(fen: int | None) -> dict[str, str] | None:
    """An amount of money."""
    return None if fen is None else {"amount": f"{fen // 100}.{fen % 100:02}", "currency": "CNY"}
