"""What goes to the provider and comes back: a signed state that only the browser it was made for can use, and what follows from that browser's secret.

The secret lives in a cookie that scripts cannot read. Nonce and PKCE verifier are derived from it, so that nothing need be stored before somebody comes back.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

LIFETIME = timedelta(minutes=10)
_LONGEST = 2048


@dataclass(frozen=True)
class State:
    """Where somebody set out for: which provider, which union, and the hash of the verifier that his client keeps."""

    provider: str
    tenant: str
    proof: str
    browser: str
    number: str
    issued: int

    @property
    def expires(self) -> int:
        """Seconds since 1970."""
        return self.issued + int(LIFETIME.total_seconds())


@dataclass(frozen=True)
class Setting:
    """A fresh start: the text of the state, and what the provider is given beside it."""

    text: str
    nonce: str
    code_challenge: str


def new_browser_secret() -> str:
    """256 random bits for the cookie."""
    return secrets.token_urlsafe(32)


def begin(key: bytes, secret: str, *, provider: str, tenant: str, proof: str, now: datetime) -> Setting:
    """Set out from the browser that holds the secret."""
    state = State(provider, tenant, proof, _hash(secret), secrets.token_urlsafe(16), int(now.timestamp()))
    body = orjson.dumps(state)
    text = f"{_encoded(body)}.{_encoded(hmac.digest(key, body, sha256))}"
    return Setting(text, nonce_of(state, secret), _hash(verifier_of(state, secret)))


def open_state(key: bytes, text: str, secret: str, now: datetime) -> State | None:
    """The state, if we made it, for this browser, not longer ago than LIFETIME; None otherwise."""
    body, _, mac = text.partition(".")
    if len(text) > _LONGEST or not mac:
        return None
    try:
        plain, given = _decoded(body), _decoded(mac)
    except ValueError:
        return None
    if not hmac.compare_digest(hmac.digest(key, plain, sha256), given):
        return None
    values: dict[str, Any] = orjson.loads(plain)
    state = State(**values)
    fresh = state.issued - 60 <= now.timestamp() < state.expires
    return state if fresh and hmac.compare_digest(state.browser, _hash(secret)) else None


def nonce_of(state: State, secret: str) -> str:
    """What the ID token must hold."""
    return _derived(state, secret, "nonce")


def verifier_of(state: State, secret: str) -> str:
    """The PKCE verifier (RFC 7636); only its hash goes through the browser."""
    return _derived(state, secret, "verifier")


def is_proof(text: str) -> bool:
    """Whether a text can be the S256 hash of a verifier."""
    return len(text) == len(_hash("")) and text.replace("-", "").replace("_", "").isalnum() and text.isascii()


def proves(verifier: str, proof: str) -> bool:
    """Whether the verifier hashes to the proof."""
    return hmac.compare_digest(_hash(verifier).encode(), proof.encode())


def _derived(state: State, secret: str, purpose: str) -> str:
    return _encoded(hmac.digest(secret.encode(), f"{purpose} {state.number}".encode(), sha256))


def _hash(text: str) -> str:
    return _encoded(sha256(text.encode()).digest())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
