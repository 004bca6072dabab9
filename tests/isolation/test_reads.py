"""Nobody reads a row of another tenant, by whatever way; and each row is seen by somebody of its own.

The strangers hold every role that a person can hold, so that only the walls between tenants can keep them out.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from graphql_api.registry import Registry
from graphql_api.schema import Contract, build
from kernel.database import Database
from kernel.ids import new_id
from tests.graphql_api.client import Client, serving
from tests.isolation import paths
from tests.isolation.fixtures import Year
from tests.isolation.paths import Step

VIEWERS = (
    "jinjiang",
    "wuhou",
    "wuhou-hengda",
    "chengdu",
    "sichuan",
    "acftu",
    "power-union",
    "jinjiang-dianli",
    "changzhou",
)
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
REGISTRY = build(b"").registry
TYPES = sorted(set(REGISTRY.sources) - set(paths.PUBLIC_TYPES))


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year) -> AsyncIterator[Client]:
    async with serving(contract, app, year.clock, year.tokens) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture(scope="module")
async def bare(contract: Contract, owner: Database, year: Year) -> AsyncIterator[Client]:
    """The same application on a role that row-level security does not hold: only what each statement says of the tenant is left."""
    async with serving(contract, owner, year.clock, year.tokens) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture(scope="module")
async def published(owner: Database) -> set[str]:
    """Editions that everybody may know of."""
    async with owner.plain() as session:
        found = await session.execute(text("SELECT id FROM edition WHERE state <> 'draft'"))
    return {encode_id("Edition", key) for key in found.scalars()}


def foreign(year: Year, type_name: str, viewer: str, published: set[str]) -> list[str]:
    """Ids of rows that this viewer's union has not."""
    own = set(year.ids(type_name, viewer))
    others = [shown for code in year.homes[type_name] if code != viewer for shown in year.ids(type_name, code)]
    return [shown for shown in dict.fromkeys(others) if shown not in own | published][:100]


def invented(type_name: str, count: int = 1) -> list[str]:
    return [encode_id(type_name, new_id()) for _ in range(count)]


async def raw(api: Client, query: str, who: str | None, **variables: Any) -> bytes:
    """The very bytes of an answer, but for the number of the request."""
    headers = {
        "accept": "application/json",
        "x-request-id": "same",
        **({"authorization": f"Bearer {who}"} if who else {}),
    }
    response = await api.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    shown = response.headers.get("x-request-id", "-")
    return response.content.replace(shown.encode(), b"-")


def test_every_type_has_rows_in_the_year(year: Year) -> None:
    assert {name for name in TYPES if not year.homes.get(name)} == set()
    assert set(paths.PUBLIC_TYPES) == set(REGISTRY.sources) - set(TYPES)


def test_every_query_field_is_walked() -> None:
    assert paths.undeclared_roots(REGISTRY) == set(paths.HANDWRITTEN_ROOTS)


@pytest.mark.parametrize("type_name", TYPES)
async def test_its_own_union_sees_each_row(api: Client, year: Year, type_name: str) -> None:
    for code in year.homes[type_name]:
        ids = year.ids(type_name, code)[:100]
        shown = (await api.data(NODES, who=year.everything(code), ids=ids))["nodes"]
        assert shown == [{"__typename": type_name, "id": each} for each in ids], code
        assert (await api.data(NODE, who=year.everything(code), id=ids[0]))["node"]["id"] == ids[0]


@pytest.mark.parametrize("type_name", TYPES)
async def test_a_row_of_another_union_is_as_good_as_none(
    api: Client, bare: Client, year: Year, published: set[str], type_name: str
) -> None:
    root = next((step.bound.name for step in paths.singles(REGISTRY) if step.target == type_name), None)
    one = f"query ($id: ID!) {{ {root}(id: $id) {{ id }} }}"
    for viewer in VIEWERS:
        ids, who = foreign(year, type_name, viewer, published), year.everything(viewer)
        if not ids:
            continue
        for client in (api, bare):
            unknown = await raw(client, NODES, who, ids=invented(type_name, len(ids)))
            assert await raw(client, NODES, who, ids=ids) == unknown, viewer
        assert await raw(api, NODE, who, id=ids[0]) == await raw(api, NODE, who, id=invented(type_name)[0])
        if root is not None:
            for shown in ids[:3]:
                assert await raw(api, one, who, id=shown) == await raw(api, one, who, id=invented(type_name)[0])


