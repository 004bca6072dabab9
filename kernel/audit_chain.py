"""Seals over the audit entries of one tenant, so that nobody edits, deletes, reorders, slips in or cuts off entries unseen.

A seal lists its entries one by one with a hash of each, continues the hash of the seal before it, counts all entries so far, and is an HMAC under a key
that is not in the database. Entries are listed explicitly, never by range: ids are made before transactions commit, so a later commit may bring an earlier
id. Whoever can delete rows can still cut off the last seals as a whole: therefore every new seal also leaves an `Anchor` outside the database, and `verify`
is given the last.
"""

import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from kernel.audit import AuditEntry
from kernel.database import Base, ReadSession, TenantRow, WriteSession
from kernel.ids import new_id

BATCH = 500
LATEST_COMMIT = timedelta(hours=1)
"""No transaction lives this long (the roles' timeouts end them far sooner), so no entry appears later than this after its id was made."""
_START = bytes(32)


class AuditSeal(TenantRow, Base):
    """One batch of a tenant's entries, sealed for good. `total` counts all entries up to here; `at` is real time."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[int]
    entry_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    entry_hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary()))
    total: Mapped[int]
    previous: Mapped[bytes]
    seal: Mapped[bytes]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Anchor:
    """The newest seal of a tenant, as remembered outside the database."""

    tenant_id: UUID
    number: int
    total: int
    seal: bytes


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong. `kind`: entry_changed, entry_missing, entry_inserted, seal_missing, seal_changed, tail_cut."""

    kind: str
    seal_number: int
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how much is sealed and right, how much is still too young for a seal, and the first fault."""

    seals: int
    sealed: int
    unsealed: int
    fault: Fault | None


async def seal_entries(session: WriteSession, key: bytes) -> Anchor | None:
    """Seal up to BATCH entries that no seal lists yet; None where there are none. Call again until then.

    Two at once: the second fails on the seal's number and may be tried again.
    """
    last = await _last_seal(session)
    entries = await _unsealed(session, last, BATCH)
    if not entries:
        return None
    number, total, previous = (last.number, last.total, last.seal) if last else (0, 0, _START)
    fresh = AuditSeal(
        tenant_id=session.tenant_id,
        id=new_id(),
        number=number + 1,
        entry_ids=[entry.id for entry in entries],
        entry_hashes=[hash_entry(entry) for entry in entries],
        total=total + len(entries),
        previous=previous,
        seal=b"",
        at=datetime.now(UTC),
    )
    fresh.seal = _sign(fresh, key)
    session.add(fresh)
    await session.flush()
    return Anchor(session.tenant_id, fresh.number, fresh.total, fresh.seal)


async def verify(session: ReadSession, key: bytes, anchor: Anchor | None = None) -> Verdict:
    """Read every seal and every entry of the session's tenant again, batch by batch, and name the first fault there is."""
    number, total, previous = 0, 0, _START
    last: AuditSeal | None = None
    async for seal in _seals(session):
        fault = _check_seal(seal, number, total, previous, key) or await _check_entries(session, seal)
        if fault is not None:
            return Verdict(number, total, 0, fault)
        number, total, previous, last = seal.number, seal.total, seal.seal, seal
        if anchor is not None and anchor.number == number and anchor.seal != seal.seal:
            return Verdict(number, total, 0, Fault("seal_changed", number))
    if anchor is not None and anchor.number > number:
        return Verdict(number, total, 0, Fault("tail_cut", number + 1))
    young = await _unsealed(session, last, None)
    counted = await session.scalar(select(func.count()).select_from(AuditEntry).filter_by(tenant_id=session.tenant_id))
    if last is not None and counted != total + len(young):
        return Verdict(number, total, len(young), Fault("entry_inserted", number, await _slipped_in(session)))
    return Verdict(number, total, len(young), None)


