"""What a client may say, and how much of it."""

import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from authz.roles import Role
from graphql_api.live.closing import LiveLimits
from graphql_api.live.transport import SocketProtocol
from graphql_api.schema import Contract
from kernel.database import Database
from tests.isolation.fixtures import Year
from tests.live.sockets import CHANGED, Place, serving, tell, tell_often, until


@pytest.fixture
def who(year: Year) -> str:
    return year.tokens.enter(year.tenants["chengdu"], Role.CLERK, Role.REVIEWER)


async def test_only_the_newer_protocol_is_spoken(place: Place) -> None:
    for offered in (["graphql-ws"], None):
        async with place.wire(subprotocols=offered) as socket:
            assert await socket.ending() == (4406, "WRONG_PROTOCOL")


async def test_an_answer_holds_chinese_as_it_is(place: Place, who: str) -> None:
    async with place.open(who) as socket:
        await socket.subscribe("{ viewer { login } }")
        raw = str(await socket.wire.recv())
        assert "只接受订阅" in raw
        assert "\\u" not in raw


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{",
        '"ping"',
        {"type": "start"},
        {"type": 1},
        {"type": "subscribe", "payload": {"query": CHANGED}},
        {"type": "subscribe", "id": "", "payload": {"query": CHANGED}},
        {"type": "subscribe", "id": 1, "payload": {"query": CHANGED}},
        {"type": "subscribe", "id": "x" * 65, "payload": {"query": CHANGED}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": "query"},
        {"type": "subscribe", "id": "1", "payload": {"query": CHANGED, "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "complete"},
        {"type": "ping", "payload": 5},
    ],
    ids=repr,
)
async def test_anything_else_ends_the_connection(place: Place, who: str, message: Any) -> None:
    async with place.open(who) as socket:
        await socket.say(message)
        assert await socket.ending() == (4400, "BAD_MESSAGE")


async def test_binary_messages_are_not_taken(place: Place, who: str) -> None:
    async with place.open(who) as socket:
        await socket.say(b'{"type": "ping"}')
        assert await socket.ending() == (1003, "NOT_TEXT")


async def test_a_message_has_at_most_64_kib(place: Place, who: str) -> None:
    frame = '{"type": "ping", "payload": {"filler": "%s"}}'
    async with place.open(who) as socket:
        await socket.say(frame % ("x" * (64 * 1024 - len(frame) + 2)))
        assert await socket.hear() == {"type": "pong"}
        await socket.say(frame % ("x" * 64 * 1024))
        assert (await socket.ending())[0] == 1009


async def test_pings_are_answered_before_and_after_the_beginning(place: Place, who: str) -> None:
    async with place.wire() as socket:
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        assert await socket.begin(who) == {"type": "connection_ack"}
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        await socket.say({"type": "connection_init"})
        assert await socket.ending() == (4429, "INIT_TWICE")


async def test_nothing_is_subscribed_before_the_beginning(place: Place) -> None:
    async with place.wire() as socket:
        await socket.subscribe()
        assert await socket.ending() == (4401, "NOT_ACKNOWLEDGED")


async def test_an_id_is_used_once_at_a_time(place: Place, app: Database, year: Year, who: str) -> None:
    async with place.subscribed(who) as socket:
        await socket.say({"type": "complete", "id": "1"})
        await until(lambda: place.live.hub.count() == 0)
        await tell(app, year.clock, year.tenants["chengdu"].id, ("notice", year.homes["Notice"]["chengdu"][0]))
        assert await socket.is_silent()
        await socket.subscribe()
        assert (await socket.changed())["kind"] == "RESYNC"
        await socket.subscribe()
        assert await socket.ending() == (4409, "SUBSCRIBER_EXISTS 1")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer { login } }", "ONLY_SUBSCRIPTIONS"),
        ("mutation { signOut { errors { code } } }", "ONLY_SUBSCRIPTIONS"),
        ("subscription { nothing }", "INVALID_DOCUMENT"),
        ("subscription { __schema { types { name } } }", "INVALID_DOCUMENT"),
        ("subscription { workChanged { kind } other: workChanged { kind } }", "INVALID_DOCUMENT"),
        ("subscription { workChanged(kinds: [BREAD]) { kind } }", "INVALID_DOCUMENT"),
        ("subscription {", "MALFORMED_DOCUMENT"),
        ("subscription { workChanged { " + "kind " * 600 + "} }", "QUERY_TOO_COMPLEX"),
        ("subscription { workChanged { " + " ".join(f"a{n}: kind" for n in range(40)) + " } }", "QUERY_TOO_COMPLEX"),
        (
            "subscription { workChanged { object { ... on Application "
            + "{ edition { organiser " * 6
            + "{ id }"
            + "} }" * 6
            + " } } }",
            "QUERY_TOO_COMPLEX",
        ),
        (
            "subscription { workChanged { object { ... on Notice { items(first: 101) { totalCount } } } } }",
            "PAGE_SIZE_OUT_OF_RANGE",
        ),
        (
            (
                "subscription { workChanged { object { ... on Notice { a: items(first: 100) { edges { node { id } } }"
                " b: items(first: 100) { edges { node { id } } } c: items(first: 1) { edges { node { id } } } } } } }"
            ),
            "QUERY_TOO_COMPLEX",
        ),
        ("subscription A { workChanged { kind } } subscription B { workChanged { kind } }", "UNKNOWN_OPERATION"),
    ],
)
async def test_a_document_is_held_to_the_limits_of_http(place: Place, who: str, query: str, code: str) -> None:
    async with place.open(who) as socket:
        await socket.subscribe(query)
        message = await socket.hear()
        assert message["type"] == "error"
        assert {error["extensions"]["code"] for error in message["payload"]} == {code}
        assert place.live.hub.count() == 0