@pytest.mark.parametrize("type_name", TYPES)
async def test_nobody_signed_in_sees_nothing(api: Client, year: Year, type_name: str) -> None:
    ids = [year.ids(type_name, code)[0] for code in year.homes[type_name]]
    known = await raw(api, NODES, None, ids=ids)
    assert known == await raw(api, NODES, None, ids=invented(type_name, len(ids)))
    assert b'"NOT_SIGNED_IN"' in known


@pytest.mark.parametrize("step", paths.lists(REGISTRY), ids=lambda step: step.bound.name)
async def test_a_list_holds_the_unions_own_rows(
    api: Client, bare: Client, year: Year, published: set[str], step: Step
) -> None:
    query = f"{{ {step.selection('id', 100)} }}"
    seen: set[str] = set()
    for viewer in VIEWERS:
        for client in (api, bare):
            data = await client.data(query, who=year.everything(viewer))
            shown = {edge["node"]["id"] for edge in data[step.bound.name]["edges"]}
            assert shown - allowed(year, step.target, viewer, published) == set(), viewer
            seen |= shown
    assert seen, "nobody sees anything in this list: extend the year"
    assert (await api.ask(query)).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    ("step", "name"),
    [pytest.param(*found, id=f"{found[0].bound.name}-{found[1]}") for found in paths.id_filters(REGISTRY)],
)
async def test_a_filter_tells_nothing_of_another_unions_row(
    api: Client, year: Year, published: set[str], step: Step, name: str
) -> None:
    type_name = filtered_type(name)
    kind = step.bound.read.filter.__name__  # type: ignore[union-attr]
    query = (
        f"query ($f: {kind}) {{ {step.bound.name}(first: 100, filter: $f) {{ totalCount edges {{ node {{ id }} }} }} }}"
    )
    for viewer in VIEWERS[:6]:
        who, unknown = year.everything(viewer), invented(type_name)[0]
        nothing = await raw(api, query, who, f={name: unknown})
        if type_name in paths.PUBLIC_TYPES:
            continue
        for shown in foreign(year, type_name, viewer, published)[:3]:
            assert await raw(api, query, who, f={name: shown}) == nothing


def filtered_type(name: str) -> str:
    """The type whose ids a filter's field takes, by the field's name."""
    special = {
        "studio": "InnovationStudio",
        "leader": "Person",
        "grantedBy": "Tenant",
        "object": "Application",
        "account": "Member",
    }
    found = special.get(name, name[0].upper() + name[1:])
    assert found in REGISTRY.sources, f"say which type the filter {name} means"
    return found


def allowed(year: Year, type_name: str, viewer: str, published: set[str]) -> set[str]:
    """Every id of a type that this viewer may ever meet."""
    if type_name == "Tenant":
        return {encode_id("Tenant", facts.id) for code, facts in year.tenants.items() if paths.may_know(viewer, code)}
    if type_name in paths.PUBLIC_TYPES:
        return _Everything()
    if type_name == "ReadEntry":  # each look adds one
        return _AllBut(foreign(year, type_name, viewer, published))
    return set(year.ids(type_name, viewer)) | (published if type_name == "Edition" else set())


class _Everything(set[str]):
    """Whatever is taken away from another set by this one leaves nothing."""

    def __rsub__(self, _other: object) -> set[str]:
        return set()


class _AllBut(set[str]):
    """Of what it is taken away from, these are left."""

    def __rsub__(self, other: Any) -> set[str]:
        return set(other) & self


