"""2024 to 2026: 龙城工匠 (S0), for a member of the power line.

No letters, no quota, no scoring: a panel meets; two years later the certificate and 5,000 元.
"""

from datetime import date
from typing import Any

from cli.demo.past import lawful_id_number
from cli.walk import desks
from cli.walk.client import Json, Person
from cli.walk.stage import Stage, only

NAME = "季远舟"
_VALUES: dict[str, Any] = {"notice.working_days": 5, "cultivation.report_every_months": 12}


def select(stage: Stage) -> Json:
    """From the call to the start of cultivation; returns the organiser's case."""
    stage.heading("2024 常州市：龙城工匠（会审不打分）")
    stage.move_to(date(2024, 9, 2))
    draft = desks.call(stage, "changzhou", "longcheng_craftsman", 2024, _VALUES, date(2024, 9, 2), date(2024, 10, 31))
    edition = desks.issue(stage, "changzhou", draft, "常工发〔2024〕66号")
    _apply(stage, edition["id"])
    (case,) = desks.accept_all(stage, "czjkq", 1)
    recommender = stage.person("czjkq.recommender")
    case = recommender.do(
        "RecommendApplication", applicationId=case["id"], version=case["version"], opinion="好中选优，同意推荐"
    )["application"]
    stage.step(recommender, f"推荐{NAME}（无需专家推荐信，无名额限制）", case["state"])
    cases = desks.review(stage, "changzhou", desks.accept_all(stage, "changzhou", 1))
    _has_no_scoring(stage, cases)
    stage.move_to(date(2024, 11, 4))
    desks.meet(stage, "changzhou", edition["id"], cases)
    desks.resolve(stage, "changzhou", edition["id"], cases, "常工党〔2024〕18号", "市总工会党组")
    notice = desks.publish(stage, "changzhou", edition["id"], cases, "2024年“龙城工匠”培育对象公示")
    desks.pass_notice(stage, "changzhou", notice, cases)
    desks.announce(stage, "changzhou", edition["id"], cases, "常工发〔2024〕80号")
    leader = stage.person("changzhou.leader")
    plan = leader.wait(lambda who: _plan(who, cases[0]), "the plan")
    stage.note(leader, f"培育期 {plan['startsOn']} 至 {plan['endsOn']}，此时尚无补助")
    if stage.person("changzhou.finance").nodes("FundingRecords"):
        message = "money exists before the certificate"
        raise AssertionError(message)
    desks.sign_plan(stage, "changzhou", plan, date(2026, 6, 30))
    return cases[0]


def certify(stage: Stage, case: Json) -> None:
    """After two years: tasks done, assessed as qualified, certificate, 5,000 元."""
    stage.heading("2026 常州市：期满发证")
    stage.move_to(date(2026, 11, 16))
    clerk, reviewer, leader = (stage.person(f"changzhou.{seat}") for seat in ("clerk", "reviewer", "leader"))
    plan = only(clerk.nodes("CultivationPlans", application=case["id"]))
    (task,) = plan["tasks"]
    reviewer.do("CompleteCultivationTask", taskId=task["id"], version=task["version"], outcome="带电作业法推广至全市")
    desks.report(clerk, case["id"], "培育总结")
    desks.assess(reviewer, case)
    stage.step(reviewer, "培育期满评价", "qualified=True")
    title = desks.certify(leader, case)
    stage.step(leader, f"颁发{title['name']}证书", title["certificate"]["number"])
    finance = stage.person("changzhou.finance")
    record = finance.wait(lambda who: who.nodes("FundingRecords", rule="C-CERT"), "the subsidy")[0]
    stage.note(
        finance,
        f"{record['ruleCode']} {record['amount']['amount']} 元（{record['state']}），依据 {record['rule']['article']}",
    )


def _apply(stage: Stage, edition_id: str) -> None:
    clerk, chair = stage.person("sgcc-changzhou.clerk"), stage.person("sgcc-changzhou.chair")
    facts = {
        "name": NAME,
        "employer": "国网常州供电公司",
        "occupation": "配电线路工",
        "frontlineSince": "2010-07",
        "skillGrade": "高级技师",
        "industry": "电力",
    }
    person = clerk.do("CreatePerson", facts=facts, idNumber=lawful_id_number(701, "19880219"))["person"]
    case = clerk.do(
        "CreateApplication",
        editionId=edition_id,
        personId=person["id"],
        deeds="攻克配网不停电作业难题，形成操作法三项。",
        consentOn=stage.today.isoformat(),
    )["application"]
    for force in desks.FORCES:
        case = clerk.do(
            "AddEvidence",
            applicationId=case["id"],
            force=force,
            item=1,
            title=f"{force} 佐证材料",
            issuer="国网常州供电公司",
        )["application"]
    case = clerk.do("SubmitApplication", applicationId=case["id"], version=case["version"])["application"]
    stage.step(clerk, f"为{NAME}申报龙城工匠", case["state"])
    case = chair.do("EndorseApplication", applicationId=case["id"], version=case["version"], opinion="同意申报")[
        "application"
    ]
    stage.step(chair, "审核盖章，报常州经开区总工会", case["state"])


def _has_no_scoring(stage: Stage, cases: list[Json]) -> None:
    secretary = stage.person("changzhou.secretary")
    pool = [{"candidateId": entry["id"], "employer": "常州大学"} for entry in secretary.nodes("ExpertCandidates")]
    stage.refused(
        secretary,
        "本办法不设打分却分派专家",
        "ACT_NOT_POSSIBLE",
        lambda: secretary.do("AssignExperts", applicationIds=[case["id"] for case in cases], experts=pool),
    )


def _plan(person: Person, case: Json) -> Json | None:
    return next(iter(person.nodes("CultivationPlans", application=case["id"])), None)
