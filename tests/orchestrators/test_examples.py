"""The examples of docs/orchestrators.md, each run by its engine: `make test-orchestrators`, which installs them.

The engines have an environment of their own; `leadbridge` is on the path, as for an operator.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINES = {"dagster": "dagster==1.13.29", "prefect": "prefect==3.9.1", "airflow": "apache-airflow==3.3.2"}
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.skipif(
    not os.environ.get("BRIDGE_TEST_ORCHESTRATORS"), reason="installs the engines: make test-orchestrators"
)


@pytest.fixture(params=ENGINES)
def run(request, folder, monkeypatch):
    """Run one engine's example in the folder: the state of each route, and how often it was tried."""
    monkeypatch.setenv("PREFECT_HOME", str(folder / "prefect"))
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "WARNING")
    monkeypatch.setenv("AIRFLOW_HOME", str(folder / "airflow"))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

    def run():
        name = request.param
        command = [UV, "run", "--no-project", "--python", sys.executable, "--with", ENGINES[name], "python"]
        script, example = Path(__file__).parent / f"drive_{name}.py", ROOT / "docs" / "orchestrators" / f"on_{name}.py"
        done = subprocess.run([*command, script, example], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return {name: tuple(reported) for name, reported in json.loads(done.stdout.splitlines()[-1]).items()}

    return run


def test_exit_codes_become_states_and_one_route_holds_up_no_other(run, folder):
    """A blocked route is tried three times and fails; the other one succeeds at once, and again; none is sent twice."""
    assert run() == {"fitness": ("success", 1), "studios": ("failure", 3)}
    ledger = status()
    assert ledger["fitness"]["states"]["delivered"] > 0
    assert run()["fitness"] == ("success", 1)
    assert status()["fitness"]["states"] == ledger["fitness"]["states"]


def test_a_wrong_configuration_is_not_tried_again(run, folder):
    """Exit code 2 fails at once: another try would change nothing."""
    (folder / "bridge.toml").write_text("[[routes]]\nnam = 'fitness'\n")
    assert run() == {"fitness": ("failure", 1), "studios": ("failure", 1)}


def status():
    done = subprocess.run(["leadbridge", "status", "--json"], capture_output=True, text=True, check=False)
    return {route["route"]: route for route in json.loads(done.stdout)["routes"]}
