"""Runs the example in Prefect and prints what became of each route: {"fitness": ["success", 1], ...} (state, tries)."""

import json
import sys
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

space = {"__name__": "on_prefect"}
text = Path(sys.argv[1]).read_text().replace("retry_delay_seconds=60", "retry_delay_seconds=0")
exec(compile(text, sys.argv[1], "exec"), space)
with prefect_test_harness():
    space["leads"](return_state=True)
    with get_client(sync_client=True) as client:
        runs = client.read_task_runs()
states = {"COMPLETED": "success", "FAILED": "failure"}
print(json.dumps({run.name.removeprefix("sync-"): [states[run.state_type.value], run.run_count] for run in runs}))
