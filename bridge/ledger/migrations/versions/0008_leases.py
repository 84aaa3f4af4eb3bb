"""Leases move to a table of another name, so that no program of before can take a route any more.

Those programs look at the revision only when they start: one that slept through a migration would work on afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _move("lease", "route_lease")


def downgrade() -> None:
    _move("route_lease", "lease")


def _move(before: str, after: str) -> None:
    op.create_table(
        after,
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("pid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("process", sa.Text(), server_default="", nullable=False),
        sa.Column("acquired_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("route_no", name=op.f(f"pk_{after}")),
    )
    columns = "route_no, epoch, host, pid, process, acquired_at, expires_at"
    op.execute(f"INSERT INTO {after} ({columns}) SELECT {columns} FROM {before}")  # noqa: S608 - two names of ours
    op.drop_table(before)
