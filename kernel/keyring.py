"""The keys under which personal data is sealed, in numbered generations: the newest seals, every one opens what it sealed.

Generation 1 is the installation's secret itself, which is also all there is where the keyring file is missing. Later generations are random and stand in the
file. The blind index has a key of its own, from generation 1, and one hash for the installation's whole life: rotation does not touch it.
"""

import fcntl
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

KEY_BYTES = 32
_MOST_GENERATIONS = 65_535


class KeyringError(ValueError):
    """A keyring that cannot be used; the text names the file."""


class Crypto(StrEnum):
    """Which family of algorithms: AES-256-GCM with SHA-256, or SM4-GCM with SM3 (GM/T 0002, 0004)."""

    AES = "aes"
    SM = "sm"


@dataclass(frozen=True)
class Keyring:
    """The secrets by generation, and the family the blind index was begun with."""

    secrets: Mapping[int, bytes] = field(repr=False)
    index: Crypto = Crypto.AES

    def __post_init__(self) -> None:
        if any(len(secret) < KEY_BYTES for secret in self.secrets.values()):
            message = f"the secret must have at least {KEY_BYTES} bytes"
            raise ValueError(message)

    @property
    def newest(self) -> int:
        """The generation that seals new values."""
        return max(self.secrets)


def read_keyring(path: Path, first: bytes) -> Keyring:
    """The keyring of an installation whose secret is `first`; raises KeyringError where the file is there and unusable."""
    try:
        content = _read(path)
        later = {int(entry["number"]): b64decode(entry["secret"], validate=True) for entry in content["generations"]}
        keyring = Keyring({1: first, **later}, Crypto(content["index"]))
    except (OSError, KeyError, TypeError, ValueError) as failure:
        message = f"the keyring file {path} cannot be used"
        raise KeyringError(message) from failure
    if sorted(keyring.secrets) != list(range(1, len(later) + 2)):
        message = f"the keyring file {path} must hold generations 2, 3 … without a gap"
        raise KeyringError(message)
    return keyring


def begin_keyring(path: Path, index: Crypto) -> None:
    """Fix the blind index's hash in a new file; a file that is there stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, {"index": index, "generations": []})
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def add_generation(path: Path, first: bytes, *, at: datetime) -> int:
    """Append a random generation, which seals from now on; returns its number. Two callers at once get two numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        number = read_keyring(path, first).newest + 1
        if number > _MOST_GENERATIONS:
            message = f"the keyring file {path} is full"
            raise KeyringError(message)
        secret = b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        content = _read(path)
        content["generations"].append({"number": number, "made_at": at.isoformat(), "secret": secret})
        _draft(path, content).replace(path)
        _sync_directory(path.parent)
        return number


def _read(path: Path) -> dict[str, Any]:
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {"index": Crypto.AES, "generations": []}


def _draft(path: Path, content: Mapping[str, Any]) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
