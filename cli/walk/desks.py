"""What offices do again and again in the walk, as the persons whose part it is."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cli.walk.client import Json, Person, RefusedError
from cli.walk.stage import Stage, only

PANEL = ("陈评审", "郑评审", "何评审", "吴评审", "冯评审")
FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
_LOOKS = 3


def call(
    stage: Stage, office: str, programme: str, year: int, values: Mapping[str, Any], opens: date, closes: date
) -> Json:
    """The reviewer drafts an edition and fills in what the document leaves open."""
    reviewer = stage.person(f"{office}.reviewer")
    edition = reviewer.do(
        "CreateEdition", programmeCode=programme, year=year, opensOn=opens.isoformat(), closesOn=closes.isoformat()
    )["edition"]
    stage.step(reviewer, f"拟制期次《{edition['name']}》", edition["state"])
    entries = [{"key": key, "value": value} for key, value in values.items()]
    edition = reviewer.do("FillEdition", editionId=edition["id"], version=edition["version"], values=entries)["edition"]
    stage.step(reviewer, f"填写原文未规定的 {len(entries)} 项", edition["state"])
    return edition


def issue(stage: Stage, office: str, edition: Json, document_no: str) -> Json:
    """The leader issues it; the schedule opens it."""
    leader = stage.person(f"{office}.leader")
    issued = leader.do("IssueEdition", editionId=edition["id"], version=edition["version"], documentNo=document_no)[
        "edition"
    ]
    stage.step(leader, f"印发通知 {document_no}", issued["state"])
    return leader.wait(lambda who: _in_state(who, edition["id"], "OPEN"), "the edition to open")


def escalate(stage: Stage, clerk: Person, who: str, edition_id: str, deeds: str) -> Json:
    """Begin a case above for a craftsman titled here, with material on each of the five forces."""
    title = only([title for title in clerk.nodes("Titles") if title["person"]["name"] == who])
    case = clerk.do(
        "EscalateTitle", titleId=title["id"], editionId=edition_id, deeds=deeds, consentOn=stage.today.isoformat()
    )["application"]
    stage.step(clerk, f"以“{title['name']}”身份为{who}起草上级申报", case["state"])
    for force in FORCES:
        evidence = {"force": force, "item": 1, "title": f"{force} 佐证材料", "issuer": clerk.tenant_name}
        case = clerk.do("AddEvidence", applicationId=case["id"], **evidence)["application"]
    return case


def accept_all(stage: Stage, office: str, count: int) -> list[Json]:
    """The clerk takes in the cases that have arrived; returns the office's own cases."""
    clerk = stage.person(f"{office}.clerk")
    waiting: list[Json] = clerk.wait(lambda who: _offered(who, count), f"{count} handovers")
    cases: list[Json] = []
    for handover in sorted(waiting, key=lambda offered: str(offered["personName"])):
        accepted = clerk.do("AcceptHandover", handoverId=handover["id"], version=handover["version"])["handover"]
        stage.step(
            clerk,
            f"接收{handover['personName']}的卷宗（{handover['snapshotSha256'][:12]}…）",
            accepted["application"]["state"],
        )
        cases.append(accepted["application"])
    return cases


def review(stage: Stage, office: str, cases: Sequence[Json]) -> list[Json]:
    """The reviewer answers what no file can answer, and passes."""
    reviewer = stage.person(f"{office}.reviewer")
    passed: list[Json] = []
    for case in cases:
        answers = [{"key": key, "met": True} for key in open_conditions(reviewer, case)]
        done = reviewer.do(
            "ReviewApplication", applicationId=case["id"], version=case["version"], passed=True, checks=answers
        )["application"]
        stage.step(reviewer, f"形式审查{case['person']['name']}（{len(done['checks'])} 条，逐条引文）", done["state"])
        passed.append(done)
    return passed


def open_conditions(person: Person, case: Json) -> list[str]:
    """The keys of the conditions that a reviewer must answer himself."""
    gates = person.ask(
        "EditionConditions", id=person.ask("ApplicationDossier", id=case["id"])["application"]["edition"]["id"]
    )
    return [
        gate["key"]
        for gate in gates["edition"]["rulebook"]["gates"]
        if gate["check"] in {"declared", "excluded_groups"}
    ]


def meet(stage: Stage, office: str, edition_id: str, cases: Sequence[Json]) -> None:
    """The panel meets and proposes the cases in this order."""
    secretary, chair = stage.person(f"{office}.secretary"), stage.person(f"{office}.panel")
    members = [{"name": name, "unit": "专家评审委员会"} for name in PANEL]
    meeting = secretary.do(
        "OpenMeeting",
        editionId=edition_id,
        name="专家评审会议",
        heldOn=stage.today.isoformat(),
        members=members,
        quorum=len(PANEL) // 2 + 1,
    )["meeting"]
    stage.step(secretary, "召集评审会议", meeting["state"])
    items = [
        {"applicationId": case["id"], "proposed": True, "position": number} for number, case in enumerate(cases, 1)
    ]
    concluded = chair.do(
        "ConcludeMeeting",
        meetingId=meeting["id"],
        version=meeting["version"],
        present=list(PANEL),
        minutes="集体研究，一致同意",
        items=items,
    )["meeting"]
    stage.step(chair, f"形成建议名单（{len(items)} 人）", concluded["state"])


def resolve(stage: Stage, office: str, edition_id: str, cases: Sequence[Json], number: str, body: str) -> None:
    """The deliberation is recorded."""
    recorder = stage.person(f"{office}.party")
    resolution = recorder.do(
        "RecordResolution",
        editionId=edition_id,
        number=number,
        body=body,
        resolvedOn=stage.today.isoformat(),
        decision="APPROVE",
        applicationIds=[case["id"] for case in cases],
    )["resolution"]
    stage.step(recorder, f"登记{body}决议", resolution["number"])


