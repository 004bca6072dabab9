"""Scenarios 21, 23, 24, 25, 26, 27: notice, objection, announcement on a real database."""

import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from authz.actor import worker
from authz.roles import Role
from authz.scope import Scope
from kernel.audit import AuditEntry
from kernel.clock import CHINA, FixedClock
from kernel.errors import Failure
from kernel.outbox import Job
from kernel.schedule import DueItem
from kernel.settings import DatabaseUrls
from programmes.applications.model import Application
from programmes.notices import service as notices
from programmes.notices.model import Announcement, AnnouncementItem, Notice, NoticeItem, Objection
from programmes.notices.rules.objections import Channel, Complainant, ComplainantKind, Decision, Inadmissible, Outcome
from programmes.notices.service import AnnouncementEntry, NoticeEntry, ObjectionEntry
from tests.programmes.scoring.world import NATIONAL, World, make_world

LI = Complainant(ComplainantKind.PERSON, "李举报", "13900001111")
MONDAY = date(2023, 5, 22)


@pytest_asyncio.fixture(loop_scope="module")
async def world(database_urls: DatabaseUrls) -> AsyncIterator[World]:
    """Monday 2023-05-22, nine in the morning."""
    made = await make_world(database_urls, FixedClock(datetime(2023, 5, 22, 9, tzinfo=CHINA)), NATIONAL)
    yield made
    await made.close()


async def publish(world: World, cases: Sequence[UUID], *, starts_on: date = MONDAY, title: str = "公示") -> Notice:
    async with world.acting(Role.REVIEWER) as scope:
        entry = NoticeEntry(title, starts_on, "010-12345678")
        draft = await notices.draft_notice(scope, world.edition_id, entry, cases)
    async with world.acting(Role.NOTICE_OFFICER) as scope:
        return await notices.publish_notice(scope, draft.id, version=draft.version)


async def end(world: World, notice: Notice, *, version: int | None = None) -> Notice:
    async with world.acting(Role.NOTICE_OFFICER) as scope:
        return await notices.end_notice(scope, notice.id, version=version or notice.version)


async def lodge(world: World, notice: Notice, case: UUID, **changes: object) -> Objection:
    entry = ObjectionEntry(Channel.VISIT, "业绩材料不实", LI, world.clock.today())
    async with world.acting(Role.CLERK) as scope:
        return await notices.lodge_objection(scope, notice.id, case, replace(entry, **changes))  # type: ignore[arg-type]


async def announce(world: World, number: str, cases: Sequence[UUID]) -> Announcement:
    entry = AnnouncementEntry(number, "关于公布大国工匠培育对象的通知", world.clock.today())
    async with world.acting(Role.APPROVER) as scope:
        return await notices.announce(scope, world.edition_id, entry, cases)


async def settle(world: World, objection: Objection, outcome: Outcome, decision: Decision) -> Objection:
    """From received to applied, each step by whoever may."""
    async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
        objection = await notices.admit_objection(scope, objection.id, version=objection.version)
        objection = await notices.conclude_objection(
            scope, objection.id, version=objection.version, outcome=outcome, findings="查阅原始记录"
        )
    async with world.acting(Role.INVESTIGATOR, "核查员乙") as scope:
        objection = await notices.review_conclusion(scope, objection.id, version=objection.version, agrees=True)
    async with world.acting(Role.APPROVER) as scope:
        return await notices.apply_objection(
            scope,
            objection.id,
            version=objection.version,
            decision=decision,
            resolution_no="党组纪要7号",
            reply="已办结",
        )


async def failure_of(awaitable: Awaitable[object]) -> Failure:
    with pytest.raises(Failure) as caught:
        await awaitable
    return caught.value


async def test_a_list_that_was_not_deliberated_cannot_be_published(world: World) -> None:
    ready, early = await world.add_case("张一", "approved_for_notice"), await world.add_case("李二", "proposed")
    failure = await failure_of(publish(world, [ready, early]))
    assert failure.code == "NOT_DELIBERATED"
    assert failure.rule is not None
    assert (failure.rule.document, failure.rule.article) == ("总工发〔2024〕1号", "第七条")
    assert failure.sentence() == "李二尚未经中共中华全国总工会党组审议审定，不能公示"
    assert await world.states(ready, early) == ["approved_for_notice", "proposed"]


