"""No statement reads a tenant table from end to end: an index leads each to its range, whatever the number of unions.

The year is small, so PostgreSQL is told that reading a table through costs more than anything; what it still reads through, it has no index for.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, get_nullable_type, is_list_type

from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from graphql_api.shapes import named_type
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tests.graphql_api.client import Client, serving
from tests.isolation import paths
from tests.isolation.fixtures import Year
from tests.isolation.paths import Step
from tests.isolation.plans import Asked, Planner, catching, make_planner
from tests.isolation.test_reads import filtered_type
from tests.isolation.year import build_year

pytestmark = pytest.mark.timeout(400)
REGISTRY = build(b"").registry
QUERY: Any = REGISTRY.schema.query_type
SHORT_LISTS = {
    "announcements": "one or two of an edition",
    "colleagues": "the people of a union",
    "editions": "a few a year of the unions above; they stand in several of these",
    "erasureRequests": "rare",
    "expertCandidates": "the people of a union",
    "meetings": "one or two of an edition",
    "notices": "one or two of an edition",
    "objections": "rare, and a person sees some of them only",
    "policyTightenings": "a union's own rules",
    "resolutions": "one or two of an edition",
    "retentionPeriods": "one of each kind of record",
}
"""Lists that are gathered and sorted, since they do not grow with a union's cases."""
NO_SCANS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
NO_SORTS = (*NO_SCANS, "enable_sort", "enable_incremental_sort", "enable_bitmapscan")


@pytest.fixture(scope="module")
async def planner(year_urls: DatabaseUrls) -> Planner:
    return await make_planner(year_urls)


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year) -> AsyncIterator[Client]:
    async with serving(contract, app, year.clock, year.tokens) as client:  # type: ignore[arg-type]
        yield client


async def test_no_command_and_no_job_reads_a_table_through(fresh_database_urls: DatabaseUrls) -> None:
    with catching() as caught:
        await build_year(fresh_database_urls)
    planner = await make_planner(fresh_database_urls)
    assert len(caught) > 200
    faults = await full_reads(planner, [one for one in caught.values() if one.role in {"app", "courier", "login"}])
    assert faults == {}


async def test_no_read_reads_a_table_through(api: Client, year: Year, planner: Planner) -> None:
    with catching() as caught:
        await read_everything(api, year)
    faults = await full_reads(planner, list(caught.values()))
    assert len(caught) > 300
    assert faults == {}


async def test_a_page_of_a_list_is_not_sorted_first(api: Client, year: Year, planner: Planner) -> None:
    """Page 1,000 costs what page 1 costs only where the list's order is an index's."""
    sorted_first: set[str] = set()
    for step in paths.lists(REGISTRY):
        with catching() as caught:
            page = f"{{ {step.bound.name}(first: 2) {{ edges {{ node {{ __typename }} }} }} }}"
            await api.data(page, who=year.everything("chengdu"))
        for asked in caught.values():
            plan = await planner.plan(asked, avoid=NO_SORTS)
            if any(planner.gathered(plan)):
                sorted_first.add(step.bound.name)
    assert sorted_first == set(SHORT_LISTS)


async def full_reads(planner: Planner, asked: list[Asked]) -> dict[str, list[str]]:
    found = {one.statement: list(planner.full_reads(await planner.plan(one, avoid=NO_SCANS))) for one in asked}
    return {statement: faults for statement, faults in found.items() if faults}


async def read_everything(api: Client, year: Year) -> None:
    """Every list with each of its filters, its second page, backwards and counted; every relation of what the unions have; all by id."""
    for code in ("chengdu", "wuhou", "acftu"):
        who = year.everything(code)
        for step in paths.lists(REGISTRY):
            await read_pages(api, who, step)
        for type_name, steps in paths.relations(REGISTRY).items():
            ids = year.ids(type_name, code)[:20] if type_name in year.homes else []
            for step in steps:
                sized = step.selection("__typename", 2)
                query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {sized} }} }} }}"
                await api.data(query, who=who, ids=ids)


async def read_pages(api: Client, who: str, step: Step) -> None:
    name, page = step.bound.name, "{ edges { cursor node { __typename } } }"
    data = await api.data(f"{{ {name}(first: 1) {page} }}", who=who)
    cursors = [edge["cursor"] for edge in data[name]["edges"]]
    for cursor in cursors:
        await api.data(f"query ($c: String) {{ {name}(first: 2, after: $c) {page} }}", who=who, c=cursor)
        await api.data(f"query ($c: String) {{ {name}(last: 2, before: $c) {page} }}", who=who, c=cursor)
    await api.data(f"{{ {name}(last: 2) {{ totalCount edges {{ node {{ __typename }} }} }} }}", who=who)
    for given in filters(step):
        kind = step.bound.read.filter.__name__  # type: ignore[union-attr]
        await api.data(f"query ($f: {kind}) {{ {name}(first: 2, filter: $f) {page} }}", who=who, f=given)


def filters(step: Step) -> list[dict[str, Any]]:
    """Each field of the list's filter alone, with some value."""
    argument = QUERY.fields[step.bound.name].args.get("filter")
    kind = None if argument is None else named_type(argument.type)
    return [] if kind is None else [{name: sample(field.type, name)} for name, field in kind.fields.items()]


def sample(given: Any, name: str) -> Any:
    """A value of an input's type."""
    inner = named_type(given)
    if isinstance(inner, GraphQLEnumType):
        word = next(iter(inner.values))
        return [word] if is_list_type(get_nullable_type(given)) else word
    if inner.name == "ID":
        return encode_id(filtered_type(name), new_id())
    return SAMPLES[inner.name]


SAMPLES = {"String": "王", "Int": 2024, "Boolean": True, "Date": "2024-01-01", "DateTime": "2024-01-01T00:00:00Z"}
