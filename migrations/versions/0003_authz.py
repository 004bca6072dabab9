"""Who did what.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tables import grant_tenant_table, protect

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "duty_record",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty_record")),
        sa.UniqueConstraint(
            "tenant_id",
            "object_id",
            "account_id",
            "duty",
            name=op.f("uq_duty_record_tenant_id_object_id_account_id_duty"),
        ),
    )
    op.create_index(
        "ix_duty_record_account", "duty_record", ["tenant_id", "account_id", "duty", "object_id"], unique=False
    )
    protect(op, "duty_record")
    grant_tenant_table(op, "duty_record")


def downgrade() -> None:
    op.drop_table("duty_record")
