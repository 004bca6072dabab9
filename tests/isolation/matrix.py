"""Who stands how to whom, and which cells of the isolation matrix there are: type × way × relation, read from the schema and the year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from cli.demo import country
from graphql_api.registry import Registry
from tests.isolation import paths
from tests.isolation.fixtures import Year

OWN, SIBLING, PARENT, GRANDPARENT, INDUSTRY = "own", "sibling", "parent", "grandparent", "industry parent"
ANCESTOR, BELOW, ELSEWHERE, ANONYMOUS = "higher above", "below", "elsewhere", "anonymous"
RELATIONS = (OWN, SIBLING, PARENT, GRANDPARENT, INDUSTRY, ANCESTOR, BELOW, ELSEWHERE, ANONYMOUS)
NODE, NODES, NESTED, ROOT, LIST, COUNT = "node(id)", "nodes(ids)", "nested edge", "root by id", "list", "count"
WAYS = (NODE, NODES, NESTED, ROOT, LIST, COUNT)
ADOPTED = ("wuhou", "chengdu", "wuhou-hengda")
"""Unions that have the industry's national union for a second parent in the matrix's own database, so that almost every type has rows below it."""
LINE = "power-union"
MOVED, NEW_PARENT = "yangzhou", "sichuan"
"""A city that stands beside another one there: in the demo each province but one has a single city."""


@dataclass(frozen=True)
class Cell:
    """A row of a type, whose it is, and who asks for it by which way; `viewer` None: nobody signed in."""

    type_name: str
    way: str
    relation: str
    owner: str
    viewer: str | None


def relation_of(owner: str, viewer: str) -> str:
    """How the viewer's union stands to the owner's."""
    unions = _unions()
    chain = list(_above(owner))
    if viewer == owner:
        return OWN
    if viewer in chain:
        return (PARENT, GRANDPARENT, *(ANCESTOR for _ in chain))[chain.index(viewer)]
    if viewer == LINE and (owner in ADOPTED or unions[owner].line == LINE):
        return INDUSTRY
    if owner in _above(viewer):
        return BELOW
    return SIBLING if unions[owner].parent == unions[viewer].parent else ELSEWHERE


def cells(year: Year, registry: Registry) -> Iterator[Cell]:
    """For each type and way, each relation once, to the first union that has such rows and stands so to somebody."""
    for type_name in sorted(set(registry.sources) - set(paths.PUBLIC_TYPES)):
        owners = [code for code in year.homes[type_name] if year.ids(type_name, code)]
        for way in ways_of(type_name, registry):
            for relation, (owner, viewer) in pairs(year, type_name, tuple(owners)).items():
                yield Cell(type_name, way, relation, owner, viewer)


def ways_of(type_name: str, registry: Registry) -> tuple[str, ...]:
    """The ways by which a row of a type can be reached at all."""
    has_root = any(step.target == type_name for step in paths.singles(registry))
    has_list = any(step.target == type_name for step in paths.lists(registry))
    has_edges = bool(paths.relations(registry)[type_name])
    missing = {
        **({} if has_root else {ROOT: True}),
        **({} if has_list else {LIST: True, COUNT: True}),
        **({} if has_edges else {NESTED: True}),
    }
    return tuple(way for way in WAYS if way not in missing)


def pairs(year: Year, type_name: str, owners: tuple[str, ...]) -> Mapping[str, tuple[str, str | None]]:
    """By relation, the first owner and viewer that stand so; the owner has a row that the viewer has not (an expert may be seated in both)."""
    found: dict[str, tuple[str, str | None]] = {}
    rows = year.homes[type_name]
    for owner in owners:
        for viewer in _unions():
            if viewer == owner or set(rows[owner]) - set(rows.get(viewer, [])):
                found.setdefault(relation_of(owner, viewer), (owner, viewer))
        found.setdefault(ANONYMOUS, (owner, None))
    return {relation: found[relation] for relation in RELATIONS if relation in found}


def _above(code: str) -> Iterator[str]:
    parent = _unions()[code].parent
    while parent is not None:
        yield parent
        parent = _unions()[parent].parent


@cache
def _unions() -> dict[str, country.Union]:
    found = {union.code: union for union in country.unions()}
    return {**found, MOVED: replace(found[MOVED], parent=NEW_PARENT)}
