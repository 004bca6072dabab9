"""Cases, material, history, sealed dossiers.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tables import APPEND_ONLY, grant_tenant_table, protect

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "case_claim",
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "person_index", name=op.f("pk_case_claim")),
    )
    protect(op, "case_claim")
    grant_tenant_table(op, "case_claim", "SELECT, INSERT, DELETE")
    op.create_table(
        "application",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("organiser_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("upstream_state", sa.Text(), nullable=True),
        sa.Column("upstream_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applying_unit_id", sa.UUID(), nullable=False),
        sa.Column("recommending_unit_id", sa.UUID(), nullable=True),
        sa.Column("deeds", sa.Text(), nullable=False),
        sa.Column("unit_opinion", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("supplement_reason", sa.Text(), nullable=True),
        sa.Column("supplement_due_on", sa.Date(), nullable=True),
        sa.Column("source_title_id", sa.UUID(), nullable=True),
        sa.Column("titles_held", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("route_so_far", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incoming_handover_id", sa.UUID(), nullable=True),
        sa.Column("exception_reason", sa.Text(), nullable=True),
        sa.Column("exception_approver", sa.Text(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("open_objections", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("open_objections >= 0", name=op.f("ck_application_objections")),
        sa.ForeignKeyConstraint(
            ["applying_unit_id"], ["tenant.id"], name=op.f("fk_application_applying_unit_id_tenant")
        ),
        sa.ForeignKeyConstraint(["organiser_id"], ["tenant.id"], name=op.f("fk_application_organiser_id_tenant")),
        sa.ForeignKeyConstraint(
            ["recommending_unit_id"], ["tenant.id"], name=op.f("fk_application_recommending_unit_id_tenant")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_application_tenant_id_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_application")),
        sa.UniqueConstraint("tenant_id", "case_id", "desk", name=op.f("uq_application_tenant_id_case_id_desk")),
    )
    op.create_index(
        "ix_application_edition_state", "application", ["tenant_id", "edition_id", "state", "id"], unique=False
    )
    op.create_index("ix_application_updated", "application", ["tenant_id", "updated_at", "id"], unique=False)
    op.create_index(
        "uq_application_live_person",
        "application",
        ["tenant_id", "edition_id", "person_id"],
        unique=True,
        postgresql_where=sa.text(
            "state not in ('declined', 'withdrawn', 'not_recommended', 'formal_rejected', 'not_proposed', 'dropped', 'removed')"
        ),
    )
    op.create_index(
        "uq_application_recommended_rank",
        "application",
        ["tenant_id", "edition_id", "rank"],
        unique=True,
        postgresql_where=sa.text("rank is not null and recommending_unit_id = tenant_id"),
    )
    protect(op, "application")
    grant_tenant_table(op, "application")
    op.create_table(
        "case_act",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_case_act_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_act")),
    )
    op.create_index("ix_case_act_application", "case_act", ["tenant_id", "application_id", "id"], unique=False)
    protect(op, "case_act")
    grant_tenant_table(op, "case_act", APPEND_ONLY)
    op.create_table(
        "evidence",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_evidence_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_application", "evidence", ["tenant_id", "application_id", "id"], unique=False)
    protect(op, "evidence")
    grant_tenant_table(op, "evidence")
    op.create_table(
        "peer_letter",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("expert_name", sa.Text(), nullable=False),
        sa.Column("expert_unit", sa.Text(), nullable=False),
        sa.Column("expert_post", sa.Text(), nullable=False),
        sa.Column("profession", sa.Text(), nullable=False),
        sa.Column("senior_by", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_peer_letter_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_peer_letter")),
    )
    op.create_index("ix_peer_letter_application", "peer_letter", ["tenant_id", "application_id", "id"], unique=False)
    protect(op, "peer_letter")
    grant_tenant_table(op, "peer_letter")
    op.create_table(
        "review_check",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("reviewer_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_review_check_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_review_check")),
        sa.UniqueConstraint(
            "tenant_id", "application_id", "key", name=op.f("uq_review_check_tenant_id_application_id_key")
        ),
    )
    protect(op, "review_check")
    grant_tenant_table(op, "review_check")
    op.create_table(
        "snapshot",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_snapshot_tenant_id_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_snapshot")),
    )
    op.create_index("ix_snapshot_application", "snapshot", ["tenant_id", "application_id", "number"], unique=False)
    protect(op, "snapshot")
    grant_tenant_table(op, "snapshot", APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("snapshot")
    op.drop_table("review_check")
    op.drop_table("peer_letter")
    op.drop_table("evidence")
    op.drop_table("case_act")
    op.drop_table("application")
    op.drop_table("case_claim")
