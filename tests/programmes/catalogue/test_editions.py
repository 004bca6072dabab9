from datetime import date, datetime

import pytest
from sqlalchemy import select

from authz.roles import Role
from kernel.audit import AuditEntry
from kernel.clock import CHINA
from kernel.errors import STALE_VERSION, Citation, Failure
from kernel.outbox import Job
from kernel.schedule import DueItem
from programmes.catalogue import errors
from programmes.catalogue.events import EDITION_CLOSES, EDITION_OPENS
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import EditionCursor, get_edition, list_editions, list_missing_values, rulebook_of
from programmes.catalogue.service import (
    NewEdition,
    Schedule,
    advance_edition,
    cancel_edition,
    create_edition,
    due_editions,
    fill_edition,
    follow_case,
    issue_edition,
    on_edition_due,
    open_edition,
    run_schedule,
)
from tests.programmes.catalogue.world import (
    FILLED_LONGCHENG,
    FILLED_NATIONAL,
    World,
    draft,
    filled,
    issued,
)

SCHEDULE = Schedule(date(2026, 3, 2), date(2026, 4, 30))


async def test_a_new_edition_is_a_draft_that_only_its_organiser_sees(world: World) -> None:
    edition = await draft(world, "longcheng_craftsman")
    assert (edition.state, edition.name, edition.year, edition.cohort_no, edition.version) == (
        "draft",
        "常州市龙城工匠培育工程（2026年）",
        2026,
        1,
        1,
    )
    async with world.app.read(world.id_of("changzhou")) as session:
        assert (await get_edition(session, edition.id)).id == edition.id
    async with world.app.read(world.id_of("tianning")) as session:
        with pytest.raises(Failure) as failure:
            await get_edition(session, edition.id)
    assert failure.value.reason is errors.EDITION_NOT_FOUND


async def test_only_the_organiser_makes_editions(world: World) -> None:
    async with world.acting("jiangsu") as scope:
        with pytest.raises(Failure) as failure:
            await create_edition(scope, NewEdition("longcheng_craftsman", 2026))
    assert failure.value.reason is errors.NOT_ORGANISER


async def test_a_clerk_may_not_make_an_edition(world: World) -> None:
    async with world.acting("changzhou", Role.CLERK) as scope:
        with pytest.raises(Failure) as failure:
            await create_edition(scope, NewEdition("longcheng_craftsman", 2026))
    assert failure.value.family == "FORBIDDEN"


async def test_a_second_edition_of_the_same_year_and_cohort_is_refused_and_another_cohort_is_not(world: World) -> None:
    await draft(world, "longcheng_craftsman")
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await create_edition(scope, NewEdition("longcheng_craftsman", 2026))
        assert failure.value.reason is errors.EDITION_EXISTS
        second = await create_edition(scope, NewEdition("longcheng_craftsman", 2026, cohort_no=2))
    assert second.cohort_no == 2


@pytest.mark.parametrize(("year", "least"), [(2023, 2024), (2029, 2024)])
async def test_a_year_before_the_document_or_far_ahead_is_refused(world: World, year: int, least: int) -> None:
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await create_edition(scope, NewEdition("longcheng_craftsman", year))
    assert failure.value.reason is errors.BAD_YEAR
    assert failure.value.params == {"least": least, "most": 2028}


async def test_the_expired_document_of_wuhou_makes_no_new_edition(world: World) -> None:
    with pytest.raises(Failure) as failure:
        await draft(world, "zhuge_craftsman")
    assert failure.value.reason is errors.DOCUMENT_EXPIRED
    assert failure.value.params["effective_to"] == "2023-08-28"
    assert failure.value.rule == Citation("关于“成都工匠”、“诸葛工匠”培育计划的实施办法（征求意见稿）", "（八）")


