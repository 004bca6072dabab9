"""Parts taken in a case in another union: they arrive with its dossier and bar the same person here, whose they were is told to nobody.

A dossier names each part by a keyed hash of the case and the account. Whoever acts is hashed the same way and compared, so it does not matter when he came to
have a place here; nobody can be found from a hash, and the same person has another one in every case.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, Uuid, any_, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from authz.duties import CREATED, DUTY_OF_RELATION, Duty, relation_of
from authz.masks import BITS
from authz.model import CarriedDuty, DutyRecord
from authz.scope import WriteScope
from kernel.database import ReadSession
from kernel.sealing import sealer_of

_PURPOSE = "duty"
_PARTS = frozenset({CREATED, *(word for word in DUTY_OF_RELATION if word.startswith("did_"))})
"""What may be carried: acts that were done. Facts (assigned, recused, subject) are each union's own."""

Words = dict[UUID, frozenset[str]]


async def pack(scope: WriteScope, object_id: UUID, case_id: UUID, creator: UUID | None) -> list[dict[str, str]]:
    """All parts taken in a case so far, here and below, as its dossier carries them."""
    rows = await scope.session.execute(
        select(DutyRecord.account_id, DutyRecord.duty).where(
            DutyRecord.tenant_id == scope.tenant_id, DutyRecord.object_id == object_id
        )
    )
    own = {(account_id, relation_of(Duty(duty))) for account_id, duty in rows} | {(creator, CREATED)}
    carried = await scope.session.execute(
        select(CarriedDuty.holder, CarriedDuty.word).where(
            CarriedDuty.tenant_id == scope.tenant_id, CarriedDuty.object_id == object_id
        )
    )
    parts = {(holder, word) for holder, word in carried} | {
        (holder_of(scope.session, case_id, account_id), word)
        for account_id, word in own
        if account_id is not None and word in _PARTS
    }
    return [{"holder": holder, "part": word} for holder, word in sorted(parts)]


async def unpack(scope: WriteScope, object_id: UUID, case_id: UUID, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keep the parts that a dossier brings, for this tenant's row of the case; once, however often it comes."""
    rows = [
        {
            "tenant_id": scope.tenant_id,
            "object_id": object_id,
            "case_id": case_id,
            "holder": str(entry["holder"]),
            "word": str(entry["part"]),
        }
        for entry in entries
        if entry["part"] in _PARTS
    ]
    if rows:
        await scope.session.execute(insert(CarriedDuty).values(rows).on_conflict_do_nothing())


def holder_of(session: ReadSession, case_id: UUID, account_id: UUID) -> str:
    """By what an account is known again in one case."""
    return sealer_of(session).recognise(_PURPOSE, case_id.bytes + account_id.bytes)


async def find_words(session: ReadSession, accounts: Sequence[UUID], object_ids: Sequence[UUID]) -> Words:
    """How the accounts together stand to the objects, by what they did here and in the unions they came from; one statement."""
    words: Words = {}
    for each in (await find_words_of_each(session, accounts, object_ids)).values():
        for object_id, found in each.items():
            words[object_id] = words.get(object_id, frozenset()) | found
    return words


async def find_words_of_each(
    session: ReadSession, accounts: Sequence[UUID], object_ids: Sequence[UUID]
) -> dict[UUID, Words]:
    """How each of the accounts stands to the objects, likewise; one statement for all of them."""
    both = union_all(_own(session, accounts, object_ids), _carried(session, object_ids))
    rows = (await session.execute(both)).all()
    cases: set[UUID] = {row.case_id for row in rows if row.case_id is not None}
    known_as = {(case, holder_of(session, case, account)): account for case in cases for account in accounts}
    words: dict[UUID, Words] = {account: {} for account in accounts}
    for row in rows:
        account = row.account_id if row.case_id is None else known_as.get((row.case_id, row.holder))
        if account is None:
            continue
        word = row.word if row.case_id is not None else relation_of(Duty(row.word))
        words[account][row.object_id] = words[account].get(row.object_id, frozenset()) | {word}
    return words


async def find_bits(session: ReadSession, account_id: UUID, object_ids: Collection[UUID]) -> dict[UUID, int]:
    """What the account did in other unions, as the bits of `authz.masks`."""
    bits: dict[UUID, int] = {}
    for row in (await session.execute(_carried(session, sorted(object_ids)))).all():
        if holder_of(session, row.case_id, account_id) == row.holder:
            bits[row.object_id] = bits.get(row.object_id, 0) | BITS.get(row.word, 0)
    return bits


def _own(
    session: ReadSession, accounts: Sequence[UUID], object_ids: Sequence[UUID]
) -> Select[UUID, str, str, UUID, UUID]:
    return select(
        DutyRecord.object_id,
        DutyRecord.duty.label("word"),
        literal(None, Text()).label("holder"),
        literal(None, Uuid()).label("case_id"),
        DutyRecord.account_id,
    ).where(
        DutyRecord.tenant_id == session.tenant_id,
        DutyRecord.account_id == any_(literal(list(accounts), ARRAY(Uuid()))),
        DutyRecord.object_id == any_(literal(object_ids, ARRAY(Uuid()))),
    )


def _carried(session: ReadSession, object_ids: Sequence[UUID]) -> Select[UUID, str, str, UUID, UUID]:
    return select(
        CarriedDuty.object_id,
        CarriedDuty.word.label("word"),
        CarriedDuty.holder,
        CarriedDuty.case_id,
        literal(None, Uuid()).label("account_id"),
    ).where(
        CarriedDuty.tenant_id == session.tenant_id,
        CarriedDuty.object_id == any_(literal(object_ids, ARRAY(Uuid()))),
    )
