"""A selection without scoring and cultivation, from the draft to the naming, as a district holds it (Wuhou （八）)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from cli.demo.offices import Offices
from programmes.applications import service as applications
from programmes.applications.model import Application
from programmes.applications.rules.eligibility import Answer
from programmes.applications.service.reviewing import conditions_of
from programmes.catalogue.queries import rulebook_of
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover
from programmes.notices.service import AnnouncementEntry, NoticeEntry, announce, draft_notice, publish_notice
from programmes.people.rules import PersonFacts
from programmes.people.service import create_person
from programmes.scoring.rules.meetings import Verdict
from programmes.scoring.rules.resolutions import ResolutionDecision
from programmes.scoring.service.meeting import Member, conclude_meeting, open_meeting
from programmes.scoring.service.resolving import ResolutionEntry, record_resolution
from programmes.titles.service import name_directly

_OPINION = "同意，材料属实"
_PANEL = ("王评审", "陈评审", "刘评审", "郑评审", "何评审")


@dataclass(frozen=True)
class Candidate:
    """A craftsman of an enterprise union, with a lawful ID number of the demo's own."""

    unit: str
    facts: PersonFacts
    id_number: str
    phone: str
    deeds: str


async def put_forward(offices: Offices, edition_id: UUID, candidate: Candidate) -> UUID:
    """Draft, submit, endorse and recommend at the enterprise union; returns the unit's own case."""
    today = offices.clock.today()
    async with offices.acting(f"{candidate.unit}.clerk") as scope:
        person = await create_person(scope, candidate.facts, id_number=candidate.id_number, phone=candidate.phone)
        case = await applications.create_application(
            scope, edition_id=edition_id, person_id=person.id, deeds=candidate.deeds, consent_on=today
        )
        await applications.submit_application(scope, case.id, version=case.version)
    async with offices.acting(f"{candidate.unit}.chair") as scope:
        endorsed = await applications.endorse_application(scope, case.id, version=2, opinion=_OPINION)
        await applications.recommend_application(scope, case.id, version=endorsed.version, opinion=_OPINION, rank=None)
    await offices.settle()
    return case.id


async def take_in_all(offices: Offices, office: str) -> list[UUID]:
    """The clerk accepts every case that waits; returns the office's own cases."""
    async with offices.reading(f"{office}.clerk") as scope:
        waiting = select(Handover).where(
            Handover.tenant_id == scope.tenant_id, Handover.direction == "incoming", Handover.state == "offered"
        )
        offered = (await scope.session.execute(waiting.order_by(Handover.id))).scalars().all()
    cases: list[UUID] = []
    for handover in offered:
        async with offices.acting(f"{office}.clerk") as scope:
            accepted = await handovers.accept_handover(scope, handover.id, version=handover.version)
            cases += [accepted.application_id] if accepted.application_id else []
    await offices.settle()
    return cases


async def pass_formally(offices: Offices, office: str, cases: Sequence[UUID]) -> None:
    """The reviewer answers every condition with yes."""
    for case_id in cases:
        async with offices.acting(f"{office}.reviewer") as scope:
            (case,) = await applications.lock_applications(scope, [case_id])
            conditions = conditions_of(await rulebook_of(scope.session, case.edition_id))
            answers = [Answer(condition.key, met=True, remark=None) for condition in conditions]
            await applications.review_formally(
                scope, case_id, version=case.version, passed=True, answers=answers, reason=None
            )


async def propose(offices: Offices, office: str, edition_id: UUID, cases: Sequence[UUID]) -> None:
    """The panel meets and proposes all of them, in this order; the resolution follows the same day."""
    today = offices.clock.today()
    async with offices.acting(f"{office}.secretary") as scope:
        members = [Member(name, "评审专家委员会") for name in _PANEL]
        meeting = await open_meeting(
            scope, edition_id, name="评审会议", held_on=today, members=members, quorum=len(_PANEL) // 2 + 1
        )
    async with offices.acting(f"{office}.panel") as scope:
        verdicts = [
            Verdict(case=case, proposed=True, position=position, reason=None) for position, case in enumerate(cases, 1)
        ]
        await conclude_meeting(
            scope, meeting.id, version=meeting.version, present=list(_PANEL), minutes="一致同意", verdicts=verdicts
        )
    async with offices.acting(f"{office}.party") as scope:
        entry = ResolutionEntry(f"{office}党组〔{today:%Y%m%d}〕1号", "党组", today, ResolutionDecision.APPROVE)
        await record_resolution(scope, edition_id, entry, cases)
    await offices.settle()


async def notice_and_announce(offices: Offices, office: str, edition_id: UUID, cases: Sequence[UUID]) -> str:
    """Public notice for its working days, then the document; the clock goes two weeks on. Returns the document's number."""
    start = offices.clock.today()
    async with offices.acting(f"{office}.reviewer") as scope:
        entry = NoticeEntry(title="拟命名人选公示", starts_on=start, contact="电话 028-85550000，工会公示组")
        draft = await draft_notice(scope, edition_id, entry, cases)
    async with offices.acting(f"{office}.notice") as scope:
        await publish_notice(scope, draft.id, version=draft.version)
    offices.clock.at += timedelta(days=14)
    await offices.settle()
    number = f"{office}工发〔{start.year}〕{start:%m%d}号"
    async with offices.acting(f"{office}.leader") as scope:
        document = AnnouncementEntry(document_no=number, title="命名决定", announced_on=offices.clock.today())
        await announce(scope, edition_id, document, cases)
    await offices.settle()
    return number


async def name_all(
    offices: Offices, office: str, edition_id: UUID, cases: Sequence[UUID], document_no: str
) -> list[UUID]:
    """The titles are granted; returns them."""
    async with offices.acting(f"{office}.leader") as scope:
        titles = await name_directly(scope, edition_id, cases, document_no=document_no)
    await offices.settle()
    return [title.id for title in titles]


async def cases_of(offices: Offices, login: str) -> Sequence[Application]:
    """All cases of the login's union."""
    async with offices.reading(login) as scope:
        query = select(Application).where(Application.tenant_id == scope.tenant_id).order_by(Application.id)
        return (await scope.session.execute(query)).scalars().all()


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