async def test_over_http_a_subscription_is_refused(place: Place, who: str) -> None:
    answer = await place.api.ask(CHANGED, who=who)
    assert (answer.status, answer.codes) == (400, ["SUBSCRIPTION_NEEDS_SOCKET"])


async def test_a_connection_has_ten_subscriptions_at_most(place: Place, who: str) -> None:
    async with place.open(who) as socket:
        for number in range(10):
            await socket.subscribe(number=str(number))
            assert (await socket.changed())["kind"] == "RESYNC"
        await socket.subscribe(number="10")
        refused = await socket.hear()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "TOO_MANY_SUBSCRIPTIONS")
        await socket.say({"type": "complete", "id": "0"})
        await until(lambda: place.live.hub.count() == 9)
        await socket.subscribe(number="10")
        assert (await socket.changed())["kind"] == "RESYNC"


async def test_who_floods_is_cut_off(place: Place, who: str) -> None:
    async with place.open(who) as socket:
        for _ in range(80):
            await socket.say({"type": "ping"})
        assert await socket.ending() == (4430, "TOO_MANY_MESSAGES")
    async with place.open(who) as socket:
        waiting = [await socket.wire.ping() for _ in range(40)]
        await until(lambda: socket.wire.close_code is not None)
        assert len(waiting) == 40


FEW = LiveLimits(connections=3, connections_per_account=2, init_seconds=0.3, watch_seconds=0.2)


async def test_connections_are_counted_and_the_first_message_is_not_waited_for_long(
    contract: Contract, app: Database, year: Year, who: str
) -> None:
    async with serving(contract, app, year.clock, year.tokens, limits=FEW) as place:
        async with place.wire() as socket:
            assert await socket.ending() == (4408, "INIT_TIMEOUT")
        async with place.open(who), place.open(who), place.wire() as third:
            await third.say({"type": "connection_init", "payload": {"authorization": f"Bearer {who}"}})
            assert await third.ending() == (4431, "TOO_MANY_CONNECTIONS")
        async with place.open(who), place.open(who), place.open(year.everything("wuhou")):
            with pytest.raises(InvalidStatus) as refused:
                async with place.wire():
                    pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"] == "5"
            assert b"OVERLOADED" in (refused.value.response.body or b"")
        async with place.open(who):
            pass


async def test_one_union_leaves_sockets_to_others(contract: Contract, app: Database, year: Year, who: str) -> None:
    few = LiveLimits(connections_per_union=1)
    async with (
        serving(contract, app, year.clock, year.tokens, limits=few) as place,
        place.open(who),
        place.open(year.everything("wuhou")),
        place.wire() as third,
    ):
        await third.say({"type": "connection_init", "payload": {"authorization": f"Bearer {who}"}})
        assert await third.ending() == (4431, "TOO_MANY_CONNECTIONS")


async def test_who_is_too_slow_is_cut_off(contract: Contract, app: Database, year: Year, who: str) -> None:
    few = LiveLimits(waiting=5, watch_seconds=0.2)
    tenant, cases = year.tenants["chengdu"].id, year.homes["Application"]["chengdu"]
    async with serving(contract, app, year.clock, year.tokens, limits=few) as place:
        async with place.subscribed(who) as socket:
            await tell(app, year.clock, tenant, *[("application", cases[n % len(cases)]) for n in range(3)])
            assert [(await socket.changed())["kind"] for _ in range(min(3, len(cases)))]
            await tell_often(app, year.clock, tenant, ("application", cases[0]), 30)
            assert await socket.ending() == (1013, "SLOW_CONSUMER")
        await until(lambda: place.live.hub.count() == 0)


DEEDS = (
    "subscription { workChanged { object { ... on Application { "
    + " ".join(f"a{n}: deeds" for n in range(29))
    + " } } } }"
)


class Impatient(SocketProtocol):
    """With little room, and not for long."""

    buffered = 2_048
    stuck_seconds = 0.5


async def test_who_does_not_read_what_he_is_sent_is_cut_off(
    contract: Contract, app: Database, year: Year, who: str
) -> None:
    tenant, case = year.tenants["chengdu"].id, year.homes["Application"]["chengdu"][0]
    async with (
        serving(contract, app, year.clock, year.tokens, protocol=Impatient) as place,
        place.wire(max_queue=1) as socket,
    ):
        assert await socket.begin(who) == {"type": "connection_ack"}
        await socket.subscribe(DEEDS)
        await until(lambda: place.live.hub.count() == 1)
        async with asyncio.timeout(20):
            while place.server.server_state.connections and place.live.hub.count():
                await tell_often(app, year.clock, tenant, ("application", case), 30)
                await asyncio.sleep(0.01)
        await until(lambda: len(place.server.server_state.connections) <= 1)
