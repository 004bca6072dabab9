"""Consents per purpose; the consent days of existing cases become the first of them.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tables import grant_tenant_table, protect

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

_FEED = """
DO $$
DECLARE
    bound uuid;
BEGIN
    FOR bound IN SELECT id FROM tenant LOOP
        PERFORM set_config('app.tenant', bound::text, true);
        INSERT INTO consent (tenant_id, id, person_id, purpose, given_on, version, created_at, updated_at)
        SELECT a.tenant_id, gen_random_uuid(), a.person_id, p.purpose, max(a.consent_on), 1, now(), now()
        FROM application a CROSS JOIN (VALUES ('upward'), ('notice'), ('register')) AS p (purpose)
        WHERE a.tenant_id = bound AND a.consent_on IS NOT NULL
        GROUP BY a.tenant_id, a.person_id, p.purpose;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_consent_tenant_id_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["tenant_id", "person_id", "id"], unique=False)
    op.create_index(
        "uq_consent_in_force",
        "consent",
        ["tenant_id", "person_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_on is null"),
    )
    protect(op, "consent")
    grant_tenant_table(op, "consent")
    op.execute(_FEED)


def downgrade() -> None:
    op.drop_table("consent")
