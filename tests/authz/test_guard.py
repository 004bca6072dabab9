from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from authz import guard
from authz.actor import Actor, worker
from authz.duties import Duty
from authz.model import DutyRecord
from authz.permissions import Permission
from authz.roles import Role
from authz.scope import Scope
from authz.subject import Subject
from kernel.clock import FixedClock
from kernel.database import Database, WriteSession
from kernel.errors import Failure, Family
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tests.authz.world import actor, tenant, world


@pytest.fixture(scope="module")
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    async with world(database_urls) as database:
        yield database


@pytest.fixture
async def session(database: Database) -> AsyncIterator[WriteSession]:
    async with database.write(HOME.id) as session:
        yield session


HOME = tenant("city")


def case(stage: str, desk: str = "organiser", **more: object) -> Subject:
    return replace(Subject("case", new_id(), stage, desk), **more)


def scope_of(session: WriteSession, who: Actor, clock: FixedClock) -> Scope[WriteSession]:
    return Scope(session, who, clock)


async def refusal(scope: Scope[WriteSession], permission: Permission, subject: Subject) -> Failure:
    with pytest.raises(Failure) as caught:
        await guard.require(scope, permission, subject)
    return caught.value


async def test_what_is_allowed_names_its_row(session: WriteSession, clock: FixedClock) -> None:
    scope = scope_of(session, actor(HOME, Role.REVIEWER), clock)
    decision = await guard.require(scope, Permission.CASE_FORMAL_PASS, case("received"))
    assert decision.allowed
    assert decision.reason is None
    assert decision.policy.endswith(" reviewer,case,formal_pass|formal_reject|return,*,holder.organiser,received,allow")


async def test_a_refusal_is_a_sentence_with_role_state_and_row(session: WriteSession, clock: FixedClock) -> None:
    scope = scope_of(session, actor(HOME, Role.CLERK), clock)
    told = await refusal(scope, Permission.CASE_RECOMMEND, case("at_recommending_unit", "recommending_unit"))
    row = told.params["policy"]
    assert (told.code, told.family) == ("NOT_PERMITTED", Family.FORBIDDEN)
    assert str(row).startswith("cases.csv:")
    assert told.sentence() == (
        "您的角色（干事）在市级不能对“推荐单位受理”状态的申报执行“推荐”：角色不符。"
        f"可办理的角色：推荐负责人（策略：{row}）"
    )
    assert told.sentence("en") == (
        f"case:recommend is not permitted to clerk at level city in state at_recommending_unit: role (policy: {row})"
    )


@pytest.mark.parametrize(
    ("permission", "subject", "roles", "level", "miss"),
    [
        (Permission.CASE_FORMAL_PASS, case("formal_passed"), [Role.REVIEWER], "city", "stage"),
        (Permission.CASE_FORMAL_PASS, case("received", "recommending_unit"), [Role.REVIEWER], "city", "relation"),
        (
            Permission.CASE_RECOMMEND,
            case("at_recommending_unit", "recommending_unit"),
            [Role.RECOMMENDER],
            "national",
            "level",
        ),
        (Permission.CASE_SCORE, case("scoring"), [Role.EXPERT], "city", "relation"),
        (Permission.CASE_READ, case("received"), [], "city", "role"),
        (
            Permission.EDITION_AMEND,
            Subject("edition", new_id(), "open", tenant_id=new_id()),
            [Role.APPROVER],
            "city",
            "relation",
        ),
    ],
)
async def test_the_refusal_says_what_was_missing(
    session: WriteSession,
    clock: FixedClock,
    permission: Permission,
    subject: Subject,
    roles: list[Role],
    level: str,
    miss: str,
) -> None:
    who = actor(replace(HOME, level=level), *roles)
    assert (await refusal(scope_of(session, who, clock), permission, subject)).params["miss_code"] == miss


