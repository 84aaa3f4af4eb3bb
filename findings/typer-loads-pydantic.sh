#!/usr/bin/env bash
# typer 0.29.2 (PyPI):
#
#   typer 0.29 reads the values of a command line by pydantic. `import typer` loads none of it; running any command, also
#   one without a single parameter, loads some 45 of its modules, whether or not the program itself uses pydantic. In a
#   small command that is most of its time.
#
# Ends with 1 if `import typer` loads pydantic, or a command runs without it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" typer==0.29.2
cat > "$folder/ask.py" <<'PYTHON'
import sys
import typer

app = typer.Typer(add_completion=False)


@app.command()
def nothing():
    pass


before = "pydantic" in sys.modules
app([], standalone_mode=False)
print(before, "pydantic" in sys.modules, len([name for name in sys.modules if name.split(".")[0].startswith("pydantic")]))
PYTHON
said=$(PYTHONPATH="$folder" python3 "$folder/ask.py")
echo "pydantic is loaded by the import, by running a command without parameters, and its modules: $said"
[[ "$said" == "False True "* ]]
