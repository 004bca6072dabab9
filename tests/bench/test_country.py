"""The generated country is one that the product could have made, and what is measured in it is the same at every size."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bench.country.building import Size, build
from bench.country.probes import CITY, DISTRICT, ENTERPRISE, PROVINCE, SMALL
from bench.country.shape import shape_of, union, unions
from kernel.clock import FixedClock
from kernel.postgres import Server
from kernel.postgres import database_urls as urls_of
from kernel.settings import Settings
from migrations.runner import differences, run_blocking
from tests.databases import clone, drop, new_name
from tests.sealers import make_sealer

pytestmark = pytest.mark.timeout(400)
MEASURED = [union(code) for code in (CITY, DISTRICT, ENTERPRISE, PROVINCE)]
REFERENCES = """
SELECT c.conname AS name, c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
 (SELECT string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ') FROM unnest(c.conkey, c.confkey) k(own, other)
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.other) AS same,
 (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(c.conkey) own
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = own) AS given
FROM pg_constraint c WHERE c.contype = 'f'
"""


def make_country(settings: Settings, server: Server, template: str, clock: FixedClock, size: tuple[int, int]) -> str:
    name = new_name(settings)
    clone(settings, server, template, name)
    urls = urls_of(settings, server, name)
    run_blocking(build(server, name, urls, make_sealer(), clock, Size(*size, SMALL), quiet=True))
    return name


@pytest.fixture
def countries(settings: Settings, server: Server, template: str, clock: FixedClock) -> Any:
    """Two countries: of forty unions, and of a thousand."""
    made = [make_country(settings, server, template, clock, size) for size in ((40, 2_000), (1_000, 12_000))]
    yield made
    for name in made:
        drop(server, name)


async def test_a_country_is_whole_and_what_is_measured_is_the_same_in_each(
    settings: Settings, server: Server, countries: list[str]
) -> None:
    large = urls_of(settings, server, countries[1])
    assert differences(large.owner) == [], "indexes and constraints are those of the migrations"
    assert await dangling(server, countries[1]) == {}
    assert await measured(server, countries[0]) == await measured(server, countries[1])
    assert await count(server, countries[0], "tenant") == 40
    assert await count(server, countries[1], "tenant") == 1_000
    assert await count(server, countries[1], "application") == 12_000
    assert await states(server, countries[1]) >= {"draft", "declined", "recommended", "certified", "revoked"}


async def dangling(server: Server, name: str) -> dict[str, int]:
    """How many rows of each foreign key refer to none."""
    found: dict[str, int] = {}
    async with seeing_all(server, name) as connection:
        for row in (await connection.execute(text(REFERENCES))).all():
            query = f"SELECT count(*) FROM {row.child} c WHERE {row.given} AND NOT EXISTS (SELECT FROM {row.parent} p WHERE {row.same})"
            lost = (await connection.execute(text(query))).scalar_one()
            if lost:
                found[row.name] = lost
    return found


async def measured(server: Server, name: str) -> dict[str, tuple[int, str]]:
    """Of each tenant table how many rows the measured unions have, and a hash of all of them; what is sealed differs by its nonce."""
    found: dict[str, tuple[int, str]] = {}
    async with seeing_all(server, name) as connection:
        columns = text("SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id' ORDER BY 1")
        tables = [
            table
            for table in (await connection.execute(columns)).scalars()
            if table not in {"audit_entry", "audit_pending"}
        ]
        for table in tables:
            shown = "to_jsonb(t) - 'id_number_sealed' - 'phone_sealed'"
            query = f"SELECT count(*), md5(string_agg(({shown})::text, '' ORDER BY {shown})) FROM {table} t WHERE tenant_id = ANY (:own)"
            found[table] = tuple((await connection.execute(text(query), {"own": MEASURED})).one())  # type: ignore[assignment]
    assert sum(rows for rows, _ in found.values()) > 5_000
    return found


async def count(server: Server, name: str, table: str) -> int:
    async with seeing_all(server, name) as connection:
        return (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()


async def states(server: Server, name: str) -> set[str]:
    async with seeing_all(server, name) as connection:
        return set((await connection.execute(text("SELECT DISTINCT state FROM application"))).scalars())


def seeing_all(server: Server, name: str) -> AsyncConnection:
    """A connection of the administrator."""
    return create_async_engine(server.url(name), poolclass=NullPool).connect()


def test_the_ladder_of_the_whole_country_has_its_real_numbers() -> None:
    shape = shape_of(2_800_000)
    assert (shape.provinces + 2, shape.cities + 2, shape.districts + 3, shape.industries + 1) == (32, 333, 2_850, 10)
    assert shape.enterprises == 2_800_000 - 30 - 30 - 331 - 2_847 - 9
    small = list(unions(shape_of(100)))
    assert len({row[5] for row in small}) == len({row[1] for row in small}) == 100