async def test_the_recommender_does_not_review(session: WriteSession, clock: FixedClock) -> None:
    who = actor(HOME, Role.RECOMMENDER, Role.REVIEWER)
    scope, subject = scope_of(session, who, clock), case("received")
    await guard.require(scope, Permission.CASE_FORMAL_PASS, subject)
    await guard.note(scope, Duty.RECOMMENDED, subject)
    told = await refusal(scope, Permission.CASE_FORMAL_PASS, subject)
    assert told.code == "DUTY_CONFLICT"
    assert told.params["relation"] == "did_recommended"
    assert told.sentence() == (
        f"您已对该申报办理过“推荐”，按职责分离要求不能再执行“形式审查通过”（策略：{told.params['policy']}）"
    )
    assert str(told.params["policy"]).startswith("separation_of_duty.csv:")
    other = replace(scope, actor=actor(HOME, Role.REVIEWER))
    assert (await guard.require(other, Permission.CASE_FORMAL_PASS, subject)).allowed
    assert (await guard.require(scope, Permission.CASE_FORMAL_PASS, case("received"))).allowed


async def test_who_drafted_does_not_endorse(session: WriteSession, clock: FixedClock) -> None:
    who = actor(tenant("enterprise"), Role.CLERK, Role.CHAIR)
    scope = scope_of(session, who, clock)
    own = case("submitted", "applying_unit", creator=who.account_id)
    assert (await refusal(scope, Permission.CASE_ENDORSE, own)).params["relation"] == "self_created"
    assert (await guard.require(scope, Permission.CASE_ENDORSE, replace(own, creator=new_id()))).allowed
    assert (await guard.require(scope, Permission.CASE_RETURN, own)).allowed


@pytest.mark.parametrize(("duty", "code"), [(Duty.SUBJECT, "IS_SUBJECT"), (Duty.RECUSED, "RECUSED")])
async def test_the_person_concerned_and_the_recused_stay_out(
    session: WriteSession, clock: FixedClock, duty: Duty, code: str
) -> None:
    who = actor(HOME, Role.APPROVER)
    scope, subject = scope_of(session, who, clock), case("notice_done")
    await guard.note(scope, duty, subject)
    assert (await refusal(scope, Permission.CASE_ANNOUNCE, subject)).code == code
    await guard.release(scope, duty, subject, account_id=who.account_id or new_id())
    assert (await guard.require(scope, Permission.CASE_ANNOUNCE, subject)).allowed


async def test_duties_in_the_case_count_for_what_is_about_it(session: WriteSession, clock: FixedClock) -> None:
    scope = scope_of(session, actor(HOME, Role.INVESTIGATOR, Role.EXPERT), clock)
    scored = case("scored")
    await guard.note(scope, Duty.SCORED, scored)
    objection = Subject("objection", new_id(), "investigating", about=(scored.id or new_id(),))
    assert (await refusal(scope, Permission.OBJECTION_CONCLUDE, objection)).params["relation"] == "did_scored"
    assert (await guard.require(scope, Permission.OBJECTION_CONCLUDE, replace(objection, about=()))).allowed


async def test_nobody_grants_himself(session: WriteSession, clock: FixedClock) -> None:
    scope = scope_of(session, actor(HOME, Role.SECURITY_ADMIN), clock)
    mine = Subject("membership", new_id(), relations=frozenset({"is_self_account"}))
    assert (await refusal(scope, Permission.MEMBERSHIP_GRANT, mine)).code == "OWN_ACCOUNT"
    assert (await guard.require(scope, Permission.MEMBERSHIP_GRANT, replace(mine, relations=frozenset()))).allowed


async def test_a_duty_is_written_once_and_never_by_the_machinery(session: WriteSession, clock: FixedClock) -> None:
    scope, subject = scope_of(session, actor(HOME, Role.EXPERT), clock), case("scoring")
    machinery = replace(scope, actor=worker(HOME))
    expert = new_id()
    for _ in range(2):
        await guard.note(scope, Duty.SCORED, subject)
        await guard.note(machinery, Duty.RECOMMENDED, subject)
        await guard.note(machinery, Duty.ASSIGNED, subject, account_id=expert)
    kept = await session.execute(
        select(DutyRecord.account_id, DutyRecord.duty)
        .where(DutyRecord.object_id == subject.id)
        .order_by(DutyRecord.duty)
    )
    assert [tuple(row) for row in kept] == [(expert, "assigned"), (scope.actor.account_id, "scored")]


