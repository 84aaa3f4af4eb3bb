"""Decides whether a lead may go out on a route, and with which fields. Pure: no clock, no HTTP, no database.

`selecting` says which source campaigns a route takes, `filters` which leads may go out, `mapping` with which fields.
`deciding` puts the last two in order. What a route asks for is read once, into plain functions: a decision runs for
every lead of every sweep (`python -m benchmarks.deciding` prints what it costs).
"""

from bridge.rules.deciding import Decider, decider
from bridge.rules.selecting import misses, selects

__all__ = ["Decider", "decider", "misses", "selects"]
