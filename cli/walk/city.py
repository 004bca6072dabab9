"""2023: the city's edition.

One 诸葛工匠 is pushed by the district, one is pulled by the city from its register; both become 成都工匠, and the match follows.
"""

from datetime import date
from typing import Any

from cli.walk import desks
from cli.walk.client import Json, Person
from cli.walk.district import PULLED, PUSHED
from cli.walk.stage import Stage, only

_VALUES: dict[str, Any] = {
    "target.count": 600,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 2,
    "criteria.*.max_points": 20,
    "notice.working_days": 5,
}
_EXPERTS = ("expert.luo", "expert.fang")


def play(stage: Stage) -> None:
    """From the call to the matched reward, and the end of the district's measure."""
    stage.heading("2023 成都市：成都工匠（一推一调）")
    stage.move_to(date(2023, 3, 1))
    edition = desks.issue(
        stage,
        "chengdu",
        desks.call(stage, "chengdu", "chengdu_craftsman", 2023, _VALUES, date(2023, 3, 1), date(2023, 4, 28)),
        "成工发〔2023〕11号",
    )
    pushed = _push(stage, edition["id"])
    pulled = _pull(stage, edition["id"])
    cases = desks.review(stage, "chengdu", [pushed, pulled])
    score(stage, "chengdu", edition["id"], cases, _EXPERTS)
    stage.move_to(date(2023, 5, 8))
    desks.meet(stage, "chengdu", edition["id"], in_order(stage, "chengdu", edition["id"]))
    desks.resolve(stage, "chengdu", edition["id"], cases, "成产改〔2023〕2号", "市产改领导小组")
    notice = desks.publish(stage, "chengdu", edition["id"], cases, "2023年“成都工匠”拟命名人选公示")
    desks.pass_notice(stage, "chengdu", notice, cases)
    desks.announce(stage, "chengdu", edition["id"], cases, "成人才〔2023〕9号")
    desks.name(stage, "chengdu", edition["id"], cases, "成委〔2023〕31号")
    _match(stage)
    _expired(stage)


def _push(stage: Stage, edition_id: str) -> Json:
    clerk, recommender = stage.person("wuhou.clerk"), stage.person("wuhou.recommender")
    deeds = "获“诸葛工匠”后再立新功：主持攻关两项，获市级竞赛名次。"
    case = desks.escalate(stage, clerk, PUSHED, edition_id, deeds)
    given = {"applicationId": case["id"], "version": case["version"], "opinion": "优先推荐"}
    stage.refused(clerk, "起草人自行推荐", "NOT_PERMITTED", lambda: clerk.do("RecommendApplication", **given))
    case = recommender.do("RecommendApplication", rank=1, **given)["application"]
    stage.step(recommender, f"推荐{PUSHED}（排序 1）", case["state"])
    (received,) = desks.accept_all(stage, "chengdu", 1)
    _same_hash(stage, PUSHED)
    below = only([row for row in clerk.nodes("Handovers", direction="OUTGOING") if row["personName"] == PUSHED])
    for login in ("jinjiang.clerk", "sichuan.clerk", "acftu.clerk"):
        stranger = stage.person(login)
        stage.unseen(stranger, "武侯区报成都市的卷宗", stranger.ask("HandoverById", id=below["id"])["handover"])
    return received


def _pull(stage: Stage, edition_id: str) -> Json:
    reviewer, recommender = stage.person("chengdu.reviewer"), stage.person("wuhou.recommender")
    register = reviewer.nodes("Register", titleCode="zhuge_craftsman")
    stage.note(reviewer, f"本市名册中下级命名的诸葛工匠 {len(register)} 人")
    entry = only([entry for entry in register if entry["personName"] == PULLED])
    request = reviewer.do("RequestCandidate", registerEntryId=entry["id"], editionId=edition_id)["handover"]
    stage.step(reviewer, f"从名册选调{PULLED}", request["state"])
    asked = recommender.wait(_requested, "the request")
    confirmed = recommender.do(
        "ConfirmRequest",
        handoverId=asked["id"],
        version=asked["version"],
        opinion="同意选调，材料属实",
        deeds="带领班组完成关键件国产化攻关。",
        rank=2,
        consentOn=stage.today.isoformat(),
    )["handover"]
    stage.step(recommender, f"确认选调{PULLED}", confirmed["state"])
    arrived = reviewer.wait(lambda who: _accepted(who, request["id"]), "the dossier")
    stage.note(reviewer, f"{PULLED}的封存卷宗已到（{arrived['snapshotSha256'][:12]}…）")
    _same_hash(stage, PULLED)
    return arrived["application"]


