import asyncio

import pytest
from starlette.requests import Request

from graphql_api.admission.entry import Entry, neighbourhood
from graphql_api.admission.room import STRANGERS, Party
from graphql_api.admission.turns import Admission, AdmissionLimits
from graphql_api.negotiation import RequestRefused
from kernel.ids import new_id
from tenants.accounts.tokens import token_hash

NOISY, QUIET = Party("noisy", 1), Party("quiet", 1)


class Steady:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


async def forever() -> None:
    await asyncio.Event().wait()


def request_of(token: str | None = None, host: str = "192.0.2.7") -> Request:
    headers = [] if token is None else [(b"authorization", b"Bearer " + token.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "client": (host, 1)}, _silent)


async def _silent() -> dict[str, str]:
    await asyncio.Event().wait()
    raise AssertionError


def admission_of(**limits: float) -> tuple[Admission, Steady]:
    steady = Steady()
    return Admission(AdmissionLimits(**limits), steady), steady  # type: ignore[arg-type]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_alone_one_may_use_all_beside_others_a_share() -> None:
    admission, steady = admission_of(turns=6, share=0.5)
    for began in [await admission.enter(NOISY, forever) for _ in range(6)]:
        admission.give_back("noisy", began)
    admission.give_back("quiet", await admission.enter(QUIET, forever))
    noisy = [await admission.enter(NOISY, forever) for _ in range(3)]
    waiting = [asyncio.create_task(admission.enter(NOISY, forever)) for _ in range(4)]
    await settle()
    assert (admission.working, admission.waiting) == (3, 4)
    quiet = await admission.enter(QUIET, forever)
    assert (admission.working, admission.waiting) == (4, 4)
    admission.give_back("quiet", quiet)
    steady.at += 1.5  # the quiet one is forgotten, and nothing ends meanwhile: the look at the room finds it out
    noisy += await asyncio.gather(*waiting[:3])
    assert (admission.working, admission.waiting) == (6, 1)
    admission.give_back("noisy", noisy[0])
    await waiting[3]
    assert (admission.working, admission.waiting) == (6, 0)


async def test_a_turn_that_is_held_up_does_not_stop_its_union_but_half_of_the_turns_at_most() -> None:
    admission, steady = admission_of(turns=6, share=0.2)
    admission.give_back("quiet", await admission.enter(QUIET, forever))
    await admission.enter(NOISY, forever)
    waiting = [asyncio.create_task(admission.enter(NOISY, forever)) for _ in range(3)]
    counts: list[int] = []
    for _ in range(4):
        await settle()
        counts.append(admission.working)
        steady.at += 1.5
        began = await admission.enter(QUIET, forever)
        admission.give_back("quiet", began)
    assert (counts, admission.waiting) == ([1, 2, 3, 3], 1)
    waiting[2].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_request_takes_further_turns_only_while_nobody_waits() -> None:
    admission, _ = admission_of(turns=3)
    entry = Entry(admission, request_of())
    async with entry:
        await asyncio.gather(entry.sit_down(), entry.sit_down(), entry.sit_down())
        assert admission.working == 3
        fourth = asyncio.create_task(entry.sit_down())
        other = asyncio.create_task(admission.enter(QUIET, forever))
        await settle()
        assert (fourth.done(), other.done()) == (False, False)
        entry.stand_up()
        await settle()
        assert (other.done(), fourth.done(), admission.working) == (True, False, 3)
        entry.stand_up()
        entry.stand_up()
        await fourth
        entry.stand_up()
    admission.give_back("quiet", await other)
    assert (admission.working, admission.waiting) == (0, 0)


async def test_with_one_turn_siblings_sit_one_after_the_other() -> None:
    admission, _ = admission_of(turns=1)
    entry, seated, most = Entry(admission, request_of()), 0, 0

    async def sit() -> None:
        nonlocal seated, most
        async with entry.seat:
            seated += 1
            most = max(most, seated)
            await asyncio.sleep(0)
            seated -= 1

    async with entry:
        await asyncio.gather(*(sit() for _ in range(5)))
    assert (most, admission.working) == (1, 0)


