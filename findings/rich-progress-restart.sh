#!/usr/bin/env bash
# rich 15.0.0 (PyPI):
#
#   A transient Progress that is started a second time moves up by the height it had before it was stopped, and erases
#   whatever was printed in between: with two bars the last printed line is gone. So a question that is asked between two
#   phases, and its answer, vanish from the terminal.
#
# Ends with 1 if the line stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" rich==15.0.0
cat > "$folder/ask.py" <<'PY'
import io

from rich.console import Console
from rich.progress import Progress

terminal = io.StringIO()
console = Console(file=terminal, force_terminal=True, width=80, height=24, legacy_windows=False)
bars = Progress(console=console, transient=True, auto_refresh=False)
bars.add_task("first", total=3)
bars.add_task("second", total=3)
bars.start()
bars.stop()
console.print("Send 3 leads?")
console.print("yes")
before = len(terminal.getvalue())
bars.start()
bars.stop()
begins = terminal.getvalue()[before:]
# Carriage return, erase this line, one line up, erase that one.
erased = begins.startswith(("\x1b[?25l\r\x1b[2K\x1b[1A\x1b[2K", "\r\x1b[2K\x1b[1A\x1b[2K"))
print("the second start erases the line above it:", erased)
PY
said=$(PYTHONPATH="$folder" python3 "$folder/ask.py")
echo "$said"
# Seen: the second start erases the line above it: True
grep -q "True$" <<< "$said"
