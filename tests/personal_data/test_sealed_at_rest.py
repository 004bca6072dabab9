"""After a whole way up the database shows no number of anybody, and rotation with resealing changes every value and loses none."""

from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary

from cli.demo.offices import Offices
from cli.keys import reseal_all, rotate, show_status
from kernel.audit import AuditEntry
from kernel.database import Database
from kernel.keyring import Crypto
from kernel.postgres import Server
from kernel.resealing import list_sealed_apart, list_sealed_columns, reseal
from kernel.sealing import open_sealer, unseal
from kernel.settings import DatabaseUrls, Settings
from migrations.models import metadata
from programmes.handovers.model import Handover
from programmes.notices.model import Objection
from programmes.notices.service import admit_objection, reveal_complainant
from programmes.people.model import Person
from programmes.people.service import reveal_person
from tests.personal_data.climb import COMPLAINANT, NAMES, NUMBERS, PHONES, Climb, climb, rows
from tests.personal_data.dump import dump, tables_with
from tests.sealers import SECRET

ONE_WAY = ("_hash", "_index", ".previous", ".seal")
"""Columns of hashes and keyed hashes."""


@pytest.fixture(scope="module")
async def climbed(offices: Offices) -> Climb:
    return await climb(offices)


async def numbers_shown(offices: Offices, login: str) -> list[tuple[str, str | None]]:
    shown: list[tuple[str, str | None]] = []
    for person in await rows(offices, login, Person):
        async with offices.acting(login) as scope:
            seen = await reveal_person(scope, person.id, reason="核对身份")
        shown.append((seen.id_number, seen.phone))
    return shown


async def test_a_dump_holds_no_id_number_and_no_phone(
    offices: Offices, climbed: Climb, server: Server, database_urls: DatabaseUrls
) -> None:
    held = await dump(server, database_urls)
    assert set(tables_with(held, *NAMES)) >= {"person", "handover", "register_entry"}
    assert tables_with(held, *NUMBERS, *PHONES, COMPLAINANT.name or "", COMPLAINANT.contact or "") == []
    assert await numbers_shown(offices, "chengdu.clerk") == list(zip(NUMBERS[:2], PHONES[:2], strict=True))


def test_the_sealed_columns_are_these() -> None:
    assert sorted(column.name for column in list_sealed_columns(metadata)) == [
        "handover.snapshot_sealed",
        "objection.complainant_sealed",
        "person.id_number_sealed",
        "person.phone_sealed",
        "snapshot.sealed",
    ]
    assert [column.name for column in list_sealed_apart(metadata)] == ["second_factor.secret"]


def test_every_column_of_bytes_is_sealed_or_one_way() -> None:
    sealed = {one.name for one in (*list_sealed_columns(metadata), *list_sealed_apart(metadata))}
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert sorted(name for name in found - sealed if not name.endswith(ONE_WAY)) == []


async def test_a_value_moved_to_another_column_row_or_union_does_not_open(offices: Offices, climbed: Climb) -> None:
    first, second = await rows(offices, "chengdu.clerk", Person)
    (same_man,) = await rows(offices, "wuhou.clerk", Person, name=first.name)
    for moved in (second.id_number_sealed, first.phone_sealed, same_man.id_number_sealed):
        async with offices.acting("chengdu.clerk") as scope:
            with pytest.raises(InvalidTag):
                unseal(scope.session, moved or b"", table="person", column="id_number_sealed", row_id=first.id)


async def test_keys_are_rotated_and_every_value_is_sealed_again(
    offices: Offices, climbed: Climb, database_urls: DatabaseUrls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.from_env({"JIANGTI_HOME": str(tmp_path), "JIANGTI_CRYPTO": "sm"})
    settings.secret_file.write_bytes(SECRET)
    before = await numbers_shown(offices, "wuhou.clerk")
    people = await rows(offices, "wuhou.clerk", Person)
    assert rotate(settings) == 0
    sealer = open_sealer(settings)
    owner = Database(database_urls.owner, pool_size=1, sealer=sealer)
    assert await show_status(owner, (Crypto.SM, 2)) == 1
    async with owner.write(people[0].tenant_id) as session:
        assert await reseal(session, list_sealed_columns(metadata), batch=2) == 2
    with pytest.raises(LookupError):
        await numbers_shown(offices, "wuhou.clerk")
    offices.app._sealer = offices.courier._sealer = sealer
    assert await numbers_shown(offices, "wuhou.clerk") == before
    assert await reseal_all(owner, "王管钥", batch=3) == 0
    assert await show_status(owner, (Crypto.SM, 2)) == 0
    await owner.close()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "generation 2  SM4-GCM  27 values",
        "new values: generation 2, SM4-GCM; 0 older values",
    ]
    again = await rows(offices, "wuhou.clerk", Person)
    assert [(person.version, person.updated_at) for person in again] == [
        (person.version, person.updated_at) for person in people
    ]
    assert await numbers_shown(offices, "wuhou.clerk") == before
    entries = await rows(offices, "wuhou.clerk", AuditEntry, act="keys.reseal")
    assert {entry.actor for entry in entries} == {"operator 王管钥"}
    assert sum(entry.after["values"] for entry in entries if entry.after) == 10


async def test_the_complainant_is_known_to_the_investigator_after_that(offices: Offices, climbed: Climb) -> None:
    (objection,) = await rows(offices, "wuhou.clerk", Objection)
    async with offices.acting("wuhou.investigator") as scope:
        await admit_objection(scope, objection.id, version=1)
        assert await reveal_complainant(scope, objection.id, reason="回复") == COMPLAINANT


async def test_a_dossier_sealed_anew_has_the_hash_it_was_sent_with(offices: Offices, climbed: Climb) -> None:
    handovers = [row for row in await rows(offices, "chengdu.clerk", Handover) if row.snapshot_sealed]
    async with offices.reading("chengdu.clerk") as scope:
        found = [
            unseal(scope.session, row.snapshot_sealed, table="handover", column="snapshot_sealed", row_id=row.id)
            for row in handovers
        ]
    assert [sha256(clear).hexdigest() for clear in found] == [row.snapshot_sha256 for row in handovers]
