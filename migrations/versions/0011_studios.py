"""Innovation studios.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tables import grant_tenant_table, protect

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "studio",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.UUID(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["level"], ["level.code"], name=op.f("fk_studio_level_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "leader_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_studio_tenant_id_leader_id_person"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_studio")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_studio_tenant_id_name")),
    )
    op.create_index("ix_studio_named", "studio", ["tenant_id", "named_on", "id"], unique=False)
    protect(op, "studio")
    grant_tenant_table(op, "studio")


def downgrade() -> None:
    op.drop_table("studio")
