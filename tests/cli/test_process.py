"""The command as a process of its own: entry points, what it loads, pipes, Ctrl-C, and the question on a terminal."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer import Exit

from bridge.cli import whole
from bridge.model import Hold, Reason
from tests import forked

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "bridge"]


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def run(*arguments, **more):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment(**more)
    )


def loaded(*arguments):
    """The modules that a command loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bridge", *arguments],
        capture_output=True, text=True, timeout=60, check=True, env=environment(),
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_help_loads_nothing_heavy():
    """`leadbridge --help` must answer at once: no database, no HTTP, no configuration, no rich."""
    heavy = {"sqlalchemy", "sqlmodel", "httpx", "pydantic", "structlog", "alembic", "bridge.app", "bridge.config"}
    assert not (heavy | {"rich", "zoneinfo", "bridge.model"}) & loaded("--help")


def test_status_loads_no_http(configure, bench):
    """`leadbridge status` needs the ledger and the configuration: no SQLAlchemy, and nothing that talks to a vendor."""
    configure()
    bench.record([bench.lead(1)])
    heavy = {
        "httpx",
        "alembic",
        "apscheduler",
        "structlog",
        "bridge.app",
        "bridge.sync",
        "bridge.sources.scravio.client",
        "bridge.api",
        "sqlalchemy",
        "bridge.ledger.tables",
        "typer._adapters",
    }
    assert not heavy & loaded("status")


@pytest.mark.usefixtures("vendors")
def test_status_after_a_sync_loads_neither_pydantic_nor_rich(leadbridge, configure, monkeypatch):
    """Its routes are kept in the ledger, and what a program reads is printed without a terminal's library."""
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    monkeypatch.delenv("COLUMNS", raising=False)
    heavy = {"pydantic", "rich", "sqlalchemy", "tomllib", "csv", "glob", "bridge.config.file", "bridge.config.table"}
    assert not heavy & loaded("status")


@pytest.mark.usefixtures("vendors")
def test_a_sync_with_nothing_new_loads_what_it_uses(leadbridge, configure):
    """No classes of rows, no migrations, no scheduler, no other database and no reading of names."""
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    found = loaded("sync")
    heavy = {"sqlmodel", "sqlalchemy.orm", "alembic", "apscheduler", "psycopg", "starlette", "bridge.sandbox"}
    assert not (heavy | {"sqlalchemy.dialects.postgresql", "bridge.hygiene.names.lists"}) & found


@pytest.mark.usefixtures("vendors")
def test_looks_load_what_they_use(leadbridge, configure, monkeypatch):
    """Verbs that only look load no SQLAlchemy on SQLite, nothing that talks to a vendor, and no rich for a program."""
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    assert leadbridge("suppress", "add", "jane@x.example").exit_code == 0
    monkeypatch.delenv("COLUMNS", raising=False)
    lead = leadbridge.json("delivered")[1]["delivered"][0]["address"]
    heavy = {"sqlalchemy", "httpx", "rich", "structlog", "bridge.app", "bridge.api", "bridge.sync"}
    for look in (("explain", lead), ("explain", "jane@x.example"), ("client", "list"), ("runs",)):
        assert not heavy & loaded(*look), look
    heavy |= {"pydantic", "bridge.config.file", "bridge.config.table"}
    for look in (
        ("suppress", "list"),
        ("suppress", "list", "--removed"),
        ("delivered",),
        ("rejects",),
        ("brake", "list"),
    ):
        assert not heavy & loaded(*look), look


def test_version_and_help():
    """`--version` and `--help` go to stdout with code 0; every verb is listed."""
    assert re.fullmatch(r"leadbridge \d+\.\d+\.\d+\n", run("--version").stdout)
    reported = run("--help", COLUMNS="80")
    assert reported.returncode == 0
    for verb in ["demo", "init", "check", "preview", "sync", "status", "runs", "explain", "rejects", "sandbox", "db"]:
        assert re.search(rf"^│ {verb} ", reported.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "verb", ["demo", "init", "check", "preview", "sync", "status", "runs", "explain", "rejects", "sandbox"]
)
def test_every_verb_shows_an_example_before_its_options(leadbridge, verb):
    """A line that can be typed stands above the options."""
    reported = leadbridge(verb, "--help").stdout
    assert reported.index(f"leadbridge {verb}") < reported.index("Options")


def test_a_reader_that_leaves_is_no_trouble(bench):
    """`leadbridge rejects --csv - | head -1` ends quietly."""
    bench.record([bench.lead(number) for number in range(3000)], decision=Hold(Reason.NO_REPLY))
    line = f"{sys.executable} -m bridge rejects --csv - | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, timeout=60, check=False,
        env=environment(),
    )  # fmt: skip
    assert done.stdout.startswith("route,lead_id")
    assert done.stderr == ""
    assert done.returncode == 141


