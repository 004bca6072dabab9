"""Every field of every input and filter, given what does not belong there: a coded answer, a sentence, nothing stored; never an internal error."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from sqlalchemy import text

from graphql_api.ids import decode_id, encode_id
from graphql_api.registry import Registry
from graphql_api.schema import Contract, build
from graphql_api.shapes import named_type
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tests.graphql_api.client import Answer, Client, serving
from tests.isolation import paths
from tests.isolation.fixtures import Year
from tests.isolation.inputs import Mutation, Path, mutations
from tests.isolation.paths import Step

REGISTRY = build(b"").registry
OF_THE_DOOR = {
    "actAsDeputy",
    "actAsSubstitute",
    "leaveUnion",
    "beginSecondFactor",
    "changeOwnPassword",
    "completeSignIn",
    "confirmSecondFactor",
    "revokeSession",
    "signIn",
    "signOut",
    "switchTenant",
}
"""Served by the entrance; malformed sign-ins are in test_bad_input."""

MUTATIONS = [mutation for mutation in mutations(build(b"").executable) if mutation.name not in OF_THE_DOOR]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NEVER_STORED = ("甲\0乙", "字" * 60_000)
BAD: dict[str, tuple[Any, ...]] = {
    "String": (*NEVER_STORED, "", "\u202e\u0007'; DROP TABLE person; --%_\\", 5, None),
    "Int": (-1, 0, 2_147_483_647, 2_147_483_648, "1", 1.5),
    "Date": ("0001-01-01", "9999-12-31", "2025-02-30", "2025/01/01", "", 20250101),
    "DateTime": (
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59+08:00",
        "2025-02-30T08:00:00Z",
        "2025-01-01",
        "now",
        "",
        20250101,
    ),
    "Decimal": ("999999999999999999.999999", "-1", "0.001", "1e400", "NaN", "", 12.5),
    "Boolean": ("true", 1),
    "ID": ("", "?", "x" * 300, "甲\0乙", encode_id("Nothing", new_id()), 7),
    "JSON": ({"甲\0": "乙\0"}, "甲\0乙", 1e308, [[[]]], "字" * 60_000, 10**18),
}
"""By scalar: too much, too little, another kind, a control character, what a spreadsheet or an attacker would send."""


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, year_urls: DatabaseUrls) -> AsyncIterator[Client]:
    entrance = open_entrance(year_urls.login, cheap=True)
    async with serving(contract, app, year.clock, year.tokens, entrance, demo=False) as client:  # type: ignore[arg-type]
        yield client
    await entrance.close()


def leaves(given: Any, kind: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every place in an input that holds a value, with the scalar it takes; lists as a whole, too."""
    if isinstance(kind, GraphQLNonNull):
        yield from leaves(given, kind.of_type, path)
    elif isinstance(kind, GraphQLList):
        yield path, "list"
        yield from leaves(given[0] if given else None, kind.of_type, (*path, 0))
    elif isinstance(kind, GraphQLInputObjectType):
        for name, described in kind.fields.items():
            inside = given.get(name) if isinstance(given, dict) else None
            if inside is not None or not isinstance(named_type(described.type), GraphQLInputObjectType):
                yield from leaves(inside, described.type, (*path, name))
    else:
        yield path, "enum" if isinstance(kind, GraphQLEnumType) else kind.name


def bad_values(scalar: str, given: Any) -> tuple[Any, ...]:
    if scalar == "list":
        return ([], [None], "one", given * 300 if isinstance(given, list) else [])
    if scalar == "enum":
        return ("NOT_A_WORD", "", 1)
    return BAD[scalar]


