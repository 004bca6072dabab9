"""Two persons for every seat; parts taken in a case below; drafts of notices; further parts that exclude one another.

Revision: 0020, after 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.postgres import DatabaseRole
from migrations.tables import APPEND_ONLY, grant, grant_tenant_table, protect, role_in_database

revision: str = "0020"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

TWO_HANDS = "cardinality(roles) = 0 or made_by is null or granted_by is not null and granted_by <> made_by"
TAKEN = "account_id is not null or offered_to is not null and cardinality(roles) = 0"
CREATED, RECOMMENDED, REVIEWED, SCORED, REOPENED, LODGED = (1 << place for place in (0, 2, 3, 4, 12, 13))
NEW = {"membership_grant": (1 << 45, CREATED), "assignment_drop": (1 << 46, REOPENED)}
WIDER = {
    f"objection_{act}": (1 << place, RECOMMENDED | REVIEWED | SCORED)
    for act, place in (("admit", 37), ("reject", 38), ("conclude", 39))
}


def upgrade() -> None:
    _two_hands()
    for name, (act, parts) in NEW.items():
        _exclude(name, act, parts)
    for name, (act, parts) in WIDER.items():
        op.drop_constraint(op.f(f"ck_duty_mask_{name}"), "duty_mask")
        _exclude(name, act, parts | LODGED)
    op.add_column("notice", sa.Column("case_ids", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))

    op.create_table(
        "carried_duty",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "object_id", "holder", "word", name=op.f("pk_carried_duty")),
    )
    protect(op, "carried_duty")
    grant_tenant_table(op, "carried_duty", rights=APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("carried_duty")
    op.drop_column("notice", "case_ids")
    for name, (act, parts) in WIDER.items():
        op.drop_constraint(op.f(f"ck_duty_mask_{name}"), "duty_mask")
        _exclude(name, act, parts)
    for name in NEW:
        op.drop_constraint(op.f(f"ck_duty_mask_{name}"), "duty_mask")
    _one_hand()


def _exclude(name: str, act: int, parts: int) -> None:
    condition = f"mask & {act} = 0 OR mask & {parts} = 0"
    op.create_check_constraint(op.f(f"ck_duty_mask_{name}"), "duty_mask", condition)


def _two_hands() -> None:
    op.add_column("membership", sa.Column("offered_to", sa.Text(), nullable=True))
    op.add_column(
        "membership",
        sa.Column("proposed_roles", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("membership", sa.Column("made_by", sa.UUID(), nullable=True))
    op.add_column("membership", sa.Column("granted_by", sa.UUID(), nullable=True))
    op.alter_column("membership", "account_id", nullable=True)
    op.create_check_constraint(op.f("ck_membership_two_hands"), "membership", TWO_HANDS)
    op.create_check_constraint(op.f("ck_membership_taken_before_roles"), "membership", TAKEN)
    op.create_index(
        "uq_membership_offered_to",
        "membership",
        ["tenant_id", "offered_to"],
        unique=True,
        postgresql_where=sa.text("account_id IS NULL"),
    )
    grant(op, "membership", DatabaseRole.LOGIN, "UPDATE (account_id)")


def _one_hand() -> None:
    op.execute(f"REVOKE UPDATE (account_id) ON membership FROM {role_in_database(DatabaseRole.LOGIN)}")
    op.drop_index("uq_membership_offered_to", "membership")
    op.drop_constraint(op.f("ck_membership_taken_before_roles"), "membership")
    op.drop_constraint(op.f("ck_membership_two_hands"), "membership")
    op.alter_column("membership", "account_id", nullable=False)
    for column in ("granted_by", "made_by", "proposed_roles", "offered_to"):
        op.drop_column("membership", column)
