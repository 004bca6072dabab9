"""The newest seals of other tenants, as their couriers told them: what a cut tail is found by where the file of anchors is gone, too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.audit_chain import Anchor
from kernel.database import Base, ReadSession, TenantRow, WriteSession
from kernel.ids import new_id


class AuditMirror(TenantRow, Base):
    """An anchor of `sealed_tenant_id`, kept in the tenant above it; the table takes INSERTs only."""

    __tablename__ = "audit_mirror"
    __table_args__ = (UniqueConstraint("tenant_id", "sealed_tenant_id", "number"),)

    sealed_tenant_id: Mapped[UUID]
    number: Mapped[int]
    total: Mapped[int]
    seal: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


async def keep_mirror(session: WriteSession, anchor: Anchor) -> None:
    """Remember another tenant's anchor; the first word about a number counts."""
    row = {"sealed_tenant_id": anchor.tenant_id, "number": anchor.number, "total": anchor.total, "seal": anchor.seal}
    fresh = insert(AuditMirror).values(tenant_id=session.tenant_id, id=new_id(), **row)
    await session.execute(fresh.on_conflict_do_nothing())


async def find_mirror(session: ReadSession, sealed_tenant_id: UUID) -> Anchor | None:
    """The newest anchor of a tenant that the session's tenant keeps."""
    query = select(AuditMirror).filter_by(tenant_id=session.tenant_id, sealed_tenant_id=sealed_tenant_id)
    kept = await session.scalar(query.order_by(AuditMirror.number.desc()).limit(1))
    return None if kept is None else Anchor(sealed_tenant_id, kept.number, kept.total, kept.seal)
