"""How long personal data is kept, who asks that it be erased, and the courier's right to take it out of rows that nobody else may change.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

from kernel.postgres import DatabaseRole
from migrations.tables import grant, grant_tenant_table, protect, role_in_database

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

_MARKED = ("person", "application", "handover", "register_entry")
_EMPTIED = {"person": "id_number_sealed", "snapshot": "sealed", "objection": "complainant_sealed"}
_CLOSED = {"snapshot": "sealed", "case_act": "reason"}


def upgrade() -> None:
    _make_retention_period()
    _make_erasure_request()
    for table in _MARKED:
        op.add_column(table, sa.Column("erased_on", sa.Date(), nullable=True))
    for table, column in _EMPTIED.items():
        op.alter_column(table, column, existing_type=sa.LargeBinary(), nullable=True)
    for table, column in _CLOSED.items():
        grant(op, table, DatabaseRole.COURIER, f"UPDATE ({column})")


def downgrade() -> None:
    courier = role_in_database(DatabaseRole.COURIER)
    for table, column in _CLOSED.items():
        op.execute(f"REVOKE UPDATE ({column}) ON {table} FROM {courier}")
    for table, column in _EMPTIED.items():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"UPDATE {table} SET {column} = '' WHERE {column} IS NULL")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.alter_column(table, column, existing_type=sa.LargeBinary(), nullable=False)
    for table in _MARKED:
        op.drop_column(table, "erased_on")
    op.drop_table("erasure_request")
    op.drop_table("retention_period")


def _make_retention_period() -> None:
    op.create_table(
        "retention_period",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("set_by", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("months between 1 and 1200", name=op.f("ck_retention_period_months")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_retention_period")),
        sa.UniqueConstraint("tenant_id", "kind", name=op.f("uq_retention_period_tenant_id_kind")),
    )
    protect(op, "retention_period")
    grant_tenant_table(op, "retention_period")


def _make_erasure_request() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("told_by_id", sa.UUID(), nullable=True),
        sa.Column("letter_id", sa.UUID(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recorded_by <> decided_by", name=op.f("ck_erasure_request_second_person")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_erasure_request_tenant_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["told_by_id"], ["tenant.id"], name=op.f("fk_erasure_request_told_by_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_erasure_request")),
        sa.UniqueConstraint("tenant_id", "letter_id", name=op.f("uq_erasure_request_tenant_id_letter_id")),
    )
    op.create_index("ix_erasure_request_state", "erasure_request", ["tenant_id", "state", "id"], unique=False)
    op.create_index("ix_erasure_request_person", "erasure_request", ["tenant_id", "person_id", "id"], unique=False)
    op.create_index(
        "uq_erasure_request_open",
        "erasure_request",
        ["tenant_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'granted')"),
    )
    protect(op, "erasure_request")
    grant_tenant_table(op, "erasure_request")
