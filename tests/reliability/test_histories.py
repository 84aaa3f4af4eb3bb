"""Any history of answers, losses, crashes, overlaps, changed configurations and new leads keeps the promises.

`make test` plays a few histories, `BRIDGE_TEST_LONG=1` (make test-long, make chaos) many.
"""

import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.reliability.histories import History

LONG = "BRIDGE_TEST_LONG" in os.environ
# Histories, and steps of each. Most run on SQLite, which is quicker; a few hold the other database to the same.
SIZES = {"sqlite": (300, 40) if LONG else (4, 20), "postgresql": (100, 40) if LONG else (2, 10)}

# No shrinking: with real databases it takes an hour. A history that fails is printed as it was found.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def emptied(url, template):
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copy(template, path)
        return
    databases.emptied(url)


@pytest.mark.usefixtures("quick_retries")
def test_no_history_breaks_a_promise(database_url, sqlite_template):
    """Never twice, never lost, always accounted for: after every step, and complete after the storm."""

    def machine():
        emptied(database_url, sqlite_template)
        return History(database_url)

    examples, steps = SIZES[sa.make_url(database_url).get_backend_name()]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not LONG,  # the same histories in every `make test`; the long run looks for new ones
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
