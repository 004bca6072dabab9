from typing import Any

import pytest

from authz.roles import Role
from graphql_api.ids import encode_id
from programmes.titles.model import Title
from tests.graphql_api.awards_api import Office
from tests.graphql_api.sql_count import counting
from tests.programmes.awards import Awards, assessed

LIST = """
query ($first: Int!, $filter: TitleFilter) {
  titles(first: $first, filter: $filter) {
    edges { node {
      id version name titleCode state grantedOn namingDocumentNo
      person { name } programme { code } edition { year } application { state }
      certificate { number awardingBody state withdrawnOn } revocation { ground resolutionNo }
    } }
    totalCount
  }
}
"""
TITLE = "title { id version state certificate { number state } revocation { ground resolutionNo } }"


async def named(office: Office, count: int = 1) -> list[str]:
    cases = [await office.awards.add_case("zhuge_craftsman", "announced") for _ in range(count)]
    payload = await office.desk("wuhou", Role.APPROVER).act(
        "nameDirectly",
        "titleIds",
        editionId=encode_id("Edition", office.awards.editions["zhuge_craftsman"]),
        applicationIds=[encode_id("Application", case.id) for case in cases],
        documentNo="武工发〔2024〕12号",
    )
    assert payload["errors"] == []
    return payload["titleIds"]


async def listed(office: Office, union: str = "wuhou", **given: Any) -> list[Any]:
    answer = await office.desk(union, Role.AUDITOR).ask(LIST, first=50, filter=given)
    return [edge["node"] for edge in answer["titles"]["edges"]]


async def test_a_title_shows_its_certificate_and_what_it_was_born_from(office: Office) -> None:
    (title_id,) = await named(office)
    (title,) = await listed(office, state=["IN_FORCE"], titleCode="zhuge_craftsman")
    assert title | {"version": 0} == {
        "id": title_id,
        "version": 0,
        "name": "诸葛工匠",
        "titleCode": "zhuge_craftsman",
        "state": "IN_FORCE",
        "grantedOn": "2024-07-10",
        "namingDocumentNo": "武工发〔2024〕12号",
        "person": {"name": "李师傅"},
        "programme": {"code": "zhuge_craftsman"},
        "edition": {"year": 2024},
        "application": {"state": "CERTIFIED"},
        "certificate": {
            "number": "诸葛工匠-2024-0001",
            "awardingBody": "中共成都市武侯区委、成都市武侯区人民政府",
            "state": "ISSUED",
            "withdrawnOn": None,
        },
        "revocation": None,
    }


@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_titles_asks_a_fixed_number_of_statements(office: Office, awards: Awards, count: int) -> None:
    await named(office, count)
    with counting(awards.people) as sql:
        assert len(await listed(office)) == count
    assert sql.count == 8  # the page, its count, and one for each of the six relations


async def test_naming_twice_with_one_key_names_once(office: Office) -> None:
    case = await office.awards.add_case("zhuge_craftsman", "announced")
    given = {
        "editionId": encode_id("Edition", office.awards.editions["zhuge_craftsman"]),
        "applicationIds": [encode_id("Application", case.id)],
        "documentNo": "1号",
    }
    desk = office.desk("wuhou", Role.APPROVER)
    answers = [await desk.act("nameDirectly", "titleIds", key="the-same-key", **given) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(await listed(office)) == 1


async def test_a_certificate_is_issued_and_the_title_revoked(office: Office) -> None:
    case = await assessed(office.awards)
    desk = office.desk("changzhou", Role.APPROVER)
    issued = await desk.act(
        "certifyApplication", TITLE, applicationId=encode_id("Application", case.id), version=case.version
    )
    assert issued["errors"] == []
    assert issued["title"]["certificate"] == {"number": "龙城工匠-2024-0001", "state": "ISSUED"}
    revoked = await desk.act(
        "revokeTitle",
        TITLE,
        titleId=issued["title"]["id"],
        version=issued["title"]["version"],
        ground="FRAUD",
        resolutionNo="常工党〔2026〕5号",
    )
    assert revoked["errors"] == []
    assert revoked["title"]["state"] == "REVOKED"
    assert revoked["title"]["certificate"]["state"] == "WITHDRAWN"
    assert revoked["title"]["revocation"] == {"ground": "FRAUD", "resolutionNo": "常工党〔2026〕5号"}


async def test_the_timeline_of_a_person(office: Office) -> None:
    (title_id,) = await named(office)
    query = "query ($id: ID!) { personTimeline(personId: $id) { on kind name documentNo objectId } }"
    (title,) = await office.awards.rows("wuhou", Title)
    person = encode_id("Person", title.person_id)
    answer = await office.desk("wuhou", Role.AUDITOR).ask(query, id=person)
    assert answer["personTimeline"] == [
        {
            "on": "2024-07-10",
            "kind": "GRANTED",
            "name": "诸葛工匠",
            "documentNo": "武工发〔2024〕12号",
            "objectId": title_id,
        }
    ]
    assert (await office.desk("chengdu", Role.AUDITOR).ask(query, id=person))["personTimeline"] == []
    assert (await office.desk("chengdu", Role.AUDITOR).ask(query, id="nonsense"))["personTimeline"] == []


async def test_another_union_sees_no_title_and_revokes_none(office: Office) -> None:
    (title_id,) = await named(office)
    assert await listed(office, union="chengdu") == []
    refused = await office.desk("chengdu", Role.APPROVER).act(
        "revokeTitle", TITLE, titleId=title_id, version=1, ground="FRAUD", resolutionNo="1号"
    )
    assert (refused["title"], [error["code"] for error in refused["errors"]]) == (None, ["NOT_FOUND"])
    assert (await listed(office))[0]["state"] == "IN_FORCE"
