"""A route belongs to a client; those of before belong to the one that there was.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("route", sa.Column("client", sa.Text(), server_default="default", nullable=False))


def downgrade() -> None:
    op.drop_column("route", "client")
