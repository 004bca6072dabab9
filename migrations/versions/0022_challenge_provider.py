"""A second step remembers which identity provider took the first.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("sign_in_challenge", sa.Column("provider", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in_challenge", "provider")
