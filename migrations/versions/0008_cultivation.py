"""Plans, tasks, reports, assessments.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tables import grant_tenant_table, protect

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("tasks_completed", sa.Boolean(), nullable=False),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessor_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_assessment_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_assessment_tenant_id_application_id")),
    )
    protect(op, "assessment")
    grant_tenant_table(op, "assessment")
    op.create_table(
        "cultivation_plan",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("safeguards", sa.Text(), nullable=False),
        sa.Column("mentor", sa.Text(), nullable=True),
        sa.Column("signed_by_owner_on", sa.Date(), nullable=True),
        sa.Column("signed_by_candidate_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("amend_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_cultivation_plan_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cultivation_plan")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_cultivation_plan_tenant_id_application_id")),
    )
    protect(op, "cultivation_plan")
    grant_tenant_table(op, "cultivation_plan")
    op.create_table(
        "cultivation_task",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan_id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["cultivation_plan.tenant_id", "cultivation_plan.id"],
            name=op.f("fk_cultivation_task_tenant_id_plan_id_cultivation_plan"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cultivation_task")),
    )
    op.create_index("ix_cultivation_task_plan", "cultivation_task", ["tenant_id", "plan_id", "id"], unique=False)
    protect(op, "cultivation_task")
    grant_tenant_table(op, "cultivation_task")
    op.create_table(
        "progress_report",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan_id", sa.UUID(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["cultivation_plan.tenant_id", "cultivation_plan.id"],
            name=op.f("fk_progress_report_tenant_id_plan_id_cultivation_plan"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("tenant_id", "plan_id", "due_on", name=op.f("uq_progress_report_tenant_id_plan_id_due_on")),
    )
    op.create_index("ix_progress_report_due", "progress_report", ["tenant_id", "state", "due_on"], unique=False)
    protect(op, "progress_report")
    grant_tenant_table(op, "progress_report")


def downgrade() -> None:
    op.drop_table("progress_report")
    op.drop_table("cultivation_task")
    op.drop_table("cultivation_plan")
    op.drop_table("assessment")
