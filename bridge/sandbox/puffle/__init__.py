"""Puffle's campaign API over a workspace in memory, as puffle.md describes it.

`workspace` holds the state and the habits, `api` is the door, `campaigns` and `roster` have a `TABLE` of operations
each. The real paths begin with `/api`, as Scravio's do: here the base URL is `<sandbox>/puffle`.
"""

from bridge.sandbox.puffle.api import open_app
from bridge.sandbox.puffle.workspace import UNKIND, PuffleHabits, PuffleWorkspace, fresh
from bridge.sandbox.vendor import Vendor

VENDOR = Vendor(
    "puffle", "/puffle/api/", key="pk_live_sandbox", fresh=fresh, open=open_app, rows=("prospects", "campaigns")
)

__all__ = ["UNKIND", "VENDOR", "PuffleHabits", "PuffleWorkspace"]
