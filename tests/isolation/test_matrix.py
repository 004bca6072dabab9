"""Type × way × relation: whoever is not the owner is answered in the very bytes of an id that nobody ever gave out. The counts stand in docs/isolation.md.

Mutations (exports and reveals are some), filters and searches follow; what the schema does not have is said to be none, and fails when it comes.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType
from sqlalchemy import Column, select, text
from sqlalchemy.sql.visitors import iterate

from graphql_api.app import make_app
from graphql_api.context import Services
from graphql_api.ids import encode_id
from graphql_api.registry import Registry
from graphql_api.schema import Contract, build
from graphql_api.shapes import named_type
from kernel.database import Database
from kernel.ids import new_id
from tenants.queries import get_tenant_by_code
from tests.graphql_api.client import Client, serving
from tests.isolation import matrix, paths, test_mutations
from tests.isolation.fixtures import Year
from tests.isolation.matrix import ADOPTED, ANONYMOUS, LINE, OWN, RELATIONS, WAYS, Cell, relation_of
from tests.isolation.paths import Step
from tests.isolation.test_reads import raw

REGISTRY = build(b"").registry
TYPES = sorted(set(REGISTRY.sources) - set(paths.PUBLIC_TYPES))
PAGE = Path(__file__).parents[2] / "docs" / "isolation.md"

GAPS: dict[tuple[str, str], str] = {
    (name, relation): "only the national union's programme has them, and nobody stands above or beside it"
    for name in ("ExtraUnit", "Quota")
    for relation in (matrix.SIBLING, matrix.PARENT, matrix.GRANDPARENT, matrix.INDUSTRY)
}
"""(type, relation) that no row of the year can show, with the reason."""

ROUTES = {
    "/graphql": "the matrix",
    "/schema.graphql": "the contract itself, the same for all",
    "/livez": "yes or no",
    "/readyz": "yes or no",
    "/graphiql": "of the demo: a page without data",
    "/": "likewise",
    "/demo/clock": "of the demo: moves its clock, tells nothing",
    "/static": "of the demo: the page's files",
}
"""Every way in beside the contract; none gives out a row, and there are no file links yet."""


@pytest.fixture(scope="module")
async def adopted(owner: Database, year: Year) -> None:
    """Three unions with all sorts of rows have a second parent, on the industry's line; a city has a city beside it."""
    async with owner.plain() as session:
        path = text("SELECT industry_path FROM tenant WHERE id = :id")
        above = (await session.execute(path, {"id": year.tenants[LINE].id})).scalar_one()
        for number, code in enumerate(ADOPTED, 900):
            given = {"line": year.tenants[LINE].id, "path": f"{above}{number}.", "id": year.tenants[code].id}
            change = "UPDATE tenant SET industry_parent_id = :line, industry_path = :path WHERE id = :id"
            await session.execute(text(change), given)
        old, new = (year.tenants[code].path for code in (matrix.MOVED, matrix.NEW_PARENT))
        move = "UPDATE tenant SET path = :new || '901.' || substr(path, length(:old) + 1) WHERE starts_with(path, :old)"
        await session.execute(text(move), {"old": old, "new": new})
        parent = text("UPDATE tenant SET parent_id = :parent WHERE id = :id")
        moved = {"parent": year.tenants[matrix.NEW_PARENT].id, "id": year.tenants[matrix.MOVED].id}
        await session.execute(parent, moved)
        year.tenants[matrix.MOVED] = await get_tenant_by_code(session, matrix.MOVED)


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, adopted: None) -> AsyncIterator[Client]:
    async with serving(contract, app, year.clock, year.tokens) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture(scope="module")
async def published(owner: Database) -> set[str]:
    async with owner.plain() as session:
        found = await session.execute(text("SELECT id FROM edition WHERE state <> 'draft'"))
    return {encode_id("Edition", key) for key in found.scalars()}


