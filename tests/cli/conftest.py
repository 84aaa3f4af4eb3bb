"""A working folder, the command run in it, and the vendors behind a real port."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from bridge import ledger
from bridge.cli import app
from bridge.ledger.upkeep.migrate import upgrade
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests.harness import quick_paces
from tests.ledger.conftest import Bench

ROUTE = """
[[routes]]
name = "{name}"
target = {{ instantly_campaign = "{target}" }}
"""


class Command:
    """`leadbridge …` in process; `json` runs it with --json and reads the one document on stdout."""

    def __init__(self):
        self.runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})

    def __call__(self, *arguments, **more):
        return self.runner.invoke(app, list(arguments), **more)

    def json(self, *arguments):
        result = self(*arguments, "--json")
        return result.exit_code, json.loads(result.stdout)


def unwrapped(text):
    """The text without the terminal's line breaks."""
    return " ".join(text.split())


@pytest.fixture(autouse=True)
def no_waiting():
    with quick_paces():
        yield


@pytest.fixture
def leadbridge():
    return Command()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Every test stands in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def configure(folder):
    """Write bridge.toml with a route for each name, all to one campaign."""

    def write(*names, target="Fitness Q4", more=""):
        text = "".join(ROUTE.format(name=name, target=target) for name in names or ["fitness"])
        (folder / "bridge.toml").write_text(text + more)

    return write


@pytest.fixture
def vendors(monkeypatch):
    """Both vendors on a port: one finished campaign of ten leads, an empty target; the environment points there."""
    sandbox = Sandbox(small_world(datetime.now(UTC), "Fitness creators"))
    with start(sandbox) as running:
        monkeypatch.setenv("SCRAVIO_BASE_URL", f"{running.url}/api")
        monkeypatch.setenv("SCRAVIO_API_KEY", sandbox.keys.scravio)
        monkeypatch.setenv("INSTANTLY_BASE_URL", running.url)
        monkeypatch.setenv("INSTANTLY_API_KEY", sandbox.keys.instantly)
        monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "0")
        sandbox.url = running.url
        yield sandbox


@pytest.fixture
def bench(folder):
    """The ledger that the command finds in the folder, filled by hand."""
    (folder / "data").mkdir()
    database = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    upgrade(database)
    yield Bench(database)
    database.close()
