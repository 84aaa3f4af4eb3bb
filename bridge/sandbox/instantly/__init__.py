"""Instantly's API v2 over a workspace in memory, as its OpenAPI document says.

`contract` judges requests, `workspace` holds the state, `api` is the door; each other module is one of the vendor's
matters and has a `TABLE` of its operations: `POST leads/add` is in `addleads`.
"""

from bridge.sandbox.instantly.api import open_app
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.vendor import Vendor

VENDOR = Vendor(
    "instantly", "/api/v2/", key="sandbox-key", fresh=Workspace, open=open_app, cursor="next_starting_after"
)

__all__ = ["VENDOR", "Workspace"]
