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
