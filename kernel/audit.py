"""Every write leaves one entry, in the transaction of the write: who, as whom, what, on what, before and after.

The table takes INSERTs only. Entries of a tenant are chained and sealed by a job; `verify` is in `kernel.audit_chain`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, WriteSession
from kernel.deferred import SKIP
from kernel.ids import new_id

_RECORDED = "audit_recorded"


class AuditEntry(TenantRow, Base):
    """One act of one person (or of a worker, then `account_id` is null and `actor` names it); `acting_for` is whom a deputy stood in for."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "tenant_id", "object_kind", "object_id", "id"),
        Index("ix_audit_entry_at", "tenant_id", "at", "id"),
        Index("ix_audit_entry_account", "tenant_id", "account_id", "at", "id"),
    )

    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str | None]
    acting_for: Mapped[UUID | None]


class AuditPending(Base):
    """The tenant has entries that no seal may cover yet; from `due_at` (real time) on, the sealing job looks.

    `round` 0 is left by writers; 1 and 2 by the sealing job itself, for entries whose transactions were still open when it looked.
    """

    __tablename__ = "audit_pending"
    __table_args__ = (Index("ix_audit_pending_due", "due_at"),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


async def remember_unsealed(session: WriteSession) -> None:
    """Say that the tenant has something to seal. Waits for nobody: a row that is there already will do."""
    session.deferred.insert(AuditPending, {"tenant_id": session.tenant_id, "round": 0}, conflict=SKIP)


def record(  # noqa: PLR0913 - an entry has this many facts
    session: WriteSession,
    *,
    at: datetime,
    account_id: UUID | None,
    actor: str,
    act: str,
    object_kind: str,
    object_id: UUID,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    request_id: str | None = None,
    acting_for: UUID | None = None,
) -> None:
    """Add one entry to the running transaction; values must be JSON and hold no personal data in clear."""
    session.before_commit(remember_unsealed)
    session.deferred.insert(
        AuditEntry,
        {
            "tenant_id": session.tenant_id,
            "id": new_id(),
            "at": at,
            "account_id": account_id,
            "actor": actor,
            "act": act,
            "object_kind": object_kind,
            "object_id": object_id,
            "before": dict(before or {}),
            "after": dict(after or {}),
            "request_id": request_id,
            "acting_for": acting_for,
        },
    )
    session.info[_RECORDED] = count_recorded(session) + 1


def count_entry_elsewhere(session: WriteSession) -> None:
    """Say that the act of the running transaction left its one entry in another transaction, together with the deed itself (the login role's)."""
    session.info[_RECORDED] = count_recorded(session) + 1


def count_recorded(session: WriteSession) -> int:
    """How many entries the running transaction has left so far, or is known to have left elsewhere."""
    return session.info.get(_RECORDED, 0)
