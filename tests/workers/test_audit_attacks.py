"""What whoever owns the database can do to the audit trail, and what `jiangti audit verify` says then; the same table stands in docs/audit.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from cli.audit import verify_all
from kernel import audit
from kernel.audit_chain import Anchor
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.outbox import post
from kernel.outbox_queue import enqueue_for
from kernel.postgres import Server
from kernel.settings import DatabaseUrls
from tests.queue_world import UNIONS, World
from workers.drain import drain, make_workshop

KEY = bytes(range(32))
_PLACE, _NUMBER = r"\{(\d)\}", r"#\1"
PAGE = Path(__file__).parent.parent.parent / "docs" / "audit.md"


@dataclass(frozen=True)
class Attack:
    """`says` is verify's line about the district, `{n}` its n-th entry; `city_says` where another union's trail is touched, too."""

    name: str
    statements: tuple[str, ...]
    says: str
    city_says: str = "right; 2 entries under 1 seals, 0 not sealed yet"


ATTACKS = (
    Attack(
        "edit an entry",
        ("UPDATE audit_entry SET after = '[]' WHERE id = '{3}'",),
        "NOT RIGHT: entry_changed at seal 2, entry {3}",
    ),
    Attack(
        "edit who stood behind an entry",
        ("UPDATE audit_entry SET acting_for = tenant_id WHERE id = '{2}'",),
        "NOT RIGHT: entry_changed at seal 1, entry {2}",
    ),
    Attack(
        "delete an entry",
        ("DELETE FROM audit_entry WHERE id = '{4}'",),
        "NOT RIGHT: entry_missing at seal 2, entry {4}",
    ),
    Attack(
        "exchange two entries",
        (
            "UPDATE audit_entry SET id = '{0}' WHERE id = '{3}'",
            "UPDATE audit_entry SET id = '{3}' WHERE id = '{4}'",
            "UPDATE audit_entry SET id = '{4}' WHERE id = '{0}'",
        ),
        "NOT RIGHT: entry_changed at seal 2, entry {3}",
    ),
    Attack(
        "slip an entry into the past",
        (
            (
                "INSERT INTO audit_entry SELECT tenant_id, '{0}', at, account_id, actor, 'forged', object_kind, object_id, before, after, request_id"
                " FROM audit_entry WHERE id = '{1}'"
            ),
        ),
        "NOT RIGHT: entry_inserted at seal 3, entry {0}",
    ),
    Attack(
        "cut the tail of the entries",
        ("DELETE FROM audit_entry WHERE id = '{6}'",),
        "NOT RIGHT: entry_missing at seal 3, entry {6}",
    ),
    Attack(
        "cut the last seal with its entries",
        (
            "DELETE FROM audit_seal WHERE tenant_id = '{district}' AND number = 3",
            "DELETE FROM audit_entry WHERE id IN ('{5}', '{6}')",
        ),
        "NOT RIGHT: tail_cut at seal 3",
    ),
    Attack(
        "cut every seal and every entry",
        (
            "DELETE FROM audit_seal WHERE tenant_id = '{district}'",
            "DELETE FROM audit_entry WHERE tenant_id = '{district}'",
        ),
        "NOT RIGHT: tail_cut at seal 1",
    ),
    Attack(
        "take a seal out of the middle",
        ("DELETE FROM audit_seal WHERE tenant_id = '{district}' AND number = 2",),
        "NOT RIGHT: seal_missing at seal 2",
    ),
    Attack(
        "change a seal",
        ("UPDATE audit_seal SET at = at + interval '1 second' WHERE tenant_id = '{district}' AND number = 2",),
        "NOT RIGHT: seal_changed at seal 2",
    ),
    Attack(
        "delete an entry and take it out of its seal",
        (
            "DELETE FROM audit_entry WHERE id = '{3}'",
            (
                "UPDATE audit_seal SET entry_ids = entry_ids[2:], entry_hashes = entry_hashes[2:], total = total - 1"
                " WHERE tenant_id = '{district}' AND number = 2"
            ),
        ),
        "NOT RIGHT: seal_changed at seal 2",
    ),
    Attack(
        "exchange two unions' entries",
        (
            "UPDATE audit_entry SET tenant_id = '{city}' WHERE id = '{1}'",
            "UPDATE audit_entry SET tenant_id = '{district}' WHERE id = '{7}'",
        ),
        "NOT RIGHT: entry_missing at seal 1, entry {1}",
        "NOT RIGHT: entry_missing at seal 1, entry {7}",
    ),
    Attack(
        "exchange two unions' seals",
        (
            "UPDATE audit_seal SET tenant_id = '{spare}' WHERE tenant_id = '{city}'",
            "UPDATE audit_seal SET tenant_id = '{city}' WHERE tenant_id = '{district}' AND number = 1",
            "UPDATE audit_seal SET tenant_id = '{district}' WHERE tenant_id = '{spare}'",
        ),
        "NOT RIGHT: seal_changed at seal 1",
        "NOT RIGHT: seal_changed at seal 1",
    ),
)


@dataclass(frozen=True)
class Trail:
    """Six entries under three seals in the district, two under one in the city; the unions above know the anchors."""

    entries: Mapping[int, UUID]
    names: Mapping[str, str]
    anchors: Mapping[UUID, Anchor]


async def _record(world: World, tenant_id: UUID) -> list[UUID]:
    known = {row["id"] for row in await world.within(tenant_id, "SELECT id FROM audit_entry")}
    async with world.app.write(tenant_id) as session:
        for act in "ab":
            audit.record(
                session,
                at=datetime(2026, 3, 2, tzinfo=UTC),
                account_id=None,
                actor="沈清",
                act=act,
                object_kind="case",
                object_id=tenant_id,
                after={"amount": 1},
            )
    rows = await world.within(tenant_id, "SELECT id FROM audit_entry ORDER BY id")
    return [row["id"] for row in rows if row["id"] not in known]


async def _seal(world: World, clock: FixedClock, tenant_id: UUID) -> Anchor:
    shop = make_workshop(world.courier, clock, seal_key=KEY)
    async with world.courier.plain() as session:
        await enqueue_for(session, tenant_id, "seal_audit", {}, dedupe="seal_audit")
    await drain(world.courier, clock, workshop=shop)
    [row] = await world.within(tenant_id, "SELECT number, total, seal FROM audit_seal ORDER BY number DESC LIMIT 1")
    return Anchor(tenant_id, row["number"], row["total"], row["seal"])


@pytest.fixture
async def trail(world: World, clock: FixedClock) -> Trail:
    ids: list[UUID] = []
    anchors: dict[UUID, Anchor] = {}
    for tenant_id in (world.district, world.district, world.district, world.city):
        ids += await _record(world, tenant_id)
        anchors[tenant_id] = await _seal(world, clock, tenant_id)
    entries = {0: UUID("01900000-0000-7000-8000-000000000000")} | dict(enumerate(ids, 1))
    names = {"district": str(world.district), "city": str(world.city), "spare": str(UUID(int=9))}
    return Trail(entries, names, anchors)


def _filled(said: str, trail: Trail) -> str:
    return re.sub(_PLACE, lambda found: str(trail.entries[int(found[1])]), said)


async def _attack(server: Server, urls: DatabaseUrls, attack: Attack, trail: Trail) -> None:
    """As the server's administrator, whom nothing in the database stops."""
    engine = create_async_engine(server.url(urls.owner.rpartition("/")[2]), poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in attack.statements:
            said = _filled(statement, trail)
            for name, value in trail.names.items():
                said = said.replace("{" + name + "}", value)
            await connection.exec_driver_sql(said)
    await engine.dispose()


async def _told(
    urls: DatabaseUrls, anchors: Mapping[UUID, Anchor], capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """What `jiangti audit verify` prints, by the union's code."""
    auditor = Database(urls.auditor, pool_size=1)
    await verify_all(auditor, KEY, anchors)
    await auditor.close()
    lines = (line.partition(": ") for line in capsys.readouterr().out.splitlines()[:-1])
    return {name.split()[0]: said for name, _, said in lines}


@pytest.mark.parametrize("anchored_by", ["file", "union above"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_verify_names_the_first_bad_row(
    world: World,
    server: Server,
    database_urls: DatabaseUrls,
    trail: Trail,
    attack: Attack,
    anchored_by: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if anchored_by == "file":
        async with world.owner.plain() as session:
            await session.execute(text("TRUNCATE audit_mirror"))
    anchors = trail.anchors if anchored_by == "file" else {}
    right = "right; 6 entries under 3 seals, 0 not sealed yet"
    untouched = {UNIONS[2]: right, UNIONS[1]: Attack.city_says}
    assert await _told(database_urls, anchors, capsys) == untouched
    await _attack(server, database_urls, attack, trail)
    told = await _told(database_urls, anchors, capsys)
    assert told == {UNIONS[2]: _filled(attack.says, trail), UNIONS[1]: _filled(attack.city_says, trail)}


async def test_a_stranger_cannot_leave_an_anchor_in_another_unions_name(world: World, clock: FixedClock) -> None:
    body = {"number": 9, "total": 9, "seal": "00"}
    async with world.app.write(world.district) as session:
        await post(session, to=world.tenants[0], kind="audit_anchor", body=body, ordering_key="audit_anchor")
    await drain(world.courier, clock)
    assert await world.within(world.tenants[0], "SELECT number FROM audit_mirror") == []


def attack_table() -> str:
    """The table of docs/audit.md."""
    rows = [f"| {attack.name} | `{re.sub(_PLACE, _NUMBER, attack.says)}` |" for attack in ATTACKS]
    return "\n".join(["| As the database's administrator | `jiangti audit verify` |", "| --- | --- |", *rows])


def test_the_page_shows_the_table() -> None:
    assert attack_table() in PAGE.read_text(encoding="utf-8")
