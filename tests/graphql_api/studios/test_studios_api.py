from typing import Any

import pytest

from authz.roles import Role
from graphql_api.ids import encode_id
from tests.graphql_api.awards_api import Office
from tests.graphql_api.sql_count import counting
from tests.programmes.awards import Awards

LIST = """
query ($first: Int!, $filter: InnovationStudioFilter) {
  innovationStudios(first: $first, filter: $filter) {
    edges { node { id version kind name level leader { name } employer field namedOn documentNo state } }
  }
}
"""
STUDIO = "studio { id version state level leader { name } }"


async def create(office: Office, name: str = "李师傅创新工作室", **changed: Any) -> Any:
    leader = await office.awards.add_person("wuhou", "李师傅")
    given = {
        "kind": "MODEL_WORKER_AND_CRAFTSMAN",
        "name": name,
        "leaderId": encode_id("Person", leader),
        "employer": "成都精密制造有限公司",
        "field": "数控加工",
        "namedOn": "2024-07-01",
        "documentNo": "武工发〔2024〕5号",
    }
    return await office.desk("wuhou", Role.CLERK).act("createStudio", STUDIO, **(given | changed))


async def test_a_studio_is_entered_read_and_withdrawn(office: Office) -> None:
    made = await create(office)
    assert made["errors"] == []
    assert (made["studio"]["level"], made["studio"]["leader"]) == ("district", {"name": "李师傅"})
    gone = await office.desk("wuhou", Role.APPROVER).act(
        "withdrawStudio", STUDIO, studioId=made["studio"]["id"], version=made["studio"]["version"], reason="领衔人调离"
    )
    assert (gone["errors"], gone["studio"]["state"]) == ([], "WITHDRAWN")
    answer = await office.desk("wuhou", Role.AUDITOR).ask(LIST, first=5, filter={"state": ["WITHDRAWN"]})
    assert [edge["node"]["id"] for edge in answer["innovationStudios"]["edges"]] == [made["studio"]["id"]]


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"name": " "}, "BLANK", ["input", "name"]),
        ({"namedOn": "2024-07-11"}, "STUDIO_NAMED_LATER", ["input", "namedOn"]),
        ({"leaderId": "nonsense"}, "NOT_FOUND", ["input", "leaderId"]),
        ({"field": "长" * 201}, "TOO_LONG", ["input", "field"]),
    ],
)
async def test_a_bad_value_is_refused_at_its_field_and_nothing_is_stored(
    office: Office, changed: dict[str, str], code: str, path: list[str]
) -> None:
    made = await create(office, **changed)
    assert made["studio"] is None
    assert [(error["code"], error["path"]) for error in made["errors"]] == [(code, path)]
    answer = await office.desk("wuhou", Role.AUDITOR).ask(LIST, first=5, filter={})
    assert answer["innovationStudios"]["edges"] == []


@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_studios_asks_a_fixed_number_of_statements(office: Office, awards: Awards, count: int) -> None:
    for number in range(count):
        await create(office, name=f"工作室{number}")
    with counting(awards.people) as sql:
        answer = await office.desk("wuhou", Role.AUDITOR).ask(LIST, first=5, filter={})
    assert len(answer["innovationStudios"]["edges"]) == count
    assert sql.count == 2  # the page and its leaders
