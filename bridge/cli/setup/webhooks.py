"""`leadbridge webhooks`: the vendor's webhooks that point at this program's daemon: register, list, test, remove."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from bridge.app import App
from bridge.cli import failures
from bridge.cli.options import Json, group
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.config.settings import MAKING
from bridge.daemon.web.hooks import HEADER
from bridge.destinations.base import HasWebhooks, Hook
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger.events import posts
from bridge.reports.text import Line

webhooks = group()

Row = dict[str, Any]
"""A webhook and what became of it: `client`, `url`, `result`, and with a failure `error` and `hint`."""

Step = Callable[[App, HasWebhooks, str], Iterator[Row]]
"""What a verb does for one client of a vendor. The text is the path below which the daemon takes its posts."""

Base = Annotated[
    str, typer.Option("--url", metavar="https://…", help="Only those below this address; default: all of the client.")
]


@webhooks.callback()
def _root() -> None:
    """Have Instantly post events to the daemon of this installation (optional; polling needs none).

    Example: `leadbridge webhooks register --url https://hooks.example`
    """


@webhooks.command()
def register(
    context: typer.Context,
    url: Annotated[str, typer.Option(metavar="https://…", help="Where the daemon is reached from outside.")],
    *,
    as_json: Json = False,
) -> None:
    """Register one webhook for each client, with the secret; asking again changes nothing.

    After a change of BRIDGE_WEBHOOK_SECRET, run it again: the new secret is registered, and the old one may go.

    Example: `leadbridge webhooks register --url https://hooks.example`
    """
    base = _base(url)

    def step(app: App, hooks: HasWebhooks, path: str) -> Iterator[Row]:
        secret = app.webhook_secrets(_client(path))[0]
        others = [one for one in _ours(hooks, path) if one.url != base + path]
        hook, made = hooks.register_hook(base + path, HEADER, secret)
        yield {"id": hook.id, "url": hook.url, "result": "registered" if made else "was registered already"}
        for one in others:
            removing = f"leadbridge webhooks remove --url {one.url.removesuffix(path)}"
            yield {"id": one.id, "url": one.url, "result": f"another one, left as it is: {removing}"}

    _each(context, step, as_json=as_json, needs_secret=True)


@webhooks.command(name="list")
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the webhooks that point at a leadbridge daemon, and what became of their posts.

    Example: `leadbridge webhooks list`
    """

    def step(app: App, hooks: HasWebhooks, path: str) -> Iterator[Row]:
        came, secrets = posts.verdicts(app.db, _client(path)), set(app.webhook_secrets(_client(path)))
        listed = ", ".join(f"{count:,} {verdict}" for verdict, count in came.items())
        for one in _ours(hooks, path):
            ours = bool(secrets & set(one.headers.values()))
            said = "disabled after failures" if one.disabled else "active"
            said += "" if ours else ", with another secret than BRIDGE_WEBHOOK_SECRET"
            said += f"; posts of seven days: {listed}" if listed else ""
            facts = {"disabled": one.disabled, "secret": ours, "posts": came}
            yield {"id": one.id, "url": one.url, **facts, "result": said}

    _each(context, step, as_json=as_json)


@webhooks.command(name="test")
def have_tested(context: typer.Context, url: Base = "", *, as_json: Json = False) -> None:
    """Have the vendor post a test to each of them.

    Example: `leadbridge webhooks test`
    """

    def step(_: App, hooks: HasWebhooks, path: str) -> Iterator[Row]:
        for one in _ours(hooks, path, url):
            said = hooks.test_hook(one)
            row = {"id": one.id, "url": one.url, "arrived": not said, "result": "arrived"}
            yield row | ({"result": "did not arrive", "error": f"It did not arrive: {said}"} if said else {})

    _each(context, step, as_json=as_json)


@webhooks.command()
def remove(context: typer.Context, url: Base = "", *, as_json: Json = False) -> None:
    """Delete them; events are then learnt by polling alone.

    Example: `leadbridge webhooks remove`
    """

    def step(_: App, hooks: HasWebhooks, path: str) -> Iterator[Row]:
        for one in _ours(hooks, path, url):
            hooks.remove_hook(one)
            yield {"id": one.id, "url": one.url, "result": "removed"}

    _each(context, step, as_json=as_json)


def _base(url: str) -> str:
    """The address without its last slash. Raises ConfigProblem for one that Instantly cannot post to."""
    try:
        read = urlsplit(url)
        works = read.port is None or read.port > 0
    except ValueError:  # no address at all, or a port that there cannot be
        works = False
    if not works or read.scheme != "https" or not read.hostname or read.username or read.query or read.fragment:
        raise ConfigProblem(f'--url "{url[:80]}" is no address that starts with https://.', hint="Name a public one.")
    if "/hooks/" in read.path:
        raise ConfigProblem(
            f'--url "{url[:80]}" holds the path of a webhook already.',
            hint="Name only what comes before /hooks/: the path is added for each client.",
        )
    return url.rstrip("/")


def _client(path: str) -> str:
    return path.rpartition("/")[2]


def _ours(hooks: HasWebhooks, path: str, url: str = "") -> list[Hook]:
    base = _base(url) if url else ""
    return [one for one in hooks.hooks() if (one.url == base + path if base else one.url.endswith(path))]


def _each(context: typer.Context, step: Step, *, as_json: bool, needs_secret: bool = False) -> None:
    """A step for each client of a vendor with webhooks; one client's trouble never stops another."""
    session, rows = session_of(context), list[Row]()
    with failures.as_document(as_json, webhooks=[]), session.app() as app:
        if needs_secret and not app.settings.webhook_secrets:
            raise ConfigProblem("BRIDGE_WEBHOOK_SECRET is not set.", hint=f"Put the output of this into .env: {MAKING}")
        routes = {(route.target.vendor, route.client): route for route in session.routes(None)}
        for (vendor, client), route in routes.items():
            try:
                destination = app.destination(route)
                if isinstance(destination, HasWebhooks):
                    for row in step(app, destination, f"/hooks/{vendor}/{client}"):
                        rows.append({"client": client} | row)
            except BridgeError as error:
                if len(routes) == 1:
                    raise
                rows.append({"client": client, "error": error.message, "hint": error.hint or None})
    if as_json:
        show.print_json({"webhooks": rows})
    else:
        show.lines(show.out(), _lines(rows))
    raise typer.Exit(failures.verdict(sum("error" in row for row in rows), len(rows)))


def _lines(rows: Sequence[Row]) -> Iterator[Line]:
    if not rows:
        yield Line("No webhook points at a leadbridge daemon.")
    for row in rows:
        yield Line(f"{row.get('url') or row['client']}: {row.get('error') or row['result']}")
        if row.get("hint"):
            yield Line(row["hint"], 2)
