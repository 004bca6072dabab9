"""What a union forbids beyond the policy: from the next request on, in the decision and in lists, here and below, and never more than a deny."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from authz import guard
from authz.actor import Actor, actor_from
from authz.denials import TIGHTENABLE_ROLES, deny_row
from authz.permissions import Permission
from authz.policy_rows import PolicyError
from authz.predicate import Columns, visible
from authz.roles import Role
from authz.scope import Scope, WriteScope
from authz.subject import Subject
from authz.tightening import MOST, NewTightening, lift, tighten
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from programmes.people.model import Person
from tenants.accounts.entrance import Entrance, open_entrance
from tenants.accounts.facts import NewSession
from tenants.accounts.sessions import authenticate, switch_tenant
from tenants.policies.facts import Tightening
from tenants.service import move_tenant
from tests.tenants.emptying import empty
from tests.tenants.unions import SEALER, World, add_person, build, enrol, enter

REVEAL = Permission.PERSON_REVEAL


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.owner)
    await empty(database)
    yield database
    await database.close()


@pytest.fixture
async def app(database_urls: DatabaseUrls, owner: Database) -> AsyncIterator[Database]:
    database = Database(database_urls.app, pool_size=2)
    yield database
    await database.close()


@pytest.fixture
async def entrance(database_urls: DatabaseUrls) -> AsyncIterator[Entrance]:
    opened = open_entrance(database_urls.login, cheap=True, sealer=SEALER)
    yield opened
    await opened.close()


@pytest.fixture
async def world(owner: Database, clock: FixedClock) -> World:
    made = await build(owner, clock)
    for code in ("acftu", "power", "chengdu", "wuhou", "qingyang", "grid"):
        await add_person(owner, clock, made, f"clerk.{code}", (code, {"clerk"}))
        await add_person(owner, clock, made, f"guard.{code}", (code, {"security_admin"}))
    await enrol(owner, clock, made, *(login for login in made.accounts if login.startswith("guard.")))
    return made


def new(**given: object) -> NewTightening:
    usual = {
        "role": "clerk",
        "permission": REVEAL.value,
        "reason": "只由审查人查看",
        "document": "武工办〔2026〕1号",
        "valid_from": date(2026, 3, 2),
    }
    return NewTightening(**{**usual, **given})  # type: ignore[arg-type]


class House:
    """The ladder, with people who act in it as they are at each moment."""

    def __init__(self, app: Database, entrance: Entrance, clock: FixedClock) -> None:
        self.app, self.entrance, self.clock = app, entrance, clock
        self.sessions: dict[str, NewSession] = {}

    async def actor(self, login: str) -> Actor:
        """As the next request would have him."""
        if login not in self.sessions:
            self.sessions[login] = await enter(self.entrance, self.clock, login.partition(".")[2], login)
        signed_in = await authenticate(self.entrance, self.sessions[login].token, self.clock)
        assert signed_in is not None
        return actor_from(signed_in)

    async def tighten(self, code: str, **given: object) -> UUID:
        who = await self.actor(f"guard.{code}")
        async with self.app.write(who.tenant.id) as session:
            return await tighten(WriteScope(session, who, self.clock), new(**given))

    async def lift(self, code: str, tightening_id: UUID, version: int = 1) -> UUID:
        who = await self.actor(f"guard.{code}")
        async with self.app.write(who.tenant.id) as session:
            return await lift(WriteScope(session, who, self.clock), tightening_id, version)

    async def may(self, code: str, permission: Permission = REVEAL, stage: str | None = None) -> bool:
        """The single decision, which must be the list's."""
        who = await self.actor(f"clerk.{code}")
        async with self.app.read(who.tenant.id) as session:
            decided = (await guard.judge(Scope(session, who, self.clock), [Subject("x", stage=stage)], [permission]))[0]
            columns = Columns(id=Person.id, stage=None if stage is None else text(f"'{stage}'"))
            listed = (await session.execute(select(visible(permission, who, columns)))).scalar_one()
        assert listed is decided[permission].allowed
        return listed


@pytest.fixture
def house(app: Database, entrance: Entrance, clock: FixedClock, world: World) -> House:
    return House(app, entrance, clock)


async def refusal(act: object) -> str:
    with pytest.raises(Failure) as caught:
        await act  # type: ignore[misc]
    return caught.value.code


