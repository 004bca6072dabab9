"""Opaque ids: base64url of `v1:Type:uuid`, without padding. Whoever guesses one learns nothing; a malformed one is as good as unknown."""

import base64
import binascii
from uuid import UUID

from kernel.errors import NOT_FOUND

_VERSION = "v1"
_LONGEST = 200


def encode_id(type_name: str, key: UUID) -> str:
    """The id under which the contract knows a row."""
    return base64.urlsafe_b64encode(f"{_VERSION}:{type_name}:{key}".encode()).rstrip(b"=").decode()


def decode_id(given: str) -> tuple[str, UUID] | None:
    """Type name and key of an id, or None where it is none of ours."""
    if len(given) > _LONGEST or not given.isascii():
        return None
    try:
        text = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode("ascii")
        version, type_name, key = text.split(":")
        found = UUID(key)
    except (binascii.Error, ValueError):
        return None
    if version != _VERSION or str(found) != key or encode_id(type_name, found) != given:
        return None
    return type_name, found


def find_key(given: str, type_name: str) -> UUID | None:
    """The key in an id of one type; None for a malformed id and for an id of another type."""
    decoded = decode_id(given)
    return decoded[1] if decoded is not None and decoded[0] == type_name else None


def key_of(given: str, type_name: str, *field: str) -> UUID:
    """The key in an id that stands in a mutation's input, at `input.<field>`; raises NOT_FOUND there."""
    key = find_key(given, type_name)
    if key is None:
        raise NOT_FOUND(path=("input", *field))
    return key
