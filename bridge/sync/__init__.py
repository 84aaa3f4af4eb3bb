"""The only room that knows the order of a run: settle, pull, push. Knows no concrete destination, no command line.

The one-shot command, the daemon and a worker on another host all call `run_route`.
"""

from bridge.sync.pulling import pull
from bridge.sync.pushing import push
from bridge.sync.report import Report
from bridge.sync.route import run_route
from bridge.sync.run import Catalogue, LeadSource, Run, Watch, Workshop
from bridge.sync.settling import settle

__all__ = ["Catalogue", "LeadSource", "Report", "Run", "Watch", "Workshop", "pull", "push", "run_route", "settle"]
