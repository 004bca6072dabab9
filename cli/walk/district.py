"""2022: an enterprise union puts two craftsmen forward, 武侯区总工会 names them 诸葛工匠 (S3), pays, and recognises a studio."""

from datetime import date

from cli.demo.past import ENTERPRISES_MAY_RECOMMEND, lawful_id_number
from cli.walk import desks
from cli.walk.client import Json, Person
from cli.walk.stage import Stage, only

PUSHED, PULLED = "赵铁梁", "钱百锻"
_EMPLOYER = "成都恒达精密机械有限公司"


def play(stage: Stage) -> None:
    """From the call to the studio."""
    stage.heading("2022 武侯区：诸葛工匠")
    stage.move_to(date(2022, 3, 7))
    edition = _call(stage)
    for serial, name in ((601, PUSHED), (603, PULLED)):
        _put_forward(stage, edition["id"], name, serial)
    cases = desks.accept_all(stage, "wuhou", 2)
    _tries_beside(stage, cases[0])
    cases = desks.review(stage, "wuhou", cases)
    stage.move_to(date(2022, 6, 6))
    desks.meet(stage, "wuhou", edition["id"], cases)
    _too_early(stage, edition["id"], cases)
    desks.resolve(stage, "wuhou", edition["id"], cases, "武诸评〔2022〕1号", "“诸葛工匠”评选管理领导小组")
    notice = desks.publish(stage, "wuhou", edition["id"], cases, "2022年度“诸葛工匠”拟命名人选公示")
    desks.pass_notice(stage, "wuhou", notice, cases)
    desks.announce(stage, "wuhou", edition["id"], cases, "武工发〔2022〕30号")
    desks.name(stage, "wuhou", edition["id"], cases, "武委〔2022〕18号")
    _pay(stage)
    _recognise_studio(stage)
    chair = stage.person("wuhou-hengda.chair")
    desks.case_named(chair, PUSHED, edition["id"])
    chair.wait(lambda who: desks.case_named(who, PUSHED, edition["id"])["upstreamState"] == "CERTIFIED", "the outcome")
    stage.note(chair, f"{PUSHED}、{PULLED} 已获命名（结果自上而下传回）")


def _call(stage: Stage) -> Json:
    reviewer, leader = stage.person("wuhou.reviewer"), stage.person("wuhou.leader")
    draft = reviewer.do(
        "CreateEdition", programmeCode="zhuge_craftsman", year=2022, opensOn="2022-03-07", closesOn="2022-05-31"
    )["edition"]
    stage.step(reviewer, f"拟制期次《{draft['name']}》", draft["state"])
    stage.refused(
        leader,
        "未填写即印发",
        "EDITION_INCOMPLETE",
        lambda: leader.do(
            "IssueEdition", editionId=draft["id"], version=draft["version"], documentNo="武工发〔2022〕6号"
        ),
    )
    values = [{"key": key, "value": value} for key, value in ENTERPRISES_MAY_RECOMMEND.items()]
    filled = reviewer.do("FillEdition", editionId=draft["id"], version=draft["version"], values=values)["edition"]
    stage.step(reviewer, f"填写原文未规定的 {len(values)} 项", filled["state"])
    return desks.issue(stage, "wuhou", filled, "武工发〔2022〕6号")


def _put_forward(stage: Stage, edition_id: str, name: str, serial: int) -> None:
    clerk, chair = stage.person("wuhou-hengda.clerk"), stage.person("wuhou-hengda.chair")
    facts = {
        "name": name,
        "employer": _EMPLOYER,
        "occupation": "数控车工",
        "frontlineSince": "2005-07",
        "skillGrade": "高级技师",
        "industry": "装备制造",
    }
    number = lawful_id_number(serial, "19800512")
    if name == PUSHED:
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        stage.refused(
            clerk,
            "身份证号校验位错误",
            "ID_NUMBER_CHECKSUM",
            lambda: clerk.do("CreatePerson", facts=facts, idNumber=wrong),
        )
    person = clerk.do("CreatePerson", facts=facts, idNumber=number, phone="13800138000")["person"]
    stage.step(clerk, f"建立{name}的人员档案", "stored")
    case = clerk.do("CreateApplication", editionId=edition_id, personId=person["id"], deeds="")["application"]
    stage.step(clerk, f"为{name}起草申报", case["state"])
    if name == PUSHED:
        stage.refused(clerk, "未登记本人同意即提交", "CONSENT_MISSING", lambda: _submit(clerk, case))
    case = clerk.do(
        "ReviseApplication",
        applicationId=case["id"],
        version=case["version"],
        deeds="扎根车间二十年，攻克主轴加工难题十余项，带徒八人。",
        consentOn=stage.today.isoformat(),
    )["application"]
    case = _submit(clerk, case)
    stage.step(clerk, "提交本单位工会", case["state"])
    case = _endorse_and_recommend(stage, clerk, chair, case)
    stage.step(chair, f"推荐{name}", case["state"])


