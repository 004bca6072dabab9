"""Generated worlds: two lines, skipped levels, paths and ids that begin alike, periods that begin or end exactly today, duties, tightenings."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from authz.denials import TIGHTENABLE_ROLES, UNTOUCHABLE_KINDS
from authz.duties import Duty
from authz.permissions import Permission
from authz.relations import DESKS
from authz.roles import FULL_STRENGTH, Role
from authz.stages import STAGES
from kernel.clock import FixedClock
from tenants.accounts.tokens import new_token, token_hash
from tests.authz.differential.trial import GIVEN, Trial, put

UNIONS = (
    ("1.", None, "national"),
    ("1.2.", None, "province"),
    ("1.20.", None, "province"),
    ("1.2.3.", "7.1.", "city"),
    ("1.2.3.4.", "7.1.4.", "enterprise"),
    ("1.2.31.", "7.12.", "district"),
    ("1.20.3.", "7.12.5.", "town"),
    ("1.7.", "7.", "national_industry"),
    ("1.2.30.", None, "development_zone"),
)
"""Path, path on the industry line, level: `1.2.` is not above `1.20.`, nor `7.1.` above `7.12.`; an enterprise right under a city, a town under a province."""
ALONE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
PERSONS_ROLES = tuple(role for role in Role if role is not Role.COURIER)


@dataclass(frozen=True)
class Seated:
    """A person in a union, with a session of his own."""

    membership_id: UUID
    token: str


class Ids:
    """Ids that differ in their last digits only."""

    def __init__(self) -> None:
        self._next = uuid4().int & ~0xFFFFFF

    def take(self) -> UUID:
        self._next += 1
        return UUID(int=self._next)


async def make_world(where: Trial, seed: int, clock: FixedClock) -> list[Seated]:
    """Unions, people with periods, objects, duties and tightenings; the people to be asked about."""
    chance, ids = random.Random(seed), Ids()
    unions = await add_unions(where, ids, clock, f"W{seed}.", [(path, line, level) for path, line, level in UNIONS])
    accounts = [ids.take() for _ in range(6)]
    people = [
        await seat(
            where,
            ids,
            clock,
            union,
            account,
            some_roles(chance),
            some_period(chance, clock.today()),
            strength=chance.choice([1, FULL_STRENGTH]),
        )
        for account in accounts
        for union in chance.sample(unions, 2)
    ]
    objects = some_objects(chance, ids, unions, accounts)
    await put(where, objects)
    await add_duties(where, chance, ids, unions, accounts, objects, clock)
    await add_tightenings(where, chance, ids, unions, clock)
    return people


async def make_dense_world(where: Trial, seed: int, clock: FixedClock) -> list[Seated]:
    """Two unions with an object of each kind, state and desk, and one person in both who holds every part that goes with others, and has done this and that."""
    chance, ids = random.Random(seed), Ids()
    unions = await add_unions(where, ids, clock, f"D{seed}.", [("1.", None, "national"), ("1.2.", None, "district")])
    account, roles = ids.take(), [role for role in PERSONS_ROLES if role not in ALONE]
    period = (clock.today(), clock.today() + timedelta(days=1))
    people = [await seat(where, ids, clock, union, account, roles, period) for union in unions]
    objects: list[dict[str, Any]] = []
    for union, kind in product(unions, STAGES):
        for stage, desk in product([None, *STAGES[kind]], [None, *DESKS]):
            objects.append(
                {
                    "id": ids.take(),
                    "tenant_id": union,
                    "kind": kind,
                    "stage": stage,
                    "desk": desk,
                    "creator": chance.choice([None, None, account]),
                    "about": objects[-1]["id"] if objects and chance.random() < 0.3 else None,
                }
            )
    await put(where, objects)
    await add_duties(where, chance, ids, unions, [account], chance.sample(objects, len(objects) // 3), clock)
    await add_tightenings(where, chance, ids, unions, clock)
    return people


async def add_unions(
    where: Trial, ids: Ids, clock: FixedClock, root: str, places: Sequence[tuple[str, str | None, str]]
) -> list[UUID]:
    """Unions at these paths, under a root of their own."""
    made = [(ids.take(), path, line, level) for path, line, level in places]
    rows = [
        {
            "id": union,
            "code": str(union),
            "level": level,
            "path": root + path,
            "line": None if line is None else root + line,
            "now": clock.now(),
        }
        for union, path, line, level in made
    ]
    async with where.admin.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO tenant (id, code, name, level, path, industry_path, active, created_at)"
                " VALUES (:id, :code, :code, :level, :path, :line, true, :now)"
            ),
            rows,
        )
    return [union for union, *_ in made]


async def seat(
    where: Trial,
    ids: Ids,
    clock: FixedClock,
    union: UUID,
    account: UUID,
    roles: Sequence[Role],
    period: tuple[date, date | None],
    *,
    strength: int = FULL_STRENGTH,
) -> Seated:
    """A place and a live session, whatever the place's period says; `strength` is by how many factors he came in."""
    valid_from, valid_to = period
    token, membership, now = new_token(), ids.take(), clock.now()
    given = {
        "account": account,
        "login": str(account),
        "union": union,
        "membership": membership,
        "roles": [role.value for role in roles],
        "from": valid_from,
        "to": valid_to,
        "session": ids.take(),
        "hash": token_hash(token),
        "strength": strength,
        "now": now,
        "end": now + timedelta(hours=1),
    }
    async with where.admin.begin() as connection:
        for statement in (
            (
                "INSERT INTO account (id, login, name, password_hash, state, failed_attempts, must_change_password, created_at)"
                " VALUES (:account, :login, '王某', '', 'active', 0, false, :now) ON CONFLICT DO NOTHING"
            ),
            (
                "INSERT INTO membership (tenant_id, id, account_id, name, roles, valid_from, valid_to)"
                " VALUES (:union, :membership, :account, '王某', :roles, :from, :to)"
            ),
            (
                "INSERT INTO sign_in_session (id, token_hash, account_id, tenant_id, membership_id, strength, issued_at, last_seen_at, expires_at)"
                " VALUES (:session, :hash, :account, :union, :membership, :strength, :now, :now, :end)"
            ),
        ):
            named = {name: value for name, value in given.items() if f":{name}" in statement}
            await connection.execute(text(statement), named)
    return Seated(membership, token)


