from collections.abc import AsyncIterator

import pytest

from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.audit.queries import AuditQuery
from graphql_api.people.mutations import PeopleMutation
from graphql_api.people.queries import PeopleQuery
from graphql_api.schema import Contract, build
from kernel.clock import FixedClock
from kernel.database import Database
from tests.graphql_api.client import Client, Tokens, serving
from tests.graphql_api.conftest import NOW


@pytest.fixture(scope="module")
def audit_contract() -> Contract:
    return build(b"secret", PeopleQuery, ApplicationsQuery, AuditQuery, PeopleMutation)


@pytest.fixture
async def desk(audit_contract: Contract, app: Database, tokens: Tokens) -> AsyncIterator[Client]:
    async with serving(audit_contract, app, FixedClock(NOW), tokens) as client:
        yield client
