"""What a union's period ran out for is gone from every column of the database, the numbers stay, and other unions' copies are theirs."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from authz.scope import WriteScope
from cli.demo.offices import Offices, open_offices
from kernel.audit import AuditEntry
from kernel.clock import CHINA, FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.outbox_queue import LeasedJob
from kernel.postgres import Server
from kernel.postgres import database_urls as urls_of
from kernel.settings import DatabaseUrls, Settings
from migrations.runner import run_blocking
from programmes.applications.model import Application
from programmes.notices.model import Objection
from programmes.notices.service import reveal_complainant
from programmes.people.model import Person
from programmes.people.service import export_subject, reveal_person
from programmes.retention.model import ErasureRequest
from programmes.retention.rules.periods import RecordKind
from programmes.retention.rules.requests import Ground
from programmes.retention.service import Verdict, decide_request, list_questions, record_request, set_period
from programmes.titles.model import Title
from tenants.model import Tenant
from tests.databases import clone, drop, new_name
from tests.personal_data.climb import NAMES, climb, rows
from tests.personal_data.dump import dump, tables_with
from tests.personal_data.ending import GONE, STAYS, TRACES, end_badly, numbers, set_periods
from tests.programmes.builders import close_offices, make_offices
from tests.programmes.handovers.passing import careful
from tests.sealers import make_sealer
from workers.drain import CrashError, drain

BEGINNING = datetime(2022, 3, 1, 9, tzinfo=CHINA)
ENDED = datetime(2022, 5, 5, 9, tzinfo=CHINA)


@pytest.fixture(scope="module")
def ended(settings: Settings, server: Server, template: str) -> Iterator[str]:
    """The name of a database in which it has ended badly."""
    name = new_name(settings)
    clone(settings, server, template, name)
    run_blocking(_build(urls_of(settings, server, name)))
    yield name
    drop(server, name)


async def _build(urls: DatabaseUrls) -> None:
    made = careful(await make_offices(urls, at=BEGINNING))
    await end_badly(made)
    await close_offices(made)


@pytest.fixture
def urls(settings: Settings, server: Server, ended: str) -> Iterator[DatabaseUrls]:
    """It has ended badly, in a database of this test's own."""
    name = new_name(settings)
    clone(settings, server, ended, name)
    yield urls_of(settings, server, name)
    drop(server, name)


@pytest.fixture
async def offices(urls: DatabaseUrls) -> AsyncIterator[Offices]:
    clock, sealer = FixedClock(ENDED), make_sealer()
    app, courier = (Database(url, sealer=sealer, pool_size=4) for url in (urls.app, urls.courier))
    owner = Database(urls.owner, pool_size=1)
    async with owner.plain() as session:
        tenants = {row.code: row.id for row in await session.execute(select(Tenant.code, Tenant.id))}
    made = careful(await open_offices(app, courier, owner, clock, tenants))
    await owner.close()
    yield made
    await close_offices(made)


async def people(offices: Offices, login: str) -> list[tuple[str, date | None]]:
    return [(person.name, person.erased_on) for person in await rows(offices, login, Person)]


async def test_after_the_periods_of_both_unions_no_column_of_the_database_knows_him(
    offices: Offices, urls: DatabaseUrls, server: Server
) -> None:
    held = await dump(server, urls)
    known = {trace: tables_with(held, trace) for trace in TRACES if not trace.isascii()}
    assert {trace for trace, tables in known.items() if not tables} <= {"冯举报"}
    before = await numbers(offices)
    await set_periods(offices, "wuhou-hengda.chair")
    offices.at(2024, 4, 30)
    await offices.settle()
    assert (NAMES[GONE], None) in await people(offices, "wuhou-hengda.clerk")
    offices.at(2024, 6, 1)
    await offices.settle()
    unit, district = offices.tenants["wuhou-hengda"], offices.tenants["wuhou"]
    assert tables_with(await dump(server, urls, unit), *TRACES) == []
    assert "person" in tables_with(await dump(server, urls, district), NAMES[GONE])
    await set_periods(offices, "wuhou.leader")
    offices.at(2024, 6, 2)
    await offices.settle()
    assert tables_with(await dump(server, urls), *TRACES) == []
    assert await numbers(offices) == before
    for login, day in (("wuhou-hengda.clerk", date(2024, 6, 1)), ("wuhou.clerk", date(2024, 6, 2))):
        assert sorted(await people(offices, login), key=str) == [("—", day), (NAMES[STAYS], None)]


