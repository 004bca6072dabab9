"""PostgreSQL's own wall: with nothing said about the tenant, the web's role sees the bound union's rows, and unbound none at all."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kernel.database import Database
from tests.architecture.test_tenant_walls import REFERENCE_TABLES
from tests.isolation.fixtures import Year

CLOSED = {
    "audit_seal": "only the sealing job and the auditors read seals",
    "audit_mirror": "likewise the anchors of unions below",
    "job": "the web puts jobs in and never looks at them",
    "sign_in_session": "only the door reads sessions",
}
"""Tenant tables that the web's role may not read at all."""

EMPTY = {
    "audit_seal": "sealed by a chore of the installation",
    "audit_mirror": "sent when entries are sealed",
    "idempotency_key": "the year is made through services, not over the contract",
    "sign_in_session": "nobody has signed in yet",
}
"""Tenant tables without a row in the year: the wall before them is shown by the catalogue alone (tests/architecture)."""

TABLES = text(
    "SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    " AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') ORDER BY 1"
)


@pytest.fixture(scope="module")
async def tables(owner: Database) -> list[str]:
    async with owner.plain() as session:
        return list((await session.execute(TABLES)).scalars())


async def test_every_table_is_a_tenants_or_reference(owner: Database, tables: list[str]) -> None:
    everything = text(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    async with owner.plain() as session:
        names = set((await session.execute(everything)).scalars())
    assert names - set(tables) == set(REFERENCE_TABLES)


async def test_every_tenant_table_holds_rows_of_somebody(owner: Database, tables: list[str]) -> None:
    async with owner.plain() as session:
        empty = {name for name in tables if not (await session.execute(text(f"SELECT 1 FROM {name} LIMIT 1"))).first()}
    assert empty == set(EMPTY)


@pytest.mark.parametrize("viewer", ["jinjiang", "sichuan", "acftu", "power-union", "wuhou", "chengdu"])
async def test_bound_to_a_union_there_are_its_rows_only(
    app: Database, owner: Database, year: Year, tables: list[str], viewer: str
) -> None:
    tenant = year.tenants[viewer].id
    for name in tables:
        draft = " AND state = 'draft'" if name == "edition" else ""
        foreign = text(f"SELECT count(*) FROM {name} WHERE tenant_id <> :tenant{draft}")
        mine = text(f"SELECT count(*) FROM {name} WHERE tenant_id = :tenant")
        if name in CLOSED:
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with app.read(tenant) as session:
                    await session.execute(foreign, {"tenant": tenant})
            continue
        async with owner.plain() as session:
            expected = (await session.execute(mine, {"tenant": tenant})).scalar_one()
        async with app.read(tenant) as session:
            found = [(await session.execute(query, {"tenant": tenant})).scalar_one() for query in (foreign, mine)]
        assert found == [0, expected], name


async def test_unbound_there_is_nothing(app: Database, tables: list[str]) -> None:
    async with app.plain() as session:
        for name in sorted(set(tables) - set(CLOSED)):
            public = " WHERE state = 'draft'" if name == "edition" else ""
            counted = (await session.execute(text(f"SELECT count(*) FROM {name}{public}"))).scalar_one()
            assert counted == 0, name


async def test_a_stranger_changes_and_removes_nothing(
    app: Database, owner: Database, year: Year, tables: list[str]
) -> None:
    """What a role may do at all, it does to no row of another union."""
    tenant = year.tenants["jinjiang"].id
    rights = text("SELECT has_table_privilege(:name, 'DELETE')")
    for name in tables:
        async with owner.plain() as session:
            before = (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()
        async with app.write(tenant) as session:
            if not (await session.execute(rights, {"name": name})).scalar_one():
                continue
            gone = await session.execute(
                text(f"DELETE FROM {name} WHERE tenant_id <> :tenant RETURNING tenant_id"), {"tenant": tenant}
            )
            assert gone.all() == [], name
        async with owner.plain() as session:
            assert (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() == before, name
