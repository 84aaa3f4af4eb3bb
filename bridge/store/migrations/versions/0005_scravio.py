"""Validations and exports that were asked of Scravio, and what they cost.

What each column means is said once, in `store/tables/`.
"""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
