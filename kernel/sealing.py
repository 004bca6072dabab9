"""Personal data is sealed before it reaches the database: AES-256-GCM or SM4-GCM, bound to the very place it is stored in.

A sealed value opens only as the same column of the same row of the same tenant. Its tag names the algorithm and the key's generation (`kernel.keyring`), so
that keys can be rotated while old values stay readable: one byte for the algorithm, two for the generation. Values of before there were generations begin with
the byte 1 and open with generation 1. The blind index is one-way and the same in the whole country: it finds a person, it never shows one.
"""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.direct import Fetching
from kernel.keyring import KEY_BYTES, Crypto, Keyring, read_keyring
from kernel.settings import Settings

TAG_BYTES = 3
_UNTAGGED = 1
_ALGORITHM = {Crypto.AES: 2, Crypto.SM: 3}
_CRYPTO = {byte: crypto for crypto, byte in _ALGORITHM.items()}
_SM4_KEY_BYTES = 16
_NONCE_BYTES = 12
_MAC_BYTES = 16
_MOST_KEYS_HELD = 10_000


class Sealer:
    """Seals with the newest generation and opens with all; `reload` is asked for the keyring again whenever it may have changed."""

    def __init__(
        self, keys: bytes | Keyring, *, crypto: Crypto = Crypto.AES, reload: Callable[[], Keyring | None] | None = None
    ) -> None:
        self._keyring = keys if isinstance(keys, Keyring) else Keyring({1: keys}, index=crypto)
        self._crypto = crypto
        self._reload = reload
        self._first = self._keyring.secrets[1]
        self._index_key = _derive(self._first, b"blind index of the country", Crypto.AES)
        self._keys: dict[tuple[UUID, int, Crypto], bytes] = {}

    @property
    def current_tag(self) -> bytes:
        """How a value that is sealed now begins."""
        self._refresh()
        return bytes([_ALGORITHM[self._crypto]]) + self._keyring.newest.to_bytes(2)

    def seal(self, value: str | bytes, *, tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
        """The value as it may be stored; the same value sealed twice differs."""
        clear = value.encode() if isinstance(value, str) else value
        tag, nonce = self.current_tag, secrets.token_bytes(_NONCE_BYTES)
        key = self._key(tenant_id, int.from_bytes(tag[1:]), self._crypto)
        encryptor = Cipher(_block(self._crypto, key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(tag + _place(tenant_id, table, column, row_id))
        return tag + nonce + encryptor.update(clear) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes, *, tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
        """The clear value; raises `cryptography.exceptions.InvalidTag` if it was sealed for another place or altered."""
        crypto, generation = describe(sealed)
        tag = b"" if sealed[0] == _UNTAGGED else sealed[:TAG_BYTES]
        body = sealed[len(tag) or 1 :]
        key = self._key(tenant_id, generation, crypto)
        nonce, mac = body[:_NONCE_BYTES], body[-_MAC_BYTES:]
        decryptor = Cipher(_block(crypto, key), modes.GCM(nonce, mac)).decryptor()
        decryptor.authenticate_additional_data(tag + _place(tenant_id, table, column, row_id))
        return decryptor.update(body[_NONCE_BYTES:-_MAC_BYTES]) + decryptor.finalize()

    def blind_index(self, value: str) -> bytes:
        """A keyed hash of an ID number, by which the same person is recognised in every tenant."""
        made = HMAC(self._index_key, _hash(self._keyring.index))
        made.update(value.encode())
        return made.finalize()

    def recognise(self, purpose: str, value: bytes) -> str:
        """A keyed hash by which the same value is known again for this purpose; without the key nothing can be guessed from it."""
        key = _derive(self._first, b"recognise " + purpose.encode(), Crypto.AES)
        return hmac.new(key, value, sha256).hexdigest()

    def _key(self, tenant_id: UUID, generation: int, crypto: Crypto) -> bytes:
        known = self._keys.get((tenant_id, generation, crypto))
        if known is None:
            if len(self._keys) > _MOST_KEYS_HELD:
                self._keys.clear()
            known = _derive(self._secret(generation), b"tenant " + tenant_id.bytes, crypto)
            self._keys[tenant_id, generation, crypto] = known
        return known

    def _secret(self, generation: int) -> bytes:
        if generation not in self._keyring.secrets:
            self._refresh()
        if generation not in self._keyring.secrets:
            message = f"generation {generation} of the keys is not in the keyring"
            raise LookupError(message)
        return self._keyring.secrets[generation]

    def _refresh(self) -> None:
        if self._reload is not None:
            self._keyring = self._reload() or self._keyring


def open_sealer(settings: Settings) -> Sealer:
    """The installation's sealer. A rotation by another process takes effect with the next value: the file's stamp is looked at each time."""
    first, path = settings.secret_key(), settings.keyring_file
    stamp = _stamp(path)

    def reload() -> Keyring | None:
        nonlocal stamp
        now = _stamp(path)
        if now == stamp:
            return None
        stamp = now
        return read_keyring(path, first)

    return Sealer(read_keyring(path, first), crypto=settings.crypto, reload=reload)


def describe(sealed: bytes) -> tuple[Crypto, int]:
    """Algorithm and generation of a sealed value; reads the tag only."""
    if sealed[0] == _UNTAGGED:
        return Crypto.AES, 1
    if sealed[0] not in _CRYPTO:
        message = f"no algorithm has the tag {sealed[0]}"
        raise ValueError(message)
    return _CRYPTO[sealed[0]], int.from_bytes(sealed[1:TAG_BYTES])


def seal(session: Fetching, value: str | bytes, *, table: str, column: str, row_id: UUID) -> bytes:
    """Seal for a row of the session's tenant."""
    return sealer_of(session).seal(value, tenant_id=session.tenant_id, table=table, column=column, row_id=row_id)


def unseal(session: Fetching, sealed: bytes, *, table: str, column: str, row_id: UUID) -> bytes:
    """Open a value of the session's tenant."""
    return sealer_of(session).open(sealed, tenant_id=session.tenant_id, table=table, column=column, row_id=row_id)


def sealer_of(session: Fetching) -> Sealer:
    """The sealer that the session's Database was made with."""
    return session.info["sealer"]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _block(crypto: Crypto, key: bytes) -> algorithms.AES | algorithms.SM4:
    return algorithms.AES(key) if crypto is Crypto.AES else algorithms.SM4(key)


def _hash(crypto: Crypto) -> hashes.HashAlgorithm:
    return hashes.SHA256() if crypto is Crypto.AES else hashes.SM3()


def _derive(secret: bytes, purpose: bytes, crypto: Crypto) -> bytes:
    length = KEY_BYTES if crypto is Crypto.AES else _SM4_KEY_BYTES
    return HKDF(algorithm=_hash(crypto), length=length, salt=None, info=purpose).derive(secret)


def _place(tenant_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
    return b"\x00".join((table.encode(), column.encode(), tenant_id.bytes, row_id.bytes))
