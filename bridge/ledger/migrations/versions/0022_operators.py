"""Routes that an operator has paused, and the record of what operators did on the dashboard.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    op.create_table(
        "route_pause",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        _number("paused_at"),
        _text("paused_by"),
        sa.PrimaryKeyConstraint("route_no", name="pk_route_pause"),
    )
    op.create_table(
        "operator_action",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _number("at"),
        *map(_text, ("who", "action", "route", "subject", "outcome")),
        sa.PrimaryKeyConstraint("id", name="pk_operator_action"),
    )


def downgrade() -> None:
    op.drop_table("operator_action")
    op.drop_table("route_pause")
