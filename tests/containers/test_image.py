"""The image on its own."""

import json
import subprocess

import pytest

from tests.containers.conftest import IMAGE

pytestmark = pytest.mark.usefixtures("clone")
MEGABYTE = 1_000_000


def docker(*words):
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=300, check=False)


def inside(script):
    return docker("run", "--rm", "--entrypoint", "sh", IMAGE, "-c", script).stdout


def test_the_whole_demo_runs_on_a_read_only_root():
    """Nothing is written outside of /tmp, which the demo throws away."""
    done = docker("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--network", "none", IMAGE, "demo")
    assert done.returncode == 0, done.stderr
    assert "That was all of it." in done.stdout


def test_it_runs_as_an_ordinary_user():
    """A user without a shell, a home or rights beyond its ledger's folder."""
    assert inside("id -u; id -g").split() == ["10001", "10001"]
    assert inside("touch /opt/leadbridge/x 2>&1; touch /app/data/x && echo mine").strip().endswith("mine")


def test_the_last_stage_holds_nothing_to_build_with():
    """No compiler, and no installer or build backend beside the program's own packages."""
    assert inside("command -v gcc cc make git").strip() == ""
    listed = inside("ls /opt/leadbridge/lib/python3*/site-packages")
    assert "leadbridge" in listed
    assert not {"pip", "setuptools", "hatchling", "wheel", "pytest"} & set(listed.split())


def test_it_declares_no_health_check():
    """A one-shot command would inherit it and turn unhealthy; the compose file has one for each service."""
    (found,) = json.loads(docker("image", "inspect", IMAGE).stdout)
    assert found["Config"].get("Healthcheck") is None
    assert found["Config"]["User"] == "10001:10001"


def test_it_adds_little_to_its_base():
    """What is ours stays below 200 MB."""
    sizes = [
        int(docker("image", "inspect", "--format", "{{.Size}}", name).stdout) for name in (IMAGE, "python:3.12-slim")
    ]
    assert sizes[0] - sizes[1] < 200 * MEGABYTE


@pytest.mark.parametrize("words", [["sync"], ["run"]])
def test_without_a_configuration_it_says_so_and_leaves_with_two(words):
    """One sentence with the fix, before anything is tried."""
    done = docker("run", "--rm", "--read-only", IMAGE, *words)
    assert done.returncode == 2
    assert "There is no configuration" in done.stderr


def test_a_ledger_that_cannot_be_written_is_one_sentence(clone):
    """On a read-only root without a volume: what is wrong, and where to put it."""
    mount = f"{clone}/config/bridge.sandbox.toml:/app/bridge.toml:ro"
    keys = ["-e", "SCRAVIO_API_KEY=sk_live_sandbox", "-e", "INSTANTLY_API_KEY=sandbox-key"]
    done = docker("run", "--rm", "--read-only", "-v", mount, *keys, IMAGE, "sync")
    assert done.returncode == 2
    assert "data/bridge.db cannot be written: Read-only file system" in done.stderr.replace("\n", " ")
