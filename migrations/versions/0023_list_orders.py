"""Lists that grow with a union's cases stand in their own order in an index; a person's cases are found by the person.

Revision: 0023, after 0022.
"""

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | None = None
depends_on: str | None = None

_INDEXES = (
    ("ix_application_person", "application", "person_id"),
    ("ix_assessment_assessed", "assessment", "assessed_on"),
    ("ix_certificate_issued", "certificate", "issued_on"),
    ("ix_cultivation_plan_ends", "cultivation_plan", "ends_on"),
    ("ix_funding_record_due", "funding_record", "due_on"),
    ("ix_handover_updated", "handover", "updated_at"),
    ("ix_honour_granted", "honour", "granted_on"),
    ("ix_progress_report_all", "progress_report", "due_on"),
    ("ix_reward_result_recorded", "reward_result", "recorded_at"),
    ("ix_score_summary_rank", "score_summary", "rank"),
)


def upgrade() -> None:
    for name, table, column in _INDEXES:
        op.create_index(name, table, ["tenant_id", column, "id"], unique=False)


def downgrade() -> None:
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
