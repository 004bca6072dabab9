"""Person files, programmes, rulebooks, editions, quotas.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tables import grant_reference_table, grant_tenant_table, protect

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sort_key", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_month", sa.Text(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_hint", sa.Text(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hint", sa.Text(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("political_status", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("employer_code", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("professional_title", sa.Text(), nullable=True),
        sa.Column("skill_grade", sa.Text(), nullable=True),
        sa.Column("worked_since", sa.Text(), nullable=True),
        sa.Column("frontline_since", sa.Text(), nullable=False),
        sa.Column("in_service", sa.Boolean(), nullable=False),
        sa.Column("is_migrant_worker", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("tenant_id", "id_number_index", name=op.f("uq_person_tenant_id_id_number_index")),
    )
    op.create_index("ix_person_name", "person", ["tenant_id", "name_sort_key", "id"], unique=False)
    protect(op, "person")
    grant_tenant_table(op, "person")
    op.create_table(
        "recommending_grant",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "used >= 0 and (places is null or used <= places)", name=op.f("ck_recommending_grant_places")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recommending_grant")),
        sa.UniqueConstraint("tenant_id", "edition_id", name=op.f("uq_recommending_grant_tenant_id_edition_id")),
    )
    protect(op, "recommending_grant")
    grant_tenant_table(op, "recommending_grant")
    op.create_table(
        "programme",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_code", sa.Text(), nullable=False),
        sa.Column("title_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["level"], ["level.code"], name=op.f("fk_programme_level_level")),
        sa.ForeignKeyConstraint(["organiser_id"], ["tenant.id"], name=op.f("fk_programme_organiser_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    grant_reference_table(op, "programme")
    op.create_table(
        "rulebook_version",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("programme_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_rulebook_version_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_version")),
        sa.UniqueConstraint("programme_id", "version", name=op.f("uq_rulebook_version_programme_id_version")),
    )
    grant_reference_table(op, "rulebook_version")
    op.create_table(
        "edition",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("programme_id", sa.UUID(), nullable=False),
        sa.Column("rulebook_version_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cohort_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("filled", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rules_sha256", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_edition_programme_id_programme")),
        sa.ForeignKeyConstraint(
            ["rulebook_version_id"],
            ["rulebook_version.id"],
            name=op.f("fk_edition_rulebook_version_id_rulebook_version"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "tenant_id",
            "programme_id",
            "year",
            "cohort_no",
            name=op.f("uq_edition_tenant_id_programme_id_year_cohort_no"),
        ),
    )
    op.create_index(
        "ix_edition_closes_on", "edition", ["closes_on"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_edition_id", "edition", ["id"], unique=False)
    op.create_index(
        "ix_edition_opens_on", "edition", ["opens_on"], unique=False, postgresql_where=sa.text("state = 'issued'")
    )
    op.create_index("ix_edition_year", "edition", ["tenant_id", "year", "id"], unique=False)
    protect(op, "edition")
    grant_tenant_table(op, "edition")
    op.execute("CREATE POLICY issued_is_public ON edition FOR SELECT USING (state <> 'draft')")
    op.create_table(
        "extra_unit",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["edition.tenant_id", "edition.id"],
            name=op.f("fk_extra_unit_tenant_id_edition_id_edition"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["tenant.id"], name=op.f("fk_extra_unit_unit_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_extra_unit")),
        sa.UniqueConstraint(
            "tenant_id", "edition_id", "unit_id", name=op.f("uq_extra_unit_tenant_id_edition_id_unit_id")
        ),
    )
    protect(op, "extra_unit")
    grant_tenant_table(op, "extra_unit")
    op.create_table(
        "quota",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("factors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("places >= 1", name=op.f("ck_quota_places")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["edition.tenant_id", "edition.id"],
            name=op.f("fk_quota_tenant_id_edition_id_edition"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["tenant.id"], name=op.f("fk_quota_unit_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quota")),
        sa.UniqueConstraint("tenant_id", "edition_id", "unit_id", name=op.f("uq_quota_tenant_id_edition_id_unit_id")),
    )
    protect(op, "quota")
    grant_tenant_table(op, "quota")


def downgrade() -> None:
    op.drop_table("quota")
    op.drop_table("extra_unit")
    op.drop_table("edition")
    op.drop_table("rulebook_version")
    op.drop_table("programme")
    op.drop_table("recommending_grant")
    op.drop_table("person")
