"""Tokens of sessions and machines: 256 random bits that only the holder has; the database keeps a hash that gives nothing away."""

import re
import secrets
from hashlib import sha256

API_PREFIX = "jiangti_"
"""By it a machine's token is told from a session's, and found by whoever scans texts for lost secrets."""
_HINT = 4
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


def new_api_token() -> str:
    """A machine's token."""
    return API_PREFIX + new_token()


def hint_of(api_token: str) -> str:
    """How a machine's token begins, to be told from others in a list; far too little to guess the rest."""
    return api_token[: len(API_PREFIX) + _HINT]


def is_api_token(text: str) -> bool:
    """Whether it could be a machine's."""
    return text.startswith(API_PREFIX) and is_token(text.removeprefix(API_PREFIX))
