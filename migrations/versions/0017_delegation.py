"""Deputies, visits of supervisors, officers lent to small unions, and sessions that rest on something else than their person's own place.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.postgres import DatabaseRole
from migrations.tables import APPEND_ONLY, READ_ONLY, grant, grant_tenant_table, open_to, protect

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    basis = sa.Column("basis", sa.Text(), server_default=sa.text("'membership'"), nullable=False)
    op.add_column("sign_in_session", basis)
    op.add_column("sign_in_session", sa.Column("basis_id", sa.UUID(), nullable=True))
    op.add_column("sign_in_session", sa.Column("home_id", sa.UUID(), nullable=True))
    op.add_column("read_entry", sa.Column("basis_id", sa.UUID(), nullable=True))
    op.create_index(
        "ix_read_entry_basis",
        "read_entry",
        ["tenant_id", "basis_id", "at", "id"],
        postgresql_where="basis_id is not null",
    )
    op.add_column("objection", sa.Column("investigated_for", sa.UUID(), nullable=True))
    _make_deputy_grant()
    _make_visit()
    _make_substitution()
    _make_substitution_act()


def downgrade() -> None:
    op.drop_table("substitution_act")
    op.drop_table("substitution")
    op.drop_table("visit")
    op.drop_table("deputy_grant")
    op.drop_index("ix_read_entry_basis", table_name="read_entry")
    op.drop_column("read_entry", "basis_id")
    op.drop_column("objection", "investigated_for")
    op.execute("DELETE FROM sign_in_session WHERE basis <> 'membership'")
    op.drop_column("sign_in_session", "home_id")
    op.drop_column("sign_in_session", "basis_id")
    op.drop_column("sign_in_session", "basis")


def _make_deputy_grant() -> None:
    op.create_table(
        "deputy_grant",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("granter_id", sa.UUID(), nullable=False),
        sa.Column("granter", sa.Text(), nullable=False),
        sa.Column("deputy_id", sa.UUID(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.CheckConstraint("granter_id <> deputy_id", name=op.f("ck_deputy_grant_not_to_oneself")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_deputy_grant_period")),
        sa.CheckConstraint("cardinality(roles) > 0 and 'courier' <> all (roles)", name=op.f("ck_deputy_grant_roles")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deputy_grant")),
    )
    op.create_index("ix_deputy_grant_granted", "deputy_grant", ["tenant_id", "granted_at", "id"])
    protect(op, "deputy_grant")
    grant(op, "deputy_grant", DatabaseRole.APP, "SELECT, INSERT, UPDATE (revoked_at, revoked_by)")
    grant(op, "deputy_grant", DatabaseRole.AUDITOR, READ_ONLY)
    open_to(op, "deputy_grant", DatabaseRole.LOGIN, "login_finds_deputies")
    grant(op, "deputy_grant", DatabaseRole.LOGIN, READ_ONLY)


def _make_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counterpart_id", sa.UUID(), nullable=False),
        sa.Column("visitor_id", sa.UUID(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confined_to", postgresql.ARRAY(sa.UUID()), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "side in ('visited', 'visiting') and kind in ('supervision', 'case')", name=op.f("ck_visit_words")
        ),
        sa.CheckConstraint(
            "side <> 'visited' or (kind = 'case') = (confined_to is not null)", name=op.f("ck_visit_one_case")
        ),
        sa.CheckConstraint("ends_at > begun_at", name=op.f("ck_visit_period")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_begun", "visit", ["tenant_id", "begun_at", "id"])
    protect(op, "visit")
    grant(op, "visit", DatabaseRole.APP, APPEND_ONLY)
    grant(op, "visit", DatabaseRole.AUDITOR, READ_ONLY)
    open_to(op, "visit", DatabaseRole.LOGIN, "login_finds_visits")
    grant(op, "visit", DatabaseRole.LOGIN, "SELECT, INSERT, UPDATE (ended_at)")


def _make_substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("counterpart_id", sa.UUID(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=True),
        sa.Column("officer", sa.Text(), nullable=True),
        sa.Column("assigned_by", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_conditions_of_a_substitution(),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_created", "substitution", ["tenant_id", "created_at", "id"])
    protect(op, "substitution")
    grant_tenant_table(op, "substitution", rights="SELECT, INSERT, UPDATE")
    open_to(op, "substitution", DatabaseRole.LOGIN, "login_finds_substitutes")
    grant(op, "substitution", DatabaseRole.LOGIN, READ_ONLY)


def _conditions_of_a_substitution() -> list[sa.CheckConstraint]:
    barred = "'applicant', 'expert', 'auditor', 'system_admin', 'security_admin', 'audit_admin', 'courier'"
    conditions = {
        "words": "side in ('asking', 'lending') and state in ('requested', 'assigned', 'ended')",
        "business_roles": f"cardinality(roles) > 0 and not roles && array[{barred}]",
        "assigned_to_somebody": "state <> 'assigned' or (officer_id is not null and valid_to is not null)",
    }
    return [sa.CheckConstraint(text, name=op.f(f"ck_substitution_{name}")) for name, text in conditions.items()]


def _make_substitution_act() -> None:
    op.create_table(
        "substitution_act",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("substitution_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "substitution_id"],
            ["substitution.tenant_id", "substitution.id"],
            name=op.f("fk_substitution_act_tenant_id_substitution"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_substitution_act")),
    )
    op.create_index("ix_substitution_act_at", "substitution_act", ["tenant_id", "substitution_id", "at", "id"])
    protect(op, "substitution_act")
    grant_tenant_table(op, "substitution_act", rights=APPEND_ONLY)
