"""The policy recorded last is in force everywhere; whoever holds another one answers nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from authz import enforcer
from authz.enforcer import Enforcer
from authz.policy_rows import Policies, parse, read_files
from authz.revisions import OutdatedPolicyError, SupersededPolicyError, record, require_newest
from graphql_api.context import EntranceAuthenticator
from graphql_api.schema import build as build_contract
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tenants.policies.model import PolicyRevision
from tests.graphql_api.client import serving
from tests.tenants.unions import PASSWORD, add_person, build
from workers.workshop import Workshop

SHIPPED = parse(read_files())
NEWER = Enforcer(Policies(tuple(row for row in SHIPPED.rows if row.permission != "tenant:read"), "f" * 64))
SIGN_IN = "mutation ($i: SignInInput!) { signIn(input: $i) { token errors { code } } }"


@pytest.fixture
async def owner(fresh_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(fresh_database_urls.owner)
    yield database
    await database.close()


async def put_in_force(urls: DatabaseUrls, policy: Enforcer, *, acknowledged: bool = False) -> bool:
    engine = create_async_engine(urls.owner, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await record(connection, policy, acknowledged=acknowledged)
    finally:
        await engine.dispose()


async def recorded(owner: Database) -> list[str]:
    async with owner.plain() as session:
        return list((await session.execute(select(PolicyRevision.revision).order_by(PolicyRevision.number))).scalars())


async def test_preparing_records_the_shipped_policy_with_its_lines_once(
    fresh_database_urls: DatabaseUrls, owner: Database
) -> None:
    shipped = enforcer.current()
    assert await recorded(owner) == [shipped.revision]
    assert not await put_in_force(fresh_database_urls, shipped)
    async with owner.plain() as session:
        lines = (await session.execute(select(PolicyRevision.lines))).scalar_one()
    assert lines == list(dict.fromkeys(str(row.line) for row in shipped.rows))


async def test_there_is_no_way_back_that_nobody_acknowledged(
    fresh_database_urls: DatabaseUrls, owner: Database
) -> None:
    shipped = enforcer.current()
    assert await put_in_force(fresh_database_urls, NEWER)
    with pytest.raises(SupersededPolicyError, match="migrate --acknowledge-policy"):
        await put_in_force(fresh_database_urls, shipped)
    assert await put_in_force(fresh_database_urls, shipped, acknowledged=True)
    assert await recorded(owner) == [shipped.revision, NEWER.revision, shipped.revision]


async def test_a_process_with_an_older_policy_answers_503_from_the_next_request_on(
    fresh_database_urls: DatabaseUrls, owner: Database, clock: FixedClock
) -> None:
    world = await build(owner, clock)
    await add_person(owner, clock, world, "wang", ("wuhou", {"clerk"}))
    app, entrance = Database(fresh_database_urls.app), open_entrance(fresh_database_urls.login, cheap=True)
    given = {"tenant": "wuhou", "login": "wang", "password": PASSWORD}
    authenticator = EntranceAuthenticator(entrance, clock)
    async with serving(build_contract(b""), app, clock, authenticator, entrance) as api:  # type: ignore[arg-type]
        token = (await api.data(SIGN_IN, i=given))["signIn"]["token"]
        assert (await api.ask("{ viewer { name } }", who=token)).status == 200
        assert (await api.http.get("/readyz")).status_code == 200
        await put_in_force(fresh_database_urls, NEWER)
        refused = await api.ask("{ viewer { name } }", who=token)
        assert (refused.status, refused.codes) == (503, ["POLICY_OUTDATED"])
        assert (await api.http.get("/schema.graphql", headers={"authorization": f"Bearer {token}"})).status_code == 503
        assert (await api.http.get("/readyz")).status_code == 503
        entered = await api.data(SIGN_IN, i=given)
        assert entered["signIn"] == {"token": None, "errors": [{"code": "POLICY_OUTDATED"}]}
        before = enforcer.current()
        try:
            enforcer.swap(NEWER)
            assert (await api.ask("{ viewer { name } }", who=token)).status == 200
        finally:
            enforcer.swap(before)
    await app.close()
    await entrance.close()


async def test_a_worker_with_an_older_policy_lets_its_jobs_wait(
    fresh_database_urls: DatabaseUrls, owner: Database, clock: FixedClock
) -> None:
    courier = Database(fresh_database_urls.courier)
    async with courier.plain() as session:
        await require_newest(session)
    await put_in_force(fresh_database_urls, NEWER)
    workshop = Workshop(courier, clock, {}, {}, {}, b"")
    world = await build(owner, clock)
    with pytest.raises(OutdatedPolicyError):
        async with workshop.act(None, world.unions["wuhou"].id):  # type: ignore[arg-type]
            pytest.fail("a job was run")
    await courier.close()


async def test_without_any_record_nobody_is_served(fresh_database_urls: DatabaseUrls, owner: Database) -> None:
    async with owner.plain() as session:
        await session.execute(text("DELETE FROM policy_revision"))
    async with owner.plain() as session:
        with pytest.raises(OutdatedPolicyError):
            await require_newest(session)


def test_decisions_name_the_revision() -> None:
    assert replace(NEWER.rows[0]) in SHIPPED.rows
    assert NEWER.revision != enforcer.current().revision == SHIPPED.revision
