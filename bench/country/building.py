"""Building the country in a migrated, empty database."""

import time
from dataclasses import dataclass
from datetime import date

from bench.country import bulk
from bench.country.catalogue import YEARS, load_editions, load_programmes, programmes, settle_keys
from bench.country.indexes import without_indexes
from bench.country.keys import KEY_FUNCTION
from bench.country.loading import Connection, Progress, administering, copy_rows, insert_rows
from bench.country.names import OCCUPATIONS, name_arrays
from bench.country.places import load_people
from bench.country.probes import Counts, load_probes
from bench.country.shape import COLUMNS, FIXED, Shape, shape_of, unions
from bench.country.volumes import Volumes, volumes
from kernel.clock import Clock
from kernel.database import Database
from kernel.postgres import Server
from kernel.sealing import Sealer
from kernel.settings import DatabaseUrls
from tenants.service import seed_levels


@dataclass(frozen=True)
class Size:
    """How many unions, how many cases in all, and how many of those the measured unions have."""

    tenants: int
    applications: int
    probes: Counts


async def build(
    server: Server,
    database: str,
    urls: DatabaseUrls,
    sealer: Sealer,
    clock: Clock,
    size: Size,
    *,
    quiet: bool = False,
) -> Progress:
    """Load everything, then VACUUM and ANALYZE; says on standard error how far it is."""
    shape, wanted = shape_of(size.tenants), volumes(size.applications, size.probes)
    progress = Progress(quiet=quiet)
    owner = Database(urls.owner, pool_size=1)
    async with administering(server, database) as connection:
        await connection.execute(KEY_FUNCTION)
        await _plan(connection, shape, wanted, clock.today())
        async with owner.plain() as session:
            await seed_levels(session)
        await copy_rows(connection, progress, "tenant", COLUMNS, unions(shape))
        made = programmes(shape)
        await load_programmes(owner, clock, made)
        await owner.close()
        await settle_keys(connection, made)
        await load_editions(connection, progress, made, clock.today())
        await load_people(connection, progress, shape)
        await load_probes(connection, progress, size.probes, sealer)
        async with without_indexes(connection, progress):
            for table, statement in bulk.STATEMENTS:
                await insert_rows(connection, progress, table, statement)
        begun = time.perf_counter()
        await connection.execute("VACUUM ANALYZE", timeout=7200)
        progress.note("(vacuum, analyze)", 0, time.perf_counter() - begun)
    return progress


async def _plan(connection: Connection, shape: Shape, wanted: Volumes, today: date) -> None:
    surnames, surname_keys, given, given_keys = name_arrays()
    statement = bulk.PLAN
    numbers = (
        FIXED,
        shape.tenants,
        shape.first_city,
        shape.first_district,
        shape.first_enterprise,
        shape.provinces,
        shape.cities,
        shape.districts,
        shape.enterprises,
        wanted.applying,
        wanted.recommending,
        wanted.organising,
        wanted.titles,
        wanted.title_every,
        YEARS,
    )
    names = (surnames, surname_keys, given, given_keys, list(OCCUPATIONS))
    await connection.execute(statement, *numbers, today, *names)
    await connection.execute(bulk.CASES)
