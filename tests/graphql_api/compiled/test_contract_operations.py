"""Every query that ships with the contract is compiled, and answered as the ordinary executor answers it; what is not is named here, with the reason."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    parse,
    visit,
)
from graphql.language import Visitor

from cli.walk.client import definitions, document
from graphql_api.shapes import named_type
from tests.graphql_api.compiled.inputs import Inputs, plain
from tests.graphql_api.compiled.operations import Operation
from tests.graphql_api.compiled.trial import Trial

UNCOMPILED: dict[str, str] = {}
"""By operation: why graphql-core answers it."""
ASKING = ("everything at chengdu", "everything at wuhou", "everything at acftu", "wuhou.sysadmin at wuhou")


def queries() -> list[str]:
    found: list[str] = []
    for name, text in definitions().items():
        node = parse(text, no_location=True).definitions[0]
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY:
            found.append(name)
    return found


class Uses(Visitor):
    """What each variable is used for: the argument's place, its type, and the type whose id it takes."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.found: dict[str, tuple[Any, str, str]] = {}
        self._field = ""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self._field = node.name.value

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        parent, described, argument = self.info.get_parent_type(), self.info.get_field_def(), self.info.get_argument()
        if isinstance(node.value, VariableNode) and parent and described and argument:
            place = f"{parent.name}.{self._field}.{node.name.value}"
            self.found[node.value.name.value] = (argument.type, place, named_type(described.type).name)


def values(both: Trial, text: str, union: str, seed: int) -> dict[str, Any]:
    """Of every variable, by what it is used for."""
    info = TypeInfo(both.registry.schema)
    uses = Uses(info)
    visit(parse(text), TypeInfoVisitor(info, uses))
    inputs = Inputs(Random(seed), both.stock, union, Counter())
    given: dict[str, Any] = {}
    for name, (kind, place, target) in uses.found.items():
        if named_type(kind).name == "Int":
            given[name] = 3
        elif name not in {"after", "before"}:
            given[name] = plain(inputs.some(kind, place, target if name == "id" else None, variables=False))
    return given


@pytest.mark.parametrize("name", queries())
async def test_a_query_of_the_contract_is_compiled(both: Trial, name: str) -> None:
    assert both.compiler is not None
    text, reasons, compiled = document(name), set[str](), both.compiled
    for number, who in enumerate(ASKING * 2):
        (persona,) = [each for each in both.personas if each.name == who]
        known = len(both.compiler.shapes())
        difference = await both.compare(Operation(text, values(both, text, persona.union, number), name, persona))
        assert difference is None, str(difference)
        reasons |= {each.reason for each in both.compiler.shapes()[known:] if each.reason is not None}
    assert reasons == ({UNCOMPILED[name]} if name in UNCOMPILED else set())
    assert (both.compiled > compiled) == (name not in UNCOMPILED), both.refused
    assert not both.unforeseen


def test_what_is_not_compiled_is_an_operation(both: Trial) -> None:
    assert set(UNCOMPILED) <= set(queries())
