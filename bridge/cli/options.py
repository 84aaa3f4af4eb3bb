"""The arguments and options that several verbs share: one word, one meaning. Only the shell's completion runs here."""

from contextlib import suppress
from typing import Annotated

import typer

from bridge.cli.session import Session
from bridge.errors import BridgeError


def _known_routes(context: typer.Context) -> list[str]:
    """What a shell may offer. A bridge.toml that cannot be used offers nothing."""
    given = context.find_root().params
    with suppress(BridgeError):
        return [route.name for route in Session(given.get("config"), given.get("client") or "").routes(None)]
    return []


Routes = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.", autocompletion=_known_routes),
]
RoutesAlsoRetired = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ROUTE]…", help="Route names, also of retired routes; default: all routes."),
]
NamedRoutes = Annotated[list[str], typer.Argument(metavar="ROUTE…", help="The routes, as bridge.toml names them.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most N leads.")]
Since = Annotated[str, typer.Option("--since", metavar="DATE", help="Sent on this day or later.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Csv = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write all rows as CSV; - means stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing FILE of any kind.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="The reason, shown by `explain`.")]
MaxCredits = Annotated[
    int | None, typer.Option("--max-credits", min=0, metavar="N", help="Do nothing that can cost more credits.")
]


def group() -> typer.Typer:
    """A verb that has verbs of its own; its help is that of its `_root`."""
    return typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")
