"""Experts, sheets, meetings, resolutions.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tables import grant_tenant_table, protect

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "resolution",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("application_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.UUID(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_resolution_tenant_id_number")),
    )
    op.create_index("ix_resolution_edition", "resolution", ["tenant_id", "edition_id", "id"], unique=False)
    protect(op, "resolution")
    grant_tenant_table(op, "resolution")
    op.create_table(
        "expert",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("employer_code", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["tenant.id"], name=op.f("fk_expert_unit_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expert")),
        sa.UniqueConstraint("tenant_id", "account_id", name=op.f("uq_expert_tenant_id_account_id")),
    )
    protect(op, "expert")
    grant_tenant_table(op, "expert")
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("expert_account_id", sa.UUID(), nullable=False),
        sa.Column("expert_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("conflict", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_assignment_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "tenant_id",
            "application_id",
            "expert_account_id",
            name=op.f("uq_assignment_tenant_id_application_id_expert_account_id"),
        ),
    )
    op.create_index(
        "ix_assignment_expert", "assignment", ["tenant_id", "expert_account_id", "state", "id"], unique=False
    )
    protect(op, "assignment")
    grant_tenant_table(op, "assignment")
    op.create_table(
        "score_summary",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Integer(), nullable=False),
        sa.Column("median", sa.Integer(), nullable=False),
        sa.Column("trimmed_mean", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_score_summary_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_score_summary")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_score_summary_tenant_id_application_id")),
    )
    protect(op, "score_summary")
    grant_tenant_table(op, "score_summary")
    op.create_table(
        "score_sheet",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("assignment_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("expert_account_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["assignment.tenant_id", "assignment.id"],
            name=op.f("fk_score_sheet_tenant_id_assignment_id_assignment"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint(
            "tenant_id", "assignment_id", "number", name=op.f("uq_score_sheet_tenant_id_assignment_id_number")
        ),
    )
    op.create_index("ix_score_sheet_application", "score_sheet", ["tenant_id", "application_id", "id"], unique=False)
    protect(op, "score_sheet")
    grant_tenant_table(op, "score_sheet")
    op.create_table(
        "meeting",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["edition.tenant_id", "edition.id"],
            name=op.f("fk_meeting_tenant_id_edition_id_edition"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_edition", "meeting", ["tenant_id", "edition_id", "id"], unique=False)
    protect(op, "meeting")
    grant_tenant_table(op, "meeting")
    op.create_table(
        "meeting_item",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_meeting_item_tenant_id_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["meeting.tenant_id", "meeting.id"],
            name=op.f("fk_meeting_item_tenant_id_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meeting_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "meeting_id",
            "application_id",
            name=op.f("uq_meeting_item_tenant_id_meeting_id_application_id"),
        ),
    )
    protect(op, "meeting_item")
    grant_tenant_table(op, "meeting_item")


def downgrade() -> None:
    op.drop_table("meeting_item")
    op.drop_table("meeting")
    op.drop_table("score_sheet")
    op.drop_table("score_summary")
    op.drop_table("assignment")
    op.drop_table("expert")
    op.drop_table("resolution")
