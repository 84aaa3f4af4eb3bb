"""`leadbridge run`: the daemon, until it is stopped. What it does is `bridge.daemon`."""

import typer

from bridge import logs
from bridge.cli import other_ledgers
from bridge.cli.session import session_of
from bridge.daemon.service import serve


def run(context: typer.Context) -> None:
    """Run the routes by their schedules until stopped.

    Routes with the key `every` run at once, then by their schedule. A changed bridge.toml is taken up as it runs.
    Ctrl-C or SIGTERM finishes the work in progress and ends with 0, a second one ends at once; SIGHUP reloads. Health:
    `/readyz`, `/metrics` and `/status.json` on [http] host and port.

    Example: `leadbridge run`
    """
    session = session_of(context)
    settings = session.settings
    logs.configure(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    logs.hear_threads()
    other_ledgers.refuse_second(settings, session.configuration)
    other_ledgers.note(settings)
    raise typer.Exit(serve(settings, again=session.settings_now))