def publish(stage: Stage, office: str, edition_id: str, cases: Sequence[Json], title: str) -> Json:
    """One person drafts the notice, another puts it up; its end follows from the working days."""
    draft = stage.person(f"{office}.reviewer").do(
        "DraftNotice",
        editionId=edition_id,
        title=title,
        contact="公示受理组，来信来电来访均可",
        startsOn=stage.today.isoformat(),
        applicationIds=[case["id"] for case in cases],
    )["notice"]
    officer = stage.person(f"{office}.notice")
    notice = officer.do("PublishNotice", noticeId=draft["id"], version=draft["version"])["notice"]
    stage.step(
        officer, f"公示 {notice['workingDays']} 个工作日（{notice['startsOn']} 至 {notice['endsOn']}）", notice["state"]
    )
    return notice


def pass_notice(stage: Stage, office: str, notice: Json, cases: Sequence[Json]) -> None:
    """The day after the last one comes; the schedule ends the notice."""
    stage.move_to(date.fromisoformat(notice["endsOn"]) + timedelta(days=1))
    leader = stage.person(f"{office}.leader")
    for case in cases:
        leader.wait(lambda who, case=case: state_of(who, case["id"]) != "IN_PUBLIC_NOTICE", "the notice to end")
    stage.note(leader, f"公示期满（{len(cases)} 人）")


def announce(stage: Stage, office: str, edition_id: str, cases: Sequence[Json], number: str) -> None:
    """The formal document."""
    leader = stage.person(f"{office}.leader")
    announcement = leader.do(
        "Announce",
        editionId=edition_id,
        documentNo=number,
        title="公布入选名单",
        announcedOn=stage.today.isoformat(),
        applicationIds=[case["id"] for case in cases],
    )["announcement"]
    stage.step(leader, "发文公布", announcement["documentNo"])


def name(stage: Stage, office: str, edition_id: str, cases: Sequence[Json], number: str) -> None:
    """The title is granted at once, where the edition has no cultivation."""
    leader = stage.person(f"{office}.leader")
    named = leader.do(
        "NameDirectly", editionId=edition_id, documentNo=number, applicationIds=[case["id"] for case in cases]
    )
    stage.step(leader, f"命名并颁发证书（{len(named['titleIds'])} 人）", "CERTIFIED")


def sign_plan(stage: Stage, office: str, plan: Json, due: date) -> None:
    """Goals and one task, both signatures, filed for record."""
    reviewer = stage.person(f"{office}.reviewer")
    plan = reviewer.do(
        "DraftCultivationPlan",
        planId=plan["id"],
        version=plan["version"],
        goals="攻克一项关键工艺，形成操作法，培养骨干五名",
        safeguards="专项经费与脱产研修",
        mentor="程院士",
        tasks=[{"title": "主持重点项目攻关一项", "dueOn": due.isoformat()}],
    )["plan"]
    stage.step(reviewer, "制定培育方案", plan["state"])
    given = {"planId": plan["id"]}
    for signer in ("OWNER", "CANDIDATE"):
        signed = {"signer": signer, "signedOn": stage.today.isoformat()}
        plan = reviewer.do("SignCultivationPlan", version=plan["version"], **signed, **given)["plan"]
    plan = reviewer.do("FileCultivationPlan", version=plan["version"], **given)["plan"]
    stage.step(reviewer, "签订并报备培育方案", plan["state"])


def assess(reviewer: Person, case: Json) -> Json:
    """Tasks completed and qualified."""
    return reviewer.do(
        "AssessCultivation",
        applicationId=case["id"],
        version=version_of(reviewer, case["id"]),
        tasksCompleted=True,
        qualified=True,
        opinion="完成培育任务，评价合格",
    )["assessment"]


def certify(leader: Person, case: Json) -> Json:
    """The certificate, and with it the title."""
    version = version_of(leader, case["id"])
    return leader.do("CertifyApplication", applicationId=case["id"], version=version)["title"]


def report(person: Person, case_id: str, content: str) -> Json:
    """Hand in the last progress report; a worker may note it overdue meanwhile, so look again as a person would."""
    for _ in range(_LOOKS):
        last = only(person.nodes("CultivationPlans", application=case_id))["reports"][-1]
        given = {"reportId": last["id"], "version": last["version"], "content": content}
        try:
            return person.do("SubmitProgressReport", **given)["report"]
        except RefusedError as refused:
            if refused.code != "STALE_VERSION":
                raise
    message = f"the progress report changed {_LOOKS} times while it was being handed in"
    raise RuntimeError(message)


def version_of(person: Person, case_id: str) -> int:
    """The case's version as it stands."""
    return int(person.ask("ApplicationDossier", id=case_id)["application"]["version"])


def state_of(person: Person, case_id: str) -> str:
    """Where a case stands in the person's union."""
    return str(person.ask("ApplicationDossier", id=case_id)["application"]["state"])


def case_named(person: Person, who: str, edition_id: str) -> Json:
    """The union's case of a person in an edition."""
    cases = person.nodes("ApplicationBoard", edition=edition_id)
    return only([case for case in cases if case["person"]["name"] == who])


def _in_state(person: Person, edition_id: str, state: str) -> Json | None:
    edition = person.ask("EditionToFill", id=edition_id)["edition"]
    return edition if edition["state"] == state else None


def _offered(person: Person, count: int) -> list[Json]:
    found = person.nodes("Handovers", direction="INCOMING", state=["OFFERED"])
    return found if len(found) >= count else []
