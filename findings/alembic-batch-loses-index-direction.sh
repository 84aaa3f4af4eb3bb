#!/usr/bin/env bash
# Alembic 1.20.1 with SQLAlchemy 2.1.9 (PyPI), on SQLite:
#
#   `with op.batch_alter_table("t") as batch: batch.alter_column("name", nullable=False)` makes the table anew from what
#   SQLAlchemy reflects of it, and without an error
#   - the index on (name DESC) comes back as one on (name),
#   - the index on (lower(name)) is gone (SQLAlchemy warns that it skipped it),
#   - the trigger is gone.
#   A database that was migrated then differs from one that is made fresh. A way round it: `copy_from=` with the model's
#   own table, or no batches. The direction was seen by others too: Arize-ai/phoenix issue 15039.
#
# Ends with 1 if the indices and the trigger survive.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" alembic==1.20.1 sqlalchemy==2.1.9
cat > "$folder/ask.py" <<'PY'
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

with sa.create_engine("sqlite://").begin() as connection:
    for statement in (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE INDEX ix_descending ON t (name DESC)",
        "CREATE INDEX ix_expression ON t (lower(name))",
        "CREATE TRIGGER checks AFTER INSERT ON t BEGIN SELECT 1; END",
    ):
        connection.exec_driver_sql(statement)
    with Operations(MigrationContext.configure(connection)).batch_alter_table("t") as batch:
        batch.alter_column("name", nullable=False)
    for kind, name, sql in connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema WHERE type <> 'table'"):
        print(kind, name, sql)
PY
said=$(PYTHONPATH="$folder" python3 -W ignore "$folder/ask.py")
echo "$said"
# Seen, and nothing else: index ix_descending CREATE INDEX ix_descending ON t (name)
[ "$said" = "index ix_descending CREATE INDEX ix_descending ON t (name)" ]
