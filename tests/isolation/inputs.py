"""Inputs for every mutation, made from the schema: ids of the right type, values that are well formed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_required_input_field,
)

from graphql_api.shapes import named_type
from tests.programmes.people import id_number

Path = tuple[str | int, ...]
_NUMBERS = count(1)
_SERIALS = count(101)

TYPES_BY_FIELD = {
    "recordId": "FundingRecord",
    "planId": "CultivationPlan",
    "taskId": "CultivationTask",
    "reportId": "ProgressReport",
    "candidateId": "ExpertCandidate",
    "unitId": "Tenant",
    "leaderId": "Person",
    "studioId": "InnovationStudio",
    "tighteningId": "PolicyTightening",
    "requestId": "ErasureRequest",
    "tokenId": "ApiToken",
    "deputyId": "Colleague",
    "grantId": "DeputyGrant",
}
"""Which type an input's id is of, where its name does not say so (`titleId`, `applicationIds`)."""

_TEXTS: dict[str, Callable[[], str]] = {
    "idempotencyKey": lambda: f"generated-{next(_NUMBERS):08}",
    "idNumber": lambda: id_number(next(_SERIALS)),
    "login": lambda: f"someone.{next(_NUMBERS)}",
    "phone": lambda: "13800000000",
    "frontlineSince": lambda: "2005-07",
    "workedSince": lambda: "2001-07",
    "employerCode": lambda: "91510107MA61T3XX0A",
    "force": lambda: "innovation",
    "programmeCode": lambda: "chengdu_craftsman",
    "action": lambda: "person:reveal",
    "password": lambda: "Long-and-unguessable-9",
    "present": lambda: "王评审",
}
_INTEGERS = {
    "version": 999_999,
    "year": 2027,
    "item": 1,
    "quorum": 1,
    "places": 3,
    "rank": 1,
    "position": 1,
    "cohortNo": 1,
}
_SCALARS: dict[str, Any] = {
    "Boolean": True,
    "Date": "2025-08-01",
    "Decimal": "10",
    "JSON": 5,
    "DateTime": "2025-08-01T09:00:00+08:00",
}


@dataclass(frozen=True)
class Mutation:
    """A mutation with the way to each id in its input."""

    name: str
    input: GraphQLInputObjectType | None
    ids: tuple[tuple[Path, str], ...]

    @property
    def query(self) -> str:
        payload = "errors { code family message path params { name value } rule { document article } }"
        if self.input is None:
            return f"mutation {{ {self.name} {{ {payload} }} }}"
        return f"mutation ($input: {self.input.name}!) {{ {self.name}(input: $input) {{ {payload} }} }}"

    def build(self, id_of: Callable[[Path, str], str]) -> dict[str, Any]:
        """An input with every required field, and every id even where it may be left out."""
        assert self.input is not None
        return dict(_object(self.input, (), id_of))


def mutations(schema: GraphQLSchema) -> list[Mutation]:
    """All mutations of the schema."""
    root = schema.mutation_type
    assert root is not None
    found: list[Mutation] = []
    for name, described in sorted(root.fields.items()):
        argument = described.args.get("input")
        kind = None if argument is None else named_type(argument.type)
        assert set(described.args) <= {"input"}, name
        found.append(Mutation(name, kind, () if kind is None else tuple(_ids(kind, ()))))
    return found


def replaced(given: Any, path: Path, value: Any) -> Any:
    """A copy of an input with another value at a path."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    copied = list(given) if isinstance(given, list) else dict(given)
    copied[head] = replaced(copied[head], rest, value)  # type: ignore[call-overload,index]
    return copied


def type_of_id(field: str) -> str:
    """The type whose ids a field takes."""
    if field in TYPES_BY_FIELD:
        return TYPES_BY_FIELD[field]
    stem = field.removesuffix("s").removesuffix("Id")
    return stem[0].upper() + stem[1:]


def _ids(kind: GraphQLInputObjectType, path: Path) -> Iterator[tuple[Path, str]]:
    for name, described in kind.fields.items():
        inner, below = named_type(described.type), (*path, name)
        if _is_list(described.type):
            below = (*below, 0)
        if isinstance(inner, GraphQLInputObjectType):
            yield from _ids(inner, below)
        elif inner.name == "ID":
            yield below, type_of_id(name)


def _object(kind: GraphQLInputObjectType, path: Path, id_of: Callable[[Path, str], str]) -> Iterator[tuple[str, Any]]:
    for name, described in kind.fields.items():
        if is_required_input_field(described) or named_type(described.type).name == "ID":
            yield name, _value(described.type, name, (*path, name), id_of)


def _value(kind: Any, name: str, path: Path, id_of: Callable[[Path, str], str]) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, name, path, id_of)
    if isinstance(kind, GraphQLList):
        return [_value(kind.of_type, name, (*path, 0), id_of)]
    if isinstance(kind, GraphQLInputObjectType):
        return dict(_object(kind, path, id_of))
    return _leaf(kind, name, path, id_of)


def _leaf(kind: Any, name: str, path: Path, id_of: Callable[[Path, str], str]) -> Any:
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if kind.name == "ID":
        return id_of(path, type_of_id(name))
    if kind.name == "Int":
        return _INTEGERS[name]
    return _TEXTS.get(name, lambda: "说明文字")() if kind.name == "String" else _SCALARS[kind.name]


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)