def some_roles(chance: random.Random) -> list[Role]:
    """One to nine roles; an administrator is nothing else."""
    roles = chance.sample(PERSONS_ROLES, chance.choice([1, 2, 4, 9]))
    administrators = [role for role in roles if role in ALONE]
    if chance.random() < 0.2:
        return [chance.choice(sorted(ALONE))]
    return [role for role in roles if role not in ALONE] or administrators[:1]


def some_period(chance: random.Random, today: date) -> tuple[date, date | None]:
    """Mostly live; also from today, until today (no longer), from tomorrow, today only."""
    day = timedelta(days=1)
    live = (today - day, None)
    edges = [(today, None), (today, today + day), (today - day, today), (today + day, None), (today - day, today + day)]
    return live if chance.random() < 0.5 else chance.choice(edges)


def some_objects(
    chance: random.Random, ids: Ids, unions: Sequence[UUID], accounts: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Half of them cases; some created by one of the accounts, some about another object, some published."""
    objects: list[dict[str, Any]] = []
    for union in unions:
        for _ in range(45):
            kind = "case" if chance.random() < 0.5 else chance.choice(list(STAGES))
            objects.append(
                {
                    "id": ids.take(),
                    "tenant_id": union,
                    "kind": kind,
                    "stage": chance.choice([None, *STAGES[kind]]),
                    "desk": chance.choice([None, *DESKS]),
                    "creator": chance.choice([None, *accounts]),
                    "about": chance.choice([None, *[one["id"] for one in objects[-3:]]]),
                    "published": chance.random() < 0.06,
                    **{word: chance.choice([None, None, None, False, True]) for word in GIVEN},
                }
            )
    return objects


async def add_duties(
    where: Trial,
    chance: random.Random,
    ids: Ids,
    unions: Sequence[UUID],
    accounts: Sequence[UUID],
    objects: Sequence[dict[str, Any]],
    clock: FixedClock,
) -> None:
    """Who did what; also in a union that does not hold the object, which must count there only."""
    done = {
        (
            one["tenant_id"] if chance.random() < 0.9 else chance.choice(unions),
            one["id"],
            chance.choice(accounts),
            chance.choice(list(Duty)),
        )
        for one in chance.choices(objects, k=len(objects) * 2)
    }
    rows = [
        {"tenant": tenant, "id": ids.take(), "object": thing, "account": account, "duty": duty.value, "at": clock.now()}
        for tenant, thing, account, duty in sorted(done, key=str)
    ]
    async with where.admin.begin() as connection:
        await connection.execute(
            text("INSERT INTO duty_record VALUES (:tenant, :id, 'x', :object, :account, :duty, :at)"), rows
        )


async def add_tightenings(
    where: Trial, chance: random.Random, ids: Ids, unions: Sequence[UUID], clock: FixedClock
) -> None:
    """Some in each union, half of them for those below, too; some not yet, no longer, or lifted."""
    touchable = [permission for permission in Permission if permission.kind not in UNTOUCHABLE_KINDS]
    cases = [permission for permission in touchable if permission.kind == "case"]
    rows: list[dict[str, Any]] = []
    for union in unions:
        for _ in range(12):
            permission = chance.choice(cases if chance.random() < 0.6 else touchable)
            since, until = some_period(chance, clock.today())
            stage = chance.choice(["*", *STAGES[permission.kind]]) if chance.random() < 0.5 else "*"
            rows.append(
                {
                    "tenant": union,
                    "id": ids.take(),
                    "role": chance.choice(TIGHTENABLE_ROLES).value,
                    "typ": permission.kind,
                    "act": permission.act,
                    "stage": stage,
                    "below": chance.random() < 0.5,
                    "since": since,
                    "until": until,
                    "lifted": clock.now() if chance.random() < 0.15 else None,
                    "now": clock.now(),
                }
            )
    async with where.admin.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO policy_tightening (tenant_id, id, role, typ, act, stage, binds_below, reason, document, created_by,"
                " valid_from, valid_to, lifted_at, version, created_at, updated_at) VALUES"
                " (:tenant, :id, :role, :typ, :act, :stage, :below, '-', '-', '-', :since, :until, :lifted, 1, :now, :now)"
            ),
            rows,
        )
