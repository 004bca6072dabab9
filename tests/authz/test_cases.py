"""Authorization cases as tables, asked of the single decision and of the list."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert, select

from authz import guard
from authz.actor import Actor, worker
from authz.duties import Duty
from authz.permissions import Permission
from authz.predicate import visible
from authz.roles import Role
from authz.scope import Scope
from authz.subject import Subject
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tests.authz.world import COLUMNS, OBJECTS, actor, subject_of, tenant, world

Case = dict[str, Any]
CASES: list[Case] = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]


@pytest.fixture(scope="module")
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    async with world(database_urls) as database:
        yield database


def person_of(case: Case) -> Actor:
    who = case["who"]
    home = tenant(who["level"])
    return worker(home) if who.get("machine") else actor(home, *(Role(role) for role in who["roles"]))


def object_of(case: Case, who: Actor) -> dict[str, Any]:
    what = case["what"]
    return {
        "id": new_id(),
        "tenant_id": new_id() if what.get("elsewhere") else who.tenant.id,
        "kind": what["kind"],
        "stage": what.get("stage"),
        "desk": what.get("desk"),
        "creator": who.account_id if case["who"].get("created") else new_id(),
        **dict.fromkeys(case["who"].get("given", ()), True),
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_case(database: Database, clock: FixedClock, case: Case) -> None:
    who = person_of(case)
    thing = object_of(case, who)
    may = {Permission(word) for word in case.get("may", ())}
    may_not = {Permission(word): code for word, code in case.get("may_not", {}).items()}
    async with database.write(who.tenant.id) as session:
        scope = Scope(session, who, clock)
        await session.execute(insert(OBJECTS), [thing])
        for word in case["who"].get("did", ()):
            await guard.note(scope, Duty(word), Subject(thing["kind"], thing["id"]))
        row = (await session.execute(select(OBJECTS).where(OBJECTS.c.id == thing["id"]))).one()
        (decided,) = await guard.judge(scope, [subject_of(row)], [*may, *may_not])
        listed = {
            permission
            for permission in [*may, *may_not]
            if (
                await session.execute(
                    select(OBJECTS.c.id).where(OBJECTS.c.id == thing["id"], visible(permission, who, COLUMNS))
                )
            ).all()
        }
    refusals = {permission: decision.reason.code for permission, decision in decided.items() if decision.reason}
    assert refusals == may_not
    assert listed == may


def test_every_role_and_every_kind_of_refusal_is_asked_about() -> None:
    roles = {role for case in CASES for role in case["who"]["roles"]}
    codes = {code for case in CASES for code in case.get("may_not", {}).values()}
    assert roles == {role.value for role in Role}
    assert codes == {"NOT_PERMITTED", "DUTY_CONFLICT", "IS_SUBJECT", "RECUSED", "OWN_ACCOUNT"}
    assert len({case["name"] for case in CASES}) == len(CASES) > 50
