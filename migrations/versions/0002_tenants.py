"""The tree of unions, accounts, memberships, sessions.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.postgres import DatabaseRole
from migrations.tables import READ_ONLY, READ_WRITE, grant, grant_reference_table, grant_tenant_table, open_to, protect

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    grant(op, "account", DatabaseRole.LOGIN, READ_WRITE)
    op.create_table(
        "level",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_level")),
    )
    grant_reference_table(op, "level")
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_address", "sign_in_failure", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_failure_at", "sign_in_failure", ["at"], unique=False)
    grant(op, "sign_in_failure", DatabaseRole.LOGIN, READ_WRITE)
    grant(op, "sign_in_failure", DatabaseRole.COURIER, "SELECT (at), DELETE")
    op.create_table(
        "membership",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id_account")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("tenant_id", "account_id", name=op.f("uq_membership_tenant_id_account_id")),
    )
    op.create_index("ix_membership_account", "membership", ["account_id"], unique=False)
    protect(op, "membership")
    grant_tenant_table(op, "membership")
    open_to(op, "membership", DatabaseRole.LOGIN, "login_finds_members")
    grant(op, "membership", DatabaseRole.LOGIN, READ_ONLY)
    op.create_table(
        "tenant",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("industry_parent_id", sa.UUID(), nullable=True),
        sa.Column("industry_path", sa.Text(collation="C"), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["industry_parent_id"], ["tenant.id"], name=op.f("fk_tenant_industry_parent_id_tenant")
        ),
        sa.ForeignKeyConstraint(["level"], ["level.code"], name=op.f("fk_tenant_level_level")),
        sa.ForeignKeyConstraint(["parent_id"], ["tenant.id"], name=op.f("fk_tenant_parent_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
        sa.UniqueConstraint("path", name=op.f("uq_tenant_path")),
    )
    op.create_index(
        "ix_tenant_industry_parent",
        "tenant",
        ["industry_parent_id", "id"],
        unique=False,
        postgresql_where="industry_parent_id is not null",
    )
    op.create_index(
        "ix_tenant_industry_path",
        "tenant",
        ["industry_path"],
        unique=False,
        postgresql_where="industry_path is not null",
    )
    op.create_index("ix_tenant_parent", "tenant", ["parent_id", "id"], unique=False)
    grant_reference_table(op, "tenant")
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("membership_id", sa.UUID(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id_account")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sign_in_session_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index("ix_sign_in_session_account", "sign_in_session", ["account_id", "issued_at"], unique=False)
    grant(op, "sign_in_session", DatabaseRole.LOGIN, READ_WRITE)
    grant(op, "sign_in_session", DatabaseRole.COURIER, "SELECT (expires_at), DELETE")
    grant(op, "audit_entry", DatabaseRole.LOGIN, "INSERT")
    grant(op, "audit_pending", DatabaseRole.LOGIN, "INSERT")


def downgrade() -> None:
    op.drop_table("sign_in_session")
    op.drop_table("tenant")
    op.drop_table("membership")
    op.drop_table("sign_in_failure")
    op.drop_table("level")
    op.drop_table("account")
