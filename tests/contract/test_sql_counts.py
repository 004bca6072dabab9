"""A list asks the database the same however long it is: every root list, every list of a row, every to-one relation, every operation of the clients."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from cli.walk.client import document
from graphql_api.schema import Contract, build
from kernel.database import Database
from tests.contract.leaves import leaves
from tests.graphql_api.client import Client, serving
from tests.graphql_api.sql_count import counting
from tests.isolation import paths
from tests.isolation.fixtures import Year
from tests.isolation.paths import Step

REGISTRY = build(b"").registry
OPERATIONS = Path(__file__).parents[2] / "frontend_contract" / "operations"
RELATIONS = [step for steps in paths.relations(REGISTRY).values() for step in steps if step.parent in REGISTRY.sources]


FEWER = {
    "Edition.extraUnits": "the national union has two editions",
    "Edition.quotas": "likewise",
    "FundingRecord.studio": "one studio was named by the union whose rule pays for it",
    "Tenant.industryParent": "asked at the one union on the industry's line, which knows of two with a parent",
}
"""Relations that are counted with fewer than three rows, since no union of the year has more."""


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year) -> AsyncIterator[Client]:
    async with serving(contract, app, year.clock, year.tokens) as client:  # type: ignore[arg-type]
        yield client


async def counted(api: Client, app: Database, query: str, who: str, **variables: Any) -> tuple[int, Any]:
    """How many statements it took, and the data."""
    with counting(app) as sql:
        data = await api.data(query, who=who, **variables)
    return sql.count, data


async def fullest(api: Client, year: Year, step: Step) -> str:
    """The union that sees most in a root list."""
    seen: dict[str, int] = {}
    for code in ("chengdu", "wuhou", "acftu"):
        query = f"{{ {step.selection('id', 100)} }}"
        data = await api.data(query, who=year.everything(code))
        seen[code] = len(data[step.bound.name]["edges"])
    return max(seen, key=lambda code: seen[code])


@pytest.mark.parametrize("step", paths.lists(REGISTRY), ids=lambda step: step.bound.name)
async def test_a_root_list_of_one_costs_what_three_cost(api: Client, app: Database, year: Year, step: Step) -> None:
    who = year.everything(await fullest(api, year, step))
    inside = leaves(REGISTRY, REGISTRY.types[step.target])
    counts = []
    for size in (3, 1, 3):  # the first time rulebooks are parsed, once per process
        selected = step.selection(inside, size).replace(
            "{ edges", "{ totalCount pageInfo { hasNextPage endCursor } edges", 1
        )
        count, data = await counted(api, app, f"{{ {selected} }}", who)
        assert len(data[step.bound.name]["edges"]) == size, "the year needs three of them in one union"
        counts.append(count)
    assert counts[1] == counts[2]
    assert counts[1] <= 6


@pytest.mark.parametrize("type_name", sorted({step.parent for step in RELATIONS}))
async def test_three_rows_with_all_their_relations_cost_what_one_costs(
    api: Client, app: Database, year: Year, type_name: str
) -> None:
    """Each relation on its own, of one row and of three; lists with one and with three of their rows."""
    for step in [step for step in RELATIONS if step.parent == type_name]:
        who, ids = await parents(api, year, step)
        assert (len(ids) < 3) == (step.name in FEWER), (step.name, len(ids))
        inside = leaves(REGISTRY, REGISTRY.types[step.target])
        counts: set[int] = set()
        warm = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {step.selection(inside, 3)} }} }} }}"
        await api.data(warm, who=who, ids=ids[:3])
        for size in (1, 3) if step.is_paged else (50,):
            query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {step.selection(inside, size)} }} }} }}"
            for some in (ids[:1], ids[:3]):
                count, data = await counted(api, app, query, who, ids=some)
                assert all(data["nodes"]), step.name
                counts.add(count)
        assert len(counts) == 1, (step.name, counts)


async def parents(api: Client, year: Year, step: Step) -> tuple[str, list[str]]:
    """Somebody with rows of the parent's type, those first that lead furthest by this step: the one of whose rows most lead somewhere."""
    best: tuple[int, str, list[str]] = (0, "", [])
    for code in ("chengdu", "wuhou", "acftu", "wuhou-hengda", "sichuan", "power-union", "jinjiang-dianli"):
        who = year.everything(code)
        ids = await own_ids(api, year, code, step.parent)
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {step.parent} {{ {step.selection('__typename')} }} }} }}"
        rows = [row for row in (await api.data(query, who=who, ids=ids))["nodes"] if row] if ids else []
        lengths = {row["id"]: _length(row[step.bound.name], step) for row in rows}
        ordered = sorted(lengths, key=lambda key: -lengths[key])
        leading = sum(map(bool, lengths.values()))
        if leading > best[0]:
            best = (leading, who, ordered)
    assert best[2], f"nothing goes along {step.name}"
    return best[1], best[2]


async def own_ids(api: Client, year: Year, code: str, type_name: str) -> list[str]:
    if type_name == "Edition":
        query = "{ editions(first: 100) { edges { node { id } } } }"
        return [edge["node"]["id"] for edge in (await api.data(query, who=year.everything(code)))["editions"]["edges"]]
    if type_name in year.homes:
        return year.ids(type_name, code)[:60]
    if type_name == "Tenant":
        query = "{ viewer { tenant { id parent { id } children(first: 20) { edges { node { id } } } } } }"
        tenant = (await api.data(query, who=year.everything(code)))["viewer"]["tenant"]
        children = [edge["node"]["id"] for edge in tenant["children"]["edges"]]
        return [tenant["id"], *([tenant["parent"]["id"]] if tenant["parent"] else []), *children]
    query = "{ programmes(first: 100) { edges { node { id rulebookVersions { id } } } } }"
    nodes = [edge["node"] for edge in (await api.data(query, who=year.everything(code)))["programmes"]["edges"]]
    return [node["id"] for node in nodes]


def _length(value: Any, step: Step) -> int:
    if step.is_paged:
        return len(value["edges"])
    return len(value) if isinstance(value, list) else int(value is not None)


def listing_operations() -> list[str]:
    """The clients' queries that ask for a page."""
    found: list[str] = []
    for file in sorted(OPERATIONS.glob("*.graphql")):
        for node in parse(file.read_text(encoding="utf-8")).definitions:
            if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY:
                variables = {definition.variable.name.value for definition in node.variable_definitions or ()}
                if "first" in variables and node.name is not None:
                    found.append(node.name.value)
    return found


@pytest.mark.parametrize("operation", listing_operations())
async def test_an_operation_of_the_clients_costs_the_same_for_one_and_three(
    api: Client, app: Database, year: Year, operation: str
) -> None:
    fewest = 0
    for code in ("chengdu", "wuhou", "acftu"):
        who, query = year.everything(code), document(operation)
        (one, _), (three, data) = [await counted(api, app, query, who, first=size) for size in (1, 3)]
        (listed,) = data.values()
        if len(listed["edges"]) == 3:
            assert one == three, code
            fewest += 1
    assert fewest, "nobody has three of them"
