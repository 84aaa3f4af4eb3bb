#!/usr/bin/env bash
# httpx 0.28.1 with click 8.3.1, rich 14.2.0 and Pygments 2.19.2 (PyPI):
#
#   `import httpx` imports httpx's own command line program, and with it click, rich.progress, rich.syntax and Pygments,
#   wherever these packages happen to be installed; nothing of it is needed to make a request. The import takes about
#   half as long again. A library that a program depends on for another purpose so makes its every start slower.
#   A way round it: `sys.modules["httpx._main"] = None` before the import; httpx takes that as "not installed".
#
# Ends with 1 if the import brings none of them, or the way round it has no effect.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" \
    httpx==0.28.1 click==8.3.1 rich==14.2.0 pygments==2.19.2
ask='import httpx; print(*(name in sys.modules for name in ("click", "rich.progress", "pygments.lexers")))'
said=$(PYTHONPATH="$folder" python3 -c "import sys; $ask")
around=$(PYTHONPATH="$folder" python3 -c "import sys; sys.modules['httpx._main'] = None; $ask")
echo "import httpx brings click, rich.progress, pygments.lexers: $said; with the way round: $around"
[ "$said" = "True True True" ] && [ "$around" = "False False False" ]
