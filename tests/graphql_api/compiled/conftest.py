"""The year, and two applications over it."""

from collections.abc import AsyncIterator

import pytest

from graphql_api.schema import Contract
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tests.graphql_api.compiled.trial import Trial, trial
from tests.isolation.fixtures import Year, contract, owner, quiet, registry, year, year_template, year_urls

__all__ = ["contract", "owner", "quiet", "registry", "year", "year_template", "year_urls"]


@pytest.fixture(scope="module")
async def both(year_urls: DatabaseUrls, contract: Contract, owner: Database, year: Year) -> AsyncIterator[Trial]:
    async with trial(year_urls, contract, owner, year) as found:
        yield found
