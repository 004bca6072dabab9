"""Every way by which the contract shows rows, read from the schema itself, so that a new type, root or relation is walked without being named here."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLInputObjectType

from cli.demo import country
from graphql_api.reads import FoundRead, ManyRead, NodeRead, NodesRead, OneRead, ReturnedRead
from graphql_api.registry import Bound, Registry
from graphql_api.shapes import named_type

PUBLIC_TYPES = {
    "Programme": "the catalogue is the same for all",
    "RulebookVersion": "rules are published documents",
    "Level": "the ladder's rungs are reference data",
    "PolicyRevision": "the policies that were put in force, the same for all",
    "Tenant": "of the tree one sees oneself, those above and those below",
}
"""Types whose rows belong to no tenant; what may be seen of them is checked where it is not all."""

HANDWRITTEN_ROOTS = {
    "viewer": "speaks of the session at hand only",
    "sessions": "likewise",
    "tenant": "tested by id and by code in test_handwritten_roots",
    "policyRows": "the reviewed text, and what binds the viewer's own union: tests/graphql_api/tenants/test_policies.py",
    "explainAccess": "null for another union's member or object: tests/graphql_api/tenants/test_policies.py",
    "memberAccess": "null for another union's member: tests/graphql_api/tenants/test_member_access.py",
    "whoSaw": "tested by id in test_handwritten_roots",
    "retentionQuestions": "takes nothing and names kinds of record only",
    "personTimeline": "tested by id in test_handwritten_roots",
}
"""Query fields that are not declared over a source; each has a test of its own."""

EMPTY_PATHS: dict[str, str] = {}
"""Relations that nothing in the year goes through, with the reason."""


@dataclass(frozen=True)
class Step:
    """From a type (or the Query) by a field to rows of another type."""

    parent: str
    bound: Bound

    @property
    def name(self) -> str:
        return f"{self.parent}.{self.bound.name}"

    @property
    def target(self) -> str:
        assert self.bound.target_type is not None, self.name
        return self.bound.target_type.name

    @property
    def is_paged(self) -> bool:
        return self.bound.is_paged

    def selection(self, inside: str, size: int = 50) -> str:
        """The field with what is wanted of each row it gives."""
        if self.is_paged:
            return f"{self.bound.name}(first: {size}) {{ edges {{ node {{ {inside} }} }} }}"
        return f"{self.bound.name} {{ {inside} }}"


def relations(registry: Registry) -> dict[str, list[Step]]:
    """By type, its fields that give rows."""
    found: dict[str, list[Step]] = {}
    for name in sorted(registry.sources):
        steps = [Step(name, bound) for bound in registry.fields[name].values() if _is_relation(bound)]
        found[name] = [step for step in steps if step.target != "Level"]
    return found


def lists(registry: Registry) -> list[Step]:
    """The roots that give pages."""
    return [Step("Query", bound) for bound in registry.fields["Query"].values() if isinstance(bound.read, ManyRead)]


def singles(registry: Registry) -> list[Step]:
    """The roots that give one row by its id."""
    return [Step("Query", bound) for bound in registry.fields["Query"].values() if isinstance(bound.read, FoundRead)]


def undeclared_roots(registry: Registry) -> set[str]:
    """Query fields that no declaration stands behind."""
    query = registry.schema.query_type
    assert query is not None
    declared = {
        name
        for name, bound in registry.fields["Query"].items()
        if isinstance(bound.read, FoundRead | ManyRead | NodeRead | NodesRead)
    }
    return set(query.fields) - declared


def id_filters(registry: Registry) -> Iterator[tuple[Step, str]]:
    """Every list with each of its filter's fields that takes an id."""
    query = registry.schema.query_type
    assert query is not None
    for step in lists(registry):
        argument = query.fields[step.bound.name].args.get("filter")
        kind = None if argument is None else named_type(argument.type)
        if isinstance(kind, GraphQLInputObjectType):
            for name, described in kind.fields.items():
                if named_type(described.type).name == "ID":
                    yield step, name


def _is_relation(bound: Bound) -> bool:
    return isinstance(bound.read, OneRead | ManyRead) and not isinstance(bound.read, ReturnedRead)


def may_know(viewer: str, other: str) -> bool:
    """Whether a union knows of another: itself, those above and below it, on either line; from the demo's own data."""
    return viewer == other or other in _above(viewer) or viewer in _above(other)


def _above(code: str) -> set[str]:
    unions = {union.code: union for union in country.unions()}
    found: set[str] = set()
    parent = unions[code].parent
    while parent is not None:
        found.add(parent)
        parent = unions[parent].parent
    line = unions[code].line
    return found | ({line} if line else set())
