"""A suppression may hold for one client alone; those of before hold for every one.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suppression", sa.Column("client", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM suppression WHERE client <> ''")
    op.drop_column("suppression", "client")
