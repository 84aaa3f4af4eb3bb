"""What docs/orchestrators.md and docs/kubernetes.md show is what was tried."""

import os
import subprocess

import pytest
import yaml

from bridge.config import VARIABLES
from tests.orchestrators.test_examples import ENGINES, ROOT, UV

MANIFEST = ROOT / "config" / "kubernetes" / "leadbridge.yaml"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_page_shows_the_file_that_is_run(engine):
    """The example in the page is the file, and its version is the one that is tried."""
    page = (ROOT / "docs" / "orchestrators.md").read_text()
    assert (ROOT / "docs" / "orchestrators" / f"on_{engine}.py").read_text().rstrip() in page
    assert f"{engine.capitalize()} {ENGINES[engine].partition('==')[2]} and" in page


def test_the_manifest_runs_several_daemons_that_stop_in_time():
    """Replicas, probes, a budget for drains, time to finish a batch, and no rights that are not needed."""
    deployment, budget, service = yaml.safe_load_all(MANIFEST.read_text())
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert deployment["spec"]["replicas"] >= 2
    assert deployment["spec"]["strategy"]["type"] == "Recreate"
    assert budget["spec"]["minAvailable"] < deployment["spec"]["replicas"]
    assert pod["terminationGracePeriodSeconds"] > 30
    assert {container[name]["httpGet"]["path"] for name in ("livenessProbe", "readinessProbe")} == {
        "/healthz",
        "/readyz",
    }
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert not pod["automountServiceAccountToken"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels == budget["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]


def test_the_manifest_sets_variables_that_are_known():
    """A variable that the program does not read would be a promise that nothing keeps."""
    deployment = next(yaml.safe_load_all(MANIFEST.read_text()))
    pod = deployment["spec"]["template"]["spec"]
    named = {one["name"] for each in [*pod["containers"], *pod["initContainers"]] for one in each["env"]}
    assert named <= VARIABLES.keys()


@pytest.mark.skipif(not os.environ.get("BRIDGE_TEST_ORCHESTRATORS"), reason="make test-orchestrators")
def test_the_manifest_fits_kubernetes_own_schemas():
    """Every resource is valid by the published schemas, read by a program that is not ours."""
    command = [UV, "run", "--no-project", "--with", "kubernetes-validate==1.37.0", "kubernetes-validate", "--strict"]
    done = subprocess.run([*command, MANIFEST], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passed for resource") + done.stderr.count("passed for resource") == 3