async def test_it_holds_from_the_next_request_on_and_only_here(house: House) -> None:
    assert await house.may("wuhou")
    row = await house.tighten("wuhou")
    assert [await house.may(code) for code in ("wuhou", "chengdu", "qingyang")] == [False, True, True]
    await house.lift("wuhou", row)
    assert await house.may("wuhou")


async def test_a_superior_binds_those_below_on_either_line_and_nobody_else(house: House) -> None:
    await house.tighten("chengdu", binds_below=True)
    await house.tighten("power", binds_below=True)
    codes = ("acftu", "chengdu", "wuhou", "qingyang", "power", "grid")
    assert [await house.may(code) for code in codes] == [True, False, False, False, False, False]


async def test_a_union_that_moves_leaves_one_superiors_rules_and_comes_under_the_others(
    house: House, owner: Database, world: World
) -> None:
    await house.tighten("chengdu", binds_below=True)
    assert not await house.may("wuhou")
    async with owner.plain() as session:
        await move_tenant(session, world.unions["wuhou"].id, world.unions["changzhou"].id)
    assert await house.may("wuhou")


async def test_nobody_below_lifts_what_a_superior_forbids(house: House) -> None:
    row = await house.tighten("chengdu", binds_below=True)
    assert await refusal(house.lift("wuhou", row)) == "NOT_FOUND"
    assert not await house.may("wuhou")


async def test_it_holds_from_its_first_day_until_the_day_before_its_last(house: House, clock: FixedClock) -> None:
    await house.tighten("wuhou", valid_from=date(2026, 3, 3), valid_to=date(2026, 3, 5))
    found: list[bool] = []
    for _ in range(4):
        house.sessions.clear()
        found.append(await house.may("wuhou"))
        clock.move(days=1)
    assert found == [True, False, False, True]


async def test_a_stage_narrows_it(house: House) -> None:
    await house.tighten("wuhou", permission="case:revise", stage="returned")
    held = Permission.CASE_LIST
    assert await house.may("wuhou", held, "returned")
    who = await house.actor("clerk.wuhou")
    async with house.app.read(who.tenant.id) as session:
        subjects = [Subject("case", stage=stage, desk="applying_unit") for stage in ("draft", "returned")]
        decided = await guard.judge(Scope(session, who, house.clock), subjects, [Permission.CASE_REVISE])
    refused = decided[1][Permission.CASE_REVISE].reason
    assert decided[0][Permission.CASE_REVISE].allowed
    assert refused is not None
    assert refused.code == "TIGHTENED"
    assert refused.sentence() == (
        "武侯区总规定：角色“干事”不得对“退回补正”状态的申报执行“修改”（依据：武工办〔2026〕1号；策略："
        f"tightening:{who.tenant.rules.tightenings[0].id} clerk,case,revise,*,*,returned,deny）"
    )


async def test_signing_in_and_going_over_to_another_union_are_bound_at_once(house: House, world: World) -> None:
    await house.tighten("qingyang")
    begun = await enter(house.entrance, house.clock, "qingyang", "clerk.qingyang")
    assert [row.permission for row in actor_from(begun.signed_in).denials(REVEAL.value)] == [REVEAL.value]
    again = await switch_tenant(house.entrance, begun.signed_in, world.unions["qingyang"].id, house.clock)
    assert [row.permission for row in actor_from(again.signed_in).denials(REVEAL.value)] == [REVEAL.value]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "*"}, "BAD_TIGHTENING"),
        ({"role": "干事"}, "BAD_TIGHTENING"),
        ({"role": "courier"}, "BAD_TIGHTENING"),
        ({"role": "auditor", "permission": "case:list"}, "BAD_TIGHTENING"),
        ({"role": "security_admin", "permission": "membership:create"}, "BAD_TIGHTENING"),
        ({"permission": "person:*"}, "BAD_TIGHTENING"),
        ({"permission": "*:*"}, "BAD_TIGHTENING"),
        ({"permission": "person"}, "BAD_TIGHTENING"),
        ({"permission": "person:reveal:"}, "BAD_TIGHTENING"),
        ({"role": "system_admin", "permission": "policy:explain"}, "BAD_TIGHTENING"),
        ({"permission": "tenant:read"}, "BAD_TIGHTENING"),
        ({"permission": "case:revise", "stage": "Draft"}, "BAD_TIGHTENING"),
        ({"permission": "case:revise", "stage": "paid"}, "BAD_TIGHTENING"),
        ({"permission": "case:revise", "stage": ""}, "BAD_TIGHTENING"),
        ({"permission": "funding:pay"}, "TIGHTENS_NOTHING"),
        ({"permission": "case:read"}, "TIGHTENS_NOTHING"),
        ({"reason": "  "}, "BLANK"),
        ({"document": ""}, "BLANK"),
        ({"valid_from": date(2026, 3, 1)}, "BAD_TIGHTENING_PERIOD"),
        ({"valid_to": date(2026, 3, 2)}, "BAD_TIGHTENING_PERIOD"),
    ],
)
async def test_a_doubtful_row_is_refused(house: House, given: dict[str, object], code: str) -> None:
    assert await refusal(house.tighten("wuhou", **given)) == code


