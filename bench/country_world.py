"""The generated country (`bench.country`) as the world of the questions: the same rows at 40 and at 2,800,000 unions."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from bench.country import Country, country_in_use
from bench.country.places import account_of
from bench.house import House, connect, house_of
from bench.world import Nominees, Seat, World

_CASES, _MONEY, _REGISTER, _RECOMMENDER = (
    ("changzhou", "clerk"),
    ("changzhou", "finance"),
    ("jiangsu", "clerk"),
    ("tianning", "recommender"),
)

_WAITING = "SELECT id FROM application WHERE id = ANY ($1) AND state = 'at_recommending_unit' ORDER BY id"


@contextmanager
def country_house(home: Path, tenants: int) -> Generator[tuple[House, World]]:
    """The country that stands in this folder, or a new one of so many unions; it is kept, with all that is written by the measurement."""
    with country_in_use(home.absolute(), tenants=tenants) as country:
        house = house_of(country.settings, country.server, country.urls)
        yield house, _world(country, asyncio.run(_waiting(house, country)))


async def _waiting(house: House, country: Country) -> tuple[UUID, ...]:
    """The cases to recommend that no earlier measurement has recommended."""
    connection = await connect(house.admin_dsn)
    try:
        return tuple(row[0] for row in await connection.fetch(_WAITING, country.probes.to_recommend))
    finally:
        await connection.close()


def _world(country: Country, waiting: tuple[UUID, ...]) -> World:
    probes = country.probes
    tokens = country.tokens((_CASES, _MONEY, _REGISTER, _RECOMMENDER))

    def seat(place: tuple[str, str]) -> Seat:
        return Seat(tokens[place], probes.unions[place[0]], account_of(*place))

    return World(
        cases=seat(_CASES),
        money=seat(_MONEY),
        register=seat(_REGISTER),
        below=seat(_CASES),
        dossier=probes.dossiers[0],
        nominees=(Nominees(seat(_RECOMMENDER), waiting),),
        register_title="longcheng_craftsman",
        register_until="2100-01-01",
    )
