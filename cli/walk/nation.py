"""2024 to 2026: a city cannot send to 全总, the province can; letters, quota, scoring, notice, objection; cultivation; the certificate (S1)."""

from datetime import date
from typing import Any

from cli.walk import desks
from cli.walk.city import in_order, score
from cli.walk.client import Json, Person
from cli.walk.district import PUSHED
from cli.walk.stage import Stage, only

_VALUES: dict[str, Any] = {
    "scoring.aggregation": "trimmed_mean",
    "scoring.experts_per_case": 3,
    "criteria.*.max_points": 20,
    "notice.working_days": 5,
    "cultivation.plan_owner": "recommending_unit",
    "cultivation.report_every_months": 6,
}
_EXPERTS = ("expert.luo", "expert.shen", "expert.fang")
_LETTERS = (
    ("高远航", "西南装备研究院", "首席研究员"),
    ("司徒敏", "成都理工职业技术学院", "教授级高工"),
    ("欧阳志", "东方机床集团", "特级技师"),
)


def select(stage: Stage) -> Json:
    """From the call to the signed plan; returns the case at 全总."""
    stage.heading("2024 全总：大国工匠")
    stage.move_to(date(2024, 3, 4))
    edition = _call(stage)
    case = _apply_in_city(stage, edition["id"])
    received = _through_province(stage, edition["id"], case)
    cases = desks.review(stage, "acftu", [received])
    score(stage, "acftu", edition["id"], cases, _EXPERTS)
    stage.move_to(date(2024, 6, 3))
    desks.meet(stage, "acftu", edition["id"], in_order(stage, "acftu", edition["id"]))
    desks.resolve(stage, "acftu", edition["id"], cases, "总党〔2024〕21号", "全总党组")
    notice = desks.publish(stage, "acftu", edition["id"], cases, "2024年大国工匠人才培育工程拟入选人员公示")
    objection = _object(stage, notice, cases[0])
    desks.pass_notice(stage, "acftu", notice, cases)
    _settle_objection(stage, edition["id"], cases, objection)
    desks.announce(stage, "acftu", edition["id"], cases, "总工办发〔2024〕15号")
    clerk = stage.person("acftu.clerk")
    plan = clerk.wait(
        lambda who: next(iter(who.nodes("CultivationPlans", application=cases[0]["id"])), None), "the plan"
    )
    stage.note(clerk, f"培育期 {plan['startsOn']} 至 {plan['endsOn']}")
    desks.sign_plan(stage, "acftu", plan, date(2026, 3, 31))
    return cases[0]


def finish(stage: Stage, case: Json) -> None:
    """Cultivation, assessment, certificate; the news goes down every step."""
    stage.heading("2025–2026 全总：培育、评价、发证")
    _cultivate(stage, case)
    _certify(stage, case)
    _seen_below(stage)


def _call(stage: Stage) -> Json:
    edition = desks.call(stage, "acftu", "national_craftsman", 2024, _VALUES, date(2024, 3, 4), date(2024, 4, 30))
    reviewer = stage.person("acftu.reviewer")
    for code, places in (("sichuan", 8), ("jiangsu", 13)):
        unit = reviewer.ask("TenantByCode", code=code)["tenant"]
        factors = reviewer.ask("EditionFactors", id=edition["id"])["edition"]["rulebook"]["quota"]["factors"]
        edition = reviewer.do(
            "SetQuota",
            editionId=edition["id"],
            version=edition["version"],
            unitId=unit["id"],
            places=places,
            factors=[{"key": factor["key"], "text": "经综合评估"} for factor in factors],
        )["edition"]
        stage.step(reviewer, f"分配推荐名额：{unit['name']} {places} 名", edition["state"])
    return desks.issue(stage, "acftu", edition, "总工办发〔2024〕3号")


