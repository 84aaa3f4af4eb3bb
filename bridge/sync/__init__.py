"""The only room that knows the order of a run: settle, pull, push. Knows no concrete destination, no command line.

The one-shot command, the daemon and a worker on another host all call `run_route`; an operator who wants a single step
gets it from `steps`.
"""

from bridge.sync.pulling import pull
from bridge.sync.pushing import push
from bridge.sync.report import Report
from bridge.sync.route import run_route
from bridge.sync.run import Catalogue, Resources, Run, Watch
from bridge.sync.settling import Settled, settle

__all__ = [
    "Catalogue",
    "Report",
    "Resources",
    "Run",
    "Settled",
    "Watch",
    "pull",
    "push",
    "run_route",
    "settle",
]
