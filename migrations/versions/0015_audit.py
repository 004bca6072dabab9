"""Reads are recorded, anchors are mirrored, seals come soon, and duties that exclude one another cannot both be committed.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

from kernel.postgres import DatabaseRole
from migrations.tables import APPEND_ONLY, READ_ONLY, grant, grant_tenant_table, protect

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

_EXCLUSIONS = {
    "case_endorse": "mask & 16777216 = 0 OR mask & 1 = 0",
    "case_recommend": "mask & 33554432 = 0 OR mask & 1 = 0",
    "case_formal_pass": "mask & 67108864 = 0 OR mask & 7 = 0",
    "case_formal_reject": "mask & 134217728 = 0 OR mask & 7 = 0",
    "case_score": "mask & 268435456 = 0 OR mask & 15 = 0",
    "case_propose": "mask & 536870912 = 0 OR mask & 5 = 0",
    "case_not_propose": "mask & 1073741824 = 0 OR mask & 5 = 0",
    "case_deliberate": "mask & 2147483648 = 0 OR mask & 37 = 0",
    "case_drop": "mask & 4294967296 = 0 OR mask & 37 = 0",
    "case_announce": "mask & 8589934592 = 0 OR mask & 13 = 0",
    "case_name": "mask & 17179869184 = 0 OR mask & 13 = 0",
    "case_certify": "mask & 34359738368 = 0 OR mask & 69 = 0",
    "report_verify": "mask & 68719476736 = 0 OR mask & 129 = 0",
    "objection_admit": "mask & 137438953472 = 0 OR mask & 28 = 0",
    "objection_reject": "mask & 274877906944 = 0 OR mask & 28 = 0",
    "objection_conclude": "mask & 549755813888 = 0 OR mask & 28 = 0",
    "objection_apply": "mask & 1099511627776 = 0 OR mask & 256 = 0",
    "funding_approve": "mask & 2199023255552 = 0 OR mask & 516 = 0",
    "funding_pay": "mask & 4398046511104 = 0 OR mask & 1536 = 0",
    "notice_publish": "mask & 8796093022208 = 0 OR mask & 2048 = 0",
    "case_publish": "mask & 17592186044416 = 0 OR mask & 2048 = 0",
}
_HANDS = ("applied_by", "approved_by", "paid_by")
_DIFFERENT = {
    "applicant_is_not_approver": "applied_by <> approved_by",
    "applicant_is_not_payer": "applied_by <> paid_by",
    "approver_is_not_payer": "approved_by <> paid_by",
}


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("acting_for", sa.UUID(), nullable=True))
    op.create_index("ix_audit_entry_account", "audit_entry", ["tenant_id", "account_id", "at", "id"], unique=False)
    _make_read_entry()
    _make_audit_mirror()
    op.drop_constraint("pk_audit_pending", "audit_pending", type_="primary")
    op.add_column("audit_pending", sa.Column("round", sa.Integer(), server_default="0", nullable=False))
    op.create_primary_key("pk_audit_pending", "audit_pending", ["tenant_id", "round"])
    _make_duty_mask()
    for column in _HANDS:
        op.add_column("funding_record", sa.Column(column, sa.UUID(), nullable=True))
    for name, condition in _DIFFERENT.items():
        op.create_check_constraint(op.f(f"ck_funding_record_{name}"), "funding_record", condition)


def downgrade() -> None:
    for name in _DIFFERENT:
        op.drop_constraint(op.f(f"ck_funding_record_{name}"), "funding_record", type_="check")
    for column in _HANDS:
        op.drop_column("funding_record", column)
    op.drop_table("duty_mask")
    op.execute("TRUNCATE audit_pending")
    op.drop_constraint("pk_audit_pending", "audit_pending", type_="primary")
    op.drop_column("audit_pending", "round")
    op.create_primary_key("pk_audit_pending", "audit_pending", ["tenant_id"])
    op.drop_table("audit_mirror")
    op.drop_table("read_entry")
    op.drop_index("ix_audit_entry_account", table_name="audit_entry")
    op.drop_column("audit_entry", "acting_for")


def _make_read_entry() -> None:
    op.create_table(
        "read_entry",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("acting_for", sa.UUID(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_read_entry")),
    )
    op.create_index("ix_read_entry_at", "read_entry", ["tenant_id", "at", "id"], unique=False)
    op.create_index("ix_read_entry_object", "read_entry", ["tenant_id", "object_kind", "object_id", "id"], unique=False)
    op.create_index("ix_read_entry_account", "read_entry", ["tenant_id", "account_id", "at", "id"], unique=False)
    protect(op, "read_entry")
    grant(op, "read_entry", DatabaseRole.APP, APPEND_ONLY)
    grant(op, "read_entry", DatabaseRole.AUDITOR, READ_ONLY)


def _make_audit_mirror() -> None:
    op.create_table(
        "audit_mirror",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sealed_tenant_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_mirror")),
        sa.UniqueConstraint(
            "tenant_id", "sealed_tenant_id", "number", name=op.f("uq_audit_mirror_tenant_id_sealed_tenant_id_number")
        ),
    )
    protect(op, "audit_mirror")
    grant(op, "audit_mirror", DatabaseRole.COURIER, APPEND_ONLY)
    grant(op, "audit_mirror", DatabaseRole.AUDITOR, READ_ONLY)


def _make_duty_mask() -> None:
    op.create_table(
        "duty_mask",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("mask", sa.BigInteger(), nullable=False),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_duty_mask_{name}")) for name, condition in _EXCLUSIONS.items()),
        sa.PrimaryKeyConstraint("tenant_id", "object_id", "account_id", name=op.f("pk_duty_mask")),
    )
    protect(op, "duty_mask")
    grant_tenant_table(op, "duty_mask", "SELECT, INSERT, UPDATE")
