"""Session tokens: 256 random bits that only the person holds; the database keeps a hash that gives nothing away."""

import re
import secrets
from hashlib import sha256

_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A fresh token, fit for a header or a cookie."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored and looked up. A plain hash is enough: the token is as long as the hash and not to be guessed."""
    return sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Whether it could be one of ours at all; saves the database the rest."""
    return _TOKEN.fullmatch(text) is not None
