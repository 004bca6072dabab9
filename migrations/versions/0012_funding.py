"""Money that rules say is due.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tables import grant_tenant_table, protect

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "funding_record",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("programme_id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=True),
        sa.Column("rule_code", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("base_fen", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("studio_id", sa.UUID(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("payee_kind", sa.Text(), nullable=True),
        sa.Column("recoverable", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_document_no", sa.Text(), nullable=True),
        sa.Column("held_from", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("voucher_no", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_fen is null or amount_fen >= 0", name=op.f("ck_funding_record_amount")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_funding_record")),
        sa.UniqueConstraint(
            "tenant_id", "rule_code", "cause", name=op.f("uq_funding_record_tenant_id_rule_code_cause")
        ),
    )
    op.create_index("ix_funding_record_case", "funding_record", ["tenant_id", "case_id", "id"], unique=False)
    op.create_index("ix_funding_record_person", "funding_record", ["tenant_id", "person_id", "id"], unique=False)
    op.create_index("ix_funding_record_year", "funding_record", ["tenant_id", "year", "id"], unique=False)
    protect(op, "funding_record")
    grant_tenant_table(op, "funding_record")
    op.create_table(
        "reward_result",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("honour_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reward_result")),
        sa.UniqueConstraint("tenant_id", "honour_id", name=op.f("uq_reward_result_tenant_id_honour_id")),
    )
    protect(op, "reward_result")
    grant_tenant_table(op, "reward_result")


def downgrade() -> None:
    op.drop_table("reward_result")
    op.drop_table("funding_record")
