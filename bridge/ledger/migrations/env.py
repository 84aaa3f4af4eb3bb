"""Run the migrations on the connection that `migrate.py` opened and locked; open none itself."""

from alembic import context

from bridge.ledger.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most things in place: later migrations write batches, which copy the table.
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=False
)
context.run_migrations()
