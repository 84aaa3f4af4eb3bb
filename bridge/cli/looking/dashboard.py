"""`leadbridge dashboard`: serves the dashboard alone, until it is stopped. The daemon serves the same pages."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bridge import logs
from bridge.app import open_ledger
from bridge.cli import other_ledgers
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem

if TYPE_CHECKING:
    from bridge.daemon.events import Surroundings

PORT = 8786
"""Beside the daemon's own port, so that both can run."""


def dashboard(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Port to listen on.")] = PORT,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; any other needs the password.")
    ] = "127.0.0.1",
    demo: Annotated[bool, typer.Option("--demo", help="Show a made-up ledger, without keys and files.")] = False,
) -> None:
    """Show the ledger as web pages until stopped, without running any route.

    `leadbridge run` serves the same pages on its own port. Actions need BRIDGE_DASHBOARD_PASSWORD in .env.

    Example: `leadbridge dashboard`
    """
    session = session_of(context)
    with _made_up(session) if demo else _own(session) as around:
        _serve(around, host, port)


@contextmanager
def _own(session: Session) -> Iterator["Surroundings"]:
    """The operator's own ledger."""
    from bridge.daemon.web.dashboard.application import Alone  # noqa: PLC0415 - it loads starlette

    settings = session.settings
    logs.configure(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    other_ledgers.refuse_second(settings, session.configuration)
    with contextlib.closing(open_ledger(settings)) as db:
        yield Alone(settings, db)


@contextmanager
def _made_up(session: Session) -> Iterator["Surroundings"]:
    """What `leadbridge demo` makes, two weeks later, with your password; gone when the dashboard stops."""
    from bridge.cli.setup.demo import lived  # noqa: PLC0415 - it loads the sandbox

    show.say(show.out(), "Making a ledger with made-up people ...")
    with lived(session.settings.dashboard_password.reveal()) as app:
        yield app


def _serve(around: "Surroundings", host: str, port: int) -> None:
    """Serve until a signal. Raises ConfigProblem where the port cannot be had, or others could see people's data."""
    from bridge.config.shape import HttpTable  # noqa: PLC0415 - `--help` need not load the configuration
    from bridge.daemon.web.dashboard.access import is_loopback  # noqa: PLC0415 - it loads starlette
    from bridge.daemon.web.dashboard.application import application  # noqa: PLC0415 - see above
    from bridge.daemon.web.dashboard.frame import Dashboard  # noqa: PLC0415 - see above
    from bridge.daemon.web.server import listen, server  # noqa: PLC0415 - see above

    password = bool(around.settings.dashboard_password)
    if not is_loopback(host) and not password:
        raise ConfigProblem(
            f"The dashboard shows people's data, so on {host} it needs a password, and none is set.",
            hint="Set BRIDGE_DASHBOARD_PASSWORD in .env, or leave --host out.",
        )
    with contextlib.closing(listen(HttpTable(host=host, port=port), "dashboard")) as taken:
        shown = f"[{host}]" if ":" in host else host
        show.say(show.out(), f"The dashboard is on http://{shown}:{port}/ (Ctrl-C stops it).")
        if not password:
            show.say(
                show.out(), "It only shows: for actions, set BRIDGE_DASHBOARD_PASSWORD in .env and start it again."
            )
        names = (host, *around.configuration.http.names)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has ended well, and raises the signal again
            server(application(Dashboard(around, host=host), names)).run([taken])
