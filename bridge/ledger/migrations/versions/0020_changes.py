"""What is still to be done to delivered leads: changes of their fields, and moves into a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_change",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("route_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("intent_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fields", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "kind", name="pk_pending_change"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pending_change_route_no", "pending_change", ["route_no", "kind", "delivery_id"])


def downgrade() -> None:
    op.drop_table("pending_change")
