"""`leadbridge brake`: source campaigns that are stopped because too many addresses bounced, and their release."""

from dataclasses import asdict
from typing import Annotated

import typer

from bridge.cli.options import Json, Routes, group
from bridge.cli.session import NOTHING_STORED, session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.reports.text import iso, minute

brake = group()
_HEADS = (("route", "<"), ("campaign", "<"), ("id", "<"), ("bounced", ">"), ("held", ">"), ("since", "<"))


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
        rows = [asdict(one) | {"stopped_at": iso(one.stopped_at)} for one in found]
        show.print_json({"braked": rows})
    elif not found:
        show.say(show.out(), "No source campaign is stopped." if db else NOTHING_STORED)
    else:
        figures = [[f"{one.bounced:,} of {one.reached:,}", f"{one.held:,}", minute(one.stopped_at)] for one in found]
        cells = [[one.route, one.title, one.campaign, *more] for one, more in zip(found, figures, strict=True)]
        show.table(show.out(), _HEADS, cells)
        show.say(show.out(), "To send from one again: leadbridge brake release ID")


@brake.command("release")
def release(
    context: typer.Context,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The source campaign's id or title.")],
    routes: Routes = None,
    *,
    as_json: Json = False,
) -> None:
    """Let the leads of a stopped source campaign go again; only bounces learnt from now on count.

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
