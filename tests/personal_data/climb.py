"""Three craftsmen of an enterprise union on their way: named by the district, one pushed and one pulled to the city, one objected to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from cli.demo import selection
from cli.demo.offices import Call, Offices
from programmes.applications import service as applications
from programmes.handovers import service as handovers
from programmes.handovers.model import Handover, RegisterEntry
from programmes.notices.rules.objections import Channel, Complainant, ComplainantKind
from programmes.notices.service import NoticeEntry, draft_notice, lodge_objection, publish_notice
from programmes.notices.service.objecting import ObjectionEntry
from tests.programmes.people import facts, id_number

ZHUGE: Mapping[str, Any] = {
    "target.count": 20,
    "route.recommending": [{"level": "enterprise", "line": "territorial"}],
    "notice.working_days": 5,
}
CHENGDU: Mapping[str, Any] = {
    "target.count": 600,
    "scoring.aggregation": "mean",
    "scoring.experts_per_case": 2,
    "criteria.*.max_points": 10,
}
NAMES = ("赵铁工", "钱铸工", "孙焊工")
NUMBERS = tuple(id_number(serial) for serial in (1, 2, 3))
PHONES = ("13800000001", "13800000002", "13800000003")
COMPLAINANT = Complainant(ComplainantKind.PERSON, "冯举报", "13900000009", sealed=True)


@dataclass(frozen=True)
class Climb:
    """What came of it: the district's edition, cases and titles, and the city's edition."""

    edition_id: UUID
    cases: Sequence[UUID]
    titles: Sequence[UUID]
    city_edition_id: UUID


async def rows(offices: Offices, login: str, model: Any, **where: Any) -> Sequence[Any]:
    """The rows of the login's union."""
    async with offices.reading(login) as scope:
        query = select(model).where(model.tenant_id == scope.tenant_id).filter_by(**where).order_by(model.id)
        return (await scope.session.execute(query)).scalars().all()


async def arrive(offices: Offices, names: Sequence[str] = NAMES) -> tuple[UUID, list[UUID]]:
    """An edition of the district and cases there that have passed the formal review."""
    offices.at(2022, 3, 1)
    call = Call("wuhou", "zhuge_craftsman", 2022, ZHUGE, date(2022, 3, 1), date(2022, 4, 30), "武工发〔2022〕3号")
    edition_id = await offices.open_call(call)
    for name, number, phone in zip(names, NUMBERS, PHONES, strict=False):
        candidate = selection.Candidate("wuhou-hengda", facts(name), number, phone, "二十年一线")
        await selection.put_forward(offices, edition_id, candidate)
    cases = await selection.take_in_all(offices, "wuhou")
    offices.at(2022, 5, 5)
    await offices.settle()
    await selection.pass_formally(offices, "wuhou", cases)
    return edition_id, cases


async def climb(offices: Offices) -> Climb:
    """The whole way."""
    edition_id, cases = await arrive(offices)
    await selection.propose(offices, "wuhou", edition_id, cases)
    await object_to(offices, edition_id, cases[2:])
    number = await selection.notice_and_announce(offices, "wuhou", edition_id, cases[:2])
    titles = await selection.name_all(offices, "wuhou", edition_id, cases[:2], number)
    offices.at(2023, 3, 1)
    call = Call("chengdu", "chengdu_craftsman", 2023, CHENGDU, date(2023, 3, 1), date(2023, 4, 30), "成工发〔2023〕1号")
    city_edition_id = await offices.open_call(call)
    await push(offices, titles[0], city_edition_id)
    await selection.take_in_all(offices, "chengdu")
    await pull(offices, titles[1], city_edition_id)
    return Climb(edition_id, cases, titles, city_edition_id)


async def push(offices: Offices, title_id: UUID, edition_id: UUID) -> UUID:
    """The district puts its titled craftsman forward; returns its own case."""
    async with offices.acting("wuhou.clerk") as scope:
        case = await handovers.escalate_title(
            scope, title_id, edition_id=edition_id, deeds="续写新篇", consent_on=offices.clock.today()
        )
    async with offices.acting("wuhou.recommender") as scope:
        await applications.recommend_application(scope, case.id, version=case.version, opinion="优先推荐", rank=None)
    await offices.settle()
    return case.id


async def pull(offices: Offices, title_id: UUID, edition_id: UUID) -> None:
    """The city asks for a titled craftsman and the district confirms."""
    (entry,) = await rows(offices, "chengdu.clerk", RegisterEntry, source_title_id=title_id)
    async with offices.acting("chengdu.reviewer") as scope:
        await handovers.request_candidate(scope, entry.id, edition_id=edition_id)
    await offices.settle()
    (request,) = await rows(offices, "wuhou.clerk", Handover, kind="pull", state="requested")
    async with offices.acting("wuhou.recommender") as scope:
        await handovers.confirm_request(
            scope,
            request.id,
            version=request.version,
            opinion="同意选调",
            rank=None,
            deeds="市级选调",
            consent_on=offices.clock.today(),
        )
    await offices.settle()


async def object_to(offices: Offices, edition_id: UUID, cases: Sequence[UUID]) -> UUID:
    """A notice over the cases and a sealed objection to the first."""
    today = offices.clock.today()
    async with offices.acting("wuhou.reviewer") as scope:
        entry = NoticeEntry(title="拟命名人选公示", starts_on=today, contact="电话 028-85550000，工会公示组")
        draft = await draft_notice(scope, edition_id, entry, cases)
    async with offices.acting("wuhou.notice") as scope:
        notice = await publish_notice(scope, draft.id, version=draft.version)
    async with offices.acting("wuhou.clerk") as scope:
        objection = await lodge_objection(
            scope, notice.id, cases[0], ObjectionEntry(Channel.VISIT, "工龄不符", COMPLAINANT, today)
        )
    return objection.id
