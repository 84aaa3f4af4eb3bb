"""What an audit found in the target: the status a lead has there, and since when it is known to be gone.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("remote_status", sa.Text(), server_default="", nullable=False))
    op.add_column("delivery", sa.Column("gone_from_target", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_delivery_gone_from_target",
        "delivery",
        ["route_no"],
        unique=False,
        sqlite_where=sa.text("gone_from_target <> 0"),
        postgresql_where=sa.text("gone_from_target <> 0"),
    )
    op.create_index(
        "ix_delivery_remote_status",
        "delivery",
        ["route_no", "remote_status"],
        unique=False,
        sqlite_where=sa.text("remote_status <> ''"),
        postgresql_where=sa.text("remote_status <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_remote_status", "delivery")
    op.drop_index("ix_delivery_gone_from_target", "delivery")
    op.drop_column("delivery", "gone_from_target")
    op.drop_column("delivery", "remote_status")
