"""The command `leadbridge`: parses, calls, prints. Decides nothing about leads.

One module for each verb; `failures` holds the exit codes, `words` the plain words, `show` what the terminal sees.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import bridge
from bridge.cli import failures
from bridge.cli.looking import explain, reconcile, rejects, runs, status
from bridge.cli.people import forget, suppress
from bridge.cli.repairing import retry, settle
from bridge.cli.running import preview, run, sync, test_lead, trigger
from bridge.cli.session import Session
from bridge.cli.setup import check, demo, init, sandbox
from bridge.cli.spending import balance, campaigns, validate
from bridge.cli.upkeep import database


class Verbs(TyperGroup):
    """The verbs, whose every failure is told in one sentence."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:  # as Typer's own
        """Read the command line; `--help` and `--version` print here."""
        _untyped(self)
        with failures.told():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:  # Typer's own Context, which it does not export
        """Run the verb."""
        with failures.told():
            return super().invoke(ctx)


def _untyped(command: Any) -> None:  # Typer's own Command, which it does not export
    """A flag takes no value: without this the help says `--json <bool>`, and `--json true` is an error."""
    helping = command.get_help_option
    command.get_help_option = lambda context: _flag(helping(context))
    for param in command.params:
        _flag(param)
    for name in getattr(command, "commands", ()):
        _untyped(command.commands[name])


def _flag(param: Any) -> Any:
    if getattr(param, "is_flag", False):
        param.metavar = ""
    return param


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"leadbridge {bridge.__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Use this bridge.toml (else BRIDGE_CONFIG).")
    ] = None,
    *,
    version: Annotated[  # noqa: ARG001 - its callback has done all there is to do
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Copies validated leads from finished Scravio campaigns into Instantly: never twice, never lost.

    First time here? Run `leadbridge demo`, then `leadbridge init`.
    """
    context.obj = Session(config)


for verb in (
    demo.demo,
    init.init,
    check.check,
    preview.preview,
    sync.sync,
    run.run,
    trigger.trigger,
    status.status,
    runs.runs,
    explain.explain,
    rejects.rejects,
    settle.settle,
    retry.retry,
    reconcile.reconcile,
    forget.forget,
    validate.validate,
    balance.credits,
    sandbox.sandbox,
):
    app.command()(verb)
app.command("test-lead")(test_lead.try_lead)
app.add_typer(suppress.suppress, name="suppress")
app.add_typer(campaigns.campaigns, name="campaigns")
app.add_typer(database.db, name="db")


def main() -> None:
    """Run the command and leave with its exit code."""
    _open_closed_streams()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark instead of a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    app()


def _open_closed_streams() -> None:
    """Where the caller closed stdout or stderr, print into the void: else the next file opened takes its number."""
    while sys.stdout is None or sys.stderr is None:
        handle = os.open(os.devnull, os.O_RDWR)
        if sys.stdout is None:
            sys.stdout = os.fdopen(handle, "w")
        else:
            sys.stderr = os.fdopen(handle, "w")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise failures.Stopped
