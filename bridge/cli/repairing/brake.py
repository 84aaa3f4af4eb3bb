"""`leadbridge brake`: source campaigns that are stopped because too many addresses bounced, and their release."""

from typing import Annotated

import typer

from bridge.cli.options import Json, Routes, group
from bridge.cli.session import NOTHING_STORED, session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.reports.text import minute

brake = group()
_HEADS = (
    ("route", "<"),
    ("campaign", "<"),
    ("id", "<"),
    ("bounced", ">"),
    ("held", ">"),
    ("sent since", ">"),
    ("stopped", "<"),
)


@brake.callback()
def _root() -> None:
    """See and release source campaigns that were stopped because too many addresses bounced."""


@brake.command("list")
def list_(context: typer.Context, routes: Routes = None, *, as_json: Json = False) -> None:
    """List the source campaigns that are stopped, with the figures that stopped them.

    Example: `leadbridge brake list`
    """
    from bridge.ledger.core import braking  # noqa: PLC0415 - `--help` need not load the ledger

    session = session_of(context)
    with session.db() as db:
        found = braking.stopped(db, session.recorded(db, routes)) if db else []
    if as_json:
        from bridge.reports.status import braked_document  # noqa: PLC0415 - see above

        show.print_json({"braked": [braked_document(one) for one in found]})
    elif not found:
        show.say(show.out(), "No source campaign is stopped." if db else NOTHING_STORED)
    else:
        cells = [
            [one.route, one.title, one.campaign, one.words.removesuffix(" bounced"), f"{one.held:,}",
             f"{one.sent_since:,}", minute(one.stopped_at)]
            for one in found
        ]  # fmt: skip
        show.table(show.out(), _HEADS, cells)
        show.say(
            show.out(), "Leads that are validated after the stop are sent. To send all: leadbridge brake release ID"
        )


@brake.command("release")
def release(
    context: typer.Context,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The source campaign's id or title.")],
    routes: Routes = None,
    *,
    as_json: Json = False,
) -> None:
    """Let the leads of a stopped source campaign go again; only leads that are sent from now on count.

    Example: `leadbridge brake release 65f000070000000100000000`
    """
    from bridge.ledger.core import braking  # noqa: PLC0415 - see above

    session = session_of(context)
    with session.app() as app:
        released = braking.release(app.db, campaign, session.recorded(app.db, routes), app.now())
    if not released:
        raise ConfigProblem(
            f'No source campaign "{campaign[:64]}" is stopped.', hint="`leadbridge brake list` shows those that are."
        )
    if as_json:
        show.print_json({"released": released})
    else:
        show.say(show.out(), f"Released on {released} route{'s' * (released > 1)}. The next sync sends its leads.")
