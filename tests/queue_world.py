"""What tests of the queue stand on: a few unions, the databases in their roles, and handlers that only count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from authz.scope import WriteScope
from kernel.database import Database
from kernel.ids import new_id
from kernel.letters import Letter
from kernel.outbox import emit, post
from kernel.settings import DatabaseUrls

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
UNIONS = ("510000", "510100", "510107")
LEVELS = ("province", "city", "district")
EMPTIED = (
    "job",
    "due_item",
    "schedule_run",
    "worker_beat",
    "audit_pending",
    "audit_entry",
    "audit_seal",
    "audit_mirror",
    "inbox_entry",
    "handover",
    "snapshot",
)
MAKE_LEVEL = (
    "INSERT INTO level (code, rank, line, name) VALUES (:level, :rank, 'territorial', :level) ON CONFLICT DO NOTHING"
)
MAKE_UNION = (
    "INSERT INTO tenant (id, code, name, level, parent_id, path, active, created_at)"
    " VALUES (:id, :code, :code, :level, (SELECT id FROM tenant WHERE code = :parent), :path, true, :at)"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class World:
    """Three unions, one above the other, and the database as each role sees it."""

    owner: Database
    app: Database
    courier: Database
    tenants: tuple[UUID, UUID, UUID]

    @property
    def city(self) -> UUID:
        return self.tenants[1]

    @property
    def district(self) -> UUID:
        return self.tenants[2]

    async def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """What the courier's role reads without a binding: the queue and its neighbours."""
        async with self.courier.plain() as session:
            return [dict(row) for row in (await session.execute(text(statement), values)).mappings()]

    async def change(self, statement: str, **values: object) -> None:
        """Change the queue from outside, as the courier's role may."""
        async with self.courier.plain() as session:
            await session.execute(text(statement), values)

    async def within(self, tenant_id: UUID, statement: str, **values: object) -> list[dict[str, Any]]:
        """What a tenant has."""
        async with self.courier.read(tenant_id) as session:
            return [dict(row) for row in (await session.execute(text(statement), values)).mappings()]

    async def post(self, kind: str, body: Mapping[str, Any], *, key: str, to: UUID | None = None) -> UUID:
        """A letter of the district's to the city, in a transaction of its own."""
        async with self.app.write(self.district) as session:
            return await post(session, to=to or self.city, kind=kind, body=body, ordering_key=key)

    async def emit(self, event: str, body: Mapping[str, Any], *, key: str) -> UUID:
        """An event in the district, in a transaction of its own."""
        async with self.app.write(self.district) as session:
            return await emit(session, event, body, ordering_key=key)

    async def close(self) -> None:
        for database in (self.owner, self.app, self.courier):
            await database.close()


async def open_world(urls: DatabaseUrls) -> World:
    """An empty queue and empty tenants; the unions are made where missing."""
    owner, app, courier = (Database(url, pool_size=8) for url in (urls.owner, urls.app, urls.courier))
    async with owner.plain() as session:
        await session.execute(text(f"TRUNCATE {', '.join(EMPTIED)}"))
        for number, level in enumerate(LEVELS):
            values = {"level": level, "code": UNIONS[number], "at": WHEN, "id": new_id(), "rank": 20 + 10 * number}
            path = "".join(f"{each}." for each in UNIONS[: number + 1])
            parent = UNIONS[number - 1] if number else None
            await session.execute(text(MAKE_LEVEL), {"level": level, "rank": values.pop("rank")})
            await session.execute(text(MAKE_UNION), values | {"path": path, "parent": parent})
        found = await session.execute(
            text("SELECT id FROM tenant WHERE code = ANY(:codes) ORDER BY path"), {"codes": list(UNIONS)}
        )
        province, city, district = found.scalars()
    return World(owner, app, courier, (province, city, district))


async def note(scope: WriteScope, matter: str, number: int) -> None:
    """An effect that can be counted: an audit entry of the tenant at hand, one more for each time."""
    entry = (
        "INSERT INTO audit_entry (tenant_id, id, at, actor, act, object_kind, object_id, before, after)"
        " VALUES (:tenant, :id, clock_timestamp(), 'courier', :act, 'effect', :tenant, '{}', jsonb_build_object('number', CAST(:number AS int)))"
    )
    values = {"tenant": scope.tenant_id, "id": new_id(), "act": matter, "number": number}
    await scope.session.execute(text(entry), values)


async def count_letter(scope: WriteScope, letter: Letter) -> None:
    """Take a letter in: the effect is named after its key."""
    await note(scope, letter.body["key"], letter.body["number"])


async def count_event(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """React to an event likewise."""
    await note(scope, body["key"], body["number"])
