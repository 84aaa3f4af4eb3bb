"""`init`, `db`, `demo` and the sandbox's instructions."""

import os
import shlex
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.cli.setup import demo, typed
from bridge.cli.trying import sandbox
from bridge.config import load, read_settings
from bridge.ledger.upkeep.migrate import HEAD
from bridge.sandbox.server import start
from tests.cli.conftest import unwrapped


def test_init_writes_both_files_and_the_next_steps(leadbridge, folder):
    """Both files are written as they stand in the examples, .env for its owner only, and can be loaded."""
    result = leadbridge("init")
    assert result.exit_code == 0
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert load(folder / "bridge.toml").routes
    read_settings(process={}, here=folder)
    for step in ("leadbridge check", "leadbridge preview", "leadbridge sync"):
        assert step in result.stdout


def test_init_never_overwrites(leadbridge, folder):
    """What is there stays to the byte, also a broken link."""
    (folder / "bridge.toml").write_text("mine")
    (folder / ".env").symlink_to(folder / "vault")
    result = leadbridge("init")
    assert result.exit_code == 0
    assert (folder / "bridge.toml").read_text() == "mine"
    assert not (folder / "vault").exists()
    assert result.stdout.count("not changed") == 2


def test_init_sees_the_other_place(leadbridge, folder):
    """A config/bridge.toml would win over a new bridge.toml, so none is written beside it."""
    (folder / "config").mkdir()
    (folder / "config" / "bridge.toml").write_text("mine")
    assert "config/bridge.toml already exists: not changed" in unwrapped(leadbridge("init").stdout)
    assert (folder / ".env").exists()
    assert not (folder / "bridge.toml").exists()


@pytest.mark.parametrize("by_option", [True, False])
def test_init_writes_where_it_was_asked_to(leadbridge, folder, monkeypatch, by_option):
    """A path that --config or BRIDGE_CONFIG names is made, once; so the hint to run init leads out of the trouble."""
    options = ["--config", "deep/mine.toml"] if by_option else []
    if not by_option:
        monkeypatch.setenv("BRIDGE_CONFIG", "deep/mine.toml")
    assert "leadbridge init" in leadbridge(*options, "status").stderr
    assert leadbridge(*options, "init").exit_code == 0
    assert load(folder / "deep" / "mine.toml").routes
    assert not (folder / "bridge.toml").exists()
    assert (folder / "deep" / ".env").exists()
    assert not (folder / ".env").exists()
    (folder / "deep" / "mine.toml").write_text("mine")
    assert "not changed" in leadbridge(*options, "init").stdout
    assert (folder / "deep" / "mine.toml").read_text() == "mine"


def test_a_dotenv_that_may_not_be_read_is_not_a_matter_of_encoding(leadbridge, folder):
    """The hint fits the trouble: permissions for what cannot be opened, UTF-8 for what cannot be decoded."""
    (folder / ".env").mkdir()
    assert "permissions" in leadbridge("status").stderr
    (folder / ".env").rmdir()
    (folder / ".env").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in leadbridge("status").stderr


def test_db_upgrade_says_from_and_to(leadbridge, folder):
    """The first upgrade makes the tables, the second has nothing to do."""
    assert f"from empty to revision {HEAD}" in leadbridge("db", "upgrade").stdout
    assert "nothing to do" in leadbridge("db", "upgrade").stdout
    assert (folder / "data" / "bridge.db").exists()


