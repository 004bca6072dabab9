"""The case of one person in one edition, as one tenant has it, and what belongs to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow, within_tenant


class Application(VersionedRow, Base):
    """`case_id` is the same in every tenant the case passes through; `state` is where it stands here, `upstream_state` where it stands above.

    `desk` is the part this tenant plays now: applying_unit, recommending_unit or organiser. `titles_held` are the titles the case rests on (code, name, day,
    union), `route_so_far` the acts of the desks below, oldest first.
    """

    __tablename__ = "application"
    __table_args__ = (
        within_tenant("person_id", "person"),
        Index(
            "uq_application_live_person",
            "tenant_id",
            "edition_id",
            "person_id",
            unique=True,
            postgresql_where=text(
                "state not in ('declined', 'withdrawn', 'not_recommended', 'formal_rejected', 'not_proposed', 'dropped', 'removed')"
            ),
        ),
        UniqueConstraint("tenant_id", "case_id", "desk"),
        Index("ix_application_edition_state", "tenant_id", "edition_id", "state", "id"),
        Index("ix_application_updated", "tenant_id", "updated_at", "id"),
        Index("ix_application_person", "tenant_id", "person_id", "id"),
        Index(
            "uq_application_recommended_rank",
            "tenant_id",
            "edition_id",
            "rank",
            unique=True,
            postgresql_where=text("rank is not null and recommending_unit_id = tenant_id"),
        ),
        CheckConstraint("open_objections >= 0", name="objections"),
    )

    case_id: Mapped[UUID]
    edition_id: Mapped[UUID]
    organiser_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    person_id: Mapped[UUID]
    desk: Mapped[str]
    state: Mapped[str]
    upstream_state: Mapped[str | None]
    upstream_at: Mapped[datetime | None]
    applying_unit_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    recommending_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    deeds: Mapped[str] = mapped_column(default="")
    unit_opinion: Mapped[str | None]
    opinion: Mapped[str | None]
    rank: Mapped[int | None]
    supplement_reason: Mapped[str | None]
    supplement_due_on: Mapped[date | None]
    source_title_id: Mapped[UUID | None]
    titles_held: Mapped[list[Any]] = mapped_column(default=list)
    route_so_far: Mapped[list[Any]] = mapped_column(default=list)
    incoming_handover_id: Mapped[UUID | None]
    exception_reason: Mapped[str | None]
    exception_approver: Mapped[str | None]
    consent_on: Mapped[date | None]
    open_objections: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[UUID | None]
    erased_on: Mapped[date | None]


class Evidence(VersionedRow, Base):
    """A piece of supporting material for one item of the five forces; the file, if any, is known by its hash."""

    __tablename__ = "evidence"
    __table_args__ = (
        within_tenant("application_id", "application"),
        Index("ix_evidence_application", "tenant_id", "application_id", "id"),
    )

    application_id: Mapped[UUID]
    force: Mapped[str]
    item: Mapped[int]
    title: Mapped[str]
    issuer: Mapped[str | None]
    issued_on: Mapped[date | None]
    file_sha256: Mapped[str | None]
    note: Mapped[str | None]


class PeerLetter(VersionedRow, Base):
    """A recommendation by a senior peer from outside the applicant's unit; `senior_by` says what makes the expert senior."""

    __tablename__ = "peer_letter"
    __table_args__ = (
        within_tenant("application_id", "application"),
        Index("ix_peer_letter_application", "tenant_id", "application_id", "id"),
    )

    application_id: Mapped[UUID]
    expert_name: Mapped[str]
    expert_unit: Mapped[str]
    expert_post: Mapped[str]
    profession: Mapped[str]
    senior_by: Mapped[str]
    content: Mapped[str]
    signed_on: Mapped[date]


class ReviewCheck(TenantRow, Base):
    """One line of the formal review's checklist: the condition, where it stands, and what the reviewer (or the rule) found."""

    __tablename__ = "review_check"
    __table_args__ = (
        within_tenant("application_id", "application"),
        UniqueConstraint("tenant_id", "application_id", "key"),
    )

    application_id: Mapped[UUID]
    key: Mapped[str]
    wording: Mapped[str]
    document: Mapped[str]
    article: Mapped[str]
    hard: Mapped[bool]
    outcome: Mapped[str]
    remark: Mapped[str | None]
    reviewer_id: Mapped[UUID]
    at: Mapped[datetime]


class CaseAct(TenantRow, Base):
    """One step of a case in this tenant: who did what, from which state to which. Only ever added."""

    __tablename__ = "case_act"
    __table_args__ = (
        within_tenant("application_id", "application"),
        Index("ix_case_act_application", "tenant_id", "application_id", "id"),
    )

    application_id: Mapped[UUID]
    act: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str]
    reason: Mapped[str | None]
    document_no: Mapped[str | None]


class Snapshot(TenantRow, Base):
    """A frozen copy of a dossier: canonical JSON, sealed for this tenant; `sha256` is of the clear text and is the same on both sides.

    Of an erased case only the hash is left.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        within_tenant("application_id", "application"),
        Index("ix_snapshot_application", "tenant_id", "application_id", "number"),
    )

    application_id: Mapped[UUID]
    number: Mapped[int]
    sha256: Mapped[str]
    sealed: Mapped[bytes | None]
    fields: Mapped[list[Any]]
    made_at: Mapped[datetime]


class CaseClaim(Base):
    """One person, one route per edition, across all tenants: the first to submit holds the claim. Knows the person only by the blind index."""

    __tablename__ = "case_claim"

    edition_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_index: Mapped[bytes] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID]
    claimed_at: Mapped[datetime]
