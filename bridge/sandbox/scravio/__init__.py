"""Scravio's API over an account in memory, as scravio.md describes it.

`account` holds the state, `api` is the door; each other module has a `TABLE` of its operations.
"""

from bridge.sandbox.scravio.account import ScravioAccount
from bridge.sandbox.scravio.api import open_app
from bridge.sandbox.vendor import Vendor

VENDOR = Vendor("scravio", "/", key="sk_live_sandbox", fresh=lambda now: ScravioAccount([], now), open=open_app)

__all__ = ["VENDOR", "ScravioAccount"]
