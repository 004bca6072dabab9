"""The list and the single decision are the same answer, row by row, on PostgreSQL."""

import os
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, false, insert, select, true

from authz import guard, predicate
from authz.actor import Actor, worker
from authz.duties import Duty
from authz.model import DutyRecord
from authz.permissions import Permission
from authz.predicate import visible
from authz.relations import DESKS
from authz.roles import Role
from authz.scope import Scope
from authz.stages import KNOWN_STAGES, STAGES
from authz.subject import Subject
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tests.authz.world import COLUMNS, GIVEN, OBJECTS, actor, subject_of, tenant, world

ROUNDS = int(os.environ.get("JIANGTI_DIFFERENTIAL_ROUNDS", "1"))
OBJECT_COUNT = 60
PERMISSION_COUNT = 25
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEVELS = ("national", "province", "city", "district", "enterprise", "somewhere_else")


@pytest.fixture(scope="module")
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    async with world(database_urls) as database:
        yield database


def some_object(chance: random.Random, tenant_id: UUID, accounts: list[UUID], others: list[UUID]) -> dict[str, object]:
    kind = chance.choice(list(STAGES))
    stages = [None, *STAGES[kind]] if chance.random() < 0.9 else sorted(KNOWN_STAGES)
    return {
        "id": new_id(),
        "tenant_id": tenant_id if chance.random() < 0.8 else new_id(),
        "kind": kind,
        "stage": chance.choice(stages),
        "desk": chance.choice([None, *DESKS]),
        "creator": chance.choice([None, *accounts]),
        "about": chance.choice([None, None, *others]) if others else None,
        **{word: chance.choice([None, None, False, True]) for word in GIVEN},
    }


async def populate(database: Database, chance: random.Random, tenant_id: UUID, accounts: list[UUID]) -> list[UUID]:
    """Objects of the tenant and of others, and who did what with them."""
    objects: list[dict[str, object]] = []
    for _ in range(OBJECT_COUNT):
        others = [UUID(str(one["id"])) for one in objects]
        objects.append(some_object(chance, tenant_id, accounts, others[-5:]))
    ids = [UUID(str(one["id"])) for one in objects]
    duties = {(chance.choice(ids), chance.choice(accounts), chance.choice(list(Duty))) for _ in range(OBJECT_COUNT * 3)}
    async with database.write(tenant_id) as session:
        await session.execute(insert(OBJECTS), objects)
        await session.execute(
            insert(DutyRecord),
            [
                {
                    "tenant_id": tenant_id,
                    "id": new_id(),
                    "object_kind": "case",
                    "object_id": object_id,
                    "account_id": account_id,
                    "duty": duty.value,
                    "at": NOW,
                }
                for object_id, account_id, duty in duties
            ],
        )
    return ids


def some_actors(chance: random.Random, tenant_id: UUID, accounts: list[UUID]) -> list[Actor]:
    """Persons with no, one or several roles, at different levels, and the machinery."""
    people: list[Actor] = []
    for account_id in accounts:
        home = replace(tenant(chance.choice(LEVELS)), id=tenant_id)
        roles = chance.sample(list(Role), chance.choice([0, 1, 2, 4, 9]))
        people.append(actor(home, *roles, account_id=account_id))
    return [*people, worker(replace(tenant(chance.choice(LEVELS)), id=tenant_id))]


async def decisions(database: Database, who: Actor, permissions: list[Permission]) -> dict[Permission, set[UUID]]:
    """Asked object by object."""
    async with database.read(who.tenant.id) as session:
        rows = (await session.execute(select(OBJECTS).order_by(OBJECTS.c.id))).all()
        subjects = [subject_of(row) for row in rows]
        judged = await guard.judge(Scope(session, who, FixedClock(NOW)), subjects, permissions)
    return {
        permission: {
            subject.id
            for subject, one in zip(subjects, judged, strict=True)
            if one[permission].allowed and subject.id is not None
        }
        for permission in permissions
    }


