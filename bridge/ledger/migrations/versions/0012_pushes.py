"""A batch is an intent of kind "push", under the number it had. The other intents move behind the batches.

Events and deliveries, which may be millions, refer to batches and stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NUMBERS = ("run_id", "route_no", "place_no", "epoch", "sent")


def upgrade() -> None:
    op.add_column("intent", sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_intent_run_id", "intent", ["run_id"])
    largest = "SELECT MAX(id) FROM (SELECT id FROM batch UNION ALL SELECT id FROM intent) of_both"
    behind = op.get_bind().execute(sa.text(largest)).scalar() or 0
    # Past the largest number of both, so that no two meet on the way.
    op.execute(f"UPDATE intent SET id = id + {behind}")  # noqa: S608 - a number
    op.execute(f"UPDATE posted_test_lead SET intent_id = intent_id + {behind}")  # noqa: S608 - a number
    op.execute(f"UPDATE checked SET portion_id = portion_id + {behind} WHERE portion_id <> 0")  # noqa: S608 - a number
    open_ones = "FROM delivery d WHERE d.route_no = batch.route_no AND d.batch_id = batch.id AND d.state"
    op.execute(f"""
        INSERT INTO intent
            (id, kind, state, result, route_no, place_no, run_id, emails, began_at, ended_at, detail, facts)
        SELECT id, 'push', CASE
                WHEN result NOT IN ('', 'open', 'abandoned', 'lost') THEN 'settled'
                WHEN EXISTS (SELECT 1 {open_ones} = 'sending') THEN 'open'
                WHEN EXISTS (SELECT 1 {open_ones} = 'in_doubt') THEN 'doubt'
                WHEN EXISTS (SELECT 1 {open_ones} = 'failed' AND d.reason = 'given_up') THEN 'given_up'
                ELSE 'settled' END,
            CASE WHEN result IN ('open', 'abandoned') THEN '' ELSE result END,
            route_no, place_no, run_id, sent, began_at, ended_at, mismatch,
            CASE WHEN counted = '' THEN '{{}}' ELSE counted END
        FROM batch
    """)  # noqa: S608 - the text above
    op.drop_table("batch")
    _count_on("intent")


def downgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "batch",
        sa.Column("id", number, primary_key=True, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in _NUMBERS),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("result", "counted", "mismatch")),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in ("began_at", "ended_at")),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_run_id", "batch", ["run_id"])
    op.execute("""
        INSERT INTO batch (id, run_id, route_no, place_no, sent, result, counted, mismatch, began_at, ended_at)
        SELECT id, run_id, route_no, place_no, emails, result, CASE WHEN facts = '{}' THEN '' ELSE facts END, detail,
            began_at, ended_at
        FROM intent WHERE kind = 'push'
    """)
    op.execute("DELETE FROM intent WHERE kind = 'push'")
    op.drop_index("ix_intent_run_id", "intent")
    op.drop_column("intent", "run_id")
    _count_on("batch")


def _count_on(name: str) -> None:
    """After rows with numbers of their own, PostgreSQL counts on behind them; SQLite does by itself."""
    if op.get_bind().dialect.name == "postgresql":
        last = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {name})"  # noqa: S608 - a name of ours
        op.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}, false)")
