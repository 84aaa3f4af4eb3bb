"""`leadbridge mcp`: answers an assistant over stdin and stdout by the Model Context Protocol. Only reads."""

import sys
from typing import Annotated

import typer

from bridge.cli.session import session_of
from bridge.errors import ConfigProblem


def mcp(
    context: typer.Context,
    *,
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="Answer with e-mail addresses in full; they are masked otherwise.")
    ] = False,
) -> None:
    """Let an assistant look: status, runs, explain, report, rejects and preview as tools that only read.

    It speaks the Model Context Protocol on stdin and stdout; an assistant starts it. Nothing can be sent or spent.

    Example: `leadbridge --config /srv/leads/bridge.toml mcp`
    """
    try:
        from bridge.cli.assistants.tools import server  # noqa: PLC0415 - an extra that need not be installed
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("mcp"):
            raise
        raise ConfigProblem(
            "The server for assistants needs the package mcp, which is not installed.",
            hint="In the folder of leadbridge's source: uv tool install --force '.[mcp]', or make develop",
        ) from None
    if sys.stdin.isatty():
        sys.stderr.write("An assistant starts this command and speaks to it. Ctrl-C ends it. See docs/assistants.md.\n")
    session = session_of(context)
    server(session.config, session.client, show_addresses=show_addresses).run()
