"""Tokens for machines, and people whom identity providers name.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

from kernel.postgres import DatabaseRole
from migrations.tables import READ_ONLY, READ_WRITE, grant, open_to, protect

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

SHOWN = (
    "tenant_id, id, hint, account_id, membership_id, name, permissions, strength, created_at, valid_to, last_used_at, "
    "revoked_at"
)
"""All but the hash, which only the door compares."""


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("membership_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("strength", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(permissions) > 0", name=op.f("ck_api_token_covers_something")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id_account")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_api_token_tenant_id_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_token")),
    )
    op.create_index("ix_api_token_account", "api_token", ["account_id"], unique=False)
    op.create_index("ix_api_token_created", "api_token", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index("ix_api_token_hash", "api_token", ["token_hash"], unique=False)
    protect(op, "api_token")
    open_to(op, "api_token", DatabaseRole.LOGIN, "login_finds_tokens")
    grant(op, "api_token", DatabaseRole.LOGIN, READ_WRITE)
    grant(op, "api_token", DatabaseRole.APP, f"SELECT ({SHOWN}), UPDATE (revoked_at)")
    grant(op, "api_token", DatabaseRole.AUDITOR, f"{READ_ONLY} ({SHOWN})")
    op.add_column("sign_in_session", sa.Column("provider", sa.Text(), nullable=True))
    _make_federation()


def _make_federation() -> None:
    op.create_table(
        "federated_identity",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_federated_identity_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identity")),
        sa.UniqueConstraint("account_id", "provider", name=op.f("uq_federated_identity_account_id_provider")),
        sa.UniqueConstraint("issuer", "subject_hash", name=op.f("uq_federated_identity_issuer_subject_hash")),
    )
    grant(op, "federated_identity", DatabaseRole.LOGIN, READ_WRITE)
    op.create_table(
        "federated_attempt",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("membership_id", sa.UUID(), nullable=True),
        sa.Column("strength", sa.SmallInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_federated_attempt_account_id_account")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_federated_attempt")),
    )
    op.create_index("ix_federated_attempt_expires", "federated_attempt", ["expires_at"], unique=False)
    op.create_index("ix_federated_attempt_ticket", "federated_attempt", ["ticket_hash"], unique=False)
    grant(op, "federated_attempt", DatabaseRole.LOGIN, READ_WRITE)
    grant(op, "federated_attempt", DatabaseRole.COURIER, "SELECT (expires_at), DELETE")


def downgrade() -> None:
    op.drop_table("federated_attempt")
    op.drop_table("federated_identity")
    op.drop_column("sign_in_session", "provider")
    op.drop_table("api_token")