def row_of(year: Year, cell: Cell, published: set[str]) -> str | None:
    """A row of the owner that the viewer has not himself, and that is not public."""
    mine = set() if cell.viewer in {None, cell.owner} else set(year.ids(cell.type_name, cell.viewer or ""))
    for shown in year.ids(cell.type_name, cell.owner):
        if shown not in mine and (cell.relation == OWN or shown not in published):
            return shown
    return None


async def ask(api: Client, year: Year, cell: Cell, shown: str) -> bytes:
    """The bytes that this way gives for an id."""
    who = None if cell.viewer is None else year.everything(cell.viewer)
    if cell.way == matrix.NODE:
        return await raw(api, "query ($id: ID!) { node(id: $id) { __typename id } }", who, id=shown)
    if cell.way == matrix.NODES:
        return await raw(api, "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", who, ids=[shown, shown])
    if cell.way == matrix.NESTED:
        inside = " ".join(step.selection("__typename", 5) for step in paths.relations(REGISTRY)[cell.type_name][:8])
        query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {cell.type_name} {{ {inside} }} }} }}"
        return await raw(api, query, who, id=shown)
    root = next(step.bound.name for step in paths.singles(REGISTRY) if step.target == cell.type_name)
    return await raw(api, f"query ($id: ID!) {{ {root}(id: $id) {{ id }} }}", who, id=shown)


@pytest.mark.parametrize("type_name", TYPES)
async def test_a_row_is_there_for_its_own_union_and_for_nobody_else(
    api: Client, year: Year, published: set[str], type_name: str
) -> None:
    for cell in matrix.cells(year, REGISTRY):
        if cell.type_name != type_name or cell.way in {matrix.LIST, matrix.COUNT}:
            continue
        shown = row_of(year, cell, published)
        if shown is None:
            assert type_name == "Edition", cell
            continue
        known = await ask(api, year, cell, shown)
        unknown = await ask(api, year, cell, encode_id(type_name, new_id()))
        assert (known == unknown) == (cell.relation != OWN), cell


@pytest.mark.parametrize("step", paths.lists(REGISTRY), ids=lambda step: step.bound.name)
async def test_a_list_and_its_count_hold_the_unions_own_rows(
    api: Client, year: Year, published: set[str], step: Step
) -> None:
    """The count is that of the rows shown, page by page, for everybody; what is listed is never the owner's."""
    query = (
        f"query ($after: String) {{ {step.bound.name}(first: 100, after: $after)"
        " { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }"
    )
    for cell in matrix.cells(year, REGISTRY):
        if cell.type_name != step.target or cell.way != matrix.COUNT:
            continue
        if cell.viewer is None:
            assert (await api.ask(query)).codes == ["UNAUTHENTICATED"]
            continue
        rows, count = await whole(api, query, step, year.everything(cell.viewer))
        if step.target != "ReadEntry":  # each look adds one
            assert count == len(rows), cell
        if cell.relation != OWN and (shown := row_of(year, cell, published)) is not None:
            assert shown not in rows, cell


