"""Recorded policies, and what unions forbid beyond them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, VersionedRow
from kernel.ids import new_id


class PolicyRevision(Base):
    """A policy that was put in force: the fingerprint of its files and their rows. The one with the greatest number is in force everywhere."""

    __tablename__ = "policy_revision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    revision: Mapped[str]
    lines: Mapped[list[Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PolicyTightening(VersionedRow, Base):
    """A deny row of one union for its own people and, with `binds_below`, for those of all unions below it, on either line.

    There is no allow row here and none can be made. `valid_to` is the first day on which it no longer holds; what was lifted stays on record.
    """

    __tablename__ = "policy_tightening"
    __table_args__ = (
        CheckConstraint(
            "role <> '*' and typ <> '*' and act <> '*' and role not in ('courier', 'auditor', 'security_admin', 'audit_admin')"
            " and typ not in ('policy', 'audit', 'session', 'tenant')",
            name="closed_words",
        ),
        CheckConstraint("valid_to is null or valid_to > valid_from", name="period"),
    )

    role: Mapped[str]
    typ: Mapped[str]
    act: Mapped[str]
    stage: Mapped[str]
    binds_below: Mapped[bool]
    reason: Mapped[str]
    document: Mapped[str]
    created_by: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
