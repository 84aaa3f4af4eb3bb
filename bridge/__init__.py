"""leadbridge: from finished Scravio campaigns into Instantly, never twice, never lost, always accounted for."""

import os
import sys

__version__ = "0.1.0"

# Time zones come from the locked `tzdata` package on every host. Left alone, zoneinfo prefers the system's database,
# which may be years older: two hosts would run one schedule at different hours. It is set here, before all else, and
# without importing zoneinfo, which `leadbridge --help` needs 6 ms for.
os.environ["PYTHONTZPATH"] = ""
if "zoneinfo" in sys.modules:
    sys.modules["zoneinfo"].reset_tzpath(to=())

# What libraries load wherever they find it, and nothing here uses. httpx imports its command line, with click and
# Pygments (40 ms of CPU; findings/httpx-imports-its-command-line.sh), pydantic looks for plugins.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # what Python itself has for "cannot be imported"
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
