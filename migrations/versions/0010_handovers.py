"""What passes between tenants; registers.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tables import grant_tenant_table, protect

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "drift",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("handover_id", sa.UUID(), nullable=False),
        sa.Column("change_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_drift")),
        sa.UniqueConstraint(
            "tenant_id",
            "handover_id",
            "change_id",
            "field",
            name=op.f("uq_drift_tenant_id_handover_id_change_id_field"),
        ),
    )
    op.create_index("ix_drift_handover", "drift", ["tenant_id", "handover_id", "id"], unique=False)
    protect(op, "drift")
    grant_tenant_table(op, "drift")
    op.create_table(
        "handover",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counterpart_id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("title_id", sa.UUID(), nullable=True),
        sa.Column("register_entry_id", sa.UUID(), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("snapshot_sha256", sa.Text(), nullable=True),
        sa.Column("snapshot_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot_number", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["counterpart_id"], ["tenant.id"], name=op.f("fk_handover_counterpart_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover")),
        sa.UniqueConstraint(
            "tenant_id", "correlation_id", "direction", name=op.f("uq_handover_tenant_id_correlation_id_direction")
        ),
    )
    op.create_index("ix_handover_application", "handover", ["tenant_id", "application_id"], unique=False)
    op.create_index("ix_handover_state", "handover", ["tenant_id", "direction", "state", "id"], unique=False)
    protect(op, "handover")
    grant_tenant_table(op, "handover")
    op.create_table(
        "register_entry",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source_tenant_id", sa.UUID(), nullable=False),
        sa.Column("source_title_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("title_code", sa.Text(), nullable=False),
        sa.Column("title_name", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_tenant_id"], ["tenant.id"], name=op.f("fk_register_entry_source_tenant_id_tenant")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("tenant_id", "source_title_id", name=op.f("uq_register_entry_tenant_id_source_title_id")),
    )
    op.create_index("ix_register_entry_all", "register_entry", ["tenant_id", "granted_on", "id"], unique=False)
    op.create_index(
        "ix_register_entry_granted", "register_entry", ["tenant_id", "title_code", "granted_on", "id"], unique=False
    )
    protect(op, "register_entry")
    grant_tenant_table(op, "register_entry")


def downgrade() -> None:
    op.drop_table("register_entry")
    op.drop_table("handover")
    op.drop_table("drift")
