"""`leadbridge check`: prints each finding as it comes. What is looked at is `bridge.checkup`'s."""

from dataclasses import asdict

import typer
from rich.console import Console

from bridge import checkup
from bridge.checkup import Finding
from bridge.cli.options import Json
from bridge.cli.session import Session, session_of
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
    session = session_of(context)
    code, found = checked(session, as_json=as_json)
    if as_json:
        show.print_json({"status": "ok" if code == 0 else "bad", "findings": [asdict(finding) for finding in found]})
    elif code == 0:
        targets = dict.fromkeys(route.target.vendor for route in session.configuration.routes)
        for said in filter(None, (VENDORS[name].untested for name in targets)):
            show.say(show.out(), f"Not tested, because only a real write would show it: {said}.")
    raise typer.Exit(code)


def checked(session: Session, *, as_json: bool = False) -> tuple[int, list[Finding]]:
    """Check what the session is about, and show each finding as it comes; the exit code, and all of them."""
    console, found = show.out(), list[Finding]()
    with session.app(patience=PATIENCE) as app:
        for finding in checkup.run(app, session.client):
            found.append(finding)
            if not as_json:
                show_finding(console, finding)
    bad = [finding for finding in found if finding.level == "bad"]
    if not bad and not as_json:
        warnings = sum(finding.level == "warn" for finding in found)
        said = f"{count(warnings, 'warning')}, nothing that stops a sync" if warnings else "All is well"
        show.say(console, f"{said}. Next: leadbridge preview")
    # 2 where the operator's own files are bad, 1 where only something outside is.
    return (2 if any(finding.config for finding in bad) else 1) if bad else 0, found


def show_finding(console: Console, finding: Finding) -> None:
    """One finding, and below it how to fix it."""
    mark, style = _MARKS[finding.level]
    show.say(console, f"{mark}  {finding.name}: {finding.message}".rstrip(": "), style=style)
    if finding.hint:
        show.say(console, finding.hint, indent=8)