def _apply_in_city(stage: Stage, edition_id: str) -> Json:
    clerk, chair, recommender = (stage.person(f"chengdu.{seat}") for seat in ("clerk", "chair", "recommender"))
    deeds = "从车间到国家重点项目，二十年攻克关键难题，带出高级技师六人。"
    case = desks.escalate(stage, clerk, PUSHED, edition_id, deeds)
    for name, unit, post in _LETTERS[:2]:
        case = _letter(clerk, case, name, unit, post)
    case = clerk.do("SubmitApplication", applicationId=case["id"], version=case["version"])["application"]
    stage.step(clerk, "五力材料与专家推荐信两封，提交", case["state"])
    stage.refused(
        recommender,
        "市总工会直接向全总推荐",
        "ROUTE_NOT_ALLOWED",
        lambda: recommender.do(
            "RecommendApplication", applicationId=case["id"], version=case["version"], opinion="直接报送"
        ),
    )
    case = chair.do("EndorseApplication", applicationId=case["id"], version=case["version"], opinion="同意申报")[
        "application"
    ]
    stage.step(chair, "审核盖章，报四川省总工会", case["state"])
    return case


def _through_province(stage: Stage, edition_id: str, below: Json) -> Json:
    (case,) = desks.accept_all(stage, "sichuan", 1)
    clerk, recommender = stage.person("sichuan.clerk"), stage.person("sichuan.recommender")
    given = {"applicationId": case["id"], "opinion": "省级推荐人选"}
    stage.refused(
        recommender,
        "只有两封专家推荐信即推荐",
        "LETTERS_MISSING",
        lambda: recommender.do("RecommendApplication", version=case["version"], **given),
    )
    employer = clerk.ask("CaseEmployer", id=case["id"])["application"]["person"]["employer"]
    inside = _letter(clerk, case, "罗某", employer, "总工程师")
    stage.refused(
        recommender,
        "第三位专家出自申报人本单位",
        "LETTER_FROM_OWN_UNIT",
        lambda: recommender.do("RecommendApplication", version=inside["version"], **given),
    )
    wrong = only([letter for letter in inside["peerLetters"] if letter["expertName"] == "罗某"])
    clerk.do("RemovePeerLetter", peerLetterId=wrong["id"], version=wrong["version"])
    case = _letter(clerk, case, *_LETTERS[2])
    stage.step(clerk, "补齐第三封非本单位同行高级专家推荐信", case["state"])
    stage.refused(
        recommender,
        "用旧版本推荐",
        "STALE_VERSION",
        lambda: recommender.do("RecommendApplication", version=case["version"] - 1, **given),
    )
    case = recommender.do("RecommendApplication", version=case["version"], rank=1, **given)["application"]
    stage.step(recommender, f"推荐{PUSHED}（占用名额 1）", case["state"])
    (received,) = desks.accept_all(stage, "acftu", 1)
    city = stage.person("chengdu.clerk")
    city.wait(lambda who: desks.case_named(who, PUSHED, edition_id)["upstreamState"] == "RECEIVED", "news from 全总")
    stage.note(city, f"{PUSHED}的卷宗已到全总（逐级传回）")
    stage.unseen(
        stage.person("wuhou.clerk"),
        "成都市的国家级申报",
        stage.person("wuhou.clerk").ask("NodeById", id=below["id"])["node"],
    )
    return received


def _letter(clerk: Person, case: Json, name: str, unit: str, post: str) -> Json:
    return clerk.do(
        "AddPeerLetter",
        applicationId=case["id"],
        expertName=name,
        expertUnit=unit,
        expertPost=post,
        profession="机械加工",
        seniorBy="正高级职称",
        content="本人与申报人无利害关系，认可其技艺与贡献。",
        signedOn="2024-03-04",
    )["application"]


def _object(stage: Stage, notice: Json, case: Json) -> Json:
    officer = stage.person("acftu.notice")
    lodged = officer.do(
        "LodgeObjection",
        noticeId=notice["id"],
        applicationId=case["id"],
        channel="LETTER",
        content="反映一项专利署名情况，请核实。",
        receivedOn=stage.today.isoformat(),
        complainant={"kind": "PERSON", "name": "实名群众", "contact": "13900139000"},
    )
    stage.step(officer, f"登记对{case['person']['name']}的异议（实名，身份封存）", lodged["objection"]["state"])
    return lodged["objection"]