async def test_an_act_that_was_done_is_never_taken_back(session: WriteSession, clock: FixedClock) -> None:
    scope = scope_of(session, actor(HOME, Role.EXPERT), clock)
    with pytest.raises(ValueError, match="scored was done and stays done"):
        await guard.release(scope, Duty.SCORED, case("scoring"), account_id=new_id())


async def test_many_subjects_cost_one_statement(database: Database, clock: FixedClock) -> None:
    who = actor(HOME, Role.EXPERT)
    subjects = [case("scoring") for _ in range(50)]
    async with database.write(HOME.id) as session:
        for subject in subjects[::2]:
            await guard.note(scope_of(session, who, clock), Duty.ASSIGNED, subject)
    seen: list[str] = []

    async with database.read(HOME.id) as session:
        with database.watched(seen.append):
            scope = Scope(session, who, clock)
            acts = [Permission.CASE_SCORE, Permission.CASE_READ, Permission.CASE_PROPOSE]
            decided = await guard.judge(scope, subjects, acts)
            await guard.require(scope, Permission.CASE_SCORE, subjects[0])
            await guard.require(scope, Permission.EDITION_READ, Subject("edition", new_id(), "open"))
    assert [one[Permission.CASE_SCORE].allowed for one in decided] == [True, False] * 25
    assert [one[Permission.CASE_READ].allowed for one in decided] == [True, False] * 25
    assert not any(one[Permission.CASE_PROPOSE].allowed for one in decided)
    assert len(seen) == 2
    assert all("duty_record" in statement for statement in seen)


async def test_a_worker_asks_nothing_of_the_database(database: Database, clock: FixedClock) -> None:
    async with database.read(HOME.id) as session:
        scope = Scope(session, worker(HOME), clock)
        (decided,) = await guard.judge(
            scope, [case("announced")], [Permission.CASE_START_CULTIVATION, Permission.CASE_ANNOUNCE]
        )
    assert [decision.allowed for decision in decided.values()] == [True, False]


async def test_an_explanation_shows_the_facts(session: WriteSession, clock: FixedClock) -> None:
    scope, subject = scope_of(session, actor(HOME, Role.FINANCE_CLERK), clock), Subject("funding", new_id(), "approved")
    await guard.note(scope, Duty.APPLIED_PAYMENT, subject)
    told = await guard.explain(scope, Permission.FUNDING_PAY, subject)
    assert not told.decision.allowed
    assert told.decision.row is not None
    assert told.decision.row.rel == "did_applied_payment"
    assert (told.roles, told.level, told.stage) == (frozenset({"finance_clerk"}), "city", "approved")
    assert told.relations == {"holder", "did_applied_payment"}
    assert len(told.revision) == 64


@pytest.mark.parametrize(
    "subject",
    [Subject("case", new_id(), "open_ended"), Subject("case", new_id(), "draft", relations=frozenset({"friend"}))],
)
async def test_unknown_words_are_our_own_mistake(session: WriteSession, clock: FixedClock, subject: Subject) -> None:
    with pytest.raises(ValueError, match="unknown"):
        await guard.require(scope_of(session, actor(HOME, Role.CLERK), clock), Permission.CASE_READ, subject)


async def test_duties_of_another_tenant_are_nobodys(database: Database, clock: FixedClock) -> None:
    who, subject = actor(HOME, Role.RECOMMENDER, Role.REVIEWER), case("received")
    elsewhere = tenant("district")
    async with database.write(elsewhere.id) as session:
        await guard.note(Scope(session, replace(who, tenant=elsewhere), clock), Duty.RECOMMENDED, subject)
        kept = select(func.count()).select_from(DutyRecord).where(DutyRecord.tenant_id == elsewhere.id)
        assert (await session.execute(kept)).scalar_one() == 1
    async with database.read(HOME.id) as session:
        assert (await guard.require(Scope(session, who, clock), Permission.CASE_FORMAL_PASS, subject)).allowed
