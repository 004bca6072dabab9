"""Money that a rule says is due. Amounts are integer 分; one cause gives one record, however often its event is delivered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, VersionedRow


class FundingRecord(VersionedRow, Base):
    """`kind`: working_fund, subsidy, reward. `state`: blocked, planned, applied, approved, paid, cancelled, clawback_ordered.

    `question` is the code of what a person must decide (its sentence stands in `errors`): a blocked record waits for it; a paid one carries it where
    recovery is open. `held_from` is the state or the question that a suspension covers. `base_fen` is the amount that a matching share was counted from.
    """

    __tablename__ = "funding_record"
    __table_args__ = (
        UniqueConstraint("tenant_id", "rule_code", "cause"),
        Index("ix_funding_record_year", "tenant_id", "year", "id"),
        Index("ix_funding_record_due", "tenant_id", "due_on", "id"),
        Index("ix_funding_record_person", "tenant_id", "person_id", "id"),
        Index("ix_funding_record_case", "tenant_id", "case_id", "id"),
        CheckConstraint("amount_fen is null or amount_fen >= 0", name="amount"),
        CheckConstraint("applied_by <> approved_by", name="applicant_is_not_approver"),
        CheckConstraint("applied_by <> paid_by", name="applicant_is_not_payer"),
        CheckConstraint("approved_by <> paid_by", name="approver_is_not_payer"),
    )

    programme_id: Mapped[UUID]
    edition_id: Mapped[UUID | None]
    rule_code: Mapped[str]
    cause: Mapped[str]
    kind: Mapped[str]
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    base_fen: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    studio_id: Mapped[UUID | None]
    year: Mapped[int]
    due_on: Mapped[date]
    purpose: Mapped[str]
    payee_kind: Mapped[str | None]
    recoverable: Mapped[str]
    question: Mapped[str | None]
    answer: Mapped[str | None]
    answer_document_no: Mapped[str | None]
    held_from: Mapped[str | None]
    state: Mapped[str]
    document: Mapped[str]
    article: Mapped[str]
    voucher_no: Mapped[str | None]
    paid_on: Mapped[date | None]
    applied_by: Mapped[UUID | None]
    approved_by: Mapped[UUID | None]
    paid_by: Mapped[UUID | None]


class RewardResult(TenantRow, Base):
    """A reward that another level paid to one of ours, as recorded with its document; what matching rules are counted from."""

    __tablename__ = "reward_result"
    __table_args__ = (
        UniqueConstraint("tenant_id", "honour_id"),
        Index("ix_reward_result_recorded", "tenant_id", "recorded_at", "id"),
    )

    honour_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