async def test_five_working_days_from_monday_end_on_friday_and_the_notice_on_saturday(world: World) -> None:
    case = await world.add_case("王三", "approved_for_notice")
    notice = await publish(world, [case])
    assert (notice.working_days, notice.ends_on) == (5, date(2023, 5, 26))
    assert await world.states(case) == ["in_public_notice"]
    async with world.looking() as session:
        due = (await session.execute(select(DueItem.kind, DueItem.due_on).where(DueItem.object_id == notice.id))).all()
    assert [tuple(row) for row in due] == [("notice_end", date(2023, 5, 27))]
    world.clock.move(days=4)
    failure = await failure_of(end(world, notice))
    assert (failure.code, failure.params) == ("NOTICE_RUNNING", {"ends_on": "2023-05-26"})
    world.clock.move(days=1)
    unseen = await failure_of(end(world, notice, version=7))
    assert (unseen.code, unseen.params) == ("STALE_VERSION", {"current": 2})
    ended = await end(world, notice)
    assert (ended.state, await world.states(case)) == ("ended", ["notice_done"])
    assert (await failure_of(end(world, notice))).code == "NOTICE_ENDED"
    async with world.looking() as session:
        assert (await session.execute(select(DueItem).where(DueItem.object_id == notice.id))).all() == []


async def test_the_notice_shows_five_fields_as_they_were_and_no_id_number(world: World) -> None:
    person = {"sex": "female", "employer": "国网常州供电公司", "occupation": "配电线路工"}
    case = await world.add_case("赵四", "approved_for_notice", person=person)
    notice = await publish(world, [case])
    async with world.looking() as session:
        (item,) = (await session.execute(select(NoticeItem).where(NoticeItem.notice_id == notice.id))).scalars()
        person_row = (await session.execute(select(Application.person_id).where(Application.id == case))).scalar_one()
    shown = {column.key: getattr(item, column.key) for column in NoticeItem.__table__.columns}
    machinery = {"tenant_id", "id", "notice_id", "application_id", "position"}
    assert {key: value for key, value in shown.items() if key not in machinery} == {
        "name": "赵四",
        "sex": "female",
        "employer": "国网常州供电公司",
        "occupation": "配电线路工",
        "recommending_unit": world.tenant.name,
    }
    assert person_row is not None


async def test_a_number_that_slipped_into_a_shown_field_stops_the_notice(world: World) -> None:
    person = {"occupation": "钳工 11010519491231002X"}
    case = await world.add_case("钱五", "approved_for_notice", person=person)
    failure = await failure_of(publish(world, [case]))
    assert (failure.code, failure.path) == ("SHOWS_PERSONAL_DATA", ("input", "applicationIds", "0"))
    other = await world.add_case("钱六", "approved_for_notice")
    failure = await failure_of(publish(world, [other], title="公示 联系13800138000"))
    assert (failure.code, failure.path) == ("SHOWS_PERSONAL_DATA", ("input", "title"))


async def test_a_notice_does_not_begin_in_the_past_and_names_each_case_once(world: World) -> None:
    case = await world.add_case("孙六", "approved_for_notice")
    assert (await failure_of(publish(world, [case], starts_on=date(2023, 5, 19)))).code == "STARTS_IN_PAST"
    assert (await failure_of(publish(world, [case, case]))).code == "CASE_NAMED_TWICE"
    assert (await failure_of(publish(world, []))).code == "NOBODY_NAMED"


async def test_an_open_objection_holds_only_the_person_it_is_about(world: World) -> None:
    held, free = await world.add_cases(["周七", "吴八"], "approved_for_notice")
    notice = await publish(world, [held, free])
    await lodge(world, notice, held)
    world.clock.move(days=5)
    await end(world, notice)
    failure = await failure_of(announce(world, "总工发〔2024〕8号", [held, free]))
    assert (failure.code, failure.params) == ("HELD_BY_OBJECTION", {"names": "周七"})
    assert await world.states(held, free) == ["notice_done", "notice_done"]
    await announce(world, "总工发〔2024〕8号", [free])
    assert await world.states(held, free) == ["notice_done", "announced"]


