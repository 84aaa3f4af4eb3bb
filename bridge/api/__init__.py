"""One JSON client for every vendor: throttle, retry table, deadline, redacted request log. Knows no vendor's fields.

This page names what the rest of the house may use.
"""

from bridge.api.client import Client, Reply, tally, write_guard
from bridge.api.observing import Observer, ignore, observe
from bridge.api.throttle import Throttle

__all__ = ["Client", "Observer", "Reply", "Throttle", "ignore", "observe", "tally", "write_guard"]