def _endorse_and_recommend(stage: Stage, clerk: Person, chair: Person, case: Json) -> Json:
    given = {"applicationId": case["id"], "opinion": "经职代会推荐，公示无异议，同意申报"}
    if case["person"]["name"] == PUSHED:
        stage.refused(
            clerk,
            "干事自行审核上报",
            "NOT_PERMITTED",
            lambda: clerk.do("EndorseApplication", version=case["version"], **given),
        )
    endorsed = chair.do("EndorseApplication", version=case["version"], **given)["application"]
    stage.step(chair, "审核盖章", endorsed["state"])
    return chair.do("RecommendApplication", version=endorsed["version"], **given)["application"]


def _submit(clerk: Person, case: Json) -> Json:
    return clerk.do("SubmitApplication", applicationId=case["id"], version=case["version"])["application"]


def _tries_beside(stage: Stage, case: Json) -> None:
    """Others at the same union, and other unions."""
    clerk, neighbour, city = (stage.person(login) for login in ("wuhou.clerk", "jinjiang.clerk", "chengdu.clerk"))
    stage.refused(
        clerk,
        "干事代行形式审查",
        "NOT_PERMITTED",
        lambda: clerk.do("ReviewApplication", applicationId=case["id"], version=case["version"], passed=True),
    )
    for stranger in (neighbour, city):
        stage.unseen(stranger, "武侯区的申报件", stranger.ask("NodeById", id=case["id"])["node"])


def _too_early(stage: Stage, edition_id: str, cases: list[Json]) -> None:
    officer = stage.person("wuhou.notice")
    stage.refused(
        officer,
        "未经审定即公示",
        "NOT_DELIBERATED",
        lambda: desks.publish(stage, "wuhou", edition_id, cases, "公示"),
    )


def _pay(stage: Stage) -> None:
    """10,000 元 by W-TITLE; whoever applies does not approve, whoever approves does not pay."""
    clerk, treasurer, cashier = (stage.person(f"wuhou.{seat}") for seat in ("finance", "treasurer", "cashier"))
    record = clerk.wait(lambda who: _planned(who, PUSHED), "the reward to be planned")
    stage.note(clerk, f"{record['ruleCode']} {record['amount']['amount']} 元，依据 {record['rule']['article']}")
    given = {"recordId": record["id"]}
    record = clerk.do("ApplyForPayment", version=record["version"], **given)["record"]
    stage.step(clerk, "申请拨付", record["state"])
    stage.refused(
        clerk, "申请人自行审批", "NOT_PERMITTED", lambda: clerk.do("ApprovePayment", version=record["version"], **given)
    )
    record = treasurer.do("ApprovePayment", version=record["version"], **given)["record"]
    stage.step(treasurer, "审批拨付", record["state"])
    stage.refused(
        clerk,
        "申请人自行付款",
        "DUTY_CONFLICT",
        lambda: clerk.do("RecordPayment", version=record["version"], voucherNo="记-0617", **given),
    )
    record = cashier.do("RecordPayment", version=record["version"], voucherNo="记-0617", **given)["record"]
    stage.step(cashier, "付款入账", record["state"])


def _planned(person: Person, name: str) -> Json | None:
    records = person.nodes("FundingRecords", state=["PLANNED"], rule="W-TITLE")
    return next((record for record in records if record["person"]["name"] == name), None)


def _recognise_studio(stage: Stage) -> None:
    clerk = stage.person("wuhou.clerk")
    title = only([title for title in clerk.nodes("Titles") if title["person"]["name"] == PUSHED])
    studio = clerk.do(
        "CreateStudio",
        kind="MODEL_WORKER_AND_CRAFTSMAN",
        name=f"{PUSHED}劳模和工匠人才创新工作室",
        leaderId=title["person"]["id"],
        employer=_EMPLOYER,
        field="精密车削",
        namedOn=stage.today.isoformat(),
        documentNo="武工发〔2022〕35号",
    )["studio"]
    stage.step(clerk, f"命名{studio['name']}（领衔人 {studio['leader']['name']}）", studio["level"])
