"""Source campaigns that a route sends nothing of any more, because too many of their addresses bounced."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brake",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_no", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in ("bounced", "reached", "stopped_at", "released_at")
        ),
        sa.PrimaryKeyConstraint("route_no", "campaign_no", name="pk_brake"),
    )


def downgrade() -> None:
    op.drop_table("brake")
