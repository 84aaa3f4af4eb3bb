"""A project of docker compose for every test, on a real engine; without one every test here says so and is skipped.

`make test-containers` runs them; `make test`, which is quick, does not even collect them. The engine is the one that
the docker command line talks to (DOCKER_HOST).
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = (
    "Dockerfile",
    ".dockerignore",
    "docker-compose.yml",
    "pyproject.toml",
    "README.md",
    "requirements.lock",
    "requirements-build.lock",
)
IMAGE = "leadbridge-under-test"
collect_ignore_glob = [] if os.environ.get("BRIDGE_TEST_CONTAINERS") else ["test_*.py"]
# The service `sandbox` stands in for the vendors; its keys open nothing else.
KEYS = {
    "SCRAVIO_API_KEY": "sk_live_sandbox",
    "SCRAVIO_BASE_URL": "http://sandbox:8788/api",
    "INSTANTLY_API_KEY": "sandbox-key",
    "INSTANTLY_BASE_URL": "http://sandbox:8788",
}


def missing():
    """Why these tests cannot run; "" where they can."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    for words in (["docker", "info", "--format", "{{.ServerVersion}}"], ["docker", "compose", "version"]):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0 or not done.stdout.strip():
            return f"`{' '.join(words[:2])}` does not answer: {(done.stderr or done.stdout).strip()[-200:]}"
    return ""


class Compose:
    """`docker compose` in a folder of its own that holds what a clone of the project holds."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        self.environment = {**os.environ, "LEADBRIDGE_IMAGE": IMAGE, "COMPOSE_PROJECT_NAME": name}
        for variable in ("COMPOSE_PROFILES", "POSTGRES_PASSWORD"):
            self.environment.pop(variable, None)

    def __call__(self, *words, check=True, timeout=300):
        done = subprocess.run(
            ["docker", "compose", "--ansi", "never", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode != 0:
            logs = self("logs", "--no-color", check=False).stdout if words[0] != "logs" else ""
            pytest.fail(f"docker compose {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}\n{logs}")
        # `logs` erases the line before each one it prints, also where no one looks.
        done.stdout = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", done.stdout)
        return done

    def write_env(self, **values):
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    def configure(self):
        """The routes of the sandbox profile, as an operator's own."""
        shutil.copy(self.folder / "config" / "bridge.sandbox.toml", self.folder / "config" / "bridge.toml")

    def leadbridge(self, *words, service="bridge"):
        return self("exec", "-T", service, "leadbridge", *words).stdout

    def states(self, service="bridge"):
        """The delivered leads of each route, as `status` shows them."""
        document = json.loads(self.leadbridge("status", "--json", service=service))
        return {route["route"]: route["states"]["delivered"] for route in document["routes"]}

    def page(self, path, service="bridge", port=8787):
        """What a page of the service shows, asked from inside of its container."""
        asking = f"from urllib.request import urlopen; print(urlopen('http://127.0.0.1:{port}{path}').read().decode())"
        return self("exec", "-T", service, "python", "-c", asking).stdout

    def vendors(self):
        """What the simulated vendors counted."""
        return json.loads(self.page("/__sandbox__/report", "sandbox", 8788))

    def services(self):
        """The state and health of each container of the project, by its service."""
        lines = self("ps", "--all", "--format", "json").stdout.splitlines()
        return {one["Service"]: (one["State"], one["Health"], one["ExitCode"]) for one in map(json.loads, lines)}


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """What the image is built from, apart from this tree, and the image built from it."""
    why = missing()
    if why:
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("clone")
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name in ("bridge", "config", "secrets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "bridge.toml", ".env"))
    Compose(folder, "leadbridge-build")("build", "bridge", timeout=1200)
    return folder


@pytest.fixture
def compose(clone, tmp_path, request):
    """A fresh clone without .env and bridge.toml; everything it started is gone afterwards, volumes too."""
    folder = tmp_path / "project"
    shutil.copytree(clone, folder)
    project = Compose(folder, f"leadbridge-{abs(hash(request.node.name)) % 10**8}-{os.getpid()}")
    yield project
    project("--profile", "*", "down", "--volumes", "--timeout", "5", check=False)


@pytest.fixture
def served(compose):
    """A project whose vendors are simulated and up, with keys and routes as an operator would have them."""
    compose.write_env(**KEYS)
    compose.configure()
    compose("up", "--detach", "--wait", "sandbox")
    return compose