def test_the_demo_needs_and_leaves_nothing(leadbridge, folder, monkeypatch):
    """The demo ignores keys, files and clients, touches no folder, shows five stories; its second sync does nothing."""
    monkeypatch.setenv("INSTANTLY_API_KEY", "a-real-key")
    monkeypatch.setenv("ACME_INSTANTLY_API_KEY", "another-real-key")
    clients = "".join(f'[[clients]]\nname = "{name}"\nenv = "{name.upper()}_"\n' for name in ("acme", "beta"))
    (folder / "bridge.toml").write_text(clients)
    monkeypatch.setenv("BRIDGE_DATABASE_URL", "sqlite:///precious.db")
    result = leadbridge("demo")
    assert result.exit_code == 0, result.output
    assert [file.name for file in folder.iterdir()] == ["bridge.toml"]
    assert (folder / "bridge.toml").read_text() == clients
    assert not {"acme", "beta"} & set(result.stdout.split())
    assert result.stdout.count("$ leadbridge explain") == 5
    assert "route messages → inbox campaign Q1 messages: delivered" in result.stdout
    assert result.stdout.count("Nothing new") == len(demo.ROUTES)
    assert "fitness: known" in result.stdout
    assert "the other: lead" in result.stdout
    assert "leadbridge init" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_next_command_works_as_it_is_printed(folder, monkeypatch):
    """By name, by path, from the script's own folder, with a space in it, as a module, and under `uv run`."""
    own = folder / "my venv" / "bin" / "leadbridge"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\necho it is me\n")
    own.chmod(0o755)
    usual = os.environ["PATH"]
    for here, argv, path, more, wanted in (
        (folder, own, f"{own.parent}:{usual}", {}, "leadbridge"),
        (folder, own, usual, {}, "'my venv/bin/leadbridge'"),
        (own.parent, own, usual, {}, "./leadbridge"),
        (folder, Path("my venv/bin/leadbridge"), usual, {}, "'my venv/bin/leadbridge'"),
        (folder, own, f"{own.parent}:{usual}", {"UV_RUN_RECURSION_DEPTH": "1"}, "uv run leadbridge"),
        (folder, own, f"{own.parent}:{own.parent}:{usual}", {"UV_RUN_RECURSION_DEPTH": "1"}, "leadbridge"),
        (folder, Path("bridge/__main__.py"), usual, {}, f"{shlex.quote(sys.executable)} -m bridge"),
    ):
        with monkeypatch.context() as patch:
            patch.chdir(here)
            patch.setattr(sys, "argv", [str(argv)])
            patch.delenv("UV_RUN_RECURSION_DEPTH", raising=False)
            for name, value in {"PATH": path, **more}.items():
                patch.setenv(name, value)
            assert typed.command() == wanted
            if "uv" not in wanted and "-m" not in wanted:
                assert subprocess.check_output(["/bin/sh", "-c", wanted], text=True) == "it is me\n"


def test_the_sandbox_instructions_work(leadbridge, folder, monkeypatch):
    """What `leadbridge sandbox` says to paste makes a check and a sync that pass."""
    from bridge.sandbox import Sandbox, bench_world  # noqa: PLC0415 - only here

    made = bench_world(1, 30, now=datetime.now(UTC))
    with start(Sandbox(made)) as running:
        for line in sandbox.instructions(running.url, "Bench"):
            words = shlex.split(line.replace(";", ""))
            if words[:1] == ["export"]:
                for word in words[1:]:
                    monkeypatch.setenv(*word.split("=", 1))
            elif words[:1] == ["printf"]:
                (folder / "sandbox.toml").write_text("\n".join(words[2:-2]) + "\n")
        assert leadbridge("check").exit_code == 0
        code, document = leadbridge.json("sync", "--yes")
    assert code == 0
    assert document["routes"][0]["leads_known"] == 30
    assert (folder / "sandbox.db").exists()


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_must_be_one(leadbridge, port):
    """A port out of range is a usage error."""
    assert leadbridge("sandbox", "--port", port).exit_code == 2


def test_a_port_in_use_is_one_sentence(leadbridge, vendors, monkeypatch):
    """Another server on the port is reported, with what to do."""
    import os  # noqa: PLC0415 - only here

    port = os.environ["INSTANTLY_BASE_URL"].rpartition(":")[2]
    result = leadbridge("sandbox", "--port", port)
    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
