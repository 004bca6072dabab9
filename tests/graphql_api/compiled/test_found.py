"""What the comparison found once, so that it stays found."""

import pytest

from tests.graphql_api.compiled.operations import Operation
from tests.graphql_api.compiled.trial import Trial

FOUND = {
    "a page of which no row is selected was read all the same": (
        "everything at chengdu",
        "{ applications(first: 1) { totalCount } }",
        {},
    ),
    "cursors alone say something of the rows": (
        "everything at wuhou",
        "{ people(first: 2) { edges { cursor } pageInfo { endCursor } } }",
        {},
    ),
    "a broken cursor below an empty list is refused": (
        "wuhou.clerk lent to wuhou-hengda",
        "query ($at: String) { notices(last: 5) { edges { node { items(before: $at, first: 1) { totalCount } } } } }",
        {"at": ""},
    ),
    "another operation calls a list what this one calls a size": (
        "everything at chengdu",
        "query A($v: [ID!]!) { nodes(ids: $v) { id } } query B($v: Int) { titles(first: $v) { totalCount } }",
        {"v": ["x"]},
    ),
    "a visitor may look at a level, whose key is a word": (
        "chengdu.auditor visiting wuhou",
        '{ tenant(code: "wuhou") { level { code } } }',
        {},
    ),
    "a refusal at one root leaves what another one showed": (
        "a broad token of chengdu.clerk",
        "{ notices(first: 1) { totalCount } titles(first: 2) { edges { node { id } } } }",
        {},
    ),
}


@pytest.mark.parametrize("what", FOUND)
async def test_it_stays_found(both: Trial, what: str) -> None:
    who, text, variables = FOUND[what]
    (persona,) = [each for each in both.personas if each.name == who]
    for _ in range(2):
        difference = await both.compare(Operation(text, variables, "A" if "query A" in text else None, persona))
        assert difference is None, str(difference)
    assert not both.unforeseen
