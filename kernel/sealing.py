"""Personal data is sealed before it reaches the database: AES-256-GCM, bound to the very place it is stored in.

A sealed value opens only as the same column of the same row of the same tenant. The key of a tenant is derived from the installation's secret; the first byte
names the algorithm and key generation, so that keys can be rotated. The blind index is one-way and the same in the whole country: it finds a person, it never
shows one.
"""

import hmac
import secrets
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.database import ReadSession

_GENERATION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Sealer:
    """Seals and opens with keys derived from one secret of at least 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _KEY_BYTES:
            message = f"the secret must have at least {_KEY_BYTES} bytes"
            raise ValueError(message)
        self._secret = secret
        self._index_key = self._derive(b"blind index of the country")
        self._ciphers: dict[UUID, AESGCM] = {}

    def seal(self, value: str | bytes, *, tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
        """The value as it may be stored; the same value sealed twice differs."""
        clear = value.encode() if isinstance(value, str) else value
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return (
            _GENERATION
            + nonce
            + self._cipher(tenant_id).encrypt(nonce, clear, _place(tenant_id, table, column, row_id))
        )

    def open(self, sealed: bytes, *, tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
        """The clear value; raises `cryptography.exceptions.InvalidTag` if it was sealed for another place or altered."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return self._cipher(tenant_id).decrypt(nonce, body, _place(tenant_id, table, column, row_id))

    def blind_index(self, value: str) -> bytes:
        """A keyed hash of an ID number, by which the same person is recognised in every tenant."""
        return hmac.new(self._index_key, value.encode(), sha256).digest()

    def recognise(self, purpose: str, value: bytes) -> str:
        """A keyed hash by which the same value is known again for this purpose; without the key nothing can be guessed from it."""
        return hmac.new(self._derive(b"recognise " + purpose.encode()), value, sha256).hexdigest()

    def _cipher(self, tenant_id: UUID) -> AESGCM:
        if tenant_id not in self._ciphers:
            if len(self._ciphers) > 10_000:  # noqa: PLR2004 - a bound on memory, not a rule
                self._ciphers.clear()
            self._ciphers[tenant_id] = AESGCM(self._derive(b"tenant " + tenant_id.bytes))
        return self._ciphers[tenant_id]

    def _derive(self, purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(self._secret)


def seal(session: ReadSession, value: str | bytes, *, table: str, column: str, row_id: UUID) -> bytes:
    """Seal for a row of the session's tenant."""
    return sealer_of(session).seal(value, tenant_id=session.tenant_id, table=table, column=column, row_id=row_id)


def unseal(session: ReadSession, sealed: bytes, *, table: str, column: str, row_id: UUID) -> bytes:
    """Open a value of the session's tenant."""
    return sealer_of(session).open(sealed, tenant_id=session.tenant_id, table=table, column=column, row_id=row_id)


def sealer_of(session: ReadSession) -> Sealer:
    """The sealer that the session's Database was made with."""
    return session.info["sealer"]


def _place(tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
    return b"\x00".join((table.encode(), column.encode(), tenant_id.bytes, row_id.bytes))
