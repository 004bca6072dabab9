"""What lets somebody stand in for another; rows of the union in which it is done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant


class Visit(TenantRow, Base):
    """An auditor of a union above looks into a union below, at all of it or at one case (`kind`: supervision, case).

    Each of the two has its own record under the same id; `side` says which one it is: the one that is `visited`, or the `visiting`. The session rests on the
    former. `confined_to` are the objects of the visited union that may be seen (null: whatever an auditor may see); it is known there only.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_begun", "tenant_id", "begun_at", "id"),
        CheckConstraint("side in ('visited', 'visiting') and kind in ('supervision', 'case')", name="words"),
        CheckConstraint("side <> 'visited' or (kind = 'case') = (confined_to is not null)", name="one_case"),
        CheckConstraint("ends_at > begun_at", name="period"),
    )

    side: Mapped[str]
    kind: Mapped[str]
    counterpart_id: Mapped[UUID]
    visitor_id: Mapped[UUID]
    visitor: Mapped[str]
    reason: Mapped[str]
    confined_to: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeputyGrant(TenantRow, Base):
    """A member hands roles of his own to another member for a while; `valid_to` is the first day on which it no longer holds.

    It is worth what the granter himself still holds on the day: nothing here is changed when he loses a role or his place.
    """

    __tablename__ = "deputy_grant"
    __table_args__ = (
        Index("ix_deputy_grant_granted", "tenant_id", "granted_at", "id"),
        CheckConstraint("granter_id <> deputy_id", name="not_to_oneself"),
        CheckConstraint("valid_to > valid_from", name="period"),
        CheckConstraint("cardinality(roles) > 0 and 'courier' <> all (roles)", name="roles"),
    )

    granter_id: Mapped[UUID]
    granter: Mapped[str]
    deputy_id: Mapped[UUID]
    deputy: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class Substitution(VersionedRow, Base):
    """A small union asks the one right above it for an officer who takes business roles that it has nobody for.

    Each of the two has its own record under the same id; `side`: asking or lending. `state`: requested, assigned, ended. A session rests on both records.
    `valid_to` is the first day on which it no longer holds.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        Index("ix_substitution_created", "tenant_id", "created_at", "id"),
        CheckConstraint("side in ('asking', 'lending') and state in ('requested', 'assigned', 'ended')", name="words"),
        CheckConstraint(
            "cardinality(roles) > 0 and not roles && array['applicant', 'expert', 'auditor', 'system_admin', 'security_admin', 'audit_admin', 'courier']",
            name="business_roles",
        ),
        CheckConstraint(
            "state <> 'assigned' or (officer_id is not null and valid_to is not null)", name="assigned_to_somebody"
        ),
    )

    side: Mapped[str]
    counterpart_id: Mapped[UUID]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str]
    officer_id: Mapped[UUID | None]
    officer: Mapped[str | None]
    assigned_by: Mapped[str | None]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_because: Mapped[str | None]


class SubstitutionAct(TenantRow, Base):
    """Something the lent officer did in the union that asked for him; each of the two unions has its own row."""

    __tablename__ = "substitution_act"
    __table_args__ = (
        within_tenant("substitution_id", "substitution"),
        Index("ix_substitution_act_at", "tenant_id", "substitution_id", "at", "id"),
    )

    substitution_id: Mapped[UUID]
    at: Mapped[datetime]
    act: Mapped[str]
    object_kind: Mapped[str]
