"""`leadbridge client`: lists the clients, and adds one: its keys, its file, its first route. Sends nothing.

Without a terminal everything comes from options and from variables that are already set.
"""

from typing import Annotated

import typer

from bridge.cli.options import Json, Yes, group
from bridge.cli.session import session_of
from bridge.cli.setup.keys import keyed
from bridge.cli.terminal import show

client = group()


@client.callback()
def _root() -> None:
    """Several clients in one installation: list them, add one.

    Example: `leadbridge client add acme`
    """


@client.command(name="list")
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    """Show every client with its routes, and which keys it has. Calls no vendor.

    Example: `leadbridge client list`
    """
    session = session_of(context)
    clients = session.configuration.clients
    keys = {one.name: [vendor.name for vendor in keyed(session.settings.of_client(one))] for one in clients}
    routes = {one.name: [route.name for route in session.configuration.of(one.name).routes] for one in clients}
    if as_json:
        rows = [
            {"client": one.name, "env": one.env, "keys": keys[one.name], "routes": routes[one.name]} for one in clients
        ]
        show.print_json({"clients": rows})
        return
    heads = [("client", "<"), ("prefix", "<"), ("keys", "<"), ("routes", ">")]
    cells = [
        [one.name, one.env or "none", ", ".join(keys[one.name]) or "none", str(len(routes[one.name]))]
        for one in clients
    ]
    show.table(show.out(), heads, cells)


@client.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _.")],
    env: Annotated[str, typer.Option(metavar="PREFIX", help="Default: the name in capitals, and _.")] = "",
    target: Annotated[str, typer.Option(metavar="KEY=NAME", help='Such as instantly_campaign="Fitness Q4".')] = "",
    route: Annotated[str, typer.Option(metavar="NAME", help="Name of the first route.")] = "leads",
    campaign: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this source campaign; default: all.")
    ] = None,
    *,
    yes: Yes = False,
) -> None:
    """Add a client: ask for its keys, show what they open, choose its campaigns and target, write its file, check it.

    Keys that are set in the environment or in `.env` are not asked for.

    Example: `leadbridge client add acme --target instantly_campaign="Fitness Q4"`
    """
    from bridge.cli.setup.adding import add as added  # noqa: PLC0415 - the vendors' clients, which `list` does without

    added(session_of(context), name, env, target, route, campaign, yes=yes)
