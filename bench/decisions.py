"""What a decision costs with 40, 40,000 and 2,800,000 unions: `PYTHONPATH=. .venv/bin/python -m bench.decisions [sizes…]`.

Starts a PostgreSQL of its own in a temporary folder and removes it again. Every number is the one that a tenth of the rounds stay below,
so that a busy machine shows less; read the ratios, not the times.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Text, Uuid, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from authz import enforcer, guard
from authz.actor import Actor, actor_from
from authz.permissions import Permission
from authz.policy_rows import Request
from authz.predicate import Columns, visible
from authz.relations import DESKS
from authz.roles import Role
from authz.scope import Scope
from authz.stages import CASE
from authz.subject import Subject
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.postgres import Server, server_in_use
from kernel.settings import DatabaseUrls, Settings
from migrations import runner
from tenants.accounts.entrance import open_entrance
from tenants.accounts.sessions import authenticate
from tenants.accounts.tokens import new_token, token_hash
from tenants.service import seed_levels

SIZES = (40, 40_000, 2_800_000)
FAN_OUT = 20
LADDER = ("national", "province", "city", "district", "town", "enterprise")
ROWS = 10_000
PAGE = 50
ROUNDS = 300
ASKED = [permission for permission in Permission if permission.kind == "case"][5:17]
CASES = Table(
    "bench_case",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("state", Text),
    Column("desk", Text),
    Column("created_by", Uuid),
)
COLUMNS = Columns(id=CASES.c.id, stage=CASES.c.state, desk=CASES.c.desk, creator=CASES.c.created_by)
Cost = dict[str, float]
"""Microseconds by what was measured."""

_CHILDREN = """
INSERT INTO tenant (id, code, name, level, parent_id, path, active, created_at)
SELECT gen_random_uuid(), 'u' || row_number() OVER () + :made, 'u', :level, p.id, p.path || lpad(to_hex(n), 12, '0') || '.', true, now()
FROM tenant p CROSS JOIN generate_series(1, :fan) n WHERE p.level = :above LIMIT :room
"""
_ROOT = """
INSERT INTO tenant (id, code, name, level, parent_id, path, active, created_at)
VALUES (gen_random_uuid(), 'u0', 'u', 'national', NULL, '000000000001.', true, now())
"""
_LOWEST = "SELECT id FROM tenant ORDER BY length(path) DESC, path LIMIT 1"
_OWN = "(tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"


async def measure(urls: DatabaseUrls, admin_url: str, size: int) -> Cost:
    """All costs in a database with this many unions; the person asked about stands at the bottom of the deepest branch."""
    token = new_token()
    await _fill(urls, admin_url, size, token)
    clock, app, entrance = SystemClock(), Database(urls.app, pool_size=2), open_entrance(urls.login, cheap=True)
    signed_in = await authenticate(entrance, token, clock)
    if signed_in is None:
        message = "nobody came in"
        raise RuntimeError(message)
    who = actor_from(signed_in)
    subjects = await _subjects(app, who)

    async def judged() -> None:
        async with app.read(who.tenant.id) as session:
            await guard.judge(Scope(session, who, clock), subjects, ASKED)

    async def listed() -> None:
        async with app.read(who.tenant.id) as session:
            condition = (CASES.c.tenant_id == who.tenant.id, visible(Permission.CASE_LIST, who, COLUMNS))
            await session.execute(select(CASES.c.id).where(*condition).order_by(CASES.c.id).limit(PAGE))

    async def bound() -> None:
        async with app.read(who.tenant.id):
            pass

    costs = {
        "decision, asked for the first time": _cold(),
        "decision, remembered": _remembered(),
        f"judge: {PAGE} rows × {len(ASKED)} acts, one statement": await _timed(judged),
        f"list predicate: a page of {PAGE} among {ROWS:,} rows": await _timed(listed),
        "session with the rules that bind it, one statement": await _timed(
            lambda: authenticate(entrance, token, clock)
        ),
        "an empty bound transaction, for comparison": await _timed(bound),
    }
    await app.close()
    await entrance.close()
    return costs


def _requests(count: int) -> list[Request]:
    chance = random.Random(1)  # noqa: S311 - the same requests each time
    states, roles = sorted(CASE), [role.value for role in Role]
    return [
        Request(
            frozenset(chance.sample(roles, 2)),
            "case",
            chance.choice(ASKED).act,
            "city",
            frozenset({"holder", f"holder.{chance.choice(DESKS)}"}),
            chance.choice(states),
        )
        for _ in range(count)
    ]


def _cold() -> float:
    policy, spent = enforcer.build(), list[float]()
    for request in dict.fromkeys(_requests(2000)):
        begun = time.perf_counter()
        policy.decide(request)
        spent.append(time.perf_counter() - begun)
    return _typical(spent)


def _remembered() -> float:
    policy, requests = enforcer.current(), _requests(2000)
    rounds = list[float]()
    for _ in range(21):
        begun = time.perf_counter()
        for request in requests:
            policy.decide(request)
        rounds.append((time.perf_counter() - begun) / len(requests))
    return _typical(rounds[1:])


def _typical(spent: Sequence[float]) -> float:
    return statistics.quantiles(spent, n=10)[0] * 1e6


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    spent = list[float]()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await act()
        spent.append(time.perf_counter() - begun)
    return _typical(spent[ROUNDS // 10 :])


async def _subjects(app: Database, who: Actor) -> list[Subject]:
    async with app.read(who.tenant.id) as session:
        rows = (await session.execute(select(CASES).order_by(CASES.c.id).limit(PAGE))).all()
    return [Subject("case", row.id, row.state, row.desk, creator=row.created_by) for row in rows]


async def _fill(urls: DatabaseUrls, admin_url: str, size: int, token: str) -> None:
    owner = Database(urls.owner)
    async with owner.plain() as session:
        await seed_levels(session)
    await owner.close()
    engine = create_async_engine(admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(_ROOT))
        made = 1
        for above, level in pairwise(LADDER):
            given = {"made": made, "level": level, "above": above, "fan": FAN_OUT, "room": size - made}
            made += (await connection.execute(text(_CHILDREN), given)).rowcount
        home = (await connection.execute(text(_LOWEST))).scalar_one()
        await connection.run_sync(CASES.metadata.create_all)
        await _seat(connection, home, token)
        await _work(connection, home, urls.app.split("://", 1)[1].split(":", 1)[0])
        await connection.execute(text("VACUUM ANALYZE"))
    await engine.dispose()


async def _seat(connection: AsyncConnection, home: UUID, token: str) -> None:
    given = {"home": home, "hash": token_hash(token)}
    for statement in (
        (
            "INSERT INTO account (id, login, name, password_hash, state, failed_attempts, must_change_password, created_at)"
            " VALUES (gen_random_uuid(), 'a', '王某', '', 'active', 0, false, now())"
        ),
        (
            "INSERT INTO membership (tenant_id, id, account_id, name, roles, valid_from)"
            " SELECT :home, gen_random_uuid(), id, '王某', '{clerk,reviewer,expert}', '2020-01-01' FROM account"
        ),
        (
            "INSERT INTO sign_in_session"
            " (id, token_hash, account_id, tenant_id, membership_id, issued_at, last_seen_at, expires_at, strength)"
            " SELECT gen_random_uuid(), :hash, account_id, tenant_id, id, now(), now(), now() + interval '1 day', 1"
            " FROM membership WHERE tenant_id = :home"
        ),
        (
            "INSERT INTO policy_tightening SELECT t.id, gen_random_uuid(), 'clerk', 'person', 'reveal', '*', true, '-', '-', '-', '2020-01-01',"
            " NULL, NULL, NULL, 1, now(), now() FROM tenant t JOIN tenant h ON h.id = :home AND starts_with(h.path, t.path)"
        ),
    ):
        named = {name: value for name, value in given.items() if f":{name}" in statement}
        await connection.execute(text(statement), named)


async def _work(connection: AsyncConnection, home: UUID, app_role: str) -> None:
    """Cases of this union in all states, and duties of its people in them."""
    chance = random.Random(2)  # noqa: S311 - the same cases each time
    account = UUID(int=1)
    rows = [
        {
            "tenant_id": home,
            "id": new_id(),
            "state": chance.choice(sorted(CASE)),
            "desk": chance.choice(DESKS),
            "created_by": chance.choice([account, UUID(int=2)]),
        }
        for _ in range(ROWS)
    ]
    await connection.execute(CASES.insert(), rows)
    for statement in (
        "ALTER TABLE bench_case ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON bench_case USING {_OWN}",
        f"GRANT SELECT ON bench_case TO {app_role}",
        "INSERT INTO duty_record SELECT tenant_id, gen_random_uuid(), 'case', id, created_by, 'assigned', now() FROM bench_case",
    ):
        await connection.execute(text(statement))


def _table(costs: dict[int, Cost]) -> str:
    sizes = sorted(costs)
    head = ["µs (ratio)", *(f"{size:,} unions" for size in sizes)]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name, first in costs[sizes[0]].items():
        cells = [f"{costs[size][name]:,.1f} (×{costs[size][name] / first:.2f})" for size in sizes]
        lines.append(f"| {' | '.join([name, *cells])} |")
    return "\n".join(lines)


def _measure_all(settings: Settings, server: Server, sizes: Sequence[int]) -> dict[int, Cost]:
    costs: dict[int, Cost] = {}
    for size in sizes:
        name = f"bench_{size}"
        urls = runner.prepare(settings, server, name)
        begun = time.perf_counter()
        costs[size] = asyncio.run(measure(urls, server.url(name), size))
        print(f"{size:,} unions: made and measured in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    return costs


def main(arguments: Sequence[str]) -> None:
    """Measure the given sizes, or the three of the product's claim."""
    sizes = [int(one) for one in arguments] or SIZES
    with tempfile.TemporaryDirectory(prefix="jiangti-bench-") as folder:
        home = Path(folder)
        settings = replace(
            Settings.from_env(), home=home, secret_file=home / "secret.key", role_prefix="jiangti_bench", demo=False
        )
        with server_in_use(settings, profile="test") as server:
            print(_table(_measure_all(settings, server, sizes)))


if __name__ == "__main__":
    main(sys.argv[1:])