def _same_hash(stage: Stage, name: str) -> None:
    above, below = stage.person("chengdu.clerk"), stage.person("wuhou.clerk")
    hashes = {
        only([row for row in who.nodes("Handovers", direction=direction) if row["personName"] == name])[
            "snapshotSha256"
        ]
        for who, direction in ((above, "INCOMING"), (below, "OUTGOING"))
    }
    (same,) = hashes
    stage.note(above, f"{name}的卷宗摘要两侧一致：{same[:16]}…")


def score(stage: Stage, office: str, edition_id: str, cases: list[Json], experts: tuple[str, ...]) -> None:
    """Two experts score every case; nothing is added up before all have."""
    secretary = stage.person(f"{office}.secretary")
    names = {stage.person(login, office).name: login for login in experts}
    pool = [entry for entry in secretary.nodes("ExpertCandidates") if entry["name"] in names]
    given = [{"candidateId": entry["id"], "employer": "某研究院", "specialty": "先进制造"} for entry in pool]
    assigned = secretary.do("AssignExperts", applicationIds=[case["id"] for case in cases], experts=given)
    stage.step(secretary, f"分派专家 {len(pool)} 名", f"{assigned['assigned']} 份")
    for number, login in enumerate(experts):
        _fill_sheets(stage, stage.person(login, office), edition_id, 17 - number)
        if number == 0:
            stage.refused(
                secretary,
                "评分未齐即汇总",
                "SCORES_INCOMPLETE",
                lambda: secretary.do("AggregateScores", editionId=edition_id),
            )
    done = secretary.do("AggregateScores", editionId=edition_id)
    stage.step(secretary, "汇总评分", f"{done['scored']} 人")


def _fill_sheets(stage: Stage, expert: Person, edition_id: str, most: int) -> None:
    keys = [entry["key"] for entry in expert.ask("EditionConditions", id=edition_id)["edition"]["rulebook"]["criteria"]]
    for number, assignment in enumerate(expert.nodes("MyAssignments", edition=edition_id, state=["OPEN"])):
        points = [{"item": key, "points": str(most - number)} for key in keys]
        if number == 0:
            stage.refused(
                expert,
                "漏评一项",
                "ITEM_MISSING",
                lambda points=points, assignment=assignment: expert.do(
                    "SubmitScore", assignmentId=assignment["id"], points=points[1:]
                ),
            )
        sheet = expert.do("SubmitScore", assignmentId=assignment["id"], points=points, comment="材料扎实")["assignment"]
        stage.step(expert, f"逐项评分 {len(points)} 项（第 {number + 1} 份，人选姓名对专家不显示）", sheet["state"])


def in_order(stage: Stage, office: str, edition_id: str) -> list[Json]:
    """The scored cases, the best first."""
    chair = stage.person(f"{office}.panel")
    board = sorted(
        chair.nodes("ScoreBoard", edition=edition_id), key=lambda row: (row["rank"], row["application"]["id"])
    )
    return [row["application"] for row in board]


def _match(stage: Stage) -> None:
    """The district records the city's reward; half of it becomes due by W-MATCH."""
    city = stage.person("chengdu.finance")
    reward = city.wait(lambda who: who.nodes("FundingRecords", year=2023), "the city's reward")[0]
    stage.note(city, f"{reward['ruleCode']} {reward['amount']['amount']} 元（{reward['state']}）")
    clerk = stage.person("wuhou.finance")
    honour = clerk.wait(lambda who: _honour(who, PUSHED), "the news of the title")
    stage.note(clerk, f"{honour['person']['name']}获{honour['grantedBy']['name']}授予“{honour['name']}”")
    clerk.do("RecordReward", honourId=honour["id"], kind="REWARD", amount="20000", documentNo="成工发〔2023〕40号")
    stage.step(clerk, "登记上级奖励 20000 元", "recorded")
    match = clerk.wait(lambda who: who.nodes("FundingRecords", rule="W-MATCH"), "the match")[0]
    stage.note(
        clerk,
        f"{match['ruleCode']} {match['amount']['amount']} 元（{match['state']}），依据 {match['rule']['article']}",
    )


def _expired(stage: Stage) -> None:
    stage.move_to(date(2023, 9, 1))
    reviewer = stage.person("wuhou.reviewer")
    stage.refused(
        reviewer,
        "依据已过期的办法新设期次",
        "DOCUMENT_EXPIRED",
        lambda: reviewer.do("CreateEdition", programmeCode="zhuge_craftsman", year=2023),
    )


def _honour(person: Person, name: str) -> Json | None:
    return next((row for row in person.nodes("Honours") if row["person"]["name"] == name), None)


def _requested(person: Person) -> Json | None:
    return next(iter(person.nodes("Handovers", direction="OUTGOING", kind=["PULL"], state=["REQUESTED"])), None)


def _accepted(person: Person, handover_id: str) -> Json | None:
    found = person.ask("HandoverById", id=handover_id)["handover"]
    return found if found["state"] == "ACCEPTED" else None
