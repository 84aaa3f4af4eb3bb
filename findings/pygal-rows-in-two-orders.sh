#!/usr/bin/env bash
# pygal 3.1.3 (PyPI):
#
#   HorizontalLine draws its rows from the top down, HorizontalBar from the bottom up. The same labels and values stand in
#   two orders, so a list that is sorted with the best first is upside down in one of them.
#
#   After `import pygal` on Python 3.11 every import that fails warns (ImportWarning): its importer of plug-ins has no
#   `find_spec`. With warnings as errors a harmless `find_spec("no_such_module")` raises.
#
# Ends with 1 if either changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" pygal==3.1.3 importlib-metadata==8.7.0
cat > "$folder/rows.py" <<'PY'
import importlib.util
import re
import sys
import warnings

import pygal


def order(kind):
    chart = kind(js=(), show_legend=False)
    chart.x_labels = ["first", "second", "third"]
    chart.add("", [3, 2, 1])
    at = re.findall(r'y="([\d.]+)"[^>]*>(first|second|third)<', chart.render(is_unicode=True))
    return [label for _, label in sorted((float(y), label) for y, label in at)]


lines, bars = order(pygal.HorizontalLine), order(pygal.HorizontalBar)
print("pygal", pygal.__version__)
print("HorizontalLine, from the top:", *lines)
print("HorizontalBar, from the top:", *bars)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    importlib.util.find_spec("no_such_module")
warned = any("PluginImportFixer" in str(one.message) for one in caught)
print("an import that fails warns:", warned)
sys.exit(not (lines == bars[::-1] == ["first", "second", "third"] and (warned or sys.version_info >= (3, 12))))
PY
PYTHONPATH="$folder" python3 "$folder/rows.py"
# Seen with Python 3.11: first second third; third second first; True