async def test_no_relation_leads_out_of_the_union(api: Client, bare: Client, year: Year, published: set[str]) -> None:
    """From each row that a viewer sees, along each relation of its type, and from there along each once more."""
    walked: set[str] = set()
    for viewer in VIEWERS:
        for type_name, steps in paths.relations(REGISTRY).items():
            ids = await starting_points(api, year, viewer, type_name, published)
            for client in (api, bare) if ids and steps else ():
                walked |= await walk(client, year, viewer, published, type_name, ids, steps)
    every = {step.name for steps in paths.relations(REGISTRY).values() for step in steps}
    assert every - walked == set(paths.EMPTY_PATHS)


async def walk(
    api: Client, year: Year, viewer: str, published: set[str], type_name: str, ids: list[str], steps: Sequence[Step]
) -> set[str]:
    """One query along all relations of a type; returns those that gave something."""
    inside = " ".join(step.selection("__typename id", 20) for step in steps)
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {inside} }} }} }}"
    rows = (await api.data(query, who=year.everything(viewer), ids=ids))["nodes"]
    given: set[str] = set()
    for step in steps:
        for row in rows:
            met = _nodes(None if row is None else row[step.bound.name], step)
            if met:
                given.add(step.name)
            assert set(met) - allowed(year, step.target, viewer, published) == set(), (viewer, step.name)
    return given


async def starting_points(api: Client, year: Year, viewer: str, type_name: str, published: set[str]) -> list[str]:
    """Own rows; of public types also those of others that one may look at."""
    own = year.ids(type_name, viewer)[:60] if type_name in year.homes else []
    if type_name == "Edition":
        return [*own, *sorted(published)]
    if type_name == "Tenant":
        return sorted(allowed(year, "Tenant", viewer, published))
    if type_name in {"Programme", "RulebookVersion"}:
        query = "{ programmes(first: 100) { edges { node { id rulebookVersions { id } } } } }"
        found = [edge["node"] for edge in (await api.data(query, who=year.everything(viewer)))["programmes"]["edges"]]
        versions = [version["id"] for node in found for version in node["rulebookVersions"]]
        return [node["id"] for node in found] if type_name == "Programme" else versions
    return own


def _nodes(value: Any, step: Step) -> list[str]:
    if value is None:
        return []
    if step.is_paged:
        return [edge["node"]["id"] for edge in value["edges"]]
    return [row["id"] for row in value] if isinstance(value, list) else [value["id"]]


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_the_handwritten_roots_know_no_strangers(api: Client, year: Year, viewer: str) -> None:
    who = year.everything(viewer)
    by_id, by_code = "query ($v: ID!) { tenant(id: $v) { id } }", "query ($v: String!) { tenant(code: $v) { id } }"
    for code, facts in year.tenants.items():
        shown = encode_id("Tenant", facts.id)
        wanted = {"tenant": {"id": shown} if paths.may_know(viewer, code) else None}
        assert await api.data(by_id, who=who, v=shown) == wanted
        assert await api.data(by_code, who=who, v=code) == wanted
        ancestors = "query ($v: ID!) { node(id: $v) { ... on Tenant { ancestors { code } } } }"
        node = (await api.data(ancestors, who=who, v=shown))["node"]
        if node is not None:
            assert [each["code"] for each in node["ancestors"] if not paths.may_know(viewer, each["code"])] == []
    for about in (
        "query ($v: ID!) { personTimeline(personId: $v) { name objectId } }",
        "query ($v: ID!) { whoSaw(personId: $v) { at actor act reason } }",
    ):
        nothing = await raw(api, about, who, v=invented("Person")[0])
        for shown in foreign(year, "Person", viewer, set())[:5]:
            assert await raw(api, about, who, v=shown) == nothing


async def test_the_timeline_is_seen_at_home(api: Client, year: Year) -> None:
    timeline = "query ($v: ID!) { personTimeline(personId: $v) { name } }"
    for code in ("wuhou", "chengdu"):
        shown = [await api.data(timeline, who=year.everything(code), v=key) for key in year.ids("Person", code)]
        assert any(each["personTimeline"] for each in shown)


def test_the_registry_of_the_module_is_the_whole_contracts(registry: Registry) -> None:
    assert set(registry.sources) == set(REGISTRY.sources)
