"""A craftsman who is not chosen, with something in every place where personal data lies; and the numbers that must stay."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from authz.scope import WriteScope
from cli.demo import selection
from cli.demo.offices import Call, Offices
from kernel.database import Database
from programmes.applications import service as applications
from programmes.applications.service.material import EvidenceInput, LetterInput, add_evidence, add_letter
from programmes.notices.rules.objections import Decision, Outcome
from programmes.notices.service import admit_objection, apply_objection, conclude_objection, review_conclusion
from programmes.people.model import Person
from programmes.people.service import create_person, reveal_person
from programmes.retention.rules.periods import RecordKind
from programmes.retention.service import set_period
from tests.personal_data.climb import COMPLAINANT, NAMES, NUMBERS, PHONES, ZHUGE, object_to, rows
from tests.programmes.people import facts

GONE, STAYS = 2, 0
"""Which of the three craftsmen is not chosen, and one who is only on his way."""
TRACES = (
    *(
        NAMES[GONE],
        NUMBERS[GONE],
        PHONES[GONE],
        "sun han gong",
        "高山流水焊枪",
        "焊接工法一则",
        "钟高工",
        "武侯某研究院",
        "汉族甲",
    ),
    *("群众丙", "工龄尚需核对", COMPLAINANT.name or "", COMPLAINANT.contact or "", "工龄不符", "单位同意孙"),
)
"""What only his file, his cases and their papers say."""


async def end_badly(offices: Offices) -> UUID:
    """He is put forward with his papers, reviewed, proposed, objected to and removed; returns the district's case."""
    offices.at(2022, 3, 1)
    call = Call("wuhou", "zhuge_craftsman", 2022, ZHUGE, date(2022, 3, 1), date(2022, 4, 30), "武工发〔2022〕3号")
    edition_id = await offices.open_call(call)
    await _put_forward_with_papers(offices, edition_id)
    stays = selection.Candidate("wuhou-hengda", facts(NAMES[STAYS]), NUMBERS[STAYS], PHONES[STAYS], "二十年一线")
    await selection.put_forward(offices, edition_id, stays)
    gone, _ = cases = await selection.take_in_all(offices, "wuhou")
    offices.at(2022, 5, 5)
    await offices.settle()
    await selection.pass_formally(offices, "wuhou", cases)
    await selection.propose(offices, "wuhou", edition_id, cases)
    await _remove(offices, edition_id, gone)
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[GONE])
    async with offices.acting("wuhou.clerk") as scope:
        await reveal_person(scope, person.id, reason="核对身份")
    await offices.settle()
    return gone


async def _put_forward_with_papers(offices: Offices, edition_id: UUID) -> None:
    today = offices.clock.today()
    async with offices.acting("wuhou-hengda.clerk") as scope:
        known = replace(facts(NAMES[GONE]), ethnicity="汉族甲", political_status="群众丙")
        person = await create_person(scope, known, id_number=NUMBERS[GONE], phone=PHONES[GONE])
        case = await applications.create_application(
            scope, edition_id=edition_id, person_id=person.id, deeds="高山流水焊枪", consent_on=today
        )
        await add_evidence(scope, case.id, EvidenceInput("innovation", 2, "焊接工法一则", "武侯某研究院", today))
        letter = LetterInput("钟高工", "武侯某研究院", "总工", "焊接", "正高级职称", "力荐", today)
        await add_letter(scope, case.id, letter)
        await applications.submit_application(scope, case.id, version=case.version)
    async with offices.acting("wuhou-hengda.chair") as scope:
        endorsed = await applications.endorse_application(
            scope, case.id, version=case.version, opinion=f"单位同意{NAMES[GONE]}"
        )
        await applications.recommend_application(
            scope, case.id, version=endorsed.version, opinion="单位同意孙", rank=None
        )
    await offices.settle()


async def _remove(offices: Offices, edition_id: UUID, case_id: UUID) -> None:
    """An objection is upheld by two investigators, and the person removed."""
    objection_id = await object_to(offices, edition_id, [case_id])
    async with offices.acting("wuhou.investigator") as scope:
        found = await admit_objection(scope, objection_id, version=1)
        finding = f"{NAMES[GONE]}工龄尚需核对"
        found = await conclude_objection(
            scope, objection_id, version=found.version, outcome=Outcome.UPHELD, findings=finding
        )
    second = replace(await offices.actor("wuhou.investigator"), account_id=offices.accounts["wuhou.auditor"])
    async with offices.app.write(second.tenant.id) as session:
        found = await review_conclusion(
            WriteScope(session, second, offices.clock), objection_id, version=found.version, agrees=True
        )
    async with offices.acting("wuhou.leader") as scope:
        given: dict[str, Any] = {"decision": Decision.REMOVE, "resolution_no": "武党〔2022〕2号", "reply": "已办结"}
        await apply_objection(scope, objection_id, version=found.version, **given)
    await offices.settle()


async def set_periods(
    offices: Offices, login: str, months: int = 24, *, but: frozenset[RecordKind] = frozenset()
) -> None:
    """The union sets one period for every kind of record."""
    for kind in RecordKind:
        if kind not in but:
            async with offices.acting(login) as scope:
                await set_period(scope, kind, months=months, document="保存期限规定", version=None)


async def numbers(offices: Offices) -> Mapping[str, int]:
    """What a statistic would count, over all unions; and how many rows every table has, but for those that tell of the erasing."""
    owner = Database(offices.courier.engine.url.render_as_string(hide_password=False), pool_size=1)
    found: dict[str, int] = {}
    for tenant_id in offices.tenants.values():
        async with owner.read(tenant_id) as session:
            for query in _COUNTS:
                for label, count in await session.execute(text(query)):
                    found[label] = found.get(label, 0) + count
    await owner.close()
    return found


_KEPT_TABLES = (
    *(
        "person",
        "application",
        "consent",
        "evidence",
        "peer_letter",
        "review_check",
        "case_act",
        "snapshot",
        "handover",
    ),
    *("notice_item", "objection", "meeting_item", "title"),
)
_COUNTS = (
    *(f"SELECT '{table}', count(*) FROM {table}" for table in _KEPT_TABLES),
    "SELECT 'case ' || state || ' ' || desk, count(*) FROM application GROUP BY 1",
    "SELECT 'sex ' || sex || left(birth_month, 4) || skill_grade || industry, count(*) FROM person GROUP BY 1",
    "SELECT 'act ' || act, count(*) FROM case_act GROUP BY 1",
)
