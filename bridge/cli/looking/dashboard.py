"""`leadbridge dashboard`: serves the dashboard alone, until it is stopped. The daemon serves the same pages."""

import contextlib
from typing import Annotated

import typer

from bridge import logs
from bridge.app import open_ledger
from bridge.cli import other_ledgers
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem

PORT = 8786
"""Beside the daemon's own port, so that both can run."""


def dashboard(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, metavar="N", help="Port to listen on.")] = PORT,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; any other needs the password.")
    ] = "127.0.0.1",
) -> None:
    """Show the ledger as web pages until stopped, without running any route.

    `leadbridge run` serves the same pages on its own port. Actions need BRIDGE_DASHBOARD_PASSWORD in .env.

    Example: `leadbridge dashboard`
    """
    from bridge.config.shape import HttpTable  # noqa: PLC0415 - `--help` need not load the configuration
    from bridge.daemon.web.dashboard.access import is_loopback  # noqa: PLC0415 - it loads starlette
    from bridge.daemon.web.dashboard.application import application  # noqa: PLC0415 - see above
    from bridge.daemon.web.dashboard.frame import Dashboard  # noqa: PLC0415 - see above
    from bridge.daemon.web.dashboard.surroundings import Alone  # noqa: PLC0415 - see above
    from bridge.daemon.web.server import listen, server  # noqa: PLC0415 - see above

    session = session_of(context)
    settings, configuration = session.settings, session.configuration
    logs.configure(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    other_ledgers.refuse_second(settings, configuration)
    if not is_loopback(host) and not settings.dashboard_password:
        raise ConfigProblem(
            f"The dashboard shows people's data, so on {host} it needs a password, and none is set.",
            hint="Set BRIDGE_DASHBOARD_PASSWORD in .env, or leave --host out.",
        )
    taken = listen(HttpTable(host=host, port=port), "dashboard")
    db = open_ledger(settings)
    with contextlib.closing(db), contextlib.closing(taken):
        pages = Dashboard(Alone(settings, db), host=host)
        shown = f"[{host}]" if ":" in host else host
        show.say(show.out(), f"The dashboard is on http://{shown}:{port}/ (Ctrl-C stops it).")
        if not settings.dashboard_password:
            show.say(
                show.out(), "It only shows: for actions, set BRIDGE_DASHBOARD_PASSWORD in .env and start it again."
            )
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has ended well, and raises the signal again
            server(application(pages, (host, *configuration.http.names))).run([taken])
