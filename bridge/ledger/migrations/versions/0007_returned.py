"""Which source campaigns Scravio returned for the free text of a route: only the server can tell.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returned",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("q", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("route_no", "campaign_no", name=op.f("pk_returned")),
    )


def downgrade() -> None:
    op.drop_table("returned")