def hash_entry(entry: AuditEntry) -> bytes:
    """SHA-256 of everything an entry says, in one canonical form."""
    said = {
        "tenant_id": str(entry.tenant_id),
        "id": str(entry.id),
        "at": entry.at.astimezone(UTC).isoformat(),
        "account_id": str(entry.account_id) if entry.account_id else None,
        "actor": entry.actor,
        "act": entry.act,
        "object_kind": entry.object_kind,
        "object_id": str(entry.object_id),
        "before": entry.before,
        "after": entry.after,
        "request_id": entry.request_id,
    }
    if entry.acting_for is not None:  # younger than the first seals
        said["acting_for"] = str(entry.acting_for)
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def _sign(seal: AuditSeal, key: bytes) -> bytes:
    content = sha256(b"".join(each.bytes for each in seal.entry_ids) + b"".join(seal.entry_hashes)).digest()
    head = f"{seal.tenant_id}|{seal.number}|{seal.total}|{len(seal.entry_ids)}|{seal.at.astimezone(UTC).isoformat()}|"
    return hmac.digest(key, head.encode() + seal.previous + content, sha256)


def _check_seal(seal: AuditSeal, number: int, total: int, previous: bytes, key: bytes) -> Fault | None:
    if seal.number != number + 1:
        return Fault("seal_missing", number + 1)
    right = seal.previous == previous and seal.total == total + len(seal.entry_ids)
    if not right or not hmac.compare_digest(seal.seal, _sign(seal, key)):
        return Fault("seal_changed", seal.number)
    return None


async def _check_entries(session: ReadSession, seal: AuditSeal) -> Fault | None:
    query = select(AuditEntry).where(AuditEntry.tenant_id == session.tenant_id, AuditEntry.id.in_(seal.entry_ids))
    found = {entry.id: hash_entry(entry) for entry in (await session.scalars(query)).all()}
    session.expunge_all()
    for entry_id, sealed in zip(seal.entry_ids, seal.entry_hashes, strict=True):
        if entry_id not in found:
            return Fault("entry_missing", seal.number, entry_id)
        if found[entry_id] != sealed:
            return Fault("entry_changed", seal.number, entry_id)
    return None


async def _seals(session: ReadSession) -> AsyncIterator[AuditSeal]:
    """All seals of the tenant in order, one at a time."""
    number = -1
    query = select(AuditSeal).where(AuditSeal.tenant_id == session.tenant_id).order_by(AuditSeal.number).limit(1)
    while (seal := await session.scalar(query.where(AuditSeal.number > number))) is not None:
        yield seal
        number = seal.number


async def _last_seal(session: ReadSession) -> AuditSeal | None:
    query = select(AuditSeal).where(AuditSeal.tenant_id == session.tenant_id)
    return await session.scalar(query.order_by(AuditSeal.number.desc()).limit(1))


async def _unsealed(session: ReadSession, last: AuditSeal | None, limit: int | None) -> Sequence[AuditEntry]:
    """Entries that no seal lists, in the order of their ids: none of them can be older than the last seal less LATEST_COMMIT."""
    query = select(AuditEntry).where(AuditEntry.tenant_id == session.tenant_id)
    if last is not None:
        listed = select(func.unnest(AuditSeal.entry_ids)).where(
            AuditSeal.tenant_id == session.tenant_id,
            AuditSeal.at >= last.at - 2 * LATEST_COMMIT,
        )
        query = query.where(AuditEntry.id >= _earliest_id(last.at - LATEST_COMMIT), AuditEntry.id.not_in(listed))
    return (await session.scalars(query.order_by(AuditEntry.id).limit(limit))).all()


async def _slipped_in(session: ReadSession) -> UUID | None:
    """The first entry that no seal of the tenant lists though it is too old to be unsealed."""
    listed = select(func.unnest(AuditSeal.entry_ids)).where(AuditSeal.tenant_id == session.tenant_id)
    query = select(AuditEntry.id).where(AuditEntry.tenant_id == session.tenant_id, AuditEntry.id.not_in(listed))
    return await session.scalar(query.order_by(AuditEntry.id).limit(1))


def _earliest_id(moment: datetime) -> UUID:
    """The smallest uuid7 of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
