"""The second factor, challenges, the strength of a session; the age of passwords and of accounts.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from kernel.postgres import DatabaseRole
from migrations.tables import READ_WRITE, grant, role_in_database

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("account", sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("active_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("must_change_password", sa.Boolean(), nullable=True))
    op.execute("UPDATE account SET must_change_password = false, active_at = now()")
    op.alter_column("account", "must_change_password", nullable=False)
    grant(op, "account", DatabaseRole.COURIER, "SELECT (id, state, created_at, active_at), UPDATE (state)")
    op.create_table(
        "former_password",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_former_password_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_former_password")),
    )
    grant(op, "former_password", DatabaseRole.LOGIN, READ_WRITE)
    op.add_column("sign_in_session", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("sign_in_session", sa.Column("strength", sa.SmallInteger(), nullable=True))
    op.execute("UPDATE sign_in_session SET strength = 1")
    op.alter_column("sign_in_session", "strength", nullable=False)
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    grant(op, "second_factor", DatabaseRole.LOGIN, READ_WRITE)
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    grant(op, "recovery_code", DatabaseRole.LOGIN, READ_WRITE)
    op.create_table(
        "sign_in_challenge",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("membership_id", sa.UUID(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_challenge_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_challenge")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_challenge_token_hash")),
    )
    op.create_index("ix_sign_in_challenge_expires", "sign_in_challenge", ["expires_at"], unique=False)
    grant(op, "sign_in_challenge", DatabaseRole.LOGIN, READ_WRITE)
    grant(op, "sign_in_challenge", DatabaseRole.COURIER, "SELECT (expires_at), DELETE")


def downgrade() -> None:
    op.drop_table("sign_in_challenge")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_column("sign_in_session", "strength")
    op.drop_column("sign_in_session", "address")
    op.drop_table("former_password")
    role = role_in_database(DatabaseRole.COURIER)
    op.execute(f"REVOKE SELECT (id, state, created_at, active_at), UPDATE (state) ON account FROM {role}")
    op.drop_column("account", "must_change_password")
    op.drop_column("account", "active_at")
    op.drop_column("account", "password_set_at")