async def test_an_objection_that_is_not_upheld_lets_the_person_go_on(world: World) -> None:
    case = await world.add_case("郑九", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    world.clock.move(days=5)
    await end(world, notice)
    applied = await settle(world, objection, Outcome.NOT_UPHELD, Decision.KEEP)
    assert (applied.state, applied.decision, applied.reply) == ("applied", "keep", "已办结")
    await announce(world, "总工发〔2024〕9号", [case])
    assert await world.states(case) == ["announced"]


async def test_the_upheld_are_removed_and_the_others_announced(world: World) -> None:
    """Scenario 25, in small: 22 candidates, 2 objections upheld, 20 announced."""
    cases = await world.add_cases([f"人选{number}" for number in range(22)], "approved_for_notice")
    notice = await publish(world, cases)
    for case in cases[:2]:
        await settle(world, await lodge(world, notice, case), Outcome.UPHELD, Decision.REMOVE)
    assert await world.states(*cases[:3]) == ["removed", "removed", "in_public_notice"]
    world.clock.move(days=5)
    await end(world, notice)
    failure = await failure_of(announce(world, "总工发〔2024〕10号", cases))
    assert (failure.code, failure.params) == ("NOTICE_NOT_DONE", {"names": "人选0、人选1"})
    announcement = await announce(world, "总工发〔2024〕10号", cases[2:])
    async with world.looking() as session:
        query = select(AnnouncementItem.application_id).where(AnnouncementItem.announcement_id == announcement.id)
        assert sorted((await session.execute(query)).scalars()) == sorted(cases[2:])
    async with world.courier.write(world.tenant.id) as session:
        jobs = (
            await session.execute(select(Job.body).where(Job.tenant_id == world.tenant.id, Job.actor == "react"))
        ).scalars()
        told = {
            body["application_id"] for body in jobs if (body["event"], body["to"]) == ("application_moved", "announced")
        }
    assert told == {str(case) for case in cases[2:]}
    assert await world.states(*cases) == ["removed"] * 2 + ["announced"] * 20


async def test_an_objection_a_day_late_is_not_admitted_and_answered(world: World) -> None:
    case = await world.add_case("冯十", "approved_for_notice")
    notice = await publish(world, [case])
    world.clock.move(days=5)
    objection = await lodge(world, notice, case)
    assert (objection.state, objection.inadmissible_because, objection.reply) == (
        "inadmissible",
        "late",
        "逾期不予受理",
    )
    assert objection.replied_at is not None
    await end(world, notice)
    await announce(world, "总工发〔2024〕11号", [case])
    assert await world.states(case) == ["announced"]


async def test_a_letter_counts_by_its_postmark(world: World) -> None:
    case = await world.add_case("陈一", "approved_for_notice")
    notice = await publish(world, [case])
    world.clock.move(days=8)
    in_time = await lodge(world, notice, case, channel=Channel.LETTER, postmarked_on=date(2023, 5, 26))
    late = await lodge(world, notice, case, channel=Channel.LETTER, postmarked_on=date(2023, 5, 27))
    assert (in_time.state, late.state) == ("received", "inadmissible")
    failure = await failure_of(lodge(world, notice, case, postmarked_on=date(2023, 6, 1)))
    assert (failure.code, failure.path) == ("POSTMARK_AFTER_RECEIPT", ("input", "postmarkedOn"))
    tomorrow = world.clock.today() + timedelta(days=1)
    assert (await failure_of(lodge(world, notice, case, received_on=tomorrow))).code == "DATE_IN_FUTURE"


async def test_anonymous_and_unsealed_objections_are_not_admitted(world: World) -> None:
    case = await world.add_case("褚二", "approved_for_notice")
    notice = await publish(world, [case])
    unit = Complainant(ComplainantKind.UNIT, "某厂", "", sealed=False)
    found = [
        (await lodge(world, notice, case, complainant=complainant)).inadmissible_because
        for complainant in (replace(LI, name=""), replace(LI, contact=""), unit, replace(unit, sealed=True))
    ]
    assert found == [Inadmissible.ANONYMOUS, Inadmissible.NO_CONTACT, Inadmissible.UNSEALED, None]


async def test_only_people_on_the_notice_can_be_objected_to(world: World) -> None:
    case, other = await world.add_cases(["卫三", "蒋四"], "approved_for_notice")
    notice = await publish(world, [case])
    assert (await failure_of(lodge(world, notice, other))).code == "NOT_ON_NOTICE"


async def test_who_objected_is_sealed_and_shown_to_the_investigator_only(world: World) -> None:
    case = await world.add_case("沈五", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    async with world.looking() as session:
        row = await session.get_one(Objection, (world.tenant.id, objection.id))
        entries = (
            await session.execute(select(AuditEntry.after).where(AuditEntry.object_id == objection.id))
        ).scalars()
        trail = json.dumps(list(entries), ensure_ascii=False)
    assert "李举报".encode() not in (row.complainant_sealed or b"")
    assert "李举报" not in trail
    async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
        assert await notices.reveal_complainant(scope, objection.id, reason="核查需要") == LI
    for role in (Role.CLERK, Role.APPROVER, Role.NOTICE_OFFICER):
        with pytest.raises(Failure) as caught:
            async with world.acting(role) as scope:
                await notices.reveal_complainant(scope, objection.id, reason="核查需要")
        assert caught.value.family == "FORBIDDEN"


async def test_a_finding_needs_a_second_person_and_the_leader_did_not_investigate(world: World) -> None:
    case = await world.add_case("韩六", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
        objection = await notices.admit_objection(scope, objection.id, version=1)
        objection = await notices.conclude_objection(
            scope, objection.id, version=2, outcome=Outcome.UPHELD, findings="属实"
        )
    with pytest.raises(Failure) as caught:
        async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
            await notices.review_conclusion(scope, objection.id, version=3, agrees=True)
    assert caught.value.code == "SECOND_PERSON_NEEDED"
    async with world.acting(Role.INVESTIGATOR, "核查员乙") as scope:
        objection = await notices.review_conclusion(scope, objection.id, version=3, agrees=False)
    assert (objection.state, objection.outcome) == ("investigating", None)
    with pytest.raises(Failure) as caught:
        async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
            await notices.conclude_objection(scope, objection.id, version=3, outcome=Outcome.UPHELD, findings="属实")
    assert (caught.value.code, caught.value.params) == ("STALE_VERSION", {"current": 4})


async def test_nobody_is_removed_for_what_was_not_upheld(world: World) -> None:
    case = await world.add_case("杨七", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    failure = await failure_of(settle(world, objection, Outcome.NOT_UPHELD, Decision.REMOVE))
    assert (failure.code, await world.states(case)) == ("NOT_UPHELD_NO_REMOVAL", ["in_public_notice"])


async def test_a_received_objection_can_be_turned_down_with_a_reply(world: World) -> None:
    case = await world.add_case("朱八", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
        objection = await notices.reject_objection(
            scope, objection.id, version=1, because=Inadmissible.DUPLICATE, reply="与前次反映相同"
        )
    async with world.looking() as session:
        row = await session.get_one(Application, (world.tenant.id, case))
    assert (objection.state, objection.reply, row.open_objections) == ("inadmissible", "与前次反映相同", 0)


async def test_a_document_number_announces_once(world: World) -> None:
    one, two = await world.add_cases(["秦九", "尤十"], "notice_done")
    await announce(world, "总工发〔2024〕12号", [one])
    failure = await failure_of(announce(world, "总工发〔2024〕12号", [two]))
    assert (failure.code, failure.path) == ("DOCUMENT_NUMBER_USED", ("input", "documentNo"))


async def test_the_clock_ends_a_notice_once_and_not_before_its_time(world: World) -> None:
    case = await world.add_case("许一", "approved_for_notice")
    notice = await publish(world, [case])
    for days, state in ((0, "in_public_notice"), (4, "in_public_notice"), (1, "notice_done"), (1, "notice_done")):
        world.clock.move(days=days)
        async with world.courier.write(world.tenant.id) as session:
            await notices.end_due_notice(Scope(session, worker(world.tenant), world.clock), notice.id)
        assert await world.states(case) == [state]


async def test_another_union_finds_nothing(world: World, database_urls: DatabaseUrls) -> None:
    case = await world.add_case("何二", "approved_for_notice")
    notice = await publish(world, [case])
    objection = await lodge(world, notice, case)
    stranger = await make_world(database_urls, world.clock, NATIONAL)
    failures = [
        await failure_of(publish(replace(stranger, edition_id=world.edition_id), [case])),
        await failure_of(publish(stranger, [case])),
        await failure_of(end(stranger, notice)),
        await failure_of(lodge(stranger, notice, case)),
        await failure_of(settle(stranger, objection, Outcome.UPHELD, Decision.REMOVE)),
        await failure_of(announce(stranger, "外单位1号", [case])),
    ]
    assert [(failure.code, failure.params) for failure in failures] == [("EDITION_NOT_FOUND", {})] + [
        ("NOT_FOUND", {})
    ] * 5
    await stranger.close()


async def test_who_drafts_a_notice_does_not_publish_it(world: World) -> None:
    case = await world.add_case("起草", "approved_for_notice")
    async with world.acting(Role.NOTICE_OFFICER, "公示员甲") as scope:
        entry = NoticeEntry("公示", world.clock.today(), "010-12345678")
        draft = await notices.draft_notice(scope, world.edition_id, entry, [case])
    assert (draft.state, await world.states(case)) == ("draft", ["approved_for_notice"])

    async def publish_by(name: str) -> Notice:
        async with world.acting(Role.NOTICE_OFFICER, name) as scope:
            return await notices.publish_notice(scope, draft.id, version=draft.version)

    failure = await failure_of(publish_by("公示员甲"))
    assert (failure.code, failure.params["relation"]) == ("DUTY_CONFLICT", "did_drafted_notice")
    assert (await failure_of(end(world, draft))).code == "NOTICE_IS_DRAFT"
    published = await publish_by("公示员乙")
    assert (published.state, await world.states(case)) == ("published", ["in_public_notice"])
    assert (await failure_of(publish_by("公示员乙"))).code == "NOTICE_NOT_DRAFT"


async def test_who_took_an_objection_in_does_not_investigate_it(world: World) -> None:
    case = await world.add_case("受理", "approved_for_notice")
    notice = await publish(world, [case], starts_on=world.clock.today())
    async with world.acting(Role.INVESTIGATOR, "核查员甲") as scope:
        entry = ObjectionEntry(Channel.VISIT, "业绩材料不实", LI, world.clock.today())
        objection = await notices.lodge_objection(scope, notice.id, case, entry)

    async def admit_by(name: str) -> Objection:
        async with world.acting(Role.INVESTIGATOR, name) as scope:
            return await notices.admit_objection(scope, objection.id, version=objection.version)

    failure = await failure_of(admit_by("核查员甲"))
    assert (failure.code, failure.params["relation"]) == ("DUTY_CONFLICT", "did_lodged")
    assert (await admit_by("核查员乙")).state == "investigating"


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ("cultivating", "stop"),
        ("suspended", "stop"),
        ("assessed_pass", "stop"),
        ("assessed_fail", "fail"),
        ("certified", "revoke"),
    ],
)
async def test_after_the_announcement_an_upheld_objection_names_the_act_that_ends_it(
    world: World, state: str, way: str
) -> None:
    case = await world.add_case(f"公布后{state}", "approved_for_notice")
    notice = await publish(world, [case], starts_on=world.clock.today())
    objection = await lodge(world, notice, case)

    async def stand(where: str) -> None:
        async with world.looking() as session:
            await session.execute(update(Application).where(Application.id == case).values(state=where))

    await stand(state)
    failure = await failure_of(settle(world, objection, Outcome.UPHELD, Decision.REMOVE))
    assert (failure.code, failure.params["way_code"]) == ("ENDED_BY_ITS_OWN_ACT", way)
    await stand({"stop": "stopped", "fail": "failed", "revoke": "revoked"}[way])
    async with world.acting(Role.APPROVER) as scope:
        (row,) = (await scope.session.execute(select(Objection).where(Objection.id == objection.id))).scalars()
        applied = await notices.apply_objection(
            scope, row.id, version=row.version, decision=Decision.REMOVE, resolution_no="党组纪要8号", reply="已撤销"
        )
    assert (applied.state, applied.decision, applied.resolution_no) == ("applied", "remove", "党组纪要8号")


async def test_whoever_is_announced_and_holds_nothing_yet_is_removed(world: World) -> None:
    case = await world.add_case("刚公布", "approved_for_notice")
    notice = await publish(world, [case], starts_on=world.clock.today())
    objection = await lodge(world, notice, case)
    async with world.looking() as session:
        await session.execute(update(Application).where(Application.id == case).values(state="announced"))
    await settle(world, objection, Outcome.UPHELD, Decision.REMOVE)
    assert await world.states(case) == ["removed"]
