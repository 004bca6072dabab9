"""Who may connect, and until when: whatever ends a session ends its subscriptions, within five seconds and before the next thing is told."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Close

from authz.roles import Role
from cli.demo import country
from graphql_api.context import EntranceAuthenticator
from graphql_api.ids import encode_id
from graphql_api.live.closing import LiveLimits
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tests.isolation.fixtures import Year
from tests.isolation.year import END
from tests.live.sockets import Place, Socket, serving, tell

LOGIN = "wuhou.clerk"
SIGN_IN = (
    "mutation ($input: SignInInput!) { signIn(input: $input) { token viewer { session { id } } errors { code } } }"
)
END_OF_SESSION = (4403, "SESSION_ENDED")


@pytest.fixture(autouse=True)
async def afresh(owner: Database, year: Year) -> AsyncIterator[None]:
    """What a test changes of the person, his union and the hour is as before for the next one."""
    yield
    year.clock.at = END
    async with owner.plain() as session:
        for statement in (
            "UPDATE account SET state = 'active', must_change_password = false, locked_until = null",
            "UPDATE tenant SET active = true",
            "DELETE FROM policy_revision WHERE revision = 'another'",
            "DELETE FROM policy_tightening WHERE reason = 'for the test'",
            "UPDATE membership SET valid_to = null, roles = '{clerk}' WHERE account_id = (SELECT id FROM account WHERE login = 'wuhou.clerk')",
        ):
            await session.execute(text(statement))


async def sign_in(door: Place, tenant: str = "wuhou", login: str = LOGIN) -> tuple[str, str]:
    """A token, and its session's id."""
    given = {"tenant": tenant, "login": login, "password": country.password()}
    told = (await door.api.data(SIGN_IN, input=given))["signIn"]
    assert told["errors"] == []
    return told["token"], told["viewer"]["session"]["id"]


@dataclass
class Ending:
    """Something that ends a session, or makes it another one."""

    statement: str
    code: tuple[int, str] = END_OF_SESSION
    again: tuple[int, str] | None = END_OF_SESSION


