"""`leadbridge webhooks`: the vendor's webhooks that point at this program's daemon: register, list, test, remove."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bridge.app import App
from bridge.cli.options import Json, group
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.daemon.web.hooks import HEADER
from bridge.destinations.base import HasWebhooks, Hook
from bridge.errors import ConfigProblem

webhooks = group()

Found = tuple[HasWebhooks, str]
"""Who registers, and the path below which the daemon takes its posts."""


@webhooks.callback()
def _root() -> None:
    """Have Instantly post events to the daemon of this installation (optional; polling needs none).

    Example: `leadbridge webhooks register --url https://hooks.example`
    """


@webhooks.command()
def register(
    context: typer.Context,
    url: Annotated[str, typer.Option("--url", metavar="https://…", help="Where the daemon is reached from outside.")],
) -> None:
    """Register one webhook for each client, with the secret; asking again changes nothing.

    After a change of BRIDGE_WEBHOOK_SECRET, run it again: the new secret is registered, and the old one may go.

    Example: `leadbridge webhooks register --url https://hooks.example`
    """
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise ConfigProblem(f'--url "{url[:80]}" is no address that starts with https://.', hint="Name a public one.")
    with _opened(context) as (app, some):
        secrets = app.settings.webhook_secrets
        if not secrets:
            raise ConfigProblem(
                "BRIDGE_WEBHOOK_SECRET is not set.",
                hint="Put the output of this into .env: python3 -c 'import secrets; print(secrets.token_hex(32))'",
            )
        for hooks, path in some:
            address = url.rstrip("/") + path
            _, made = hooks.register_hook(address, HEADER, secrets[0])
            show.say(show.out(), f"{address}: {'registered' if made else 'was registered already'}")


@webhooks.command(name="list")
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the webhooks that point at a leadbridge daemon.

    Example: `leadbridge webhooks list`
    """
    with _opened(context) as (_, some):
        found = [one for hooks, path in some for one in _ours(hooks, path)]
    if as_json:
        show.print_json({"webhooks": [{"id": one.id, "url": one.url, "disabled": one.disabled} for one in found]})
    elif not found:
        show.say(show.out(), "No webhook points at a leadbridge daemon.")
    for one in [] if as_json else found:
        show.say(show.out(), f"{one.url}: {'disabled after failures' if one.disabled else 'active'} ({one.id})")


@webhooks.command()
def test(context: typer.Context) -> None:
    """Have the vendor post a test to each of them.

    Example: `leadbridge webhooks test`
    """
    failed = False
    with _opened(context) as (_, some):
        for hooks, path in some:
            for one in _ours(hooks, path):
                said = hooks.test_hook(one)
                failed = failed or bool(said)
                show.say(show.out(), f"{one.url}: {f'did not arrive: {said}' if said else 'arrived'}")
    if failed:
        raise typer.Exit(1)


@webhooks.command()
def remove(context: typer.Context) -> None:
    """Delete them; events are then learnt by polling alone.

    Example: `leadbridge webhooks remove`
    """
    with _opened(context) as (_, some):
        for hooks, path in some:
            for one in _ours(hooks, path):
                hooks.remove_hook(one)
                show.say(show.out(), f"{one.url}: removed")


def _ours(hooks: HasWebhooks, path: str) -> list[Hook]:
    return [one for one in hooks.hooks() if one.url.endswith(path)]


@contextmanager
def _opened(context: typer.Context) -> Iterator[tuple[App, list[Found]]]:
    """The program, and for each vendor and client that has webhooks who registers them."""
    session = session_of(context)
    with session.app() as app:
        found: dict[str, HasWebhooks] = {}
        for route in session.routes(None):
            destination = app.destination(route)
            if isinstance(destination, HasWebhooks):
                found.setdefault(f"/hooks/{route.target.vendor}/{route.client}", destination)
        yield app, [(destination, path) for path, destination in found.items()]
