from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.admission.room import Party, WaitingRoom


def anybody(_group: object) -> bool:
    return True


def emptied(room: WaitingRoom[str]) -> list[str]:
    found: list[str] = []
    while (waiting := room.take_next(anybody)) is not None:
        found.append(waiting)
    return found


def test_groups_take_turns_and_so_do_clients_inside_a_group() -> None:
    room = WaitingRoom[str](20)
    for number in range(4):
        room.enter(Party("noisy", "robot"), f"robot{number}")
    room.enter(Party("noisy", "person"), "person0")
    room.enter(Party("quiet", "person"), "quiet0")
    room.enter(Party("quiet", "person"), "quiet1")
    room.enter(Party("third", "person"), "third0")
    assert emptied(room) == ["robot0", "quiet0", "third0", "person0", "quiet1", "robot1", "robot2", "robot3"]
    assert len(room) == 0


def test_who_has_most_makes_room_for_others() -> None:
    room = WaitingRoom[str](3)
    assert [room.enter(Party("noisy", "robot"), f"robot{number}") for number in range(4)] == [
        None,
        None,
        None,
        "robot3",
    ]
    assert room.enter(Party("quiet", "person"), "quiet0") == "robot2"
    assert room.enter(Party("noisy", "person"), "person0") == "robot1"
    assert room.enter(Party("quiet", "person"), "quiet1") == "quiet1"
    assert emptied(room) == ["robot0", "quiet0", "person0"]


def test_a_group_that_may_not_is_passed_over_without_losing_its_place() -> None:
    room = WaitingRoom[str](9)
    room.enter(Party("a", 1), "a0")
    room.enter(Party("b", 1), "b0")
    room.enter(Party("c", 1), "c0")
    assert room.take_next(lambda group: group != "a") == "b0"
    assert room.take_next(lambda group: group in {"d", "b"}) is None
    assert emptied(room) == ["a0", "c0"]


def test_one_who_leaves_leaves_nothing() -> None:
    room = WaitingRoom[str](9)
    party = Party("a", 1)
    room.enter(party, "a0")
    room.enter(party, "a1")
    room.leave(party, "a0")
    room.leave(party, "a0")
    assert (len(room), room.count_of("a"), room.holds_others("a"), room.holds_others("b")) == (1, 1, False, True)
    room.leave(party, "a1")
    room.leave(Party("never", 1), "here")
    assert (len(room), room.count_of("a"), room.holds_others("b")) == (0, 0, False)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), max_size=60), st.integers(1, 12))
def test_nobody_is_lost_or_served_twice_and_a_full_room_is_shared(
    arrivals: list[tuple[int, int, bool]], places: int
) -> None:
    room, inside, served = WaitingRoom[int](places), dict[int, int](), list[int]()
    for number, (group, client, is_served_first) in enumerate(arrivals):
        if is_served_first and (found := room.take_next(anybody)) is not None:
            served.append(found)
            del inside[found]
        inside[number] = group
        pushed = room.enter(Party(group, client), number)
        if pushed is not None:
            most = Counter(inside.values())
            assert most[inside.pop(pushed)] == max(most.values())
        assert len(room) == len(inside) <= places
    rest: list[int] = []
    while (found := room.take_next(anybody)) is not None:
        rest.append(found)
    assert sorted(rest) == sorted(inside)
    assert not set(rest) & set(served)
