"""What had already happened when the demo begins: the 诸葛工匠 of 2021, one studio, and this year's call, open with cases under way."""

from datetime import date, datetime
from typing import Any

from cli.demo import selection
from cli.demo.offices import Call, Offices
from kernel.clock import CHINA
from programmes.people.rules import PersonFacts
from programmes.people.service import create_person
from programmes.studios.rules import StudioKind
from programmes.studios.service import StudioFacts, create_studio
from programmes.titles.queries import get_title

START = datetime(2021, 3, 1, 9, tzinfo=CHINA)
ENTERPRISES_MAY_RECOMMEND: dict[str, Any] = {
    "target.count": 40,
    "route.recommending": [{"level": "enterprise", "line": "territorial"}],
    "notice.working_days": 5,
}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_EMPLOYERS = {
    "wuhou-hengda": "成都恒达精密机械有限公司",
    "wuhou-rongxie": "成都蓉履皮革制品有限公司",
    "wuhou-guidao": "成都西轨轨道装备有限公司",
}
_NAMED = (
    (
        "wuhou-hengda",
        "郭精一",
        "数控车工",
        "2003-09",
        "高级技师",
        "主轴箱孔系加工误差稳定控制在两微米以内，带出技师六人。",
    ),
    ("wuhou-hengda", "林百炼", "热处理工", "2006-05", "技师", "改进渗碳工艺，单炉能耗下降两成。"),
    ("wuhou-rongxie", "蔡履新", "皮鞋制帮工", "1999-03", "高级技师", "编成制帮操作法一套，培训学徒四十余人。"),
    ("wuhou-guidao", "魏轨平", "电焊工", "2004-11", "高级技师", "转向架焊接一次合格率保持在百分之九十九以上。"),
)
_WAITING = (
    ("wuhou-rongxie", "谭针脚", "缝纫工", "2008-02", "高级工", "攻克软皮拼缝起皱难题。"),
    ("wuhou-guidao", "邹校直", "钳工", "2009-07", "技师", "自制校直工装三套。"),
)


def lawful_id_number(serial: int, born: str) -> str:
    """An ID number of the demo with a right check digit; the region's serials of the demo belong to nobody it knows of."""
    body = f"510107{born}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


async def load_past(offices: Offices) -> None:
    """2021 from the call to the naming; then March 2022 with the new call open. The clock ends where the demo begins."""
    titles = await _select_2021(offices)
    await _name_studio(offices, titles[0])
    await _begin_2022(offices)


async def _select_2021(offices: Offices) -> list[Any]:
    offices.at(2021, 3, 1)
    call = Call(
        "wuhou",
        "zhuge_craftsman",
        2021,
        ENTERPRISES_MAY_RECOMMEND,
        date(2021, 3, 1),
        date(2021, 4, 30),
        "武工发〔2021〕5号",
    )
    edition_id = await offices.open_call(call)
    for serial, entry in enumerate(_NAMED):
        await selection.put_forward(offices, edition_id, _candidate(serial, entry))
    cases = await selection.take_in_all(offices, "wuhou")
    offices.at(2021, 5, 6)
    await offices.settle()
    await selection.pass_formally(offices, "wuhou", cases)
    await selection.propose(offices, "wuhou", edition_id, cases)
    number = await selection.notice_and_announce(offices, "wuhou", edition_id, cases)
    return await selection.name_all(offices, "wuhou", edition_id, cases, number)


async def _name_studio(offices: Offices, title_id: Any) -> None:  # noqa: ANN401 - a key
    offices.at(2021, 9, 15)
    async with offices.acting("wuhou.clerk") as scope:
        title = await get_title(scope.session, title_id)
        studio = StudioFacts(
            kind=StudioKind.MODEL_WORKER_AND_CRAFTSMAN,
            name="郭精一劳模和工匠人才创新工作室",
            leader_id=title.person_id,
            employer=_EMPLOYERS["wuhou-hengda"],
            field="精密数控加工",
            named_on=offices.clock.today(),
            document_no="武工发〔2021〕21号",
        )
        await create_studio(scope, studio)
    await offices.settle()


async def _begin_2022(offices: Offices) -> None:
    """Two persons whose files are kept and whose drafts are not sent yet are all that waits; the call itself is the reviewer's first work."""
    offices.at(2022, 3, 1)
    for serial, entry in enumerate(_WAITING, 20):
        candidate = _candidate(serial, entry)
        async with offices.acting(f"{candidate.unit}.clerk") as scope:
            await create_person(scope, candidate.facts, id_number=candidate.id_number, phone=candidate.phone)
    await offices.settle()


def _candidate(serial: int, entry: tuple[str, str, str, str, str, str]) -> selection.Candidate:
    unit, name, occupation, since, grade, deeds = entry
    facts = PersonFacts(
        name=name,
        employer=_EMPLOYERS[unit],
        occupation=occupation,
        frontline_since=since,
        skill_grade=grade,
        industry="制造业",
        education="高职",
    )
    return selection.Candidate(
        unit,
        facts,
        lawful_id_number(501 + serial, f"19{74 + serial % 9}0{1 + serial % 8}15"),
        f"1390000{serial:04d}",
        deeds,
    )