async def test_an_edition_drafted_in_time_cannot_be_issued_after_the_end_of_its_document(world: World) -> None:
    world.clock.at = datetime(2023, 8, 28, 9, tzinfo=CHINA)
    values = {
        "target.count": 80,
        "route.recommending": [{"level": "town", "line": "territorial"}],
        "notice.working_days": 5,
    }
    edition = await filled(world, "zhuge_craftsman", values, 2023)
    world.clock.move(days=1)
    async with world.acting("wuhou") as scope:
        with pytest.raises(Failure) as failure:
            await issue_edition(scope, edition.id, version=edition.version, document_no="武工发1号", schedule=SCHEDULE)
    assert failure.value.reason is errors.DOCUMENT_EXPIRED


@pytest.mark.parametrize(("year", "rules", "has_cultivation"), [(2023, "2019", False), (2025, "2024", True)])
async def test_chengdu_changed_its_model_in_2024(world: World, year: int, rules: str, has_cultivation: bool) -> None:  # noqa: FBT001
    world.clock.at = datetime(year, 3, 1, 9, tzinfo=CHINA)
    edition = await draft(world, "chengdu_craftsman", year)
    async with world.app.read(world.id_of("chengdu")) as session:
        rulebook = await rulebook_of(session, edition.id)
    assert (rulebook.version, rulebook.has_stage("cultivation"), rulebook.has_stage("name_directly")) == (
        rules,
        has_cultivation,
        not has_cultivation,
    )


async def test_an_edition_with_missing_values_is_refused_by_naming_each(world: World) -> None:
    edition = await filled(world, "national_craftsman", {"criteria.*.max_points": 10, "notice.working_days": 5})
    async with world.acting("acftu") as scope:
        with pytest.raises(Failure) as failure:
            await issue_edition(scope, edition.id, version=edition.version, document_no="1号", schedule=SCHEDULE)
    assert failure.value.reason is errors.EDITION_INCOMPLETE
    assert failure.value.params == {
        "missing": (
            "评分汇总方法（scoring.aggregation，第七条）、每位人选的评审专家人数（scoring.experts_per_case，第七条）、"
            "培养方案由谁制定（cultivation.plan_owner，第十一条）、培育情况报备间隔（月）（cultivation.report_every_months，第十一条）"
        ),
        "count": 4,
    }
    assert failure.value.rule == Citation("总工发〔2024〕1号", "第七条")


async def test_filling_records_who_gave_a_value_and_takes_it_back(world: World) -> None:
    edition = await filled(world, "longcheng_craftsman", FILLED_LONGCHENG)
    assert {key: (entry["value"], entry["by"]) for key, entry in edition.filled.items()} == {
        "notice.working_days": (5, "changzhou 本人"),
        "cultivation.report_every_months": (3, "changzhou 本人"),
    }
    async with world.acting("changzhou") as scope:
        edition = await fill_edition(scope, edition.id, version=edition.version, values={"notice.working_days": None})
        missing = await list_missing_values(scope.session, edition)
    assert [value.key for value in missing] == ["notice.working_days"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"notice.days": 5}, errors.FILL_UNKNOWN_KEY),
        ({"document.number": "x"}, errors.FILL_UNKNOWN_KEY),
        ({"notice.working_days": 0}, errors.FILL_BAD_VALUE),
        ({"notice.working_days": "5"}, errors.FILL_BAD_VALUE),
        ({"notice.working_days": True}, errors.FILL_BAD_VALUE),
        ({"scoring.aggregation": "mode"}, errors.FILL_BAD_VALUE),
        ({"criteria.*.max_points": 1001}, errors.FILL_BAD_VALUE),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_and_nothing_is_stored(
    world: World, values: dict[str, object], reason: object
) -> None:
    edition = await draft(world, "national_craftsman")
    async with world.acting("acftu") as scope:
        with pytest.raises(Failure) as failure:
            await fill_edition(scope, edition.id, version=1, values=values)
    assert failure.value.reason is reason
    assert failure.value.path == ("input", "values", next(iter(values)))
    async with world.app.read(world.id_of("acftu")) as session:
        assert (await get_edition(session, edition.id)).filled == {}


