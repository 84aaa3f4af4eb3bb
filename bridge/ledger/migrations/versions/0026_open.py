"""One index less for each lead that is sent: what is under way is found by its route and state."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('sending', 'in_doubt')")


def upgrade() -> None:
    op.drop_index("ix_delivery_open", "delivery")


def downgrade() -> None:
    op.create_index("ix_delivery_open", "delivery", ["route_no", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
