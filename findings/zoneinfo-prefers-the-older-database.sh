#!/usr/bin/env bash
# Python's zoneinfo (3.9 or newer) with tzdata 2026.6 (PyPI):
#
#   `pip install tzdata` does not make a program use that release: where the system has a database, zoneinfo takes the
#   system's, however old, and the package only for names that it lacks. Python's documentation says so ("Data sources").
#   Still it surprises, since a pinned tzdata in a lock file reads like a pinned time zone: Vancouver keeps UTC-7 for good
#   from 2026 on, and a host with the database of 2025 runs its schedules an hour off from November on.
#   A way round it: `zoneinfo.reset_tzpath(to=())` before the first zone is asked for, or PYTHONTZPATH="".
#
# Puts the database of tzdata 2025.2 in the system's place. Ends with 1 if the newer package wins.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --target "$folder/system" tzdata==2025.2
python3 -m pip install --quiet --target "$folder/package" tzdata==2026.6
cat > "$folder/ask.py" <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

import tzdata

print(tzdata.IANA_VERSION, "installed; Vancouver, December 2026:", datetime(2026, 12, 1, tzinfo=ZoneInfo("America/Vancouver")))
PY
export PYTHONPATH="$folder/package"
said=$(PYTHONTZPATH="$folder/system/tzdata/zoneinfo" python3 "$folder/ask.py")
alone=$(PYTHONTZPATH="" python3 "$folder/ask.py")
echo "with an older system: $said"
echo "without a system's:   $alone"
# Seen: with an older system: 2026f installed; Vancouver, December 2026: 2026-12-01 00:00:00-08:00
#       without a system's:   2026f installed; Vancouver, December 2026: 2026-12-01 00:00:00-07:00
grep -q -- "-08:00$" <<< "$said" && grep -q -- "-07:00$" <<< "$alone"
