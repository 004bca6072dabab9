"""Letters and reactions, driven by `drain`: one effect, however often and wherever the worker dies."""

from typing import Any

import pytest
from sqlalchemy import text

from authz.scope import WriteScope
from kernel.clock import FixedClock
from kernel.ids import new_id
from kernel.letters import Letter
from kernel.outbox import emit, enqueue, post
from kernel.outbox_queue import LeasedJob
from tests.queue_world import World, count_event, count_letter
from tests.sealers import make_sealer
from workers.drain import CrashError, drain, make_workshop
from workers.workshop import HopelessError, Workshop

EFFECTS = "SELECT act, CAST(after ->> 'number' AS int) AS number FROM audit_entry ORDER BY at, id"


def _shop(world: World, clock: FixedClock) -> Workshop:
    return make_workshop(
        world.courier,
        clock,
        letters={"count": count_letter, "answer": answer, "refuse": refuse},
        reactions={"count": (count_event,), "twice": (count_event, count_event), "half": (count_event, fail)},
    )


async def answer(scope: WriteScope, letter: Letter) -> None:
    await count_letter(scope, letter)
    await post(scope.session, to=letter.sender_id, kind="count", body=letter.body, ordering_key=letter.body["key"])


async def refuse(_scope: WriteScope, _letter: Letter) -> None:
    message = "no"
    raise ValueError(message)


async def fail(_scope: WriteScope, _body: Any) -> None:
    message = "half way"
    raise ValueError(message)


def _dying(moment: str, times: int) -> Any:
    left = [times]

    def crash(at: str, _job: LeasedJob) -> None:
        if at == moment and left[0]:
            left[0] -= 1
            raise CrashError

    return crash


async def test_a_letter_takes_effect_in_the_receivers_rows_and_is_noted_in_its_inbox(
    world: World, clock: FixedClock
) -> None:
    letter_id = await world.post("count", {"key": "case:a", "number": 1}, key="case:a")
    assert await drain(world.courier, clock, workshop=_shop(world, clock)) == 1
    assert await world.within(world.city, EFFECTS) == [{"act": "case:a", "number": 1}]
    assert await world.within(world.district, EFFECTS) == []
    [entry] = await world.within(world.city, "SELECT id, sender_id, kind FROM inbox_entry")
    assert entry == {"id": letter_id, "sender_id": world.district, "kind": "count"}


async def test_an_answer_travels_back_in_the_same_drain(world: World, clock: FixedClock) -> None:
    await world.post("answer", {"key": "case:a", "number": 1}, key="case:a")
    assert await drain(world.courier, clock, workshop=_shop(world, clock)) == 2
    assert await world.within(world.city, EFFECTS) == [{"act": "case:a", "number": 1}]
    assert await world.within(world.district, EFFECTS) == [{"act": "case:a", "number": 1}]


@pytest.mark.parametrize(
    ("moment", "attempts"), [("leased", 3), ("before_commit", 3), ("committed", 1)], ids=["early", "late", "after"]
)
async def test_a_worker_that_dies_leaves_one_effect(
    world: World, clock: FixedClock, moment: str, attempts: int
) -> None:
    await world.post("count", {"key": "case:a", "number": 1}, key="case:a")
    await world.emit("twice", {"key": "case:b", "number": 2}, key="case:b")
    crash = _dying(moment, 2 if attempts == 3 else 1)
    tried = await drain(world.courier, clock, workshop=_shop(world, clock), crash=crash)
    assert tried == (4 if attempts == 3 else 2)
    assert await world.within(world.city, EFFECTS) == [{"act": "case:a", "number": 1}]
    assert await world.within(world.district, EFFECTS) == [{"act": "case:b", "number": 2}] * 2


async def test_a_letter_delivered_again_under_its_id_does_nothing(world: World, clock: FixedClock) -> None:
    await world.post("count", {"key": "case:a", "number": 1}, key="case:a")
    await drain(world.courier, clock, workshop=_shop(world, clock))
    await world.change("UPDATE job SET state = 'ready', attempts = 0")
    assert await drain(world.courier, clock, workshop=_shop(world, clock)) == 1
    assert await world.within(world.city, EFFECTS) == [{"act": "case:a", "number": 1}]


async def test_reactions_of_one_event_happen_together_or_not_at_all(world: World, clock: FixedClock) -> None:
    await world.emit("half", {"key": "case:a", "number": 1}, key="case:a")
    with pytest.raises(ValueError, match="half way"):
        await drain(world.courier, clock, workshop=_shop(world, clock))
    assert await world.within(world.district, EFFECTS) == []
    [job] = await world.rows("SELECT state, attempts, split_part(error, chr(10), 1) AS error FROM job")
    assert job == {"state": "ready", "attempts": 1, "error": "ValueError: half way"}


