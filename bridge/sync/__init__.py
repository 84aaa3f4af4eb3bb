"""The only room that knows the order of a run: settle, pull, push. Knows no concrete destination, no command line.

The one-shot command, the daemon and a worker on another host all call `run_route`; an operator who wants a single step
gets it from `steps`.
"""

from bridge.sync.auditing import PlaceAudit
from bridge.sync.comparing import Difference, Kind
from bridge.sync.pulling import pull
from bridge.sync.pushing import push
from bridge.sync.report import Report
from bridge.sync.retrying import Retried, Wanted
from bridge.sync.route import run_route
from bridge.sync.run import Catalogue, LeadSource, Run, Watch, Workshop
from bridge.sync.settling import Settled, settle
from bridge.sync.steps import Reconciled, Step, give_up_route, reconcile_route, retry_route, settle_route
from bridge.sync.trying import Attempt, Tried, try_route

__all__ = [
    "Attempt",
    "Catalogue",
    "Difference",
    "Kind",
    "LeadSource",
    "PlaceAudit",
    "Reconciled",
    "Report",
    "Retried",
    "Run",
    "Settled",
    "Step",
    "Tried",
    "Wanted",
    "Watch",
    "Workshop",
    "give_up_route",
    "pull",
    "push",
    "reconcile_route",
    "retry_route",
    "run_route",
    "settle",
    "settle_route",
    "try_route",
]