async def test_issuing_locks_the_rules_and_shows_the_edition_below_on_both_lines(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 12, "power": 4})
    assert (edition.state, edition.document_no) == ("issued", "总工办发〔2026〕3号")
    for code in ("grid", "power", "wuhou-plant"):
        async with world.app.read(world.id_of(code)) as session:
            rulebook = await rulebook_of(session, edition.id)
            assert rulebook.notice is not None
            assert (rulebook.notice.working_days, rulebook.criteria[14].max_points) == (5, 10)
            seen = await list_editions(session, world.unions[code], limit=10)
            assert [found.id for found in seen] == [edition.id]


async def test_an_issued_edition_can_no_longer_be_filled(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await fill_edition(scope, edition.id, version=edition.version, values={"notice.working_days": 7})
    assert failure.value.family in {"FORBIDDEN", "REFUSED"}
    async with world.app.read(world.id_of("changzhou")) as session:
        rulebook = await rulebook_of(session, edition.id)
    assert rulebook.notice is not None
    assert rulebook.notice.working_days == 5


async def test_issuing_tells_each_unit_its_places_by_one_letter(world: World) -> None:
    edition = await issued(world, "national_craftsman", FILLED_NATIONAL, {"sichuan": 12, "power": 4})
    async with world.courier.read(world.id_of("acftu")) as session:
        letters = (
            await session.execute(select(Job.body).where(Job.actor == "deliver_letter").order_by(Job.seq))
        ).scalars()
        assert list(letters) == [
            {
                "to": str(world.id_of(code)),
                "kind": "recommending_grant",
                "body": {
                    "edition_id": str(edition.id),
                    "kind": "quota",
                    "places": places,
                    "document_no": "总工办发〔2026〕3号",
                },
            }
            for code, places in (("sichuan", 12), ("power", 4))
        ]


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (SCHEDULE, errors.QUOTA_MISSING),
        (Schedule(), errors.SCHEDULE_MISSING),
        (Schedule(date(2026, 4, 30), date(2026, 3, 2)), errors.BAD_SCHEDULE),
    ],
)
async def test_a_quota_programme_is_not_issued_without_places_nor_without_dates(
    world: World, schedule: Schedule, reason: object
) -> None:
    edition = await filled(world, "national_craftsman", FILLED_NATIONAL)
    async with world.acting("acftu") as scope:
        with pytest.raises(Failure) as failure:
            await issue_edition(scope, edition.id, version=edition.version, document_no="1号", schedule=schedule)
    assert failure.value.reason is reason


async def test_a_stale_version_is_told_the_current_one(world: World) -> None:
    edition = await filled(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await issue_edition(scope, edition.id, version=1, document_no="1号", schedule=SCHEDULE)
    assert failure.value.reason is STALE_VERSION
    assert failure.value.params == {"current": 2}


async def test_the_schedule_opens_and_closes_once(world: World) -> None:
    days = (date(2026, 3, 3), date(2026, 3, 5))
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG, days=days)
    states: list[str] = []
    for _ in range(5):
        async with world.working("changzhou") as scope:
            await run_schedule(scope)
            await run_schedule(scope)
            states.append((await get_edition(scope.session, edition.id)).state)
        world.clock.move(days=1)
    assert states == ["issued", "open", "open", "open", "reviewing"]


