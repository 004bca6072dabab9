"""The operations that ship with the contract: valid, within every limit even for full pages, and each in use."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import (
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    parse,
    print_ast,
)

from cli.walk.client import definitions, document
from graphql_api.contract import ROOT
from graphql_api.documents import Documents
from graphql_api.ids import encode_id
from graphql_api.limits import Limits, measure
from graphql_api.registry import Registry
from graphql_api.schema import Contract, build
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tests.graphql_api.client import Client, serving
from tests.isolation.fixtures import Year
from tests.isolation.inputs import Mutation, mutations

REGISTRY: Registry = build(b"").registry
FILES = sorted((ROOT / "frontend_contract" / "operations").glob("*.graphql"))
PAGE = 50
"""The longest page that a client of these operations asks for."""


def operations() -> list[str]:
    return [
        name
        for name, text in definitions().items()
        if isinstance(parse(text, no_location=True).definitions[0], OperationDefinitionNode)
    ]


def test_every_definition_of_the_folder_is_found() -> None:
    nodes = [node for file in FILES for node in parse(file.read_text(encoding="utf-8")).definitions]
    names = [
        node.name.value
        for node in nodes
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode) and node.name
    ]
    assert sorted(names) == sorted(definitions())
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", operations())
def test_an_operation_is_valid_and_within_the_limits_with_long_pages(name: str) -> None:
    prepared = Documents(REGISTRY, Limits(), hide_suggestions=False).prepare(document(name))
    assert (prepared.problems, prepared.malformed) == ([], False)
    assert prepared.document is not None
    (operation,) = [node for node in prepared.document.definitions if isinstance(node, OperationDefinitionNode)]
    total, broken = measure(REGISTRY, prepared.document, operation, {"first": PAGE}, Limits())
    assert broken == [], total


@pytest.mark.parametrize("name", operations())
def test_a_mutation_asks_for_its_refusals_and_a_query_for_ids(name: str) -> None:
    (operation, *_) = parse(document(name)).definitions
    assert isinstance(operation, OperationDefinitionNode)
    if operation.operation is OperationType.MUTATION:
        assert "...Refusal" in print_ast(operation)


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, year_urls: DatabaseUrls) -> AsyncIterator[Client]:
    entrance = open_entrance(year_urls.login, cheap=True)
    async with serving(contract, app, year.clock, year.tokens, entrance) as client:  # type: ignore[arg-type]
        yield client
    await entrance.close()


def sample(year: Year, mutations_by_input: dict[str, Mutation], node: VariableDefinitionNode) -> Any:
    """A value for a variable of an operation: well formed, and about nothing that exists."""
    kind, name = print_ast(node.type).rstrip("!"), node.variable.name.value
    if kind in mutations_by_input:
        return mutations_by_input[kind].build(lambda _path, type_name: encode_id(type_name, new_id()))
    if kind.startswith("["):
        return None
    return (
        {"Int": 3, "ID": year.ids("Application", "chengdu")[0], "String": "chengdu"}.get(kind)
        if name != "filter"
        else {}
    )


@pytest.mark.parametrize("name", operations())
async def test_an_operation_runs_and_is_answered(api: Client, year: Year, name: str) -> None:
    by_input = {mutation.input.name: mutation for mutation in mutations(build(b"").executable) if mutation.input}
    (operation, *_) = parse(document(name)).definitions
    assert isinstance(operation, OperationDefinitionNode)
    given = {node.variable.name.value: sample(year, by_input, node) for node in operation.variable_definitions or ()}
    if operation.operation is OperationType.SUBSCRIPTION:  # over a socket: tests/live/test_changes.py
        answer = await api.ask(document(name), who=year.everything("chengdu"), **given)
        assert (answer.status, answer.codes) == (400, ["SUBSCRIPTION_NEEDS_SOCKET"])
        return
    data = await api.data(document(name), who=year.everything("chengdu"), **given)
    if operation.operation is OperationType.MUTATION:
        (payload,) = data.values()
        assert name in ANSWERED_WELL or payload["errors"], payload


ANSWERED_WELL = {
    "CreateEdition": "names a programme of the union by its code",
    "CreatePerson": "whose input speaks of nothing else",
    "SignOut": "ends whatever there is",
}
"""Mutations that are carried out even where nothing they speak of exists."""


def test_every_fragment_is_spread_somewhere() -> None:
    spread = {name for text in definitions().values() for name in re.findall(r"\.\.\.(\w+)", text)}
    assert set(definitions()) - set(operations()) == spread
