#!/usr/bin/env bash
# SQLAlchemy 2.1.9 (PyPI) over Python's sqlite3:
#
#   A driver's connection that a program made itself can be handed to an engine (`creator=`). If a transaction is already
#   open on it, the first `engine.connect()` ends that transaction: the dialect looks at the server once and rolls back.
#   Only the first time: with a second engine connection on the same driver's connection the transaction stays open. What
#   was read before and after then comes from two states of the database, and what was written before is lost, silently.
#   A way round it: hand over a subclass of sqlite3.Connection whose rollback() does nothing until the transaction is over.
#
# Ends with 1 if the first connect leaves the transaction open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" sqlalchemy==2.1.9
cat > "$folder/ask.py" <<'PYTHON'
import sqlite3
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

raw = sqlite3.connect(":memory:", isolation_level=None)
engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
found = []
for _ in range(2):
    raw.execute("BEGIN")
    connection = engine.connect()
    found.append(raw.in_transaction)
    if raw.in_transaction:
        raw.execute("ROLLBACK")
print(*found)
PYTHON
said=$(PYTHONPATH="$folder" python3 "$folder/ask.py")
echo "still in the transaction after the first and the second connect: $said"
[ "$said" = "False True" ]