async def test_a_letter_nobody_can_take_in_ends_as_a_dead_letter_and_holds_its_case(
    world: World, clock: FixedClock
) -> None:
    await world.post("refuse", {}, key="case:a")
    await world.post("count", {"key": "case:a", "number": 2}, key="case:a")
    assert await drain(world.courier, clock, workshop=_shop(world, clock), tolerant=True) == 8
    assert [row["state"] for row in await world.rows("SELECT state FROM job ORDER BY seq")] == ["dead", "ready"]
    assert await world.within(world.city, "SELECT id FROM inbox_entry") == []


@pytest.mark.parametrize("kind", ["unheard of", "count"])
async def test_an_unknown_kind_or_receiver_is_hopeless(world: World, clock: FixedClock, kind: str) -> None:
    await world.post(kind, {"key": "a", "number": 1}, key="case:a", to=new_id())
    with pytest.raises(HopelessError):
        await drain(world.courier, clock, workshop=_shop(world, clock))
    assert [row["state"] for row in await world.rows("SELECT state FROM job")] == ["dead"]


@pytest.mark.parametrize("body", [{}, {"to": 1, "kind": "count", "body": {}}, {"to": "x", "kind": "count", "body": {}}])
async def test_a_malformed_letter_is_a_dead_letter_at_once(
    world: World, clock: FixedClock, body: dict[str, Any]
) -> None:
    async with world.app.write(world.district) as session:
        await enqueue(session, "deliver_letter", body, queue="courier", ordering_key="case:a")
    with pytest.raises(HopelessError, match="malformed"):
        await drain(world.courier, clock, workshop=_shop(world, clock))
    assert await world.rows("SELECT state, attempts FROM job") == [{"state": "dead", "attempts": 1}]


async def test_an_event_nobody_listens_to_is_done(world: World, clock: FixedClock) -> None:
    await world.emit("unheard of", {}, key="case:a")
    assert await drain(world.courier, clock, workshop=_shop(world, clock)) == 1
    assert [row["state"] for row in await world.rows("SELECT state FROM job")] == ["done"]


async def test_events_of_one_case_are_handled_in_the_order_of_writing(world: World, clock: FixedClock) -> None:
    async with world.app.write(world.district) as session:
        for number in range(10):
            await emit(session, "count", {"key": "case:a", "number": number}, ordering_key="case:a")
    await drain(world.courier, clock, workshop=_shop(world, clock))
    assert [row["number"] for row in await world.within(world.district, EFFECTS)] == list(range(10))


async def test_an_attachment_is_opened_at_the_sender_and_only_there(world: World, clock: FixedClock) -> None:
    world.courier._sealer = world.app._sealer = sealer = make_sealer()
    snapshot_id = new_id()
    sealed = sealer.seal("卷宗", tenant_id=world.district, table="snapshot", column="sealed", row_id=snapshot_id)
    await _store_snapshot(world, snapshot_id, sealed)
    seen: list[bytes | None] = []

    async def look(_scope: WriteScope, letter: Letter) -> None:
        seen.append(letter.attachment)

    shop = make_workshop(world.courier, clock, letters={"look": look})
    await world.post("look", {"snapshot_id": str(snapshot_id)}, key="case:a")
    await drain(world.courier, clock, workshop=shop)
    assert seen == ["卷宗".encode()]
    async with world.app.write(world.city) as session:
        await post(session, to=world.district, kind="look", body={"snapshot_id": str(snapshot_id)}, ordering_key="b")
    with pytest.raises(HopelessError, match="the sender has no snapshot"):
        await drain(world.courier, clock, workshop=shop)


async def _store_snapshot(world: World, snapshot_id: Any, sealed: bytes) -> None:
    """A frozen dossier of the district's, without the case around it."""
    async with world.owner.plain() as session:
        loosen = "ALTER TABLE snapshot DROP CONSTRAINT IF EXISTS fk_snapshot_tenant_id_application_id_application"
        await session.execute(text(loosen))
    async with world.courier.write(world.district) as session:
        insert = (
            "INSERT INTO snapshot (tenant_id, id, application_id, number, sha256, sealed, fields, made_at)"
            " VALUES (:tenant, :id, :id, 1, 'x', :sealed, '[]', now())"
        )
        await session.execute(text(insert), {"tenant": world.district, "id": snapshot_id, "sealed": sealed})
