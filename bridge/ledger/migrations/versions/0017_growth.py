"""What is searched for has an index, so that no question takes longer because the ledger has grown.

User names are compared in small letters, and stored so. What retention may take is found by its age.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_PARTIAL = {
    "ix_lead_username": ("username <> ''", "username"),
    "ix_lead_without_address": ("person = ''", "id"),
    "ix_lead_with_facts": ("facts <> ''", "first_seen_at"),
}


def upgrade() -> None:
    op.execute("UPDATE lead SET username = lower(username) WHERE username <> lower(username)")
    for name, (where, *columns) in _PARTIAL.items():
        condition = sa.text(where)
        op.create_index(name, "lead", columns, sqlite_where=condition, postgresql_where=condition)
    op.create_index("ix_intent_kind_route_no_place_no", "intent", ["kind", "route_no", "place_no"])


def downgrade() -> None:
    op.drop_index("ix_intent_kind_route_no_place_no", "intent")
    for name in _PARTIAL:
        op.drop_index(name, "lead")