async def test_one_entry_says_what_was_erased_and_nothing_of_whom(offices: Offices) -> None:
    await set_periods(offices, "wuhou.leader")
    offices.at(2024, 6, 1)
    await offices.settle()
    (person,) = [each for each in await rows(offices, "wuhou.clerk", Person) if each.erased_on]
    (entry,) = await rows(offices, "wuhou.clerk", AuditEntry, act="person:erase")
    assert (entry.object_id, entry.actor, entry.account_id) == (person.id, "courier", None)
    assert entry.after == {
        "ground": "period",
        "whole": True,
        "cases": 1,
        "told": 1,
        "rows": {
            "application": 1,
            "case_act": 6,
            "consent": 3,
            "evidence": 1,
            "handover": 1,
            "meeting_item": 1,
            "notice_item": 1,
            "objection": 1,
            "peer_letter": 1,
            "person": 1,
            "review_check": 3,
        },
    }
    (noted,) = await rows(offices, "wuhou-hengda.clerk", ErasureRequest)
    assert (noted.state, noted.origin, noted.told_by_id) == ("noted", "union", offices.tenants["wuhou"])
    assert await people(offices, "wuhou-hengda.clerk") == [(NAMES[GONE], None), (NAMES[STAYS], None)]


async def test_a_second_run_changes_nothing(offices: Offices, urls: DatabaseUrls, server: Server) -> None:
    await set_periods(offices, "wuhou.leader")
    offices.at(2024, 6, 1)
    await offices.settle()
    district = offices.tenants["wuhou"]
    first = await dump(server, urls, district)
    offices.at(2024, 6, 2)
    assert await offices.settle() > 0
    again = await dump(server, urls, district)
    assert {table for table in first if first[table] != again[table]} == {"due_item", "job"}


async def test_without_a_period_nothing_is_erased_and_the_question_is_listed(offices: Offices) -> None:
    async with offices.reading("wuhou.leader") as scope:
        assert await list_questions(scope) == list(RecordKind)
    await set_periods(offices, "wuhou.leader", but=frozenset({RecordKind.UNSELECTED_CASE}))
    offices.at(2034, 6, 1)
    await offices.settle()
    assert NAMES[GONE] in [name for name, _ in await people(offices, "wuhou.clerk")]
    async with offices.reading("wuhou.leader") as scope:
        assert await list_questions(scope) == [RecordKind.UNSELECTED_CASE]


async def test_a_case_goes_before_its_person(offices: Offices) -> None:
    """The file has no period yet: his name stays in it, and what the case said is gone."""
    await set_periods(offices, "wuhou.leader", but=frozenset({RecordKind.PERSON_FILE}))
    offices.at(2024, 6, 1)
    await offices.settle()
    (case,) = await rows(offices, "wuhou.clerk", Application, state="removed")
    assert (case.deeds, case.opinion, case.erased_on, case.state) == ("", None, date(2024, 6, 1), "removed")
    assert (NAMES[GONE], None) in await people(offices, "wuhou.clerk")
    (objection,) = await rows(offices, "wuhou.clerk", Objection)
    async with offices.acting("wuhou.investigator") as scope:
        with pytest.raises(Failure) as refused:
            await reveal_complainant(scope, objection.id, reason="回复")
    assert refused.value.code == "COMPLAINANT_ERASED"


@pytest.mark.parametrize("moment", ["leased", "before_commit", "committed"])
async def test_after_a_crash_the_next_worker_goes_on(offices: Offices, moment: str) -> None:
    await set_periods(offices, "wuhou.leader")
    offices.at(2024, 6, 1)
    crashed: list[str] = []

    def crash(at: str, job: LeasedJob) -> None:
        if at == moment and job.body.get("kind") == "retention" and not crashed:
            crashed.append(at)
            raise CrashError

    await drain(offices.courier, offices.clock, tick=True, crash=crash)
    assert crashed == [moment]
    assert ("—", date(2024, 6, 1)) in await people(offices, "wuhou.clerk")
    assert len(await rows(offices, "wuhou.clerk", AuditEntry, act="person:erase")) == 1


async def test_what_is_more_than_a_batch_goes_on_at_once(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("programmes.retention.service.erasing.BATCH", 1)
    await set_periods(offices, "wuhou.leader")
    offices.at(2024, 6, 1)
    await offices.settle()
    (entry,) = await rows(offices, "wuhou.clerk", AuditEntry, act="person:erase")
    await offices.settle()
    assert [each.id for each in await rows(offices, "wuhou.clerk", AuditEntry, act="person:erase")] == [entry.id]


async def ask_and_decide(offices: Offices, person_id: UUID, verdict: Verdict) -> ErasureRequest:
    async with offices.acting("wuhou.clerk") as scope:
        request = await record_request(scope, person_id, asked_on=scope.clock.today(), reason="本人书面申请")
    async with offices.acting("wuhou.leader") as scope:
        return await decide_request(scope, request.id, verdict, version=request.version)


async def test_who_asks_is_erased_by_decision_of_another_and_unions_with_a_copy_are_asked(
    offices: Offices, urls: DatabaseUrls, server: Server
) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[GONE])
    request = await ask_and_decide(offices, person.id, Verdict(granted=True, reason="目的已实现"))
    assert request.state == "granted"
    await offices.settle()
    assert tables_with(await dump(server, urls, offices.tenants["wuhou"]), *TRACES) == []
    (done,) = await rows(offices, "wuhou.clerk", ErasureRequest)
    assert (done.state, done.erased_on, done.reason) == ("done", offices.clock.today(), "—")
    (asked,) = await rows(offices, "wuhou-hengda.clerk", ErasureRequest)
    assert (asked.state, asked.origin) == ("open", "union")
    async with offices.acting("wuhou-hengda.chair") as scope:
        await decide_request(scope, asked.id, Verdict(granted=True, reason="同意"), version=asked.version)
    await offices.settle()
    assert tables_with(await dump(server, urls), *TRACES) == []
    assert [row.state for row in await rows(offices, "wuhou.clerk", ErasureRequest)] == ["done"]


