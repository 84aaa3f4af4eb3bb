#!/usr/bin/env bash
# cronsim 2.8 (PyPI), with tzdata 2026.6:
#
#   In Australia/Lord_Howe the clocks are set back by half an hour, on 6 April 2025 at 02:00 to 01:30. "*/15 3 * * *" begins
#   that day at 03:30: 03:00 and 03:15 are lost, if the search starts before the change. Asked at 02:30 of that day, the same
#   line names 03:00. The hour is looked for in steps of 60 minutes of real time, which lead from 02:30 to 03:30.
#   Setting them forward (6 October 2024) costs the same two times.
#
# Ends with 1 if no time is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" cronsim==2.8 tzdata==2026.6
cat > "$folder/ask.py" <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

zone = ZoneInfo("Australia/Lord_Howe")
for start in (datetime(2025, 4, 5, 12, tzinfo=zone), datetime(2025, 4, 6, 2, 30, tzinfo=zone)):
    print(f"from {start}:", next(CronSim("*/15 3 * * *", start)))
PY
said=$(PYTHONPATH="$folder" PYTHONTZPATH="" python3 "$folder/ask.py")
echo "$said"
# Seen: from 2025-04-05 12:00:00+11:00: 2025-04-06 03:30:00+10:30
#       from 2025-04-06 02:30:00+10:30: 2025-04-06 03:00:00+10:30
grep -q "^from 2025-04-05 12:00:00+11:00: 2025-04-06 03:30:00+10:30$" <<< "$said"