def at(given: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            if not isinstance(given, list) or len(given) <= step:
                return None
        elif not isinstance(given, dict) or step not in given:
            return None
        given = given[step]  # type: ignore[index]
    return given


def put(given: Any, path: Path, value: Any) -> Any:
    """Like `replaced`, also where the field was left out."""
    if not path:
        return value
    inside = put(at(given, path[:1]), path[1:], value)
    if isinstance(path[0], int):
        return [inside, *(given or [None])[1:]]
    return {**(given or {}), path[0]: inside}


async def own_input(owner: Database, year: Year, mutation: Mutation) -> tuple[str, dict[str, Any]]:
    """A well-formed input about rows of one union, at their present version, and a person of that union."""
    kinds = [kind for _, kind in mutation.ids if kind != "Tenant"]
    homes = [
        code
        for code in ("chengdu", "wuhou", "acftu", "wuhou-hengda")
        if all(code in year.homes[kind] for kind in kinds)
    ]
    code = homes[0] if homes else "chengdu"

    def pick(_path: Path, kind: str) -> str:
        if kind == "Tenant":
            return encode_id(kind, year.tenants[code].id)
        return (year.ids(kind, code) or [encode_id(kind, new_id())])[-1]

    given = mutation.build(pick)
    if "version" in given and mutation.ids:
        place, kind = mutation.ids[0]
        source, decoded = REGISTRY.sources[kind], decode_id(at(given, place))
        assert decoded is not None
        async with owner.plain() as session:
            query = text(f"SELECT version FROM {source.table.name} WHERE id = :id")
            given["version"] = (await session.execute(query, {"id": decoded[1]})).scalar_one_or_none() or 1
    return year.everything(code), given


def complaints(told: Answer, name: str) -> list[dict[str, Any]]:
    """Why it was refused, wherever that is said."""
    if "errors" in told.body:
        return [{**error, "code": error["extensions"]["reason"]} for error in told.body["errors"]]
    return told.body["data"][name]["errors"]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
async def test_no_field_of_an_input_takes_what_does_not_belong_there(
    api: Client, owner: Database, year: Year, mutation: Mutation
) -> None:
    _, example = await own_input(owner, year, mutation)
    for path, scalar in leaves(example, mutation.input):
        for value in bad_values(scalar, at(example, path)):
            who, given = await own_input(owner, year, mutation)
            told = await api.ask(mutation.query, who=who, input=put(given, path, value))
            refusals = complaints(told, mutation.name)
            place = (mutation.name, path, repr(value)[:40])
            assert [each["code"] for each in refusals if each["code"] in {"INTERNAL", "DUPLICATE"}] == [], place
            assert [each["message"] for each in refusals if not CHINESE.search(each["message"])] == [], place
            if value in NEVER_STORED:
                assert refusals, place


@pytest.mark.parametrize("step", paths.lists(REGISTRY), ids=lambda step: step.bound.name)
async def test_no_field_of_a_filter_makes_the_server_stumble(
    api: Client, registry: Registry, year: Year, step: Step
) -> None:
    query_type = registry.schema.query_type
    assert query_type is not None
    argument = query_type.fields[step.bound.name].args.get("filter")
    if argument is None:
        return
    kind = named_type(argument.type)
    query = f"query ($f: {kind.name}) {{ {step.bound.name}(first: 3, filter: $f) {{ edges {{ node {{ id }} }} }} }}"
    for path, scalar in leaves({}, kind):
        for value in bad_values(scalar, None):
            told = await api.ask(query, who=year.everything("chengdu"), f=put({}, path, value))
            assert "INTERNAL" not in told.codes, (path, value)


@pytest.mark.parametrize("step", paths.lists(REGISTRY), ids=lambda step: step.bound.name)
async def test_a_page_has_one_to_a_hundred_rows_and_says_which_end(api: Client, year: Year, step: Step) -> None:
    who, name = year.everything("chengdu"), step.bound.name
    for given, code in (
        ("", "PAGE_SIZE_REQUIRED"),
        ("(first: 1, last: 1)", "PAGE_SIZE_REQUIRED"),
        ("(first: 0)", "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: -1)", "PAGE_SIZE_OUT_OF_RANGE"),
        ("(last: 101)", "PAGE_SIZE_OUT_OF_RANGE"),
        ("(first: 2147483648)", "PAGE_SIZE_OUT_OF_RANGE"),
    ):
        told = await api.ask(f"{{ {name}{given} {{ edges {{ cursor }} }} }}", who=who)
        assert (told.status, told.codes[:1]) == (422, [code]), given
        assert CHINESE.search(told.body["errors"][0]["message"])
    for cursor in ("", "x", "A" * 2000, "甲", "djE6"):
        told = await api.ask(
            f"query ($c: String) {{ {name}(first: 1, after: $c) {{ edges {{ cursor }} }} }}", who=who, c=cursor
        )
        assert told.codes == ["BAD_CURSOR"], cursor


async def test_whatever_stands_for_an_id_is_answered_with_null(api: Client, year: Year) -> None:
    who = year.everything("chengdu")
    other_kind = year.ids("Person", "chengdu")[0]
    for step in paths.singles(REGISTRY):
        query = f"query ($id: ID!) {{ {step.bound.name}(id: $id) {{ id }} }}"
        for given in (
            "",
            "?",
            "x" * 300,
            "甲\0乙",
            encode_id("Nothing", new_id()),
            *([other_kind] if step.target != "Person" else []),
        ):
            assert await api.data(query, who=who, id=given) == {step.bound.name: None}
    ids = ["", "?", encode_id("Nothing", new_id()), encode_id("Level", new_id())]
    assert (await api.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", who=who, ids=ids))["nodes"] == [None] * 4
