"""What is asked: the frontend's own operations (`frontend_contract/operations`), each by the seat that would ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from bench.house import ROOT
from bench.world import Seat, World
from graphql_api.ids import encode_id

_OPERATIONS = ROOT / "frontend_contract" / "operations"
_OPINION = "同意推荐，材料属实，群众公认。"
_WIDE = """
query TitlesWithMoney($first: Int!) {
  titles(first: $first) {
    edges { node {
      id name state grantedOn
      person { id name employer }
      certificate { number awardingBody state }
    } }
  }
  fundingRecords(first: $first) { edges { node { ...FundingFacts person { name } } } }
}
"""


@dataclass(frozen=True)
class Ask:
    """One request: by whom, with which variables."""

    seat: Seat
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """A measured query; `asks` of a reading one are equal, of a writing one each is about another case."""

    name: str
    title: str
    document: str
    asks: tuple[Ask, ...] = field(repr=False)
    writes: bool = False

    def body(self, ask: Ask) -> bytes:
        """What is sent to a GraphQL server."""
        return orjson.dumps({"query": self.document, "variables": ask.variables})


def questions(world: World) -> dict[str, Question]:
    """All of them, by the name that `--queries` takes."""
    below = {"first": 50, "filter": {"direction": "INCOMING", "state": ["ACCEPTED"]}}
    wanted = {"titleCode": world.register_title, "state": "in_force", "grantedTo": world.register_until}
    found = {"first": 50, "filter": wanted}
    reads = (
        _read("board", "list of 50 cases", "ApplicationBoard", world.cases, {"first": 50}),
        _read("dossier", "deep dossier", "ApplicationDossier", world.cases, {"id": _id(world.dossier)}),
        Question("wide", "100 titles × person × certificate × money", _wide(), (Ask(world.money, {"first": 100}),)),
        _read("viewer", "viewer", "Viewer", world.cases, {}),
        _read("register", "register search", "Register", world.register, found),
        _read("subtree", "board of a subtree", "Handovers", world.below, below),
    )
    recommend = Question("recommend", "recommend", operation("RecommendApplication"), _recommendations(world), True)
    return {question.name: question for question in (*reads, recommend)}


def _read(name: str, title: str, operation_name: str, seat: Seat, variables: Mapping[str, Any]) -> Question:
    return Question(name, title, operation(operation_name), (Ask(seat, variables),))


def _recommendations(world: World) -> tuple[Ask, ...]:
    """Every case once; one union after the other, so that neighbours in time are of different unions."""
    longest = max(len(each.applications) for each in world.nominees)
    return tuple(
        Ask(each.seat, {"input": _input(each.applications[place])})
        for place in range(longest)
        for each in world.nominees
        if place < len(each.applications)
    )


def _input(application: UUID) -> dict[str, Any]:
    return {
        "idempotencyKey": str(application),
        "applicationId": _id(application),
        "version": 1,
        "opinion": _OPINION,
    }


def _id(application: UUID) -> str:
    return encode_id("Application", application)


@cache
def operation(name: str) -> str:
    """An operation of the frontend with the fragments it uses, and no others."""
    return _complete({node.name.value: node for node in _definitions(OperationDefinitionNode) if node.name}[name])


def _wide() -> str:
    return _complete(parse(_WIDE).definitions[0])


def _complete(root: Node) -> str:
    fragments = {node.name.value: node for node in _definitions(FragmentDefinitionNode)}
    needed: dict[str, Node] = {}

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            name = node.name.value
            if name not in needed:
                needed[name] = fragments[name]
                visit(fragments[name], Spreads())

    visit(root, Spreads())
    return "\n\n".join(print_ast(node) for node in (root, *needed.values()))


@cache
def _definitions(kind: type[Any]) -> list[Any]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(_OPERATIONS.glob("*.graphql"))]
    return [node for text in texts for node in parse(text).definitions if isinstance(node, kind)]
