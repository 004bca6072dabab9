from datetime import timedelta
from typing import Any

import pytest

from authz.roles import Role
from graphql_api.ids import encode_id
from tests.graphql_api.awards_api import Desk, Office
from tests.graphql_api.sql_count import counting
from tests.programmes.awards import Awards

PLAN = """
plan { id version state owner startsOn endsOn filedOn
  tasks { id version title outcome completedOn }
  reports { id version dueOn state overdue } }
"""
LIST = """
query ($first: Int!, $filter: CultivationPlanFilter) {
  cultivationPlans(first: $first, filter: $filter) {
    edges { node { id state edition { name } application { state person { name } }
      assessment { qualified tasksCompleted } tasks { title } reports { dueOn } } }
  }
}
"""
TASKS = [{"title": "技术攻关", "dueOn": "2025-06-30"}, {"title": "带徒两名", "dueOn": "2026-06-30"}]


async def begin(office: Office) -> Any:
    case = await office.awards.add_case("longcheng_craftsman", "announced")
    started = await office.desk("changzhou", Role.APPROVER).act(
        "startCultivation", PLAN, applicationId=encode_id("Application", case.id), version=case.version
    )
    assert started["errors"] == []
    return started["plan"] | {"application": encode_id("Application", case.id)}


async def draft(desk: Desk, plan: Any) -> Any:
    drafted = await desk.act(
        "draftCultivationPlan",
        PLAN,
        planId=plan["id"],
        version=plan["version"],
        goals="掌握五轴联动加工",
        safeguards="每周一天研修",
        tasks=TASKS,
    )
    assert drafted["errors"] == []
    return drafted["plan"]


async def sign(desk: Desk, plan: Any, *signers: str) -> Any:
    for signer in signers:
        signed = await desk.act(
            "signCultivationPlan",
            PLAN,
            planId=plan["id"],
            version=plan["version"],
            signer=signer,
            signedOn="2024-07-10",
        )
        assert signed["errors"] == []
        plan = signed["plan"]
    return plan


async def test_the_period_of_one_person_from_plan_to_assessment(office: Office, awards: Awards) -> None:
    begun = await begin(office)
    assert (begun["state"], begun["owner"], begun["startsOn"], begun["endsOn"]) == (
        "NONE",
        "EMPLOYER",
        "2024-07-10",
        "2026-07-10",
    )
    desk = office.desk("changzhou", Role.REVIEWER)
    plan = await sign(desk, await draft(desk, begun), "OWNER", "CANDIDATE")
    plan = (await desk.act("fileCultivationPlan", PLAN, planId=plan["id"], version=plan["version"]))["plan"]
    assert (plan["state"], plan["filedOn"]) == ("FILED", "2024-07-10")
    for task in plan["tasks"]:
        ended = await desk.act(
            "completeCultivationTask",
            "task { completedOn }",
            taskId=task["id"],
            version=task["version"],
            outcome="已结题",
        )
        assert ended == {"errors": [], "task": {"completedOn": "2024-07-10"}}
    last = plan["reports"][-1]
    report = await desk.act(
        "submitProgressReport", "report { state }", reportId=last["id"], version=last["version"], content="总结"
    )
    assert report == {"errors": [], "report": {"state": "SUBMITTED"}}
    given: dict[str, Any] = {
        "applicationId": begun["application"],
        "version": 2,
        "tasksCompleted": True,
        "qualified": True,
        "opinion": "同意",
    }
    wanted = "assessment { qualified application { state } }"
    early = await desk.act("assessCultivation", wanted, **given)
    assert [(error["code"], error["rule"]["document"]) for error in early["errors"]] == [
        ("PERIOD_RUNNING", "常工发〔2024〕60号")
    ]
    awards.clock.at += timedelta(days=730)
    desk = office.desk("changzhou", Role.REVIEWER)
    ended = await desk.act("assessCultivation", wanted, **given)
    assert ended == {"errors": [], "assessment": {"qualified": True, "application": {"state": "ASSESSED_PASS"}}}


async def test_scenario_61_over_the_contract(office: Office) -> None:
    desk = office.desk("changzhou", Role.REVIEWER)
    plan = await sign(desk, await draft(desk, await begin(office)), "CANDIDATE")
    refused = await desk.act("fileCultivationPlan", PLAN, planId=plan["id"], version=plan["version"])
    assert refused["plan"] is None
    assert [(error["code"], error["message"]) for error in refused["errors"]] == [
        ("PLAN_NOT_SIGNED", "培育方案尚未由所在单位签订，不能生效")
    ]


@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_plans_asks_a_fixed_number_of_statements(office: Office, awards: Awards, count: int) -> None:
    desk = office.desk("changzhou", Role.REVIEWER)
    for _ in range(count):
        await draft(desk, await begin(office))
    with counting(awards.people) as sql:
        answer = await desk.ask(LIST, first=5, filter={"state": ["DRAFTED"]})
    edges = answer["cultivationPlans"]["edges"]
    assert [len(edge["node"]["tasks"]) for edge in edges] == [2] * count
    assert sql.count == 7  # the page, and one for each of edition, application, person, assessment, tasks, reports


async def test_another_union_sees_no_plan(office: Office) -> None:
    plan = await begin(office)
    query = "query ($id: ID!) { cultivationPlan(id: $id) { id } }"
    assert await office.desk("chengdu", Role.REVIEWER).ask(query, id=plan["id"]) == {"cultivationPlan": None}
    own = await office.desk("changzhou", Role.REVIEWER).ask(query, id=plan["id"])
    assert own == {"cultivationPlan": {"id": plan["id"]}}
