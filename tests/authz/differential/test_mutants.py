"""The differential test is worth something: a damaged compiler, or a damaged gate, is noticed in a generated world."""

from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from authz import decision, guard, predicate
from authz.actor import Actor
from authz.relations import DESKS
from kernel.clock import CHINA, FixedClock
from tenants.accounts.entrance import Entrance
from tests.authz.differential.judging import entered
from tests.authz.differential.trial import Pairs, Trial, by_gate, by_list, by_sql
from tests.authz.differential.worlds import make_dense_world, make_world

NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)
SOURCE = Path(str(predicate.__file__)).read_text(encoding="utf-8")
MUTANTS = {
    "allow rows deny": ("(row for row in rows if row.eft == DENY)", "(row for row in rows)"),
    "deny rows are forgotten": ("return and_(allow, not_(deny), ", "return and_(allow, "),
    "deny rows for every role are left out": (
        "{ANY, *(role.value for role in actor.roles)}",
        "{*(role.value for role in actor.roles)}",
    ),
    "rows for every level only": ("levels = {ANY, actor.tenant.level}", "levels = {ANY}"),
    "any level will do": (" and row.level in levels", ""),
    "any role will do": ("if row.role in roles and row.level in levels]", "if row.level in levels]"),
    "every stage means none": ("if ANY in stages:\n        return true()", "if ANY in stages:\n        return false()"),
    "no stage is NULL": ("func.coalesce(columns.stage, NO_STAGE).in_", "columns.stage.in_"),
    "a given NULL hides": ("func.coalesce(condition, false())", "condition"),
    "everything is held": ("own = true() if", "own = true() if True or"),
    "a published row has my desk": (
        "return and_(own, func.coalesce(columns.desk ==",
        "return and_(true(), func.coalesce(columns.desk ==",
    ),
    "nobody creates": ("columns.creator.in_(actor.accounts)", "columns.creator.not_in(actor.accounts)"),
    "any duty will do": ("        DutyRecord.duty.in_(duties),\n", ""),
    "anybody's duty will do": ("        DutyRecord.account_id.in_(actor.accounts),\n", ""),
    "duties about another object are lost": (
        "        *(func.coalesce(column.in_(others), false()) for column in columns.about),\n",
        "",
    ),
    "duties with the object itself are lost": ("        columns.id.in_(objects),\n", ""),
    "the last stage only": ("stages_of.setdefault(row.rel, set()).add(row.stage)", "stages_of[row.rel] = {row.stage}"),
    "tightenings are left out": (", *actor.denials(permission.value))", ",)"),
    "tightenings bind nobody": ("if word == ANY:\n        return true()", "if word == ANY:\n        return false()"),
}


@pytest.fixture(scope="module")
async def known(where: Trial, entrance: Entrance) -> list[tuple[Actor, Pairs]]:
    """A dense and a generated world whose answers are known, by everybody in them."""
    from_now = FixedClock(NOW)
    found: list[tuple[Actor, Pairs]] = []
    people = [*await make_dense_world(where, 1, from_now), *await make_world(where, 1_000, from_now)]
    for one in people:
        who = await entered(entrance, one, from_now)
        if who is not None:
            found.append((who, await by_sql(where, one.membership_id, from_now)))
    return found


@pytest.mark.parametrize("name", MUTANTS)
async def test_a_mutant_of_the_compiler_is_caught(where: Trial, known: list[tuple[Actor, Pairs]], name: str) -> None:
    old, new = MUTANTS[name]
    assert SOURCE.count(old) == 1
    mutant = ModuleType("mutant")
    mutant.__dict__["__name__"] = "authz.predicate"
    exec(compile(SOURCE.replace(old, new), "mutant", "exec"), mutant.__dict__)  # noqa: S102 - the compiler itself, damaged
    for who, expected in known:
        if await by_list(where, who, compiler=mutant) != expected:
            return
    pytest.fail("nobody noticed")


async def test_the_whole_compiler_is_not_caught(where: Trial, known: list[tuple[Actor, Pairs]]) -> None:
    assert len(known) >= 6
    for who, expected in known:
        assert await by_list(where, who) == expected


@pytest.mark.parametrize(
    ("module", "part", "damage"),
    [
        (decision, "find_denial", lambda *_: None),
        (guard, "NO_STAGE", "draft"),
        (guard, "CREATED", "did_paid"),
        (guard, "HOLDER", "published"),
        (guard, "PUBLISHED", "holder"),
        (guard, "DESK_RELATIONS", dict.fromkeys(DESKS, "holder")),
    ],
    ids=["tightenings", "no stage", "creator", "holder", "published", "desk"],
)
async def test_a_mutant_of_the_gate_is_caught(
    where: Trial,
    known: list[tuple[Actor, Pairs]],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    part: str,
    damage: object,
) -> None:
    monkeypatch.setattr(module, part, damage)
    for who, expected in known:
        if (await by_gate(where, who, FixedClock(NOW)))[0] != expected:
            return
    pytest.fail("nobody noticed")