async def test_who_gives_up_leaves_neither_a_place_nor_a_turn_behind() -> None:
    admission, _ = admission_of(turns=1)
    noisy = await admission.enter(NOISY, forever)
    tasks = [asyncio.create_task(admission.enter(QUIET, forever)) for _ in range(3)]
    await settle()
    tasks[0].cancel()
    await settle()
    assert admission.waiting == 2
    admission.give_back("noisy", noisy)  # tasks[1] has the turn, and is cancelled before it hears of it
    tasks[1].cancel()
    await settle()
    assert (tasks[1].cancelled(), tasks[2].done(), admission.working, admission.waiting) == (True, True, 1, 0)
    admission.give_back("quiet", await tasks[2])
    assert admission.working == 0


async def test_one_who_waits_too_long_or_hangs_up_is_refused() -> None:
    admission, _ = admission_of(turns=1, wait_seconds=0.01)
    await admission.enter(NOISY, forever)
    with pytest.raises(RequestRefused) as late:
        await admission.enter(QUIET, forever)
    assert (late.value.status, late.value.retry_after, late.value.failure.code) == (503, 1, "OVERLOADED")

    async def at_once() -> None:
        return

    patient, _ = admission_of(turns=1, wait_seconds=1000)
    await patient.enter(NOISY, forever)
    with pytest.raises(RequestRefused):
        await patient.enter(QUIET, at_once)
    assert (admission.waiting, patient.waiting) == (0, 0)


async def test_when_to_come_again_grows_with_the_line() -> None:
    admission, steady = admission_of(turns=2, places=60, share=0.5)
    for _ in range(400):  # turns that take two seconds each
        began = await admission.enter(NOISY, forever)
        steady.at += 2
        admission.give_back("noisy", began)
    assert [admission.refusal("noisy").retry_after, admission.refusal("quiet").retry_after] == [2, 2]
    for _ in range(2):
        await admission.enter(NOISY, forever)
    waiting = [asyncio.create_task(admission.enter(NOISY, forever)) for _ in range(60)]
    await settle()
    assert [admission.refusal("noisy").retry_after, admission.refusal("quiet").retry_after] == [30, 2]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert admission.waiting == 0


async def test_a_tokens_union_is_remembered_by_hash_for_as_many_as_there_is_room() -> None:
    admission, _ = admission_of(remembered=2)
    union = new_id()
    first = Entry(admission, request_of("top secret"))
    assert first.party == Party(STRANGERS, "192.0.2.7")
    first.belongs_to(union)
    assert Entry(admission, request_of("top secret")).party == Party(union, token_hash("top secret"))
    for name in ("two", "three"):
        Entry(admission, request_of(name)).belongs_to(new_id())
    assert Entry(admission, request_of("top secret")).party.group is STRANGERS
    known = Entry(admission, request_of("two"))
    known.belongs_to(None)
    assert Entry(admission, request_of("two")).party.group is STRANGERS
    assert "top secret" not in repr(vars(admission))


def test_strangers_are_told_apart_by_where_they_come_from() -> None:
    hosts = [
        "192.0.2.7",
        "2001:db8:1:2:3::4",
        "2001:db8:1:2:9::9",
        "2001:db8:1:3::4",
        "::ffff:192.0.2.7",
        "fe80::1%eth0",
        "socket:x",
    ]
    assert [neighbourhood(request_of(host=host)) for host in hosts] == [
        "192.0.2.7",
        "2001:db8:1:2::",
        "2001:db8:1:2::",
        "2001:db8:1:3::",
        "192.0.2.7",
        "fe80::",
        "socket:x",
    ]


def test_bodies_that_arrive_are_counted_by_group() -> None:
    admission, _ = admission_of(bodies=4)
    for group in ("noisy", "noisy", "quiet", "quiet"):
        admission.begin_hearing(group)
    for group in ("noisy", "third"):
        with pytest.raises(RequestRefused):
            admission.begin_hearing(group)
    admission.end_hearing("quiet")
    with pytest.raises(RequestRefused):
        admission.begin_hearing("noisy")
    admission.begin_hearing("third")
    for group in ("noisy", "noisy", "quiet", "third"):
        admission.end_hearing(group)
    assert (admission.arriving, admission._arriving) == (0, {})