def test_ctrl_c_stops_the_sandbox():
    """`leadbridge sandbox` prints how to use it, and Ctrl-C ends it well."""
    process = subprocess.Popen(
        [*COMMAND, "sandbox", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(PYTHONUNBUFFERED="1"),
    )  # fmt: skip
    try:
        reported = iter(process.stdout.readline, "leadbridge check && leadbridge sync\n")
        first, *more = reported
        process.send_signal(signal.SIGINT)
        _, wrong = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "The sandbox answers at http://127.0.0.1:" in first
    assert any("SCRAVIO_BASE_URL=" in line for line in more)
    assert wrong == ""


def test_an_ascii_terminal_gets_no_traceback(bench):
    """Where a letter cannot be shown, a question mark stands for it."""
    bench.record([bench.lead(1, username="jo", full_name="Żółć 🌟")])
    done = run("explain", "@jo", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "?" in done.stdout


def on_terminal(*arguments, answer, redirected=()):
    """Run the command on a terminal of its own; `answer` is typed when it asks. `redirected`: fds that are no terminal.

    Returns the exit code and what the terminal showed.
    """
    terminal, other_end = os.openpty()
    streams = {
        name: subprocess.DEVNULL if number in redirected else other_end
        for number, name in enumerate(("stdin", "stdout", "stderr"))
    }
    child = forked.popen([*COMMAND, *arguments], **streams, env=environment(COLUMNS="100", TERM="xterm"))
    os.close(other_end)
    reported, asked, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the child has closed its side
            break
        reported += piece
        if b"[y/N]" in reported and not asked:
            asked = True
            os.write(terminal, answer.encode() + b"\n")
    os.close(terminal)
    return child.wait(timeout=60), reported.decode()


def test_the_first_push_is_asked_for_once(configure, vendors):
    """On a terminal a route's first push shows count, target and its status, and asks; the second does not."""
    configure()
    code, reported = on_terminal("sync", "--limit", "2", answer="n")
    assert "up to 2 leads to the campaign" in reported
    assert '"Fitness Q4" (active)' in reported
    assert "Duplicates, suppressed people" in reported
    assert code == 1
    assert "Nothing was sent: you answered no" in reported
    assert "\x1b[1A" not in reported.partition("[y/N]")[2].partition("campaigns")[0], "the question is erased"
    assert "✗" not in reported
    assert vendors.report()["instantly"]["lead_count"] == 0
    code, reported = on_terminal("sync", "--limit", "2", answer="y")
    assert (code, vendors.report()["instantly"]["lead_count"]) == (0, 2)
    assert "leads delivered" in reported
    code, reported = on_terminal("sync", "--limit", "1", answer="")
    assert "[y/N]" not in reported
    assert (code, vendors.report()["instantly"]["lead_count"]) == (0, 3)


@pytest.mark.parametrize("redirected", [[1], [2]], ids=["stdout", "stderr"])
def test_a_person_who_can_answer_is_asked(configure, vendors, redirected):
    """With stdin and one output on a terminal the question is put there, wherever the other output goes."""
    configure()
    code, reported = on_terminal("sync", answer="n", redirected=redirected)
    assert "[y/N]" in reported
    assert (code, vendors.report()["instantly"]["lead_count"]) == (1, 0)


@pytest.mark.parametrize("redirected", [[0], [1, 2]], ids=["stdin", "both outputs"])
def test_where_no_person_can_answer_a_first_push_is_blocked(configure, vendors, redirected):
    """Nothing is sent; a later sync needs no yes any more, and a new route does."""
    configure()
    code, _ = on_terminal("sync", answer="", redirected=redirected)
    assert (code, vendors.report()["instantly"]["lead_count"]) == (1, 0)


def test_yes_is_needed_once_for_each_route(leadbridge, configure, vendors):
    """Unattended, a first push is blocked with the command that agrees to it; after it no yes is needed any more."""
    configure("fitness")
    code, reported = leadbridge.json("sync")
    (route,) = reported["routes"]
    assert (code, route["status"]) == (1, "blocked")
    assert "leadbridge sync fitness --yes" in route["hint"]
    assert vendors.report()["instantly"]["lead_count"] == 0
    assert leadbridge("sync", "--yes", "--limit", "1").exit_code == 0
    assert leadbridge("sync").exit_code == 0
    assert vendors.report()["instantly"]["lead_count"] > 1
    code, reported = on_terminal("sync", "--yes", answer="")
    assert (code, "[y/N]" in reported) == (0, False)


def test_the_help_names_no_value_for_a_flag(leadbridge):
    """`--json` takes none; what takes one says so. Of every verb there is."""

    def verbs(command, path):
        yield path
        for name, part in getattr(command, "commands", {}).items():
            yield from verbs(part, [*path, name])

    found = list(verbs(whole(), []))
    assert ["suppress", "export"] in found
    for verb in found:
        reported = leadbridge(*verb, "--help").stdout
        assert "bool" not in reported, verb
        assert "--help" in reported


def test_a_command_may_be_run_any_number_of_times_in_one_process(leadbridge):
    """Reading the command line leaves nothing behind that grows."""
    group = whole()
    for _ in range(sys.getrecursionlimit()):
        with pytest.raises(Exit) as left:
            group.make_context("leadbridge", ["--version"])
        assert left.value.exit_code == 0
    assert leadbridge("status", "--help").exit_code == 0
