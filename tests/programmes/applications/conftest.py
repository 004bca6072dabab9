from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

import pytest

from cli.demo.offices import Call, Offices
from kernel.clock import CHINA
from kernel.settings import DatabaseUrls
from tests.programmes.applications.desks import CHENGDU_2024, LONGCHENG, call_with_places
from tests.programmes.builders import close_offices, make_offices

OPENS, CLOSES = date(2024, 3, 1), date(2024, 4, 30)


@pytest.fixture(scope="module")
async def country(database_urls: DatabaseUrls) -> AsyncIterator[Offices]:
    made = await make_offices(database_urls, at=datetime(2024, 3, 1, 9, tzinfo=CHINA))
    yield made
    await close_offices(made)


@pytest.fixture
def offices(country: Offices) -> Offices:
    """The offices on the first day of the calls."""
    country.at(2024, 3, 1)
    return country


@pytest.fixture(scope="module")
async def national(country: Offices) -> UUID:
    """A call of 全总 with thirty places for Sichuan."""
    return await call_with_places(country, {"sichuan": 30}, (OPENS, CLOSES))


@pytest.fixture(scope="module")
async def longcheng(country: Offices) -> UUID:
    return await country.open_call(
        Call("changzhou", "longcheng_craftsman", 2024, LONGCHENG, OPENS, CLOSES, "常工发〔2024〕61号")
    )


@pytest.fixture(scope="module")
async def chengdu(country: Offices) -> UUID:
    return await country.open_call(
        Call("chengdu", "chengdu_craftsman", 2024, CHENGDU_2024, OPENS, CLOSES, "成工发〔2024〕9号")
    )
