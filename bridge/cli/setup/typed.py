"""How this command can be typed again from the folder where the operator is."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def command() -> str:
    """By its name where the shell would find this very one, else as it was started: by uv, by its path, as a module."""
    own = Path(sys.argv[0])
    if own.parts[-2:] == ("bridge", "__main__.py"):
        return f"{_path(Path(sys.executable))} -m bridge"
    if own.stem != "leadbridge":
        return "leadbridge"
    folders = os.environ.get("PATH", "").split(os.pathsep)
    by_uv = "UV_RUN_RECURSION_DEPTH" in os.environ
    if by_uv and str(own.parent) in folders:
        folders.remove(str(own.parent))  # `uv run` puts it in front, for this command only
    found = shutil.which("leadbridge", path=os.pathsep.join(folders))
    if found and own.exists() and own.samefile(found):
        return "leadbridge"
    return "uv run leadbridge" if by_uv else _path(own)


def _path(own: Path) -> str:
    here = own.relative_to(Path.cwd()) if own.is_absolute() and own.is_relative_to(Path.cwd()) else own
    return shlex.quote(str(here) if len(here.parts) > 1 else f"./{here}")
