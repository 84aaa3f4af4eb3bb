"""`leadbridge check`: prints each finding as it comes. What is looked at is `bridge.checkup`'s."""

from dataclasses import asdict

import typer
from rich.console import Console

from bridge import checkup
from bridge.checkup import Finding
from bridge.cli.options import Json
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.config.vendors import VENDORS
from bridge.reports.text import count

PATIENCE = 10.0
"""For how many seconds a request is retried: a person is waiting."""

_MARKS = {"ok": ("✓ ok  ", "green"), "warn": ("! warn", "yellow"), "bad": ("✗ bad ", "bold red")}


def check(context: typer.Context, *, as_json: Json = False) -> None:
    """Check the configuration, the keys, the database and every target. Sends nothing.

    It notes in the ledger which workspace each client's key opens: later checks and runs compare it.

    Example: `leadbridge check`
    """
    console = show.out()
    found: list[Finding] = []
    session = session_of(context)
    with session.app(patience=PATIENCE) as app:
        for finding in checkup.run(app, session.client):
            found.append(finding)
            if not as_json:
                show_finding(console, finding)
        targets = dict.fromkeys(route.target.vendor for route in app.configuration.routes)
        untested = [VENDORS[name].untested for name in targets if VENDORS[name].untested]
    code = verdict(found)
    if as_json:
        show.print_json({"status": "ok" if code == 0 else "bad", "findings": [asdict(finding) for finding in found]})
    elif code == 0:
        show.say(console, closing(sum(finding.level == "warn" for finding in found)))
        for said in untested:
            show.say(console, f"Not tested, because only a real write would show it: {said}.")
    raise typer.Exit(code)


def show_finding(console: Console, finding: Finding) -> None:
    """One finding, and below it how to fix it."""
    mark, style = _MARKS[finding.level]
    show.say(console, f"{mark}  {finding.name}: {finding.message}".rstrip(": "), style=style)
    if finding.hint:
        show.say(console, finding.hint, indent=8)


def closing(warnings: int) -> str:
    """The last word where nothing is bad."""
    if not warnings:
        return "All is well. Next: leadbridge preview"
    return f"{count(warnings, 'warning')}, nothing that stops a sync. Next: leadbridge preview"


def verdict(found: list[Finding]) -> int:
    """0 where nothing is bad, 2 where the operator's own files are, 1 where only something outside is."""
    bad = [finding for finding in found if finding.level == "bad"]
    if not bad:
        return 0
    return 2 if any(finding.config for finding in bad) else 1
