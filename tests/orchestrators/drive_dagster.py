"""Runs the example in Dagster and prints what became of each route: {"fitness": ["success", 1], ...} (state, tries)."""

import json
import sys
from pathlib import Path

from dagster import DagsterInstance

space = {"__name__": "on_dagster"}
exec(compile(Path(sys.argv[1]).read_text().replace("delay=60", "delay=0"), sys.argv[1], "exec"), space)
result = space["leads"].execute_in_process(raise_on_error=False, instance=DagsterInstance.ephemeral())
found = {}
for event in result.all_events:
    route = (event.step_key or "").removeprefix("sync_")
    if event.is_step_start or event.is_step_restarted:
        found[route] = ["running", found.get(route, ["", 0])[1] + 1]
    elif event.is_step_success or event.is_step_failure:
        found[route][0] = "success" if event.is_step_success else "failure"
print(json.dumps(found))