async def test_a_refusal_names_its_ground_and_leaves_everything(offices: Offices) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[GONE])
    for verdict in (
        Verdict(granted=False, reason="期限未满"),
        Verdict(granted=True, reason="同意", ground=Ground.NOT_FEASIBLE),
    ):
        with pytest.raises(Failure) as refused:
            await ask_and_decide(offices, person.id, verdict)
        assert refused.value.code in {"ERASURE_GROUND", "ERASURE_OPEN"}
    (request,) = await rows(offices, "wuhou.clerk", ErasureRequest)
    async with offices.acting("wuhou.leader") as scope:
        verdict = Verdict(
            granted=False, reason="档案规定", ground=Ground.STATUTORY_PERIOD, document_no="武档〔2022〕1号"
        )
        await decide_request(scope, request.id, verdict, version=request.version)
    await offices.settle()
    (request,) = await rows(offices, "wuhou.clerk", ErasureRequest)
    assert (request.state, request.ground, request.decided_on) == ("refused", "statutory_period", offices.clock.today())
    assert (NAMES[GONE], None) in await people(offices, "wuhou.clerk")


async def test_what_still_stands_on_a_file_is_named(offices: Offices) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[STAYS])
    with pytest.raises(Failure) as refused:
        await ask_and_decide(offices, person.id, Verdict(granted=True, reason="同意"))
    assert (refused.value.code, refused.value.params["what_codes"]) == ("ERASURE_STILL_NEEDED", "case")


async def test_the_holder_of_a_title_is_kept_for_good(fresh_database_urls: DatabaseUrls) -> None:
    offices = careful(await make_offices(fresh_database_urls, at=BEGINNING))
    await climb(offices)
    await set_periods(offices, "wuhou.leader", 1)
    offices.at(2033, 1, 1)
    await offices.settle()
    (title, _) = await rows(offices, "wuhou.clerk", Title)
    (holder,) = await rows(offices, "wuhou.clerk", Person, id=title.person_id)
    assert (holder.name, holder.erased_on) == (NAMES[0], None)
    with pytest.raises(Failure) as refused:
        await ask_and_decide(offices, holder.id, Verdict(granted=True, reason="同意"))
    assert refused.value.code == "ERASURE_STILL_NEEDED"
    assert "title" in str(refused.value.params["what_codes"])
    await close_offices(offices)


async def test_an_erased_file_is_not_used_any_more(offices: Offices) -> None:
    (person,) = await rows(offices, "wuhou.clerk", Person, name=NAMES[GONE])
    await ask_and_decide(offices, person.id, Verdict(granted=True, reason="目的已实现"))
    await offices.settle()
    codes: list[str] = []
    for act in (reveal_person, export_subject):
        async with offices.acting("wuhou.clerk") as scope:
            with pytest.raises(Failure) as refused:
                await act(scope, person.id, reason="核对")
        codes.append(refused.value.code)
    async with offices.acting("wuhou.clerk") as scope:
        with pytest.raises(Failure) as refused:
            await record_request(scope, person.id, asked_on=scope.clock.today(), reason="再次申请")
    assert [*codes, refused.value.code] == ["FILE_ERASED"] * 3


async def test_who_recorded_it_does_not_decide_it_and_months_are_months(offices: Offices) -> None:
    (person,) = await rows(offices, "wuhou-hengda.clerk", Person, name=NAMES[GONE])
    given: dict[str, Any] = {"asked_on": offices.clock.today(), "reason": "本人申请"}
    async with offices.acting("wuhou-hengda.clerk") as scope:
        request = await record_request(scope, person.id, **given)
    chair = await offices.actor("wuhou-hengda.chair")
    both = replace(chair, account_id=request.recorded_by)
    async with offices.app.write(chair.tenant.id) as session:
        with pytest.raises(Failure) as refused:
            await decide_request(
                WriteScope(session, both, offices.clock), request.id, Verdict(granted=True, reason="同意"), version=1
            )
    assert refused.value.code == "ERASURE_OWN_REQUEST"
    for months in (0, 1201):
        async with offices.acting("wuhou-hengda.chair") as scope:
            with pytest.raises(Failure) as refused:
                await set_period(scope, RecordKind.PERSON_FILE, months=months, document="规定", version=None)
        assert refused.value.code == "RETENTION_MONTHS"
