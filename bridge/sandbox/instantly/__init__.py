"""Instantly's API v2 over a workspace in memory, as its OpenAPI document says.

`contract` judges requests, `workspace` holds the state, `api` is the door; each other module is one of the vendor's
matters and has a `TABLE` of its operations.
"""

from bridge.sandbox.instantly.api import InstantlyApi
from bridge.sandbox.instantly.workspace import Workspace

__all__ = ["InstantlyApi", "Workspace"]
