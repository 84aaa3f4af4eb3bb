"""A request belongs to the client whose key made it; those of before to that of their route.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _held_by(*columns: str) -> None:
    op.drop_index("ix_intent_held", "intent")
    held = sa.text("held = 1")
    op.create_index("ix_intent_held", "intent", columns, unique=True, sqlite_where=held, postgresql_where=held)


def upgrade() -> None:
    op.add_column("intent", sa.Column("client", sa.Text(), server_default="default", nullable=False))
    op.execute(
        "UPDATE intent SET client = (SELECT client FROM route WHERE route.no = intent.route_no) "
        "WHERE route_no IN (SELECT no FROM route WHERE client <> 'default')"
    )
    _held_by("kind", "client", "subject")


def downgrade() -> None:
    _held_by("kind", "subject")
    op.drop_column("intent", "client")
