"""What people leave behind by asking is cleared away when it is old, and nothing else is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.clock import FixedClock
from kernel.idempotency import IdempotencyKey
from kernel.ids import new_id
from kernel.outbox_queue import NO_TENANT, enqueue_for
from tenants.accounts.model import Account, SignInFailure, SignInSession
from tests.queue_world import World
from workers.drain import drain

WEEK = timedelta(days=7)
MARGIN = timedelta(minutes=1)


async def leave(world: World, at: datetime, tenants: Sequence[UUID]) -> None:
    """A failed sign-in, a session that ran out, and in each union a used key, all of this moment."""
    account = Account(id=new_id(), login=new_id().hex, name="王某", password_hash="-", created_at=at)
    async with world.owner.plain() as session:
        session.add_all([account, SignInFailure(id=new_id(), at=at, address="10.0.0.9")])
        await session.flush()
        times = {"issued_at": at - timedelta(hours=12), "last_seen_at": at, "expires_at": at}
        keys = {"account_id": account.id, "tenant_id": world.district, "membership_id": new_id()}
        session.add(SignInSession(id=new_id(), token_hash=new_id().bytes, **times, **keys))
    for tenant_id in tenants:
        async with world.app.write(tenant_id) as session:
            facts = {"operation": "createPerson", "request_sha256": "", "result": {}}
            key = IdempotencyKey(
                tenant_id=tenant_id, id=new_id(), account_id=account.id, key="generated", at=at, **facts
            )
            session.add(key)


async def left(world: World, tenants: Sequence[UUID]) -> tuple[list[datetime], list[datetime], list[list[datetime]]]:
    """The moments of what is still there: failures, sessions, keys of each union."""
    async with world.owner.plain() as session:
        failures = (await session.scalars(select(SignInFailure.at).order_by(SignInFailure.at))).all()
        sessions = (await session.scalars(select(SignInSession.expires_at).order_by(SignInSession.expires_at))).all()
    keys: list[list[datetime]] = []
    for tenant_id in tenants:
        async with world.app.read(tenant_id) as session:
            keys.append(list(await session.scalars(select(IdempotencyKey.at).order_by(IdempotencyKey.at))))
    return list(failures), list(sessions), keys


async def purge(world: World, clock: FixedClock) -> None:
    async with world.courier.plain() as session:
        await enqueue_for(session, NO_TENANT, "purge_traces", {}, dedupe="purge_traces")
    assert await drain(world.courier, clock) == 1


@pytest.fixture
async def unions(world: World) -> Sequence[UUID]:
    """Two unions, in which nobody has left anything."""
    unions = (world.city, world.district)
    async with world.owner.plain() as session:
        await session.execute(text("DELETE FROM sign_in_session"))
        await session.execute(text("DELETE FROM sign_in_failure"))
    for tenant_id in unions:
        async with world.owner.write(tenant_id) as session:
            await session.execute(text("DELETE FROM idempotency_key"))
    return unions


async def test_what_is_a_week_old_goes_in_every_union_and_what_is_younger_stays(
    world: World, clock: FixedClock, unions: Sequence[UUID]
) -> None:
    young = clock.now() - WEEK + MARGIN
    for at in (clock.now() - WEEK - MARGIN, young):
        await leave(world, at, unions if at != young else unions[:1])
    await purge(world, clock)
    assert await left(world, unions) == ([young], [young], [[young], []])


async def test_a_business_clock_that_runs_ahead_forgets_nothing_early(
    world: World, clock: FixedClock, unions: Sequence[UUID]
) -> None:
    clock.at = datetime.now(UTC) + timedelta(days=400)
    young = datetime.now(UTC) - WEEK + MARGIN
    for at in (datetime.now(UTC) - WEEK - MARGIN, young):
        await leave(world, at, unions)
    await purge(world, clock)
    assert await left(world, unions) == ([young], [young], [[young], [young]])


async def test_the_courier_can_neither_read_what_was_left_nor_remove_a_young_key(
    world: World, unions: Sequence[UUID]
) -> None:
    now = datetime.now(UTC)
    await leave(world, now, unions)
    assert await world.rows("DELETE FROM idempotency_key RETURNING 1 AS gone") == []
    for secret in ("token_hash FROM sign_in_session", "address FROM sign_in_failure", "key FROM idempotency_key"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await world.rows(f"SELECT {secret}")
    assert (await left(world, unions))[2] == [[now], [now]]


async def test_an_account_that_nobody_used_for_ninety_days_is_disabled(world: World, clock: FixedClock) -> None:
    now = min(clock.now(), datetime.now(UTC))
    times = {
        "made long ago": (200, None),
        "used lately": (200, 89),
        "used long ago": (200, 91),
        "made lately": (89, None),
    }
    async with world.owner.plain() as session:
        for name, (made, used) in times.items():
            made_at, used_at = now - timedelta(days=made), None if used is None else now - timedelta(days=used)
            login = new_id().hex
            session.add(Account(login=login, name=name, password_hash="-", created_at=made_at, active_at=used_at))
    async with world.courier.plain() as session:
        await enqueue_for(session, NO_TENANT, "disable_idle_accounts", {}, dedupe="disable_idle_accounts")
    assert await drain(world.courier, clock) == 1
    async with world.owner.plain() as session:
        rows = await session.execute(select(Account.name, Account.state).where(Account.name.in_(times)))
        assert {row.name: row.state for row in rows} == {
            "made long ago": "disabled",
            "used lately": "active",
            "used long ago": "disabled",
            "made lately": "active",
        }
