"""Suppressions, erased people and leads posted to try a route.

What each column means is said once, in `store/tables/`.
"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
