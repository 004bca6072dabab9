"""Dates that come, and slots that two schedulers share."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from authz.scope import WriteScope
from kernel.clock import CHINA, FixedClock
from kernel.database import WriteSession
from kernel.outbox_queue import NO_TENANT
from kernel.schedule import forget_due, remember_due, take_slot
from tests.queue_world import World, note
from workers.drain import drain, make_workshop
from workers.schedule import Chore, Timetable
from workers.workshop import Workshop

EFFECTS = "SELECT act FROM audit_entry ORDER BY at, id"
OBJECT = UUID(int=7)


async def end_notice(scope: WriteScope, object_id: UUID) -> None:
    await note(scope, f"{object_id.int} on {scope.clock.today()}", 0)


def _shop(world: World, clock: FixedClock) -> Workshop:
    return make_workshop(world.courier, clock, dues={"notice_end": end_notice})


async def _remember(world: World, on: date, object_id: UUID = OBJECT) -> None:
    async with world.app.write(world.district) as session:
        await remember_due(session, "notice_end", object_id, on=on)


async def test_a_date_is_served_on_its_day_of_the_business_clock_and_once(world: World, clock: FixedClock) -> None:
    await _remember(world, date(2026, 3, 9))
    shop = _shop(world, clock)
    clock.move(days=6, hours=14, minutes=59)
    assert await drain(world.courier, clock, workshop=shop, tick=True) == 0
    clock.move(minutes=1)
    assert await drain(world.courier, clock, workshop=shop, tick=True) == 1
    assert await drain(world.courier, clock, workshop=shop, tick=True) == 0
    assert await world.within(world.district, EFFECTS) == [{"act": "7 on 2026-03-09"}]


async def test_a_jump_of_years_serves_everything_in_the_order_of_its_dates(world: World, clock: FixedClock) -> None:
    for number in (3, 1, 2):
        await _remember(world, date(2026 + number, 1, 1), UUID(int=number))
    clock.move(days=3000)
    assert await drain(world.courier, clock, workshop=_shop(world, clock), tick=True) == 3
    assert [row["act"].split()[0] for row in await world.within(world.district, EFFECTS)] == ["1", "2", "3"]


async def test_a_date_may_be_moved_and_forgotten(world: World, clock: FixedClock) -> None:
    await _remember(world, date(2026, 3, 3))
    await _remember(world, date(2026, 3, 5))
    clock.move(days=1)
    assert await drain(world.courier, clock, workshop=_shop(world, clock), tick=True) == 0
    async with world.app.write(world.district) as session:
        await forget_due(session, "notice_end", OBJECT)
    clock.move(days=100)
    assert await drain(world.courier, clock, workshop=_shop(world, clock), tick=True) == 0


async def test_ten_schedulers_at_once_write_each_job_once(world: World, clock: FixedClock) -> None:
    for number in range(30):
        await _remember(world, date(2026, 3, 1), UUID(int=number))
    shop = _shop(world, clock)
    await asyncio.gather(*(Timetable(()).tick(shop) for _ in range(10)))
    assert await world.rows("SELECT count(*) AS n, count(DISTINCT body ->> 'object_id') AS m FROM job") == [
        {"n": 30, "m": 30}
    ]
    assert await world.rows("SELECT * FROM due_item") == []


async def test_a_tenant_neither_sees_nor_writes_the_dates_of_another(world: World) -> None:
    await _remember(world, date(2026, 3, 1))
    async with world.app.write(world.city) as session:
        await forget_due(session, "notice_end", OBJECT)
    assert [row["tenant_id"] for row in await world.rows("SELECT tenant_id FROM due_item")] == [world.district]
    assert await world.within(world.city, "SELECT id FROM audit_entry") == []


async def test_a_rolled_back_date_never_comes(world: World, clock: FixedClock) -> None:
    async def remember(session: WriteSession) -> None:
        await remember_due(session, "notice_end", OBJECT, on=date(2026, 3, 1))
        await session.rollback()

    async with world.app.write(world.district) as session:
        await remember(session)
    assert await drain(world.courier, clock, workshop=_shop(world, clock), tick=True) == 0


async def test_a_slot_is_taken_by_one_of_two(world: World) -> None:
    async def take() -> bool:
        async with world.courier.plain() as session:
            return await take_slot(session, "chore", datetime(2026, 3, 2, tzinfo=UTC))

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_chore_comes_once_per_slot_however_many_schedulers_there_are(world: World, clock: FixedClock) -> None:
    chores = (Chore("plan_seals", "0 3 * * *"),)
    for timetable in (Timetable(chores), Timetable(chores)):
        await timetable.tick(_shop(world, clock))
        await timetable.tick(_shop(world, clock))
    assert await world.rows("SELECT actor, tenant_id FROM job") == [{"actor": "plan_seals", "tenant_id": NO_TENANT}]


def test_slots_are_in_china_time_and_the_latest_at_or_before_now() -> None:
    daily = Chore("x", "17 3 * * *")
    slot = datetime(2026, 3, 2, 3, 17, tzinfo=CHINA)
    assert daily.latest_slot(slot) == slot
    assert daily.latest_slot(slot - timedelta(milliseconds=10)) == slot - timedelta(days=1)
    assert daily.latest_slot(datetime(2026, 3, 2, 9, tzinfo=CHINA)) == slot
