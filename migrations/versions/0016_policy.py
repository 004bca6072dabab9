"""Policies on record, what unions forbid beyond them, and no administrator with a second part.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.postgres import DatabaseRole
from migrations.tables import READ_ONLY, grant, grant_reference_table, open_to, protect

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

ONE_PART = "cardinality(roles) = 1 or not roles && array['system_admin', 'security_admin', 'audit_admin']"
NO_MACHINE = "'courier' <> all (roles)"


def upgrade() -> None:
    op.create_table(
        "policy_revision",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_revision")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_revision_number")),
    )
    grant_reference_table(op, "policy_revision")
    op.create_table(
        "policy_tightening",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("typ", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("binds_below", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role <> '*' and typ <> '*' and act <> '*' and role not in ('courier', 'auditor', 'security_admin', 'audit_admin')"
            " and typ not in ('policy', 'audit', 'session', 'tenant')",
            name=op.f("ck_policy_tightening_closed_words"),
        ),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_policy_tightening_period")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_tightening")),
    )
    protect(op, "policy_tightening")
    grant(
        op, "policy_tightening", DatabaseRole.APP, "SELECT, INSERT, UPDATE (lifted_at, lifted_by, version, updated_at)"
    )
    grant(op, "policy_tightening", DatabaseRole.AUDITOR, READ_ONLY)
    open_to(op, "policy_tightening", DatabaseRole.LOGIN, "login_finds_tightenings")
    grant(op, "policy_tightening", DatabaseRole.LOGIN, READ_ONLY)
    op.create_check_constraint(op.f("ck_membership_administrators_apart"), "membership", ONE_PART)
    op.create_check_constraint(op.f("ck_membership_no_machine"), "membership", NO_MACHINE)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_membership_no_machine"), "membership")
    op.drop_constraint(op.f("ck_membership_administrators_apart"), "membership")
    op.drop_table("policy_tightening")
    op.drop_table("policy_revision")
