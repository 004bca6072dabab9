"""A machine at a clerk's place, over HTTP and the whole contract: it does what its token names, under the clerk's and its own name, and nothing else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from cli.demo import country
from graphql_api.context import EntranceAuthenticator
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tenants.accounts.policy import DEMO_POLICY
from tests.graphql_api.client import Client, serving
from tests.isolation.fixtures import Year
from tests.programmes.people import id_number

SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"
TOKEN = "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token errors { code } } }"
CREATE = "mutation ($input: CreatePersonInput!) { answer: createPerson(input: $input) { errors { code } } }"
REVEAL = "mutation ($input: RevealPersonInput!) { answer: revealPerson(input: $input) { idNumber errors { code } } }"
CASES = "{ applications(first: 5) { edges { node { id } } } }"
NOTICES = "{ notices(first: 5) { edges { node { id } } } }"
PEOPLE = "{ people(first: 5) { edges { node { id name ethnicity } } } }"
NESTED = "{ notices(first: 5) { edges { node { id } } } people(first: 1) { edges { node { id } } } }"
FACTS = {"name": "张三丰", "employer": "成都某厂", "occupation": "钳工", "frontlineSince": "2005-07"}


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, year_urls: DatabaseUrls) -> AsyncIterator[Client]:
    entrance = open_entrance(year_urls.login, cheap=True, policy=DEMO_POLICY)
    authenticator = EntranceAuthenticator(entrance, year.clock)
    async with serving(contract, app, year.clock, authenticator, entrance, demo=False) as client:  # type: ignore[arg-type]
        yield client
    await entrance.close()


@pytest.fixture(scope="module")
async def clerk(api: Client) -> str:
    given = {"tenant": "wuhou", "login": "wuhou.clerk", "password": country.password()}
    return (await api.data(SIGN_IN, input=given))["signIn"]["token"]


async def machine(api: Client, who: str, *permissions: str) -> str:
    given = {
        "name": "人事同步",
        "permissions": permissions,
        "validTo": "2025-12-01",
        "password": country.password(),
    }
    made = (await api.data(TOKEN, who=who, input=given))["createApiToken"]
    assert made["errors"] == []
    return made["token"]


async def reasons(api: Client, who: str, query: str) -> list[str]:
    answer = await api.ask(query, who=who)
    return [error["extensions"]["reason"] for error in answer.body.get("errors", [])]


async def names_in(owner: Database, query: str) -> Any:
    async with owner.plain() as session:
        return (await session.execute(text(query))).scalars().all()


async def test_a_token_for_notices_asks_for_applications(api: Client, clerk: str) -> None:
    narrow = await machine(api, clerk, "notice:read")
    assert (await api.data(CASES, who=clerk))["applications"]["edges"]
    assert await reasons(api, narrow, CASES) == ["FORBIDDEN_SCOPE"]
    assert await reasons(api, narrow, NOTICES) == []
    assert await reasons(api, narrow, NESTED) == ["FORBIDDEN_SCOPE"]


async def test_what_it_does_stands_under_the_person_and_the_token(api: Client, clerk: str, owner: Database) -> None:
    narrow = await machine(api, clerk, "person:create", "person:read")
    person = {"idempotencyKey": str(new_id()), "idNumber": id_number(881), "facts": FACTS}
    answer = await api.ask(CREATE, who=narrow, input=person)
    assert answer.data == {"answer": {"errors": []}}
    entry = f"SELECT actor FROM audit_entry WHERE request_id = '{answer.headers['x-request-id']}'"
    (actor,) = await names_in(owner, entry)
    name = (await api.data("{ viewer { name } }", who=clerk))["viewer"]["name"]
    assert actor == f"{name}（接口令牌“人事同步”）"


async def test_personal_data_is_revealed_only_where_that_is_named(
    api: Client, clerk: str, owner: Database, year: Year
) -> None:
    async with owner.plain() as session:
        await session.execute(text("UPDATE policy_tightening SET lifted_at = now()"))
    given = {"personId": year.ids("Person", "wuhou")[0], "reason": "核对身份"}
    reader = await machine(api, clerk, "person:read")
    seen = await api.ask(PEOPLE, who=reader)
    assert {edge["node"]["ethnicity"] for edge in seen.data["people"]["edges"]} <= {None, "***"}
    reads = f"SELECT DISTINCT actor FROM read_entry WHERE request_id = '{seen.headers['x-request-id']}'"
    assert [name.endswith("（接口令牌“人事同步”）") for name in await names_in(owner, reads)] == [True]
    refused = (await api.data(REVEAL, who=reader, input=given))["answer"]
    assert refused == {"idNumber": None, "errors": [{"code": "FORBIDDEN_SCOPE"}]}
    revealer = await machine(api, clerk, "person:reveal")
    shown = (await api.data(REVEAL, who=revealer, input=given))["answer"]
    assert (shown["errors"], shown["idNumber"] is None) == ([], False)
