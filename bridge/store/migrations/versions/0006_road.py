"""What the hot road needs of the tables.

What each column means is said once, in `store/tables/`.
"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
