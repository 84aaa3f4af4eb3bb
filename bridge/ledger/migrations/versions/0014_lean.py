"""Less for each lead: one index over the lead of a delivery in place of two, and no event that a delivery tells.

From this revision on `lead.facts` may be a list without names (`ledger/facts.py`), which earlier programs do not
read. Facts that are stored already stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# `ledger/core/history.py`: the call that created the lead, where nothing else was said of it.
_TOLD = """
    FROM delivery d WHERE d.state = 'delivered' AND d.reason = 'created' AND d.origin = 'api' AND d.detail = ''
        AND d.sent_at > 0 AND d.batch_id > 0
"""


def upgrade() -> None:
    op.drop_index("ix_delivery_lead_id", "delivery")
    _unique("lead_id", "route_no")
    same = "d.id = event.delivery_id AND d.sent_at = event.at AND d.batch_id = event.batch_id"
    op.execute(f"""
        DELETE FROM event WHERE state = 'delivered' AND reason = 'created' AND origin = 'api' AND detail = ''
            AND EXISTS (SELECT 1 {_TOLD} AND {same})
    """)  # noqa: S608 - the text above
    op.execute("UPDATE delivery SET rank = '' WHERE state = 'delivered' AND rank <> ''")


def downgrade() -> None:
    op.execute(f"""
        INSERT INTO event (delivery_id, at, state, reason, origin, detail, batch_id)
        SELECT d.id, d.sent_at, d.state, d.reason, d.origin, d.detail, d.batch_id {_TOLD}
    """)
    _unique("route_no", "lead_id")
    op.create_index("ix_delivery_lead_id", "delivery", ["lead_id"])


def _unique(first: str, second: str) -> None:
    """A lead has one delivery on a route; the index over that begins with this column."""
    before, after = f"uq_delivery_{second}_{first}", f"uq_delivery_{first}_{second}"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(before, "delivery")
        op.create_unique_constraint(after, "delivery", [first, second])
        return
    # SQLite keeps the constraint in the table's own text, and can only copy the table.
    indices = op.get_bind().execute(_INDICES).scalars().all()
    made = op.get_bind().execute(_TABLE).scalar_one()
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("delivery")]
    op.rename_table("delivery", "delivery_before")
    for name in op.get_bind().execute(_NAMES).scalars().all():
        op.execute(f"DROP INDEX {name}")
    new = made.replace(f"{before} UNIQUE ({second}, {first})", f"{after} UNIQUE ({first}, {second})")
    op.execute(new)
    names = ", ".join(columns)
    op.execute(f"INSERT INTO delivery ({names}) SELECT {names} FROM delivery_before ORDER BY id")  # noqa: S608 - columns
    op.drop_table("delivery_before")
    for index in indices:
        op.execute(index)


_TABLE = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'delivery'")
_INDICES = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'delivery' AND sql IS NOT NULL")
_NAMES = sa.text(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'delivery_before' AND sql IS NOT NULL"
)