async def listed(database: Database, who: Actor, permissions: list[Permission]) -> dict[Permission, set[UUID]]:
    """Asked as a list."""
    found: dict[Permission, set[UUID]] = {}
    async with database.read(who.tenant.id) as session:
        for permission in permissions:
            query = select(OBJECTS.c.id).where(visible(permission, who, COLUMNS))
            found[permission] = set((await session.execute(query)).scalars())
    return found


@pytest.mark.parametrize("seed", range(3 * ROUNDS))
async def test_the_list_is_the_single_decision(database: Database, seed: int) -> None:
    """Three worlds of 60 objects, 9 actors, 25 permissions: 40,500 decisions; JIANGTI_DIFFERENTIAL_ROUNDS multiplies the worlds."""
    chance = random.Random(seed)
    tenant_id, accounts = new_id(), [new_id() for _ in range(8)]
    await populate(database, chance, tenant_id, accounts)
    compared = allowed = 0
    for who in some_actors(chance, tenant_id, accounts):
        permissions = chance.sample(list(Permission), PERMISSION_COUNT)
        one_by_one = await decisions(database, who, permissions)
        assert await listed(database, who, permissions) == one_by_one
        compared += len(permissions) * OBJECT_COUNT
        allowed += sum(len(ids) for ids in one_by_one.values())
    assert compared == 9 * PERMISSION_COUNT * OBJECT_COUNT
    assert allowed > compared / 100


def everything(*_: object) -> ColumnElement[bool]:
    return true()


def nothing(*_: object) -> ColumnElement[bool]:
    return false()


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("_in_stage", everything),
        ("_related", everything),
        ("_given", nothing),
        ("_standing", nothing),
        ("_has_duty", nothing),
        ("not_", everything),
    ],
)
async def test_a_damaged_compiler_is_caught(
    database: Database, monkeypatch: pytest.MonkeyPatch, part: str, damage: Callable[..., ColumnElement[bool]]
) -> None:
    chance = random.Random(part)
    tenant_id, account_id = new_id(), new_id()
    await populate(database, chance, tenant_id, [account_id])
    who = actor(replace(tenant("city"), id=tenant_id), *Role, account_id=account_id)
    permissions = chance.sample(list(Permission), 40)
    expected = await decisions(database, who, permissions)
    assert await listed(database, who, permissions) == expected
    monkeypatch.setattr(predicate, part, damage)
    assert await listed(database, who, permissions) != expected


async def test_an_object_without_any_facts_is_seen_by_who_holds_it(database: Database) -> None:
    """NULL in a column of a deny row hides nothing."""
    home = tenant("city")
    bare = {"id": new_id(), "tenant_id": home.id, "kind": "case"}
    async with database.write(home.id) as session:
        await session.execute(insert(OBJECTS), [bare])
    clerk = actor(home, Role.CLERK)
    found = await listed(database, clerk, [Permission.CASE_LIST, Permission.CASE_CREATE, Permission.CASE_SUBMIT])
    assert [bare["id"] in ids for ids in found.values()] == [True, True, False]


async def test_the_list_of_an_expert_is_what_he_was_given(database: Database) -> None:
    home = tenant("national")
    rows = [{"id": new_id(), "tenant_id": home.id, "kind": "case", "stage": "scoring"} for _ in range(4)]
    expert, other = actor(home, Role.EXPERT), actor(home, Role.EXPERT)
    async with database.write(home.id) as session:
        await session.execute(insert(OBJECTS), rows)
        for row, who in zip(rows, (expert, expert, other), strict=False):
            subject = Subject("case", UUID(str(row["id"])), "scoring")
            await guard.note(Scope(session, who, FixedClock(NOW)), Duty.ASSIGNED, subject)
    here = {row["id"] for row in rows}
    seen = {
        who.account_id: (await listed(database, who, [Permission.CASE_LIST]))[Permission.CASE_LIST] & here
        for who in (expert, other)
    }
    assert seen == {
        expert.account_id: {rows[0]["id"], rows[1]["id"]},
        other.account_id: {rows[2]["id"]},
    }
