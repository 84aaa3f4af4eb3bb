"""Inbox's API v1 over a team in memory: account links, campaigns with their columns, and leads (inbox.md §2).

`team` holds the state and the habits, `api` is the door, `campaigns` and `leads` have a `TABLE` of operations each.
"""

from bridge.sandbox.inbox.api import open_app
from bridge.sandbox.inbox.team import UNKIND, Campaign, InboxHabits, Team, fresh
from bridge.sandbox.vendor import Vendor

VENDOR = Vendor(
    "inbox", "/api/v1/", key="inbox-sandbox-key", fresh=fresh, open=open_app, cursor="nextCursor", rows=("data",)
)

__all__ = ["UNKIND", "VENDOR", "Campaign", "InboxHabits", "Team"]
