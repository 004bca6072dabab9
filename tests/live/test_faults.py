"""The database goes away, the server goes away: what was missed is said, and nothing is left behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from graphql_api.ids import encode_id
from graphql_api.live.closing import LiveLimits
from graphql_api.schema import Contract
from kernel.database import Database
from kernel.listening import Listener
from kernel.postgres import Server, ensure_server, purge, stop_server
from kernel.settings import Settings
from tests.databases import run_sql
from tests.isolation.fixtures import Year
from tests.live.sockets import RESYNC, Place, serving, tell, until

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'jiangti live'"
CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"


async def cut(server: Server, place: Place, app: Database, statement: str) -> None:
    name = str(app.engine.url.database)
    await asyncio.to_thread(run_sql, server, statement.format(name=name))


async def test_after_the_listening_connection_was_cut_everybody_reads_again(
    place: Place, server: Server, app: Database, year: Year
) -> None:
    key = year.homes["Notice"]["chengdu"][0]
    async with (
        place.subscribed(year.everything("chengdu")) as socket,
        place.subscribed(year.everything("wuhou")) as other,
    ):
        await cut(server, place, app, CUT)
        assert [await socket.changed(), await other.changed()] == [RESYNC, RESYNC]
        await tell(app, year.clock, year.tenants["chengdu"].id, ("notice", key))
        assert (await socket.changed())["objectId"] == encode_id("Notice", key)
        assert await other.is_silent()


async def test_after_every_connection_to_the_database_was_cut_it_goes_on(
    place: Place, server: Server, app: Database, year: Year
) -> None:
    async with place.subscribed(year.everything("chengdu")) as socket:
        await cut(server, place, app, CUT_ALL)
        assert await socket.changed() == RESYNC
        await until(lambda: place.live.listener.is_hearing)
        while not await socket.is_silent():
            pass
        key = year.homes["Notice"]["chengdu"][0]
        async with asyncio.timeout(10):
            await tell(app, year.clock, year.tenants["chengdu"].id, ("notice", key))
        assert (await socket.changed())["objectId"] == encode_id("Notice", key)


async def test_a_stopping_server_says_so_and_leaves_nothing(contract: Contract, app: Database, year: Year) -> None:
    async with (
        serving(contract, app, year.clock, year.tokens) as place,
        place.subscribed(year.everything("chengdu")) as socket,
        place.wire() as silent,
    ):
        place.server.should_exit = True
        assert (await socket.ending())[0] == 1012
        assert (await silent.ending())[0] == 1012


async def test_a_client_that_is_gone_leaves_nothing(place: Place, year: Year) -> None:
    async with place.subscribed(year.everything("chengdu")) as socket:
        socket.wire.transport.abort()
        await until(lambda: place.live.hub.count() == 0)


UNREACHABLE = LiveLimits(watch_seconds=0.1, unverified_seconds=0.5)


class Unsure:
    """A door whose database is away."""

    def __init__(self, year: Year) -> None:
        self._tokens = year.tokens
        self.is_away = False
        self.recognise = year.tokens.recognise
        self.authenticate = year.tokens.authenticate

    async def find_present(self, session_ids: object) -> object:
        if self.is_away:
            raise ConnectionRefusedError
        return await self._tokens.find_present(session_ids)  # type: ignore[arg-type]


async def test_who_cannot_be_judged_is_told_nothing_and_not_kept_for_ever(
    contract: Contract, app: Database, year: Year
) -> None:
    door = Unsure(year)
    async with (
        serving(contract, app, year.clock, door, limits=UNREACHABLE) as place,  # type: ignore[arg-type]
        place.subscribed(year.everything("chengdu")) as socket,
    ):
        door.is_away = True
        key = year.homes["Notice"]["chengdu"][0]
        await tell(app, year.clock, year.tenants["chengdu"].id, ("notice", key))
        assert await socket.ending() == (1013, "UNAVAILABLE")


@pytest.fixture
def own_server(tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    """A PostgreSQL of this test's own."""
    own = replace(settings, home=tmp_path / "home", database_url=None)
    own.home.mkdir()
    ensure_server(own, profile="test")
    yield own
    stop_server(own)
    purge(own)


@pytest.fixture
async def heard(own_server: Settings) -> AsyncIterator[tuple[list[str], Listener]]:
    """What a listener hears, `missed` among it."""
    server = ensure_server(own_server, profile="test")
    found: list[str] = []
    listener = Listener(
        make_url(server.url("postgres")), "heard_here", found.append, lambda: found.append("missed"), beat=0.3
    )
    running = asyncio.create_task(listener.run())
    yield found, listener
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_listener_outlives_a_restart_of_the_database(
    own_server: Settings, heard: tuple[list[str], Listener]
) -> None:
    found, listener = heard
    server = ensure_server(own_server, profile="test")
    await until(lambda: found == ["missed"])
    await asyncio.to_thread(run_sql, server, "NOTIFY heard_here, 'one'")
    await until(lambda: found == ["missed", "one"])
    await asyncio.to_thread(stop_server, own_server)
    await until(lambda: not listener.is_hearing)
    again = await asyncio.to_thread(ensure_server, own_server, profile="test")
    async with asyncio.timeout(30):
        while not listener.is_hearing:
            await asyncio.sleep(0.05)
    await asyncio.to_thread(run_sql, again, "NOTIFY heard_here, 'two'")
    await until(lambda: found == ["missed", "one", "missed", "two"])
