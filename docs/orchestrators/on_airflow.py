"""leadbridge on Airflow 3: one task for each route, so that a route that fails holds up no other."""

import json
import logging
import subprocess
from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

ROUTES = ["fitness", "studios"]


@task(retries=2, retry_delay=timedelta(minutes=1))
def sync(route):
    done = subprocess.run(["leadbridge", "sync", route, "--yes", "--json"], stdout=subprocess.PIPE, text=True)
    if done.returncode == 2:  # the configuration is wrong, and another try would change nothing
        raise AirflowFailException("See the log, then run: leadbridge check")
    if done.returncode not in (0, 3):
        raise RuntimeError(f"leadbridge ended with code {done.returncode}")
    if done.returncode == 3:
        logging.warning("Some leads need attention: leadbridge status")
    report = json.loads(done.stdout)["routes"][0]
    return {"status": report["status"], "delivered": report["delivered_now"]}


@dag(schedule="*/15 * * * *", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False, max_active_runs=1)
def leads():
    for route in ROUTES:
        sync.override(task_id=f"sync_{route}")(route)


leads()
