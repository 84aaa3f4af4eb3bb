"""Vendors behind a port and a folder with two routes and one that is broken, for engines that start the command."""

import os
import sys
from datetime import UTC, datetime

import pytest

from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start

CONFIG = """
[[routes]]
name = "fitness"
target = { instantly_campaign = "Fitness Q4" }

[[routes]]
name = "studios"
target = { instantly_campaign = "No such campaign" }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder in which `leadbridge` is on the path: fitness can run, the target of studios does not exist."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bridge.toml").write_text(CONFIG)
    command = tmp_path / "bin" / "leadbridge"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m bridge "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    sandbox = Sandbox(small_world(datetime.now(UTC), "Fitness creators"))
    with start(sandbox) as running:
        monkeypatch.setenv("SCRAVIO_BASE_URL", f"{running.url}/api")
        monkeypatch.setenv("SCRAVIO_API_KEY", sandbox.keys.scravio)
        monkeypatch.setenv("INSTANTLY_BASE_URL", running.url)
        monkeypatch.setenv("INSTANTLY_API_KEY", sandbox.keys.instantly)
        monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "0")
        yield tmp_path
