#!/usr/bin/env bash
# APScheduler 3.11.3 (PyPI), with tzdata 2026.6:
#
#   CronTrigger.from_crontab("0 0 1 * *", timezone="Europe/Berlin") fires on 1 March 2025 and then on 1 May: April is lost.
#   "0 0 * * mon" fires on 24 March and then on 7 April. It is so for every line at 00:00 to 00:59 whose next time lies
#   behind the change to summer time (30 March 2025, 02:00): days are added as 24 hours, midnight becomes 01:00, and that
#   is beyond the time looked for. A trigger that is asked for the first time gives the same wrong answer.
#   Reports of it: agronholm/apscheduler issues 529 and 606, both closed.
#
# Ends with 1 if the months and weeks are complete.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" apscheduler==3.11.3 tzdata==2026.6
cat > "$folder/ask.py" <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

berlin = ZoneInfo("Europe/Berlin")
for line, first in (("0 0 1 * *", datetime(2025, 3, 1, tzinfo=berlin)), ("0 0 * * mon", datetime(2025, 3, 24, tzinfo=berlin))):
    due = CronTrigger.from_crontab(line, timezone=berlin).get_next_fire_time(first, first)
    print(f"{line}: {first} -> {due}")
PY
said=$(PYTHONPATH="$folder" PYTHONTZPATH="" python3 "$folder/ask.py")
echo "$said"
# Seen: 0 0 1 * *: 2025-03-01 00:00:00+01:00 -> 2025-05-01 00:00:00+02:00
#       0 0 * * mon: 2025-03-24 00:00:00+01:00 -> 2025-04-07 00:00:00+02:00
grep -q -- "-> 2025-05-01 00:00" <<< "$said" && grep -q -- "-> 2025-04-07 00:00" <<< "$said"