async def test_any_worker_sees_what_is_due_and_whose_it_is(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.courier.read(world.id_of("acftu")) as session:
        due = await due_editions(session, date(2026, 3, 2))
    assert [(one.organiser_id, one.edition_id, one.act) for one in due] == [
        (world.id_of("changzhou"), edition.id, "open")
    ]


async def test_the_worker_moves_an_edition_on_with_its_cases_only_forward(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("changzhou") as scope:
        await open_edition(scope, edition.id, version=edition.version)
    world.clock.move(days=90)
    async with world.working("changzhou") as scope:
        await run_schedule(scope)
        for act in ("determine", "announce", "start_cultivation"):
            await advance_edition(scope, edition.id, act)
        again = await advance_edition(scope, edition.id, "announce")
    assert again.state == "cultivating"


async def test_issuing_remembers_the_first_day_and_the_day_after_the_last(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.courier.read(world.id_of("changzhou")) as session:
        remembered = (
            select(DueItem.kind, DueItem.due_on).where(DueItem.object_id == edition.id).order_by(DueItem.due_on)
        )
        assert [tuple(row) for row in await session.execute(remembered)] == [
            (EDITION_OPENS, date(2026, 3, 2)),
            (EDITION_CLOSES, date(2026, 5, 1)),
        ]


async def test_an_edition_whose_both_dates_passed_at_once_is_opened_and_then_closed(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    world.clock.move(days=90)
    states: list[str] = []
    for _ in range(3):
        async with world.working("changzhou") as scope:
            await on_edition_due(scope, edition.id)
            states.append((await get_edition(scope.session, edition.id)).state)
    assert states == ["open", "reviewing", "reviewing"]


@pytest.mark.parametrize(
    ("desk", "moves", "state"),
    [
        ("organiser", ["in_public_notice"], "noticing"),
        ("organiser", ["announced", "in_public_notice"], "announced"),
        ("organiser", ["in_public_notice", "announced", "cultivating", "cultivating"], "cultivating"),
        ("organiser", ["cultivating"], "reviewing"),
        ("applying_unit", ["in_public_notice"], "reviewing"),
    ],
)
async def test_the_edition_follows_the_furthest_of_its_cases(
    world: World, desk: str, moves: list[str], state: str
) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    world.clock.move(days=90)
    async with world.working("changzhou") as scope:
        for _ in range(2):
            await run_schedule(scope)
        for to in moves:
            await follow_case(scope, {"edition_id": str(edition.id), "desk": desk, "to": to})
        assert (await get_edition(scope.session, edition.id)).state == state


async def test_cancelling_needs_a_reason_and_ends_before_the_announcement(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("changzhou") as scope:
        with pytest.raises(Failure) as failure:
            await cancel_edition(scope, edition.id, version=edition.version, reason=" ", document_no="2号")
        assert failure.value.code == "BLANK"
        edition = await cancel_edition(scope, edition.id, version=edition.version, reason="政策调整", document_no="2号")
        assert edition.state == "cancelled"


async def test_each_act_leaves_one_audit_entry(world: World) -> None:
    edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.app.read(world.id_of("changzhou")) as session:
        entries = select(AuditEntry.act).where(AuditEntry.object_id == edition.id).order_by(AuditEntry.id)
        acts = (await session.execute(entries)).scalars()
        assert list(acts) == ["edition:create", "edition:fill", "edition:issue"]


async def test_pages_of_editions_follow_each_other(world: World) -> None:
    async with world.acting("changzhou") as scope:
        made = [
            await create_edition(scope, NewEdition("longcheng_craftsman", year, cohort_no=cohort))
            for year in (2025, 2026)
            for cohort in (1, 2)
        ]
    expected = [edition.id for edition in reversed(made)]
    async with world.app.read(world.id_of("changzhou")) as session:
        first = await list_editions(session, world.unions["changzhou"], limit=3)
        after = EditionCursor(first[-1].year, first[-1].id)
        rest = await list_editions(session, world.unions["changzhou"], limit=3, after=after)
        of_2025 = await list_editions(session, world.unions["changzhou"], limit=9, year=2025)
        assert [edition.id for edition in (*first, *rest)] == expected
        assert [edition.id for edition in of_2025] == expected[2:]


async def test_an_edition_of_another_organiser_cannot_be_touched(world: World) -> None:
    edition: Edition = await issued(world, "longcheng_craftsman", FILLED_LONGCHENG)
    async with world.acting("jiangsu") as scope:
        with pytest.raises(Failure) as failure:
            await open_edition(scope, edition.id, version=edition.version)
    assert failure.value.reason is errors.EDITION_NOT_FOUND
