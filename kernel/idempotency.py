"""A write that is asked for twice with one key happens once, and both answers speak of the same thing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, WriteSession
from kernel.errors import IDEMPOTENCY_MISMATCH
from kernel.ids import new_id
from kernel.sealing import sealer_of


class IdempotencyKey(TenantRow, Base):
    """A key that was used: by whom, for which request (as a keyed hash: it may hold an ID number), and what came of it."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "key"),)

    account_id: Mapped[UUID]
    key: Mapped[str]
    operation: Mapped[str]
    request_sha256: Mapped[str]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


async def claim(
    session: WriteSession,
    *,
    account_id: UUID,
    key: str,
    operation: str,
    request: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any] | None:
    """None where the key is new (then do the work and `keep` its result); else the result of the first time.

    A concurrent claim of the same key waits here until the first one has ended. Raises IDEMPOTENCY_MISMATCH where the key came with another request.
    """
    asked = orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)
    digest = sealer_of(session).recognise("idempotency", asked)
    row = {"tenant_id": session.tenant_id, "account_id": account_id, "key": key}
    fresh = await session.execute(
        insert(IdempotencyKey)
        .values(**row, id=new_id(), operation=operation, request_sha256=digest, result={}, at=at)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.id),
    )
    if fresh.first() is not None:
        return None
    used = (await session.execute(select(IdempotencyKey).filter_by(**row))).scalar_one()
    if (used.operation, used.request_sha256) != (operation, digest):
        raise IDEMPOTENCY_MISMATCH(path=("input", "idempotencyKey"))
    return used.result


async def keep(session: WriteSession, *, account_id: UUID, key: str, result: Mapping[str, Any]) -> None:
    """Store what came of the work, in its own transaction."""
    await session.execute(
        update(IdempotencyKey)
        .filter_by(tenant_id=session.tenant_id, account_id=account_id, key=key)
        .values(result=dict(result)),
    )