def _settle_objection(stage: Stage, edition_id: str, cases: list[Json], objection: Json) -> None:
    leader, investigator, second = (stage.person(f"acftu.{seat}") for seat in ("leader", "investigator", "inspector"))
    stage.refused(
        leader,
        "异议未结即公布",
        "HELD_BY_OBJECTION",
        lambda: desks.announce(stage, "acftu", edition_id, cases, "总工办发〔2024〕15号"),
    )
    given = {"objectionId": objection["id"]}
    objection = investigator.do("AdmitObjection", version=objection["version"], **given)["objection"]
    stage.step(investigator, "受理异议，开展核查", objection["state"])
    objection = investigator.do(
        "ConcludeObjection",
        version=objection["version"],
        outcome="NOT_UPHELD",
        findings="专利署名属实，异议不成立",
        **given,
    )["objection"]
    stage.step(investigator, "核查结论：不属实", objection["state"])
    stage.refused(
        investigator,
        "核查人自行复核",
        "SECOND_PERSON_NEEDED",
        lambda: investigator.do("ReviewConclusion", version=objection["version"], agrees=True, **given),
    )
    objection = second.do("ReviewConclusion", version=objection["version"], agrees=True, **given)["objection"]
    stage.step(second, "第二人复核结论", objection["state"])
    objection = leader.do(
        "ApplyObjection",
        version=objection["version"],
        decision="KEEP",
        resolutionNo="总党〔2024〕25号",
        reply="经核查不属实，维持公示结果",
        **given,
    )["objection"]
    stage.step(leader, "处理异议：维持", objection["state"])


def _cultivate(stage: Stage, case: Json) -> None:
    stage.move_to(date(2025, 9, 1))
    clerk, reviewer = stage.person("acftu.clerk"), stage.person("acftu.reviewer")
    late = clerk.wait(lambda who: _overdue(who, case, stage.today), "the overdue flags")
    stage.note(clerk, f"培育情况报告逾期 {late} 份")
    stage.refused(reviewer, "培育期未满即评价", "PERIOD_RUNNING", lambda: desks.assess(reviewer, case))
    (task,) = only(clerk.nodes("CultivationPlans", application=case["id"]))["tasks"]
    reviewer.do(
        "CompleteCultivationTask", taskId=task["id"], version=task["version"], outcome="项目通过验收，形成操作法一套"
    )
    stage.step(reviewer, "登记培育任务完成", task["title"])


def _overdue(person: Person, case: Json, today: date) -> int:
    """How many reports are late; 0 until the worker has flagged them all."""
    plan = only(person.nodes("CultivationPlans", application=case["id"]))
    late = [report for report in plan["reports"] if report["state"] == "OPEN" and report["dueOn"] < today.isoformat()]
    return len(late) if all(report["overdue"] for report in late) else 0


def _certify(stage: Stage, case: Json) -> None:
    stage.move_to(date(2026, 7, 1))
    clerk, reviewer, leader = (stage.person(f"acftu.{seat}") for seat in ("clerk", "reviewer", "leader"))
    version = reviewer.ask("ApplicationDossier", id=case["id"])["application"]["version"]
    given = {"applicationId": case["id"]}
    stage.refused(
        leader, "未评价即发证", "ACT_NOT_POSSIBLE", lambda: leader.do("CertifyApplication", version=version, **given)
    )
    stage.refused(reviewer, "未交总结报告即评价", "FINAL_REPORT_MISSING", lambda: desks.assess(reviewer, case))
    report = desks.report(clerk, case["id"], "两年培育总结：任务全部完成。")
    stage.step(clerk, "提交培育总结报告", report["state"])
    assessed = desks.assess(reviewer, case)
    stage.step(reviewer, "培育期满评价", f"qualified={assessed['qualified']}")
    title = desks.certify(leader, case)
    certificate = title["certificate"]
    stage.step(leader, f"颁发{title['name']}证书（{certificate['awardingBody']}）", certificate["number"])


def _seen_below(stage: Stage) -> None:
    for login in ("sichuan.clerk", "chengdu.clerk", "wuhou.clerk", "wuhou-hengda.clerk"):
        person = stage.person(login)
        honours = person.wait(
            lambda who: [row for row in who.nodes("Honours") if row["titleCode"] == "national_craftsman"], "the news"
        )
        stage.note(
            person,
            f"{honours[0]['person']['name']}：{honours[0]['grantedBy']['name']}授予“{honours[0]['name']}”（{honours[0]['grantedOn']}）",
        )
