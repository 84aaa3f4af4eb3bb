"""Counts of the older deliveries, which a trigger keeps (`ledger/core/counting.py`).

They are filled in by `migrate.upgrade` itself, and by each run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lead_count",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("state", "reason")),
        sa.Column("leads", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("route_no", "state", "reason", name="pk_lead_count"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lead_count%'"
        for name in op.get_bind().execute(sa.text(names)).scalars().all():
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("lead_count")
