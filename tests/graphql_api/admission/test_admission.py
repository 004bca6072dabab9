"""Over HTTP, against a real PostgreSQL whose lock holds the work up. No time is asserted: what is counted is who is answered, how, and after whom."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest
from sqlalchemy import func, select, text

from authz.roles import Role
from graphql_api.admission.turns import Admission, AdmissionLimits
from graphql_api.app import make_app
from graphql_api.applications.queries import ApplicationsQuery
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.idempotency import IdempotencyKey
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import Entrance
from tests.graphql_api.client import Answer, Client, Tokens, serving
from tests.graphql_api.conftest import NOW
from tests.graphql_api.test_mutations import REVISE, DeedsMutation
from tests.graphql_api.world import Cases
from tests.sealers import make_sealer

LIST = "{ applications(first: 5) { edges { node { id } } } }"
SIBLINGS = "{ a: applications(first: 1) { totalCount } b: applications(first: 1) { totalCount } c: applications(first: 1) { totalCount } }"
PATIENT = {"server_settings": {"lock_timeout": "0", "statement_timeout": "0"}}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return build(b"secret", ApplicationsQuery, DeedsMutation)


@pytest.fixture
async def only(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """One connection, whose statements wait for locks as long as it takes."""
    database = Database(database_urls.app, pool_size=1, sealer=make_sealer(), connect_args=PATIENT)
    yield database
    await database.close()


@pytest.fixture
def wuhou(cases: Cases, tokens: Tokens) -> str:
    return tokens.enter(cases.unions["wuhou"], Role.CLERK)


@pytest.fixture
def qingyang(cases: Cases, tokens: Tokens) -> str:
    return tokens.enter(cases.unions["qingyang"], Role.CLERK)


@asynccontextmanager
async def locked(owner: Database) -> AsyncGenerator[Callable[[], Awaitable[None]]]:
    """Nobody reads or writes cases until the given function is called."""
    async with owner.plain() as session:
        await session.execute(text("LOCK TABLE application IN ACCESS EXCLUSIVE MODE"))
        yield session.commit


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


async def ask_all(api: Client, who: str, count: int) -> list["asyncio.Task[Answer]"]:
    return [asyncio.create_task(api.ask(LIST, who=who)) for _ in range(count)]


async def test_beyond_turns_and_places_the_answer_is_503_and_afterwards_everything_works(
    contract: Contract, only: Database, owner: Database, tokens: Tokens, wuhou: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, places=2, wait_seconds=1000))
    async with serving(contract, only, FixedClock(NOW), tokens, admission=admission) as api, locked(owner) as unlock:
        held = await ask_all(api, wuhou, 3)
        await until(lambda: (admission.working, admission.waiting) == (1, 2))
        refused = await api.ask(LIST, who=wuhou)
        assert (refused.status, refused.codes) == (503, ["OVERLOADED"])
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert refused.headers["cache-control"] == "no-store"
        seconds = refused.headers["retry-after"]
        (error,) = refused.body["errors"]
        assert error["message"] == f"系统繁忙，请在 {seconds} 秒后重试"
        assert error["extensions"]["family"] == "REFUSED"
        assert error["extensions"]["requestId"] == refused.headers["x-request-id"]
        english = await api.ask(LIST, who=wuhou, headers={"accept-language": "en", "accept": "application/json"})
        assert english.status == 503
        assert english.body["errors"][0]["message"] == f"The service is busy; try again in {seconds} seconds"
        assert (await api.http.get("/schema.graphql", headers={"authorization": f"Bearer {wuhou}"})).status_code == 503
        assert (await api.http.get("/livez")).status_code == 200
        await unlock()
        assert [answer.status for answer in await asyncio.gather(*held)] == [200] * 3
        assert (await api.ask(LIST, who=wuhou)).status == 200
        assert (admission.working, admission.waiting) == (0, 0)


async def test_a_quiet_union_behind_a_hundred_of_another_is_served_within_the_first_few(
    contract: Contract, only: Database, owner: Database, tokens: Tokens, wuhou: str, qingyang: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, places=150, wait_seconds=1000))
    order: list[str] = []

    async def ask(api: Client, who: str) -> int:
        answer = await api.ask(LIST, who=who)
        order.append(who)
        return answer.status

    async with serving(contract, only, FixedClock(NOW), tokens, admission=admission) as api:
        for who in (wuhou, qingyang):
            assert (await api.ask(LIST, who=who)).status == 200
        async with locked(owner) as unlock:
            noise = [asyncio.create_task(ask(api, wuhou)) for _ in range(100)]
            await until(lambda: (admission.working, admission.waiting) == (1, 99))
            quiet = [asyncio.create_task(ask(api, qingyang)) for _ in range(2)]
            await until(lambda: admission.waiting == 101)
            await unlock()
            assert set(await asyncio.gather(*noise, *quiet)) == {200}
    assert [place for place, who in enumerate(order) if who == qingyang] == [2, 4]
    assert (admission.working, admission.waiting, admission.refused) == (0, 0, 0)


async def test_a_flood_that_fills_the_room_pushes_itself_out(
    contract: Contract, only: Database, owner: Database, tokens: Tokens, wuhou: str, qingyang: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, places=10, wait_seconds=1000))
    async with serving(contract, only, FixedClock(NOW), tokens, admission=admission) as api:
        for who in (wuhou, qingyang):
            await api.ask(LIST, who=who)
        async with locked(owner) as unlock:
            noise = await ask_all(api, wuhou, 40)
            await until(lambda: admission.waiting == 10 and admission.refused == 29)
            quiet = await ask_all(api, qingyang, 3)
            await until(lambda: admission.refused == 32)
            await unlock()
            statuses = Counter(answer.status for answer in await asyncio.gather(*noise))
            assert [answer.status for answer in await asyncio.gather(*quiet)] == [200] * 3
    assert statuses == {200: 8, 503: 32}
    assert (admission.working, admission.waiting) == (0, 0)


async def test_clients_that_hang_up_while_they_wait_leave_nothing(
    contract: Contract, only: Database, owner: Database, tokens: Tokens, wuhou: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, wait_seconds=1000))
    services = Services(only, Entrance(only, None), FixedClock(NOW), tokens)  # type: ignore[arg-type]
    app = make_app(contract, services, demo=False, admission=admission)
    left = asyncio.Event()
    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer " + wuhou.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}

    async def request() -> list[int]:
        sent: list[int] = []
        asked: dict[str, object] = {"type": "http.request", "body": orjson.dumps({"query": LIST})}
        messages = iter([asked])

        async def receive() -> dict[str, object]:
            message = next(messages, None)
            if message is None:
                await left.wait()
            return message or {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                sent.append(int(str(message["status"])))

        await app(dict(scope, client=("192.0.2.1", 1)), receive, send)  # type: ignore[arg-type]
        return sent

    async with locked(owner) as unlock:
        first = asyncio.create_task(request())
        await until(lambda: admission.working == 1)
        waiting = [asyncio.create_task(request()) for _ in range(20)]
        await until(lambda: admission.waiting == 20)
        left.set()
        assert await asyncio.gather(*waiting) == [[503]] * 20
        assert (admission.working, admission.waiting) == (1, 0)
        await unlock()
        assert await first == [200]
    assert (admission.working, admission.waiting) == (0, 0)


async def test_a_mutation_that_was_refused_has_stored_nothing_and_is_repeated_with_its_key(
    contract: Contract, only: Database, owner: Database, tokens: Tokens, cases: Cases, wuhou: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, places=1, wait_seconds=1000))
    key = encode_id("Application", cases.applications["wuhou"][1])
    given = {"idempotencyKey": "again-0001", "applicationId": key, "version": 1, "deeds": "创新工艺"}

    async def stored() -> tuple[int, int]:
        async with owner.read(cases.unions["wuhou"].id) as session:
            keys = select(func.count()).where(IdempotencyKey.key == "again-0001")
            entries = text("SELECT count(*) FROM audit_entry WHERE act = 'case:revise'")
            return (await session.execute(keys)).scalar_one(), (await session.execute(entries)).scalar_one()

    async with serving(contract, only, FixedClock(NOW), tokens, admission=admission) as api:
        async with locked(owner) as unlock:
            held = await ask_all(api, wuhou, 2)
            await until(lambda: (admission.working, admission.waiting) == (1, 1))
            refused = await api.ask(REVISE, who=wuhou, input=given)
            assert (refused.status, refused.codes, "data" in refused.body) == (503, ["OVERLOADED"], False)
            assert await stored() == (0, 0)
            await unlock()
            await asyncio.gather(*held)
        first, again = [await api.data(REVISE, who=wuhou, input=given) for _ in range(2)]
        assert first == again
        assert first["reviseDeeds"]["errors"] == []
        assert await stored() == (1, 1)


async def test_no_connection_to_be_had_is_503_too(
    contract: Contract, database_urls: DatabaseUrls, owner: Database, tokens: Tokens, wuhou: str, cases: Cases
) -> None:
    """More turns than connections: what only a wrong configuration brings about."""
    short = Database(database_urls.app, pool_size=1, wait_seconds=0.05, sealer=make_sealer(), connect_args=PATIENT)
    key = encode_id("Application", cases.applications["wuhou"][2])
    given = {"idempotencyKey": "again-0002", "applicationId": key, "version": 1, "deeds": "创新工艺"}
    async with serving(contract, short, FixedClock(NOW), tokens, compile_after=1) as api:
        for _ in range(3):  # compiled from the second time on
            await api.data(LIST, who=wuhou)
        async with short.write(cases.unions["wuhou"].id):
            refused = await api.ask(REVISE, who=wuhou, input=given)
            assert (refused.status, refused.codes) == (503, ["OVERLOADED"])
            assert refused.headers["retry-after"] == "1"
        async with short.write(cases.unions["wuhou"].id), short.read_directly(cases.unions["wuhou"].id):
            refused = await api.ask(LIST, who=wuhou)
            assert (refused.status, refused.codes, refused.headers["retry-after"]) == (503, ["OVERLOADED"], "1")
        assert (await api.data(REVISE, who=wuhou, input=given))["reviseDeeds"]["errors"] == []
    await short.close()


async def test_a_server_that_is_away_is_503_too(contract: Contract, tokens: Tokens, wuhou: str) -> None:
    nowhere = Database("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere", sealer=make_sealer())
    async with serving(contract, nowhere, FixedClock(NOW), tokens) as api:
        refused = await api.ask(LIST, who=wuhou)
    assert (refused.status, refused.codes, refused.headers["retry-after"]) == (503, ["OVERLOADED"], "1")


async def test_so_it_is_beside_the_endpoint(contract: Contract, tokens: Tokens) -> None:
    nowhere = Database("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere")
    clock = FixedClock(NOW)
    entrance = Entrance(nowhere, None)  # type: ignore[arg-type]
    services = Services(nowhere, entrance, clock, EntranceAuthenticator(entrance, clock))
    transport = httpx.ASGITransport(app=make_app(contract, services, demo=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://jiangti.test") as http:
        found = await http.get("/schema.graphql", headers={"authorization": f"Bearer {'a' * 43}"})
        assert (found.status_code, found.headers["retry-after"]) == (503, "1")
        assert found.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/livez")).status_code == 200


async def test_siblings_are_answered_whatever_the_number_of_turns(
    contract: Contract, app: Database, tokens: Tokens, wuhou: str
) -> None:
    for turns in (1, 2, 6):
        admission = Admission(AdmissionLimits(turns=turns))
        async with serving(contract, app, FixedClock(NOW), tokens, admission=admission) as api:
            data = await api.data(SIBLINGS, who=wuhou)
        assert data == {"a": {"totalCount": 5}, "b": {"totalCount": 5}, "c": {"totalCount": 5}}
        assert admission.working == 0


async def test_a_body_that_does_not_come_holds_no_turn(
    contract: Contract, app: Database, tokens: Tokens, wuhou: str
) -> None:
    admission = Admission(AdmissionLimits(turns=1, bodies=2))
    never = asyncio.Event()

    async def dawdling() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    headers = {"content-type": "application/json", "authorization": f"Bearer {wuhou}"}
    async with serving(contract, app, FixedClock(NOW), tokens, admission=admission) as api:
        assert (await api.ask(LIST, who=wuhou)).status == 200
        slow = asyncio.create_task(api.http.post("/graphql", content=dawdling(), headers=headers))
        await until(lambda: admission.arriving == 1)
        assert admission.working == 0
        of_the_same = await api.ask(LIST, who=wuhou)
        assert (of_the_same.status, of_the_same.codes) == (503, ["OVERLOADED"])
        assert (await api.ask("{ __typename }")).status == 200
        never.set()
        assert (await slow).status_code == 400
        assert (await api.ask(LIST, who=wuhou)).status == 200
