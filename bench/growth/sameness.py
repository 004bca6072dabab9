"""What must not grow with the country at all: rows of the policy, and statements that the product compiles."""

from typing import Any

import httpx
import orjson

from bench.country.installation import Country
from bench.country.loading import administering
from bench.growth.asking import questions_of
from graphql_api.app import make_app
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.schema import build
from kernel.database import Database
from kernel.sealing import open_sealer
from migrations.runner import run_blocking
from tenants.accounts.entrance import open_entrance

_POLICY = "{ policyRows { lines { number } } }"
_AUDITOR = ("changzhou", "auditor")
SCANS = "tenant tables read through"
_SCANNED = """
SELECT coalesce(sum(s.seq_scan), 0)::bigint FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE c.reltuples > 10000
 AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = s.relid AND a.attname = 'tenant_id')
"""


def sameness(country: Country) -> dict[str, int]:
    """Counted in one process over this country, while it is asked every question for the second time."""
    return run_blocking(_count(country))


def read_through(country: Country) -> int:
    """How often PostgreSQL has read a tenant table of more than 10,000 rows from end to end, by its own count; processes tell it when they end."""
    return run_blocking(_read_through(country))


async def _read_through(country: Country) -> int:
    async with administering(country.server, country.settings.database_name) as connection:
        return await connection.fetchval(_SCANNED)


async def _count(country: Country) -> dict[str, int]:
    tokens = country.tokens()
    settings, urls, clock = country.settings, country.urls, country.clock
    sealer = open_sealer(settings)
    entrance = open_entrance(urls.login, cheap=True, sealer=sealer)
    app = Database(urls.app, sealer=sealer)
    services = Services(app, entrance, clock, EntranceAuthenticator(entrance, clock))
    statements: set[str] = set()
    web = make_app(build(settings.derive("cursor")), services, demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://scale.test") as http:
        bodies = [
            (tokens[question.seat], {"query": question.document, "variables": question.variables})
            for question in questions_of(country)
        ]
        for token, body in bodies:  # rulebooks are parsed once per process
            await _ask(http, token, body)
        with app.watched(statements.add), entrance.database.watched(statements.add):
            for token, body in bodies:
                await _ask(http, token, body)
        policy = await _ask(http, tokens[_AUDITOR], {"query": _POLICY})
    await app.close()
    await entrance.close()
    asked = {text for text in statements if not text.startswith("SET LOCAL")}
    return {"rows of the policy": len(policy["policyRows"]["lines"]), "statements": len(asked)}


async def _ask(http: httpx.AsyncClient, token: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await http.post("/graphql", content=orjson.dumps(body), headers=_headers(token))
    answer = response.json()
    if "errors" in answer:
        raise RuntimeError(answer["errors"])
    return answer["data"]


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": "application/json", "accept": "application/json"}
