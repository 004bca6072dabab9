"""A write that is asked for twice with one key happens once, and both answers speak of the same thing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import UniqueConstraint, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, WriteSession
from kernel.errors import IDEMPOTENCY_MISMATCH
from kernel.ids import new_id
from kernel.prepared import Prepared
from kernel.sealing import sealer_of
from kernel.writing import CLAIM


class UsedBeforeError(Exception):
    """The key was used for the same request; `result` is what came of it then."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__("used before")
        self.result = result


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


class Claim:
    """A key that is to be used for a request: taken by the first statement of its transaction, or alone before anything else is done.

    A concurrent claim of the same key waits until the first one has ended. Where the key was used, what was to be read or written raises UsedBeforeError, or
    IDEMPOTENCY_MISMATCH where it came with another request.
    """

    def __init__(
        self,
        session: WriteSession,
        *,
        account_id: UUID,
        key: str,
        operation: str,
        request: Mapping[str, Any],
        at: datetime,
    ) -> None:
        asked = orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)
        self._digest = sealer_of(session).recognise("idempotency", asked)
        self._operation, self._account, self._key = operation, account_id, key
        self._row = {"tenant_id": session.tenant_id, "id": new_id()}
        self.arguments = _TAKE.arguments(
            {
                **self._row,
                "account_id": account_id,
                "key": key,
                "operation": operation,
                "request_sha256": self._digest,
                "result": {},
                "at": at,
            }
        )
        session.info[CLAIM] = self

    @property
    def sql(self) -> str:
        """Gives one row where the key is new."""
        return _TAKE.sql

    async def give_up(self, session: WriteSession) -> None:
        """Raises what the key was used for."""
        rows = await session.fetch(_USED, tenant_id=session.tenant_id, account_id=self._account, key=self._key)
        ((operation, digest, result),) = rows
        if (operation, digest) != (self._operation, self._digest):
            raise IDEMPOTENCY_MISMATCH(path=("input", "idempotencyKey"))
        raise UsedBeforeError(result)

    def keep(self, session: WriteSession, result: Mapping[str, Any]) -> None:
        """Store what came of the work, with the rest of its rows."""
        session.deferred.change(IdempotencyKey, self._row, {"result": dict(result)})


_TAKE = Prepared(
    insert(IdempotencyKey)
    .values({column.key: bindparam(column.key, type_=column.type) for column in IdempotencyKey.__table__.columns})
    .on_conflict_do_nothing()
    .returning(IdempotencyKey.id)
)
_USED = Prepared(
    select(IdempotencyKey.operation, IdempotencyKey.request_sha256, IdempotencyKey.result).where(
        IdempotencyKey.tenant_id == bindparam("tenant_id"),
        IdempotencyKey.account_id == bindparam("account_id"),
        IdempotencyKey.key == bindparam("key"),
    )
)