OF_THE_CLERK = "account_id = (SELECT id FROM account WHERE login = 'wuhou.clerk')"
ENDINGS = {
    "a disabled account": Ending("UPDATE account SET state = 'disabled' WHERE login = 'wuhou.clerk'"),
    "a lost place": Ending(f"UPDATE membership SET valid_to = '2025-09-01' WHERE {OF_THE_CLERK}"),
    "a closed union": Ending("UPDATE tenant SET active = false WHERE code = 'wuhou'"),
    "a session revoked by others": Ending(f"UPDATE sign_in_session SET revoked_at = now() WHERE {OF_THE_CLERK}"),
    "other roles": Ending(
        f"UPDATE membership SET roles = '{{clerk,reviewer}}' WHERE {OF_THE_CLERK}", (4403, "SESSION_CHANGED"), None
    ),
    "a tightening": Ending(
        "INSERT INTO policy_tightening (tenant_id, id, role, typ, act, stage, binds_below, reason, document, created_by, valid_from, version,"
        " created_at, updated_at) SELECT id, gen_random_uuid(), 'clerk', 'case', 'create', '*', false, 'for the test', '1号', '沈清', '2025-01-01', 1,"
        " now(), now() FROM tenant WHERE code = 'wuhou'",
        (4403, "SESSION_CHANGED"),
        None,
    ),
    "another policy": Ending(
        "INSERT INTO policy_revision (id, revision, lines) VALUES (gen_random_uuid(), 'another', '[]')",
        (4403, "SESSION_CHANGED"),
        (4403, "POLICY_OUTDATED"),
    ),
    "a password that must be changed": Ending(
        "UPDATE account SET must_change_password = true WHERE login = 'wuhou.clerk'",
        (4403, "PASSWORD_EXPIRED"),
        (4403, "PASSWORD_EXPIRED"),
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_what_ends_a_session_ends_its_subscriptions(door: Place, owner: Database, name: str) -> None:
    ending = ENDINGS[name]
    token, _ = await sign_in(door)
    async with door.subscribed(token) as socket, door.open(token) as idle:
        async with owner.plain() as session:
            await session.execute(text(ending.statement))
        assert [await socket.ending(5), await idle.ending(5)] == [ending.code] * 2
    async with door.wire() as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        if ending.again is None:
            assert await socket.hear() == {"type": "connection_ack"}
        else:
            code, reason = await socket.ending(5)
            assert (code, reason) in {ending.again, (4403, "NOT_SIGNED_IN")}


async def test_signing_out_ends_its_own_connections_only(door: Place) -> None:
    token, _ = await sign_in(door)
    other, _ = await sign_in(door)
    async with door.subscribed(token) as socket, door.subscribed(other) as stays:
        await door.api.data("mutation { signOut { errors { code } } }", who=token)
        assert await socket.ending(5) == END_OF_SESSION
        assert await stays.is_silent()


async def test_a_session_revoked_from_another_one_is_closed_within_five_seconds(
    contract: Contract, app: Database, year: Year, entrance: Entrance
) -> None:
    authenticator = EntranceAuthenticator(entrance, year.clock)
    async with serving(contract, app, year.clock, authenticator, entrance, LiveLimits()) as door:
        token, session_id = await sign_in(door)
        other, _ = await sign_in(door)
        async with door.subscribed(token) as socket:
            revoke = "mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { errors { code } } }"
            answer = await door.api.data(revoke, who=other, input={"sessionId": session_id})
            began = time.monotonic()
            assert answer == {"revokeSession": {"errors": []}}
            assert await socket.ending(5) == END_OF_SESSION
            assert time.monotonic() - began < 5


async def test_nothing_is_told_after_the_end_of_a_session_even_before_anybody_looks(
    contract: Contract, app: Database, year: Year, entrance: Entrance
) -> None:
    authenticator, blind = EntranceAuthenticator(entrance, year.clock), LiveLimits(watch_seconds=60)
    async with serving(contract, app, year.clock, authenticator, entrance, blind) as door:
        token, _ = await sign_in(door)
        async with door.subscribed(token) as socket:
            await door.api.data("mutation { signOut { errors { code } } }", who=token)
            await tell_of_a_case(app, year)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.hear()
            assert closed.value.rcvd == Close(*END_OF_SESSION)


async def tell_of_a_case(app: Database, year: Year) -> None:
    await tell(app, year.clock, year.tenants["wuhou"].id, ("application", year.homes["Application"]["wuhou"][0]))


async def test_listening_is_no_use_of_a_session(door: Place, owner: Database, app: Database, year: Year) -> None:
    token, _ = await sign_in(door)
    seen = "SELECT max(last_seen_at) FROM sign_in_session"
    async with owner.plain() as session:
        before = (await session.execute(text(seen))).scalar_one()
    async with door.subscribed(token) as socket:
        for _ in range(2):
            year.clock.move(minutes=14)
            await tell_of_a_case(app, year)
            assert (await socket.changed())["kind"] == "APPLICATION"
        async with door.open(token):
            pass
        async with owner.plain() as session:
            assert (await session.execute(text(seen))).scalar_one() == before
        year.clock.move(minutes=3)
        assert await socket.ending(5) == END_OF_SESSION


async def test_a_session_in_use_ends_after_its_longest_time(door: Place, year: Year) -> None:
    token, _ = await sign_in(door)
    async with door.subscribed(token) as socket:
        for _ in range(25):
            year.clock.move(minutes=29)
            answer = await door.api.ask("{ viewer { login } }", who=token)
            if answer.status != 200:
                break
        assert await socket.ending(5) == END_OF_SESSION
    assert year.clock.at - END > timedelta(hours=12)


@pytest.mark.parametrize(
    "payload", [{}, {"authorization": ""}, {"authorization": "Bearer"}, {"authorization": "Basic x"}]
)
async def test_without_a_token_there_is_no_connection(door: Place, payload: Any) -> None:
    async with door.wire() as socket:
        await socket.say({"type": "connection_init", "payload": payload})
        assert await socket.ending() == (4403, "NOT_SIGNED_IN")


async def test_a_token_that_is_none_is_like_no_token(door: Place) -> None:
    for token in ("x", "A" * 43, new_id().hex):
        async with door.wire() as socket:
            await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            assert await socket.ending() == (4403, "NOT_SIGNED_IN")


async def test_the_token_may_stand_in_the_handshake(door: Place) -> None:
    token, _ = await sign_in(door)
    async with door.wire(headers={"authorization": f"Bearer {token}"}) as socket:
        assert await socket.begin(None) == {"type": "connection_ack"}


@asynccontextmanager
async def from_page(door: Place, origin: str, **headers: str) -> AsyncGenerator[Socket]:
    async with door.wire(headers={"origin": origin, **headers}) as socket:
        yield socket


async def test_a_page_of_another_site_cannot_connect(door: Place) -> None:
    own = f"http://127.0.0.1:{door.port}"
    token, _ = await sign_in(door)
    async with from_page(door, own) as socket:
        assert await socket.begin(token) == {"type": "connection_ack"}
    refused: list[int] = []
    for origin, headers in (
        ("https://evil.example", {}),
        ("null", {}),
        (f"http://127.0.0.1:{door.port + 1}", {}),
        (own, {"sec-fetch-site": "cross-site"}),
    ):
        with pytest.raises(InvalidStatus) as refusal:
            async with from_page(door, origin, **headers):
                pass
        refused.append(refusal.value.response.status_code)
        assert b"CROSS_SITE" in (refusal.value.response.body or b"")
    assert refused == [403] * 4


async def test_what_is_told_is_judged_as_of_then(place: Place, app: Database, owner: Database, year: Year) -> None:
    """Who has seen a case hears no more of it once it stands where he may not see it."""
    assignment = (
        "SELECT application_id, expert_account_id FROM assignment WHERE tenant_id = :tenant ORDER BY id LIMIT 1"
    )
    tenant = year.tenants["chengdu"]
    async with owner.plain() as session:
        case, expert = (await session.execute(text(assignment), {"tenant": tenant.id})).one()
        state = (await session.execute(text("SELECT state FROM application WHERE id = :id"), {"id": case})).scalar_one()
    move = text("UPDATE application SET state = :state WHERE id = :id")
    async with place.subscribed(year.tokens.enter(tenant, Role.EXPERT, account_id=expert)) as socket:
        for now, is_told in (("scoring", True), (state, False), ("scoring", True)):
            async with owner.plain() as session:
                await session.execute(move, {"state": now, "id": case})
            await tell(app, year.clock, tenant.id, ("application", case))
            if is_told:
                assert (await socket.changed())["objectId"] == encode_id("Application", case)
            assert await socket.is_silent()
    async with owner.plain() as session:
        await session.execute(move, {"state": state, "id": case})
