"""Titles, certificates, revocations, honours.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tables import grant_tenant_table, protect

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "certificate_series",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_certificate_series")),
        sa.UniqueConstraint("tenant_id", "series", name=op.f("uq_certificate_series_tenant_id_series")),
    )
    protect(op, "certificate_series")
    grant_tenant_table(op, "certificate_series")
    op.create_table(
        "honour",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("granted_by_id", sa.UUID(), nullable=False),
        sa.Column("title_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["granted_by_id"], ["tenant.id"], name=op.f("fk_honour_granted_by_id_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_honour_tenant_id_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_honour")),
        sa.UniqueConstraint("tenant_id", "person_id", "case_id", name=op.f("uq_honour_tenant_id_person_id_case_id")),
    )
    op.create_index("ix_honour_person", "honour", ["tenant_id", "person_id", "id"], unique=False)
    protect(op, "honour")
    grant_tenant_table(op, "honour")
    op.create_table(
        "title",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("programme_id", sa.UUID(), nullable=False),
        sa.Column("edition_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("title_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("naming_document_no", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_title_programme_id_programme")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["application.tenant_id", "application.id"],
            name=op.f("fk_title_tenant_id_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_title_tenant_id_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_title")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_title_tenant_id_application_id")),
    )
    op.create_index("ix_title_granted", "title", ["tenant_id", "granted_on", "id"], unique=False)
    op.create_index("ix_title_person", "title", ["tenant_id", "person_id", "id"], unique=False)
    protect(op, "title")
    grant_tenant_table(op, "title")
    op.create_table(
        "certificate",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("awarding_body", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "title_id"],
            ["title.tenant_id", "title.id"],
            name=op.f("fk_certificate_tenant_id_title_id_title"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_certificate_tenant_id_number")),
        sa.UniqueConstraint("tenant_id", "title_id", name=op.f("uq_certificate_tenant_id_title_id")),
    )
    protect(op, "certificate")
    grant_tenant_table(op, "certificate")
    op.create_table(
        "revocation",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title_id", sa.UUID(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("resolution_no", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "title_id"],
            ["title.tenant_id", "title.id"],
            name=op.f("fk_revocation_tenant_id_title_id_title"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_revocation")),
        sa.UniqueConstraint("tenant_id", "title_id", name=op.f("uq_revocation_tenant_id_title_id")),
    )
    protect(op, "revocation")
    grant_tenant_table(op, "revocation")


def downgrade() -> None:
    op.drop_table("revocation")
    op.drop_table("certificate")
    op.drop_table("title")
    op.drop_table("honour")
    op.drop_table("certificate_series")
