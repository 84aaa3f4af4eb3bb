"""Daemons that share the ledger: their ticks, their wishes and their share of a request budget.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_hosts()
    _make_ticks()
    _make_alerts()


def _make_hosts() -> None:
    op.create_table(
        "host",
        sa.Column("no", _KEY, autoincrement=True, nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("pid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("process", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_host"),
    )
    op.create_table(
        "budget",
        sa.Column("host_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host_no", "key", name="pk_budget"),
    )


def _make_ticks() -> None:
    op.create_table(
        "timetable",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("schedule", sa.Text(), server_default="", nullable=False),
        sa.Column("anchor_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("route_no", name="pk_timetable"),
    )
    op.create_table(
        "tick",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("host_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("route_no", "due_at", name="pk_tick"),
    )
    op.create_index(
        "ix_tick_route_no",
        "tick",
        ["route_no"],
        unique=False,
        sqlite_where=sa.text("ended_at = 0"),
        postgresql_where=sa.text("ended_at = 0"),
    )


def _make_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("route_no", name="pk_alert"),
    )


def downgrade() -> None:
    op.drop_index("ix_tick_route_no", "tick")
    for name in ("alert", "tick", "timetable", "budget", "host"):
        op.drop_table(name)
