"""leadbridge on Prefect: one task for each route, so that a route that fails holds up no other."""

import json
import subprocess

from prefect import flow, get_run_logger, task
from prefect.states import Completed, Failed

ROUTES = ["fitness", "studios"]


class WrongConfiguration(RuntimeError):
    """Exit code 2: another try would change nothing."""


def is_worth_another_try(_task, _run, state):
    return not isinstance(state.result(raise_on_failure=False), WrongConfiguration)


@task(task_run_name="sync-{route}", retries=2, retry_delay_seconds=60, retry_condition_fn=is_worth_another_try)
def sync(route):
    done = subprocess.run(["leadbridge", "sync", route, "--yes", "--json"], stdout=subprocess.PIPE, text=True)
    if done.returncode == 2:
        raise WrongConfiguration("See the log, then run: leadbridge check")
    if done.returncode not in (0, 3):
        raise RuntimeError(f"leadbridge ended with code {done.returncode}")
    report = json.loads(done.stdout)["routes"][0]
    get_run_logger().info("%s: %s delivered", route, report["delivered_now"])
    return Completed(name="Completed" if done.returncode == 0 else "Partial", data=report["status"])


@flow
def leads(routes=tuple(ROUTES)):
    states = [future.wait() or future.state for future in [sync.submit(route) for route in routes]]
    return Failed(message="At least one route failed") if any(one.is_failed() for one in states) else Completed()


if __name__ == "__main__":
    leads.serve(cron="*/15 * * * *")
