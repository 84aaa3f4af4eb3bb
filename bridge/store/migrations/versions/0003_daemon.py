"""Daemons that share the ledger: their ticks, their wishes and their share of a request budget.

What each column means is said once, in `store/tables/`.
"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
