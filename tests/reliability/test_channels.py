"""Any history over all vendors at once: no one is contacted on two channels, and no one is left out.

`make test` plays a few histories, `BRIDGE_TEST_LONG=1` (make test-long, make chaos) many.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.channels import Channels
from tests.reliability.test_histories import PHASES, emptied

LONG = "BRIDGE_TEST_LONG" in os.environ


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_history_contacts_a_person_on_two_channels(database_url, sqlite_template):
    """By e-mail, on X, in a roster: whatever is lost, killed, renamed, suppressed or scraped again."""

    def machine():
        emptied(database_url, sqlite_template)
        return Channels(database_url)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=150 if LONG else 4,
            stateful_step_count=30 if LONG else 15,
            deadline=None,
            derandomize=not LONG,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
