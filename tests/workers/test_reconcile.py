"""`jiangti reconcile` and `jiangti jobs`: what an operator sees and decides."""

from uuid import UUID

import pytest
from sqlalchemy import insert

from cli.jobs import decide, show_dead
from cli.reconcile import Side, compare, reconcile
from kernel.ids import new_id
from programmes.handovers.model import Handover
from programmes.handovers.rules import HandoverState
from tests.queue_world import WHEN, World

CASE = UUID(int=5)


async def _record(world: World, direction: str, state: str, *, sha256: str = "aa", correlation: UUID = CASE) -> None:
    """The district's or the city's record of a handover from the district to the city."""
    own, other = (world.district, world.city) if direction == "outgoing" else (world.city, world.district)
    values = {
        "tenant_id": own,
        "id": new_id(),
        "correlation_id": correlation,
        "case_id": CASE,
        "direction": direction,
        "kind": "recommendation",
        "counterpart_id": other,
        "edition_id": CASE,
        "person_name": "某",
        "state": state,
        "snapshot_sha256": sha256,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    async with world.courier.write(own) as session:
        await session.execute(insert(Handover).values(values))


async def _reconcile(world: World) -> tuple[int, list[str]]:
    said: list[str] = []
    return await reconcile(world.courier, settle=0, say=said.append), said


async def test_sides_that_agree_are_no_difference(world: World) -> None:
    for number, state in enumerate(("offered", "accepted", "returned")):
        for direction in ("outgoing", "incoming"):
            await _record(world, direction, state, correlation=UUID(int=number + 1))
    assert await _reconcile(world) == (0, ["3 handovers compared, 0 differences"])


@pytest.mark.parametrize(
    ("outgoing", "incoming", "said"),
    [
        (("offered", "aa"), ("accepted", "aa"), "the sender says offered, the receiver says accepted"),
        (("offered", "aa"), None, "the sender says offered, the receiver has no record"),
        (None, ("accepted", "aa"), "the sender has no record, the receiver says accepted"),
        (("accepted", "aa"), ("accepted", "bb"), "the dossier's hash is aa at the sender and bb at the receiver"),
    ],
    ids=["state", "never arrived", "out of nowhere", "hash"],
)
async def test_a_difference_is_printed_once_and_named(
    world: World, outgoing: tuple[str, str] | None, incoming: tuple[str, str] | None, said: str
) -> None:
    for direction, side in (("outgoing", outgoing), ("incoming", incoming)):
        if side is not None:
            await _record(world, direction, side[0], sha256=side[1])
    code, lines = await _reconcile(world)
    assert code == 1
    assert lines[0] == f"difference: handover {CASE} 510107 -> 510100: {said}"
    assert len(lines) == 2


async def test_letters_under_way_and_dead_letters_count(world: World) -> None:
    letter = await world.post("offer", {}, key="case:a")
    assert await _reconcile(world) == (
        1,
        ["undelivered: 1 letters or reactions wait or run", "0 handovers compared, 1 differences"],
    )
    await world.change("UPDATE job SET state = 'dead', error = 'poison' || chr(10) || 'place', finished_at = now()")
    assert await _reconcile(world) == (
        1,
        [f"dead letter: {letter} deliver_letter offer, holds 0 others: poison", "0 handovers compared, 1 differences"],
    )


def test_sides_must_name_each_other() -> None:
    one, two, three = UUID(int=1), UUID(int=2), UUID(int=3)
    below = Side(one, CASE, "outgoing", two, "offered", "aa")
    assert compare(below, Side(two, CASE, "incoming", one, "offered", "aa")) is None
    assert (
        compare(below, Side(two, CASE, "incoming", three, "offered", "aa")) == "the sides name different counterparts"
    )
    assert compare(None, None) is None


@pytest.mark.parametrize("below", list(HandoverState))
@pytest.mark.parametrize("above", list(HandoverState))
def test_only_equal_states_at_rest_are_a_pair(below: HandoverState, above: HandoverState) -> None:
    one, two = UUID(int=1), UUID(int=2)
    said = compare(Side(one, CASE, "outgoing", two, below, None), Side(two, CASE, "incoming", one, above, None))
    assert (said is None) is (below == above != HandoverState.WITHDRAWING)


@pytest.mark.parametrize(("act", "state"), [("requeue", "ready"), ("discard", "discarded")])
async def test_an_operator_decides_a_dead_letter_once_and_it_is_on_record(
    world: World, capsys: pytest.CaptureFixture[str], act: str, state: str
) -> None:
    letter = await world.post("offer", {}, key="case:a")
    await world.change("UPDATE job SET state = 'dead', error = 'poison', finished_at = now()")
    assert await show_dead(world.courier) == 1
    assert str(letter) in capsys.readouterr().out
    assert await decide(world.courier, act, letter, "王") == 0
    assert await decide(world.courier, act, letter, "王") == 1
    assert await decide(world.courier, act, new_id(), "王") == 1
    assert await world.rows("SELECT state FROM job") == [{"state": state}]
    trail = await world.within(world.district, "SELECT actor, act, object_id FROM audit_entry")
    assert trail == [{"actor": "operator 王", "act": f"job.{act}", "object_id": letter}]
    assert await show_dead(world.courier) == 0
