"""Instantly's API v2 as a destination: one campaign or lead list of one workspace.

This page names what the rest of the house may use.
"""

from bridge.destinations.instantly.destination import InstantlyDestination
from bridge.destinations.instantly.lookups import plan_room

__all__ = ["InstantlyDestination", "plan_room"]
