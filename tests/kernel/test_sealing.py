"""Sealing: places, algorithms, generations, and values of before there were generations."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.ids import new_id
from kernel.keyring import Crypto, Keyring, KeyringError, add_generation, read_keyring
from kernel.sealing import Sealer, describe, open_sealer
from kernel.settings import Settings
from tests.sealers import SECRET

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NUMBER = "510107198005120011"
PLACE: dict[str, Any] = {"tenant_id": new_id(), "table": "person", "column": "id_number_sealed", "row_id": new_id()}
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {**PLACE, "tenant_id": new_id()},
    {**PLACE, "table": "handover"},
    {**PLACE, "column": "phone_sealed"},
    {**PLACE, "row_id": new_id()},
)
both = pytest.mark.parametrize("crypto", list(Crypto))


@both
def test_the_same_value_sealed_twice_differs_and_opens(crypto: Crypto) -> None:
    sealer = Sealer(SECRET, crypto=crypto)
    first, second = sealer.seal(NUMBER, **PLACE), sealer.seal(NUMBER, **PLACE)
    assert first != second
    assert [sealer.open(sealed, **PLACE) for sealed in (first, second)] == [NUMBER.encode()] * 2
    assert describe(first) == (crypto, 1)


@both
def test_a_value_opens_nowhere_but_in_its_place(crypto: Crypto) -> None:
    sealer = Sealer(SECRET, crypto=crypto)
    sealed = sealer.seal(NUMBER, **PLACE)
    for place in ELSEWHERE:
        with pytest.raises(InvalidTag):
            sealer.open(sealed, **place)


@both
def test_no_byte_of_a_sealed_value_can_be_changed(crypto: Crypto) -> None:
    sealer = Sealer(Keyring({number: bytes([number]) * 32 for number in (1, 2, 3)}, crypto), crypto=crypto)
    sealed = sealer.seal(NUMBER, **PLACE)
    for position, bit in product(range(len(sealed)), (1, 128)):
        altered = bytearray(sealed)
        altered[position] ^= bit
        with pytest.raises((InvalidTag, LookupError, ValueError)):
            sealer.open(bytes(altered), **PLACE)


def test_what_was_sealed_before_there_were_generations_still_opens() -> None:
    tenant_id = UUID(int=7)
    purpose = b"tenant " + tenant_id.bytes
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(SECRET)
    row_id = UUID(int=9)
    place = b"\x00".join((b"person", b"phone_sealed", tenant_id.bytes, row_id.bytes))
    sealed = b"\x01" + bytes(12) + AESGCM(key).encrypt(bytes(12), b"13800000000", place)
    for crypto in Crypto:
        opened = Sealer(SECRET, crypto=crypto).open(
            sealed, tenant_id=tenant_id, table="person", column="phone_sealed", row_id=row_id
        )
        assert opened == b"13800000000"
    assert describe(sealed) == (Crypto.AES, 1)


def settings_of(home: Path, crypto: str = "aes") -> Settings:
    return Settings.from_env({"JIANGTI_HOME": str(home), "JIANGTI_CRYPTO": crypto})


def test_a_rotation_is_seen_by_a_running_process_and_old_values_stay_readable(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    running = open_sealer(settings)
    old = running.seal(NUMBER, **PLACE)
    assert add_generation(settings.keyring_file, settings.secret_key(), at=NOW) == 2
    new = running.seal(NUMBER, **PLACE)
    assert (describe(old), describe(new)) == ((Crypto.AES, 1), (Crypto.AES, 2))
    begun_later = open_sealer(replace(settings, crypto=Crypto.SM))
    assert [begun_later.open(sealed, **PLACE) for sealed in (old, new)] == [NUMBER.encode()] * 2
    assert running.open(begun_later.seal(NUMBER, **PLACE), **PLACE) == NUMBER.encode()
    assert (settings.keyring_file.stat().st_mode & 0o777) == 0o600


def test_a_value_of_a_generation_that_is_not_there_says_so(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    add_generation(settings.keyring_file, settings.secret_key(), at=NOW)
    sealed = open_sealer(settings).seal(NUMBER, **PLACE)
    with pytest.raises(LookupError, match="generation 2 of the keys is not in the keyring"):
        Sealer(settings.secret_key()).open(sealed, **PLACE)


def test_the_blind_index_is_the_same_after_rotation_and_change_of_algorithm(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    before = open_sealer(settings).blind_index(NUMBER)
    add_generation(settings.keyring_file, settings.secret_key(), at=NOW)
    assert open_sealer(replace(settings, crypto=Crypto.SM)).blind_index(NUMBER) == before


def test_an_installation_begun_with_sm_keeps_sm3_for_its_index(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "sm")
    begun = open_sealer(settings)
    later = open_sealer(replace(settings, crypto=Crypto.AES))
    assert begun.blind_index(NUMBER) == later.blind_index(NUMBER)
    assert begun.blind_index(NUMBER) != Sealer(settings.secret_key()).blind_index(NUMBER)
    assert read_keyring(settings.keyring_file, settings.secret_key()).index is Crypto.SM


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        '{"index": "md5", "generations": []}',
        '{"index": "aes", "generations": [{"number": 3, "secret": ""}]}',
    ],
)
def test_a_keyring_file_that_is_not_whole_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(content, encoding="ascii")
    with pytest.raises(KeyringError, match="cannot be used"):
        read_keyring(path, SECRET)


def test_keys_do_not_show_in_a_repr() -> None:
    assert "secrets" not in repr(Keyring({1: SECRET}))