async def whole(api: Client, query: str, step: Step, who: str) -> tuple[set[str], int]:
    """All rows of a list, and its count."""
    rows: set[str] = set()
    after = None
    while True:
        page = (await api.data(query, who=who, after=after))[step.bound.name]
        rows |= {edge["node"]["id"] for edge in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            return rows, page["totalCount"]
        after = page["pageInfo"]["endCursor"]


def text_filters(registry: Registry) -> Iterator[tuple[Step, str, Column[Any]]]:
    """Every list with each of its filter's fields that takes a text, and the column it looks at."""
    query = registry.schema.query_type
    assert query is not None
    for step in paths.lists(registry):
        argument = query.fields[step.bound.name].args.get("filter")
        kind = None if argument is None else named_type(argument.type)
        if not isinstance(kind, GraphQLInputObjectType) or step.target in paths.PUBLIC_TYPES:
            continue
        for name, described in kind.fields.items():
            made = step.bound.filters[name].condition
            if named_type(described.type).name == "String" and made is not None:
                columns = [part for part in iterate(made.on("x")) if isinstance(part, Column)]
                yield step, name, columns[0]


SEARCHES = list(text_filters(REGISTRY))


@pytest.mark.parametrize(
    ("step", "name", "column"),
    [pytest.param(*found, id=f"{found[0].bound.name}-{found[1]}") for found in SEARCHES],
)
async def test_a_search_for_what_only_others_have_finds_what_a_random_word_finds(
    api: Client, owner: Database, year: Year, step: Step, name: str, column: Column[Any]
) -> None:
    kind = step.bound.read.filter.__name__  # type: ignore[union-attr]
    query = (
        f"query ($f: {kind}) {{ {step.bound.name}(first: 100, filter: $f) {{ totalCount edges {{ node {{ id }} }} }} }}"
    )
    async with owner.plain() as session:
        found = (await session.execute(select(column.table.c.tenant_id, column).distinct())).all()
    codes = {facts.id: code for code, facts in year.tenants.items()}
    held: dict[str, set[str]] = {}
    for tenant_id, value in found:
        if value:
            held.setdefault(codes[tenant_id], set()).add(value)
    asked = 0
    for owner_code, values in held.items():
        for relation, (_, viewer) in matrix.pairs(year, step.target, (owner_code,)).items():
            if relation in {OWN, ANONYMOUS} or viewer is None:
                continue
            strange = sorted(values - held.get(viewer, set()))[:1]
            if not strange or any(mine.startswith(strange[0]) for mine in held.get(viewer, set())):
                continue
            who = year.everything(viewer)
            nothing = await raw(api, query, who, f={name: f"nobody-{new_id()}"})
            assert await raw(api, query, who, f={name: strange[0]}) == nothing, (relation, viewer)
            asked += 1
    if held and name not in SAME_EVERYWHERE:
        assert asked > 0
    assert (await api.ask(query, f={name: "x"})).codes == ["UNAUTHENTICATED"]


SAME_EVERYWHERE = {"act", "actor", "asked", "objectKind", "titleCode", "kind"}
"""Words that every union's rows may share, so that nothing is only others'."""


async def test_nobody_signed_in_can_do_anything_to_any_row(api: Client, year: Year) -> None:
    tried = 0
    for mutation, path, kind in test_mutations.PLACES:
        homes = year.homes.get(kind, {})
        shown = next((each for code in homes for each in year.ids(kind, code)), None)
        if shown is None:
            continue
        given = mutation.build(lambda _path, name: encode_id(name, new_id()))
        known = await raw(api, mutation.query, None, input=test_mutations.replaced(given, path, shown))
        assert known == await raw(api, mutation.query, None, input=given), mutation.name
        assert b'"UNAUTHENTICATED"' in known
        tried += 1
    assert tried > 50


def test_there_are_no_ways_in_but_these(app: Database, contract: Contract, year: Year) -> None:
    made = make_app(contract, Services(app, None, year.clock, year.tokens), demo=True, compile_after=0)  # type: ignore[arg-type]
    assert {route.path for route in made.routes} == set(ROUTES)  # type: ignore[attr-defined]
    subscription = REGISTRY.schema.subscription_type
    assert set() == (set() if subscription is None else set(subscription.fields) - set(SUBSCRIPTIONS))


SUBSCRIPTIONS = {"workChanged": "tests/isolation/test_subscriptions.py"}
"""Fields of the Subscription type, with the test that shows what a stranger hears."""


def mutation_tries(year: Year) -> Iterator[tuple[str, str]]:
    """(mutation, relation) for every foreign row that test_mutations names, as it does it."""
    owners = year.owner_of() | {encode_id("Tenant", facts.id): {code} for code, facts in year.tenants.items()}
    for mutation, _, kind in test_mutations.PLACES:
        for viewer in test_mutations.viewers_of(mutation):
            for shown in list(test_mutations.foreign(year, kind, viewer))[:2]:
                yield mutation.name, relation_of(min(owners[shown]), viewer)
        yield mutation.name, OWN
        yield mutation.name, ANONYMOUS


def page(year: Year) -> str:
    """The whole of docs/isolation.md."""
    counted: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    for cell in matrix.cells(year, REGISTRY):
        counted[cell.way][cell.relation] += 1
    mutations: Counter[str] = Counter(relation for _, relation in mutation_tries(year))
    exports = Counter(relation for name, relation in mutation_tries(year) if name in EXPORTS)
    filters = len(list(paths.id_filters(REGISTRY)))
    relations = sum(len(steps) for steps in paths.relations(REGISTRY).values())
    lines = [
        HEAD,
        f"| way | {' | '.join(RELATIONS)} | all |",
        "|" + " --- |" * (len(RELATIONS) + 2),
        *(_line(way, counts) for way, counts in counted.items()),
        _line("mutation, by id in its input", mutations),
        _line("of these: export, reveal", exports),
        "",
        (
            f"{len(TYPES)} types with rows of unions, {len(paths.PUBLIC_TYPES)} public ones; {len(paths.lists(REGISTRY))} lists;"
            f" {len(test_mutations.MUTATIONS)} mutations with {len(test_mutations.PLACES)} places for an id;"
            f" {filters} filters by id, {len(SEARCHES)} by text; {relations} relations, each walked from every row that nine viewers see."
        ),
        "",
        f"Subscriptions: {len(SUBSCRIPTIONS)}. File links: none; {len(ROUTES)} routes, of which none but `/graphql` gives out a row.",
        "",
        "Exemptions (one that is no longer needed fails):",
        "",
        *(f"- `{name}` is public: {reason}" for name, reason in sorted(paths.PUBLIC_TYPES.items())),
        *(f"- `{name}` is written by hand: {reason}" for name, reason in sorted(paths.HANDWRITTEN_ROOTS.items())),
        *(f"- `{name}` takes no id: {reason}" for name, reason in sorted(test_mutations.WITHOUT_IDS.items())),
        *(f"- {kind} × {relation}: {reason}" for (kind, relation), reason in sorted(GAPS.items())),
        "",
    ]
    return "\n".join(lines)


EXPORTS = {"exportPerson", "revealPerson", "revealComplainant"}
HEAD = """# Isolation, counted

Written by `JIANGTI_WRITE=1 PYTHONPATH=. .venv/bin/python -m pytest -n0 tests/isolation/test_matrix.py -k page`; the same test fails when it is stale.
Do not edit it.

A cell is one type (or one mutation's id), one way to it, and one way in which the asking union stands to the owner of the row. The people who ask hold every
role that a person can hold, so that only the walls between unions are left. *own* must differ from the answer for a random id; every other cell must be
that answer, byte for byte. A type, relation, list, filter or mutation that is added to the schema is walked at once; one without rows in the year fails.
"""


def _line(way: str, counts: Counter[str]) -> str:
    return f"| {way} | {' | '.join(str(counts[relation] or '—') for relation in RELATIONS)} | {counts.total()} |"


def test_every_relation_is_tried_for_every_type(year: Year) -> None:
    wanted = {OWN, matrix.SIBLING, matrix.PARENT, matrix.GRANDPARENT, matrix.INDUSTRY, ANONYMOUS}
    tried = {(cell.type_name, cell.relation) for cell in matrix.cells(year, REGISTRY)}
    missing = {(name, relation) for name in TYPES for relation in wanted} - tried
    assert missing == set(GAPS)


async def test_the_page_is_fresh(year: Year) -> None:
    if os.environ.get("JIANGTI_WRITE") == "1":
        PAGE.write_text(page(year), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(year)
