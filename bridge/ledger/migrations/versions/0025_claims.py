"""A claim in a workspace stands for the narrower scopes of its target (`ledger/scopes.py`).

Earlier programs look for a row in each scope: they must not work on such a ledger. Rows that are there stay as they
are, and going back writes the others.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only the revision moves."""


def downgrade() -> None:
    op.execute("""
        INSERT INTO claim (person, scope_no, delivery_id)
        SELECT c.person, n.no, c.delivery_id
        FROM claim c JOIN delivery o ON o.id = c.delivery_id JOIN place p ON p.no = o.place_no
        JOIN scope w ON w.no = c.scope_no AND w.name = p.vendor || ':' || p.workspace
        JOIN scope n ON n.name IN (w.name || ':' || p.kind || 's', w.name || ':' || p.kind || ':' || p.id)
        WHERE NOT EXISTS (SELECT 1 FROM claim x WHERE x.person = c.person AND x.scope_no = n.no)
    """)
