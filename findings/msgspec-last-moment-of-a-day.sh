#!/usr/bin/env bash
# msgspec 0.22.0 (PyPI), and beside it pydantic 2.14.4 and Python's own fromisoformat:
#
#   A time may have more digits than Python keeps: .NET writes seven, Go nine. Python and pydantic cut them off, msgspec
#   rounds. "23:59:59.9999999", the last TimeOnly of .NET, so becomes 00:00:00, the first moment of a day, since there is
#   no date to carry into. With a date it is the next day, month or year. "9999-12-31T23:59:59.9999999+00:00", the last
#   DateTimeOffset, which often stands for "never", is refused as "Invalid RFC3339 encoded datetime".
#
# Ends with 1 once one of the two is read as the others read it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0 pydantic==2.14.4
cat > "$folder/ask.py" <<'PY'
import json
from datetime import datetime, time
from importlib.metadata import version

import msgspec
import pydantic

READERS = {
    f"msgspec {version('msgspec')}": lambda text, kind: msgspec.json.decode(json.dumps(text), type=kind),
    f"pydantic {version('pydantic')}": lambda text, kind: pydantic.TypeAdapter(kind).validate_json(json.dumps(text)),
    "python": lambda text, kind: kind.fromisoformat(text),
}
for kind, text in (
    (time, "23:59:59.9999999"),
    (datetime, "2026-12-31T23:59:59.9999999+00:00"),
    (datetime, "9999-12-31T23:59:59.9999999+00:00"),
):
    for name, read in READERS.items():
        try:
            print(f"{text} {name}: {read(text, kind).isoformat()}")
        except ValueError as refusal:
            print(f"{text} {name}: refused, {refusal}")
PY
said=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$said"
# Seen: 23:59:59.9999999 msgspec 0.22.0: 00:00:00
#       23:59:59.9999999 pydantic 2.14.4: 23:59:59.999999
#       23:59:59.9999999 python: 23:59:59.999999
#       2026-12-31T23:59:59.9999999+00:00 msgspec 0.22.0: 2027-01-01T00:00:00+00:00
#       2026-12-31T23:59:59.9999999+00:00 pydantic 2.14.4: 2026-12-31T23:59:59.999999+00:00
#       2026-12-31T23:59:59.9999999+00:00 python: 2026-12-31T23:59:59.999999+00:00
#       9999-12-31T23:59:59.9999999+00:00 msgspec 0.22.0: refused, Invalid RFC3339 encoded datetime
#       9999-12-31T23:59:59.9999999+00:00 pydantic 2.14.4: 9999-12-31T23:59:59.999999+00:00
#       9999-12-31T23:59:59.9999999+00:00 python: 9999-12-31T23:59:59.999999+00:00
grep -q "^23:59:59.9999999 msgspec .*: 00:00:00$" <<< "$said" && grep -q "^9999-.* msgspec .*: refused" <<< "$said"
