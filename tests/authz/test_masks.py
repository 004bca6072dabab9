"""Two duties that exclude one another cannot both be committed, whatever the transactions had read: the database itself refuses the second."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from authz import guard
from authz.actor import Actor
from authz.duties import CREATED, DUTY_OF_RELATION, EXCLUSIONS, Duty, duty_of
from authz.masks import BITS, conditions, constraint_of
from authz.model import DutyMask, DutyRecord
from authz.permissions import Permission
from authz.roles import Role
from authz.scope import Scope, WriteScope
from authz.subject import Subject
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.errors import Failure
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tests.authz.world import actor, tenant

HOME = tenant("city")
OWN_PARTS = {
    "did_reported",
    "did_investigated",
    "did_lodged",
    "did_drafted_notice",
    "did_reopened",
    "did_applied_payment",
    "did_approved_payment",
}
"""Taken in the thing itself, not in the case it is about."""
KINDS = {"case", "objection", "report", "funding", "notice", "membership", "assignment"}
Step = Callable[[WriteScope], Awaitable[None]]
PAIRS = [(act, word) for act, words in sorted(EXCLUSIONS.items()) for word in sorted(words - {CREATED})]


@pytest.fixture(scope="module")
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(database_urls.app, pool_size=4)
    yield opened
    await opened.close()


@pytest.fixture
def person() -> Actor:
    return actor(HOME, Role.CLERK)


async def done(scope: WriteScope, act: str, subject: Subject) -> None:
    """What a service writes down when it has done the act."""
    duty = duty_of(act)
    if duty is None:
        await guard.bind(scope, Permission(act), subject)
    else:
        await guard.note(scope, duty, subject, by=Permission(act))


def taken(word: str) -> Duty:
    return DUTY_OF_RELATION[word]


@dataclass(frozen=True)
class Pair:
    """An act, a part that bars from it, and where each is written down."""

    act: str
    word: str
    object_of_act: Subject
    object_of_part: Subject

    async def do_act(self, scope: WriteScope) -> None:
        await done(scope, self.act, self.object_of_act)

    async def take_part(self, scope: WriteScope) -> None:
        await guard.note(scope, taken(self.word), self.object_of_part)


def pair_of(act: str, word: str) -> Pair:
    """Parts in the case, unless the object of the act is where they are taken."""
    case = Subject("case", new_id())
    kind = act.partition(":")[0]
    if kind == "case":
        return Pair(act, word, case, case)
    about = replace(case, kind=kind, id=new_id(), about=(case.id,) if case.id else ())
    own = word in OWN_PARTS
    return Pair(act, word, about, about if own else case)


async def race(
    database: Database, person: Actor, clock: FixedClock, first: Step, second: Step, other: Actor | None = None
) -> list[Failure | None]:
    """Both in real transactions that are open at the same time; the first to write commits while the second (by `other`, if given) waits."""
    begun, waiting = asyncio.Event(), asyncio.Event()

    async def one(step: Step, ready: asyncio.Event, go_on: asyncio.Event) -> Failure | None:
        try:
            async with database.write(HOME.id) as session:
                if ready is waiting:
                    await session.execute(select(DutyRecord.id))
                    await begun.wait()
                    ready.set()
                await step(Scope(session, person if other is None or ready is begun else other, clock))
                await session.settle()
                if ready is begun:
                    ready.set()
                    await go_on.wait()
                    await asyncio.sleep(0.05)
        except Failure as failure:
            return failure
        return None

    return list(await asyncio.gather(one(first, begun, waiting), one(second, waiting, begun)))


@pytest.mark.parametrize(("act", "word"), PAIRS)
async def test_of_two_at_once_the_second_is_refused(
    database: Database, clock: FixedClock, person: Actor, act: str, word: str
) -> None:
    for in_order in (True, False):
        pair = pair_of(act, word)
        steps = (pair.take_part, pair.do_act) if in_order else (pair.do_act, pair.take_part)
        kept, refused = await race(database, person, clock, *steps)
        assert kept is None
        assert refused is not None
        assert refused.code == "DUTY_CONFLICT"
        assert refused.params["policy"] == f"ck_duty_mask_{constraint_of(act)}"


@pytest.mark.parametrize(("act", "word"), PAIRS)
async def test_a_deputy_and_whom_he_stands_in_for_are_one_person_in_a_race(
    database: Database, clock: FixedClock, person: Actor, act: str, word: str
) -> None:
    deputy = replace(person, account_id=new_id(), acting_for=person.account_id)
    for first, second in ((person, deputy), (deputy, person)):
        pair = pair_of(act, word)
        kept, refused = await race(database, first, clock, pair.take_part, pair.do_act, second)
        assert (kept, refused is None) == (None, False)
        assert refused is not None
        assert refused.code == "DUTY_CONFLICT"


@pytest.mark.parametrize("act", sorted(act for act, words in EXCLUSIONS.items() if CREATED in words))
async def test_the_creator_is_barred_by_the_row_itself(
    database: Database, clock: FixedClock, person: Actor, act: str
) -> None:
    subject = Subject(act.partition(":")[0], new_id(), creator=person.account_id)
    with pytest.raises(Failure) as caught:
        async with database.write(HOME.id) as session:
            await done(Scope(session, person, clock), act, subject)
    assert caught.value.code == "DUTY_CONFLICT"
    async with database.write(HOME.id) as session:
        await done(Scope(session, person, clock), act, replace(subject, creator=new_id()))


async def test_of_a_refused_act_nothing_is_kept_and_the_sentence_names_both(
    database: Database, clock: FixedClock, person: Actor
) -> None:
    case = Subject("case", new_id())
    async with database.write(HOME.id) as session:
        await guard.note(Scope(session, person, clock), Duty.RECOMMENDED, case, by=Permission.CASE_RECOMMEND)
    with pytest.raises(Failure) as caught:
        async with database.write(HOME.id) as session:
            await done(Scope(session, person, clock), "case:formal_pass", case)
    assert caught.value.sentence() == (
        "您已对该申报办理过“单位盖章、推荐、起草”，按职责分离要求不能再执行“形式审查通过”（策略：ck_duty_mask_case_formal_pass）"
    )
    async with database.read(HOME.id) as session:
        duties = await session.scalars(select(DutyRecord.duty).where(DutyRecord.object_id == case.id))
        assert duties.all() == ["recommended"]


async def test_two_persons_may_share_what_one_may_not(database: Database, clock: FixedClock, person: Actor) -> None:
    pair = pair_of("funding:pay", "did_approved_payment")
    for who, step in ((person, pair.take_part), (actor(HOME, Role.CLERK), pair.do_act)):
        async with database.write(HOME.id) as session:
            await step(Scope(session, who, clock))
    async with database.read(HOME.id) as session:
        masks = select(DutyMask.mask).where(DutyMask.object_id == pair.object_of_act.id).order_by(DutyMask.mask)
        assert (await session.scalars(masks)).all() == [BITS["did_approved_payment"], BITS["funding:pay"]]


async def test_two_payments_of_one_case_may_be_handled_crosswise(
    database: Database, clock: FixedClock, person: Actor
) -> None:
    case_id = new_id()
    other = actor(HOME, Role.CLERK)
    for applicant, approver in ((person, other), (other, person)):
        record = Subject("funding", new_id(), about=(case_id,))
        for who, act in ((applicant, "funding:apply"), (approver, "funding:approve")):
            async with database.write(HOME.id) as session:
                await done(Scope(session, who, clock), act, record)


async def test_the_database_holds_exactly_these_conditions(database_urls: DatabaseUrls) -> None:
    owner = Database(database_urls.owner, pool_size=1)
    async with owner.plain() as session:
        found = await _checks(session, "duty_mask")
    await owner.close()
    assert found == {f"ck_duty_mask_{name}": _plain(condition) for name, condition in conditions().items()}


async def test_one_account_cannot_hold_two_hands_of_a_payment(database_urls: DatabaseUrls) -> None:
    owner = Database(database_urls.owner, pool_size=1)
    async with owner.plain() as session:
        found = await _checks(session, "funding_record")
        await session.execute(text("CREATE TEMP TABLE hands (LIKE funding_record INCLUDING CONSTRAINTS)"))
        columns = await session.execute(
            text("SELECT attname FROM pg_attribute WHERE attrelid = 'hands'::regclass AND attnotnull AND attnum > 0")
        )
        for name in columns.scalars().all():
            await session.execute(text(f"ALTER TABLE hands ALTER {name} DROP NOT NULL"))
        for pair in (("applied_by", "approved_by"), ("applied_by", "paid_by"), ("approved_by", "paid_by")):
            both = text(f"INSERT INTO hands ({', '.join(pair)}) VALUES (:who, :who)")
            with pytest.raises(IntegrityError):
                async with session.begin_nested():
                    await session.execute(both, {"who": UUID(int=1)})
    await owner.close()
    assert set(found) >= {
        "ck_funding_record_applicant_is_not_approver",
        "ck_funding_record_applicant_is_not_payer",
        "ck_funding_record_approver_is_not_payer",
    }


async def _checks(session: AsyncSession, table: str) -> dict[str, str]:
    query = text(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST(:name AS regclass)"
    )
    return {name: _plain(said.removeprefix("CHECK ")) for name, said in await session.execute(query, {"name": table})}


def _plain(said: str) -> str:
    return re.sub(r"[()' ]|::bigint", "", said)


def test_every_word_of_the_exclusions_has_a_bit_of_its_own() -> None:
    assert set(BITS) == set(EXCLUSIONS).union(*EXCLUSIONS.values())
    assert len(set(BITS.values())) == len(BITS)
    assert all(bit.bit_count() == 1 and bit < 1 << 62 for bit in BITS.values())
    assert {act.partition(":")[0] for act in EXCLUSIONS} == KINDS


PAGE = Path(__file__).parent.parent.parent / "docs" / "separation-of-duty.md"


def test_the_page_of_rules_names_tests_that_exist() -> None:
    tests = Path(__file__).parent.parent
    written = "".join(file.read_text(encoding="utf-8") for file in tests.rglob("test_*.py"))
    page = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", page)
    assert [name for name in named if f"def {name}(" not in written] == []
    assert re.findall(r"^\| (D\d+) ", page, re.MULTILINE) == [f"D{number}" for number in range(1, 19)]
