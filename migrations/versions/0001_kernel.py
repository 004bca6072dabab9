"""The machinery: audit, outbox, inbox, idempotency, schedule.

Revision: 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.postgres import DatabaseRole
from migrations.tables import APPEND_ONLY, READ_ONLY, READ_WRITE, grant, grant_tenant_table, open_to, protect, revoke

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    grant(op, "alembic_version", DatabaseRole.APP, READ_ONLY)
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["tenant_id", "at", "id"], unique=False)
    op.create_index(
        "ix_audit_entry_object", "audit_entry", ["tenant_id", "object_kind", "object_id", "id"], unique=False
    )
    protect(op, "audit_entry")
    grant_tenant_table(op, "audit_entry", APPEND_ONLY)
    op.create_table(
        "audit_pending",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_audit_pending")),
    )
    op.create_index("ix_audit_pending_due", "audit_pending", ["due_at"], unique=False)
    protect(op, "audit_pending")
    grant_tenant_table(op, "audit_pending")
    open_to(op, "audit_pending", DatabaseRole.COURIER, "courier_sees_all")
    op.create_table(
        "audit_seal",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_ids", sa.ARRAY(sa.UUID()), nullable=False),
        sa.Column("entry_hashes", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_audit_seal_tenant_id_number")),
    )
    protect(op, "audit_seal")
    grant(op, "audit_seal", DatabaseRole.COURIER, APPEND_ONLY)
    grant(op, "audit_seal", DatabaseRole.AUDITOR, READ_ONLY)
    op.create_table(
        "due_item",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "object_id", name=op.f("pk_due_item")),
    )
    op.create_index("ix_due_item_due", "due_item", ["due_on", "tenant_id"], unique=False)
    protect(op, "due_item")
    grant_tenant_table(op, "due_item")
    open_to(op, "due_item", DatabaseRole.COURIER, "courier_sees_all")
    op.create_table(
        "idempotency_key",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("tenant_id", "account_id", "key", name=op.f("uq_idempotency_key_tenant_id_account_id_key")),
    )
    protect(op, "idempotency_key")
    old = "at < now() - interval '7 days'"
    open_to(op, "idempotency_key", DatabaseRole.COURIER, "courier_forgets_old_ones", old)
    grant(op, "idempotency_key", DatabaseRole.APP, "SELECT, INSERT, UPDATE")
    grant(op, "idempotency_key", DatabaseRole.COURIER, "SELECT (at), DELETE")
    grant(op, "idempotency_key", DatabaseRole.AUDITOR, READ_ONLY)
    op.create_table(
        "inbox_entry",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sender_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inbox_entry")),
    )
    protect(op, "inbox_entry")
    grant_tenant_table(op, "inbox_entry", APPEND_ONLY)
    op.create_table(
        "job",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("queue", sa.Text(), server_default="default", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dedupe", sa.Text(), nullable=True),
        sa.Column("ordering_key", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_dead", "job", ["seq"], unique=False, postgresql_where=sa.text("state = 'dead'"))
    op.create_index(
        "ix_job_due", "job", ["queue", "run_at", "seq"], unique=False, postgresql_where=sa.text("state = 'ready'")
    )
    op.create_index(
        "ix_job_finished",
        "job",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("state in ('done', 'discarded')"),
    )
    op.create_index("ix_job_lease", "job", ["lease_until"], unique=False, postgresql_where=sa.text("state = 'leased'"))
    op.create_index(
        "ix_job_ordering",
        "job",
        ["tenant_id", "ordering_key", "seq"],
        unique=False,
        postgresql_where=sa.text("ordering_key is not null and state in ('ready', 'leased', 'dead')"),
    )
    op.create_index(
        "uq_job_dedupe",
        "job",
        ["tenant_id", "actor", "dedupe"],
        unique=True,
        postgresql_where=sa.text("dedupe is not null and state in ('ready', 'leased')"),
    )
    protect(op, "job")
    grant(op, "job", DatabaseRole.APP, "INSERT")
    open_to(op, "job", DatabaseRole.COURIER, "courier_sees_all")
    grant(op, "job", DatabaseRole.COURIER, READ_WRITE)
    grant(op, "job", DatabaseRole.AUDITOR, READ_ONLY)
    op.execute("ALTER TABLE job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.05)")
    op.create_table(
        "schedule_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_schedule_run")),
    )
    grant(op, "schedule_run", DatabaseRole.COURIER, READ_WRITE)
    op.create_table(
        "worker_beat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_jobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_beat")),
    )
    grant(op, "worker_beat", DatabaseRole.COURIER, READ_WRITE)
    grant(op, "worker_beat", DatabaseRole.APP, READ_ONLY)


def downgrade() -> None:
    op.drop_table("worker_beat")
    op.drop_table("schedule_run")
    op.drop_table("job")
    op.drop_table("inbox_entry")
    op.drop_table("idempotency_key")
    op.drop_table("due_item")
    op.drop_table("audit_seal")
    op.drop_table("audit_pending")
    op.drop_table("audit_entry")
    revoke(op, "alembic_version", DatabaseRole.APP)