async def test_the_same_row_twice_and_too_many_are_refused(house: House) -> None:
    await house.tighten("wuhou")
    assert await refusal(house.tighten("wuhou")) == "TIGHTENING_TWICE"
    for day in range(1, MOST):
        await house.tighten("wuhou", valid_from=date(2026, 3, 2) + timedelta(days=day))
    assert await refusal(house.tighten("wuhou", valid_from=date(2027, 3, 2))) == "TOO_MANY_TIGHTENINGS"


async def test_only_the_security_administrator_tightens_and_lifts(house: House, app: Database) -> None:
    row = await house.tighten("wuhou")
    for role in Role:
        if role is Role.SECURITY_ADMIN:
            continue
        someone = await house.actor("clerk.wuhou")
        who = Actor(someone.account_id, "王某", someone.tenant, frozenset({role}))
        async with app.write(who.tenant.id) as session:
            scope = WriteScope(session, who, house.clock)
            assert await refusal(tighten(scope, new(permission="case:list"))) == "NOT_PERMITTED"
            assert await refusal(lift(scope, row, 1)) == "NOT_PERMITTED"


async def test_each_act_leaves_one_entry(house: House, owner: Database, world: World) -> None:
    row = await house.tighten("wuhou")
    assert await refusal(house.lift("wuhou", row, 2)) == "STALE_VERSION"
    await house.lift("wuhou", row)
    assert await refusal(house.lift("wuhou", row)) == "STALE_VERSION"
    await house.lift("wuhou", row, 2)
    async with owner.read(world.unions["wuhou"].id) as session:
        found = await session.execute(
            text("SELECT act, object_id FROM audit_entry WHERE object_kind = 'policy' ORDER BY id")
        )
        assert [tuple(entry) for entry in found] == [
            ("policy:tighten", row),
            ("policy:lift", row),
            ("policy:lift", row),
        ]


async def test_the_webs_own_role_can_neither_change_nor_remove_a_row(house: House, world: World) -> None:
    await house.tighten("wuhou")
    for statement in (
        "UPDATE policy_tightening SET role = 'chair'",
        "DELETE FROM policy_tightening",
        "UPDATE policy_revision SET revision = 'x'",
        "INSERT INTO policy_revision (id, revision, lines) VALUES (gen_random_uuid(), 'x', '[]')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with house.app.write(world.unions["wuhou"].id) as session:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    "roles", [["system_admin", "clerk"], ["system_admin", "audit_admin"], ["courier"], ["clerk", "courier"]]
)
async def test_the_database_keeps_the_three_administrators_apart(
    owner: Database, world: World, roles: list[str]
) -> None:
    with pytest.raises(DBAPIError, match="ck_membership_"):
        async with owner.write(world.unions["wuhou"].id) as session:
            await session.execute(text("UPDATE membership SET roles = :roles"), {"roles": roles})


@pytest.mark.parametrize("word", [{"role": "*"}, {"role": "boss"}, {"typ": "audit"}, {"act": "*"}, {"stage": "gone"}])
def test_a_stored_row_that_is_not_understood_stops_the_request(word: dict[str, str]) -> None:
    words = {"role": "clerk", "typ": "person", "act": "reveal", "stage": "*", **word}
    with pytest.raises(PolicyError, match="is not understood"):
        deny_row(Tightening(new_id(), **words, is_own=True, union="", document="", reason=""))


def test_every_other_role_can_be_bound() -> None:
    assert set(Role) - set(TIGHTENABLE_ROLES) == {Role.COURIER, Role.AUDITOR, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
