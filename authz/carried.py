"""Parts taken in a case in another union: they arrive with its dossier and bar the same person here, whose they were is told to nobody.

A dossier names each part by a keyed hash of the case and the account. Whoever acts is hashed the same way and compared, so it does not matter when he came to
have a place here; nobody can be found from a hash, and the same person has another one in every case.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from authz.duties import CREATED, DUTY_OF_RELATION, Duty, relation_of
from authz.masks import BITS
from authz.model import CarriedDuty, DutyRecord
from authz.scope import WriteScope
from kernel.database import ReadSession, WriteSession
from kernel.direct import Fetching
from kernel.foresight import Asked, Piece, fetch_together, found, found_again, tuple_of
from kernel.prepared import Prepared
from kernel.sealing import sealer_of

_PURPOSE = "duty"
_PARTS = frozenset({CREATED, *(word for word in DUTY_OF_RELATION if word.startswith("did_"))})
"""What may be carried: acts that were done. Facts (assigned, recused, subject) are each union's own."""


class _Part(NamedTuple):
    """A part in an object: taken here by `account_id`, or brought under a keyed hash."""

    object_id: UUID
    word: str
    holder: str | None
    case_id: UUID | None
    account_id: UUID | None


Words = dict[UUID, frozenset[str]]


TAKEN = Piece(
    select(DutyRecord.object_id, DutyRecord.duty, DutyRecord.account_id).where(
        DutyRecord.tenant_id == bindparam("tenant_id"),
        DutyRecord.object_id == any_(bindparam("object_ids", type_=ARRAY(Uuid()))),
    ),
    tuple_of,
)
"""The parts all accounts took here in some objects: object, duty, account."""
BROUGHT = Piece(
    select(CarriedDuty.object_id, CarriedDuty.word, CarriedDuty.holder, CarriedDuty.case_id).where(
        CarriedDuty.tenant_id == bindparam("tenant_id"),
        CarriedDuty.object_id == any_(bindparam("object_ids", type_=ARRAY(Uuid()))),
    ),
    tuple_of,
)
"""The parts that dossiers brought: object, word, holder, case."""


_ACCOUNTS = bindparam("accounts", type_=ARRAY(Uuid()))
_BOTH = Prepared(
    union_all(
        select(
            DutyRecord.object_id,
            DutyRecord.duty.label("word"),
            literal(None, Text()).label("holder"),
            literal(None, Uuid()).label("case_id"),
            DutyRecord.account_id,
        ).where(
            DutyRecord.tenant_id == bindparam("tenant_id"),
            DutyRecord.account_id == any_(_ACCOUNTS),
            DutyRecord.object_id == any_(bindparam("object_ids", type_=ARRAY(Uuid()))),
        ),
        select(
            CarriedDuty.object_id,
            CarriedDuty.word.label("word"),
            CarriedDuty.holder,
            CarriedDuty.case_id,
            literal(None, Uuid()).label("account_id"),
        ).where(
            CarriedDuty.tenant_id == bindparam("tenant_id"),
            CarriedDuty.object_id == any_(bindparam("object_ids", type_=ARRAY(Uuid()))),
        ),
    )
)
"""The parts that some accounts took here in some objects, and all that dossiers brought, as `_Part`."""


def parts_in(object_id: UUID) -> tuple[Asked[tuple[Any, ...]], Asked[tuple[Any, ...]]]:
    """All that is asked about duties in one object, to be fetched ahead."""
    return TAKEN.of(object_ids=[object_id]), BROUGHT.of(object_ids=[object_id])


async def pack(scope: WriteScope, object_id: UUID, case_id: UUID, creator: UUID | None) -> list[dict[str, str]]:
    """All parts taken in a case so far, here and below, as its dossier carries them."""
    taken, brought = await _parts(scope.session, object_id)
    taken += [
        (object_id, row["duty"], row["account_id"])
        for row in scope.session.deferred.rows_of(DutyRecord)
        if row["object_id"] == object_id
    ]
    own = {(account_id, relation_of(Duty(duty))) for _, duty, account_id in taken} | {(creator, CREATED)}
    parts = {(holder, word) for _, word, holder, _ in brought} | {
        (holder_of(scope.session, case_id, account_id), word)
        for account_id, word in own
        if account_id is not None and word in _PARTS
    }
    return [{"holder": holder, "part": word} for holder, word in sorted(parts)]


async def _parts(session: WriteSession, object_id: UUID) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Here and brought, fetched ahead or now."""
    asked = parts_in(object_id)
    ahead = [found_again(session, one) for one in asked]
    taken, brought = ahead
    if taken is None or brought is None:
        taken, brought = await fetch_together(session, *asked)
    return list(taken), brought


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


def holder_of(session: Fetching, case_id: UUID, account_id: UUID) -> str:
    """By what an account is known again in one case."""
    return sealer_of(session).recognise(_PURPOSE, case_id.bytes + account_id.bytes)


async def find_words(session: Fetching, accounts: Sequence[UUID], object_ids: Sequence[UUID]) -> Words:
    """How the accounts together stand to the objects, by what they did here and in the unions they came from; one statement."""
    words: Words = {}
    for each in (await find_words_of_each(session, accounts, object_ids)).values():
        for object_id, said in each.items():
            words[object_id] = words.get(object_id, frozenset()) | said
    return words


async def find_words_of_each(
    session: Fetching, accounts: Sequence[UUID], object_ids: Sequence[UUID]
) -> dict[UUID, Words]:
    """How each of the accounts stands to the objects, likewise; one statement for all of them."""
    rows = _ahead(session, accounts, object_ids)
    if rows is None:
        given = {"tenant_id": session.tenant_id, "accounts": list(accounts), "object_ids": list(object_ids)}
        rows = [_Part(*row) for row in await session.fetch(_BOTH, **given)]
    cases: set[UUID] = {row.case_id for row in rows if row.case_id is not None}
    known_as: dict[tuple[UUID, str | None], UUID] = {
        (case, holder_of(session, case, account)): account for case in cases for account in accounts
    }
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
    asked = BROUGHT.of(object_ids=sorted(object_ids))
    brought = found_again(session, asked)
    if brought is None:
        (brought,) = await fetch_together(session, asked)
    for object_id, word, holder, case_id in brought:
        if holder_of(session, case_id, account_id) == holder:
            bits[object_id] = bits.get(object_id, 0) | BITS.get(word, 0)
    return bits


def _ahead(session: Fetching, accounts: Sequence[UUID], object_ids: Sequence[UUID]) -> "list[_Part] | None":
    """What `find_words_of_each` reads, if it was fetched ahead."""
    taken = found(session, TAKEN, object_ids=list(object_ids))
    brought = found(session, BROUGHT, object_ids=list(object_ids))
    if taken is None or brought is None:
        return None
    own = [_Part(place, word, None, None, account) for place, word, account in taken if account in accounts]
    return own + [_Part(place, word, holder, case, None) for place, word, holder, case in brought]
