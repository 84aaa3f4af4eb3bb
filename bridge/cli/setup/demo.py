"""`leadbridge demo`: the whole product against the sandbox, in process, in a folder of its own. Keeps nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bridge import checkup, logs
from bridge import preview as playing
from bridge.app import App, Wiring, utc_now
from bridge.cli.looking import report
from bridge.cli.running import feedback, preview, sync
from bridge.cli.running.progress import Bars
from bridge.cli.setup import check
from bridge.cli.setup.typed import command
from bridge.cli.spending import asking
from bridge.cli.terminal import show
from bridge.config import Configuration, Settings
from bridge.config.settings import Secret
from bridge.config.vendor_tables.inbox import InboxTable
from bridge.ledger import route_number
from bridge.ledger.views.attribution import became
from bridge.ledger.views.reports import rejects
from bridge.ledger.views.stories import lead_stories, leads_with_source_id
from bridge.model import Reason, Route, Rules, Source, State, Target
from bridge.reports import stories
from bridge.reports.attribution import attribute
from bridge.reports.finding import find
from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.worlds import enliven
from bridge.sources.scravio.ordering.credits import spent
from bridge.sync import Watch

ROUTES = (
    Route(
        name="fitness",
        target=Target("instantly", "campaign", "Fitness Q4"),
        source=Source(status=("fully_completed", "stopped"), title=("fitness*", "yoga*", "marathon*")),
        rules=Rules(per_domain=3),
    ),
    Route(
        name="founders",
        target=Target("instantly", "list", "Scravio inbox"),
        source=Source(title=("agency*", "home*")),
    ),
    Route(
        name="messages",
        target=Target("inbox", "campaign", "Q1 messages", dedupe="everywhere", identity="x", demands_validation=False),
        source=Source(status=("fully_completed", "stopped"), title=("marathon*",)),
    ),
)
"""Three routes that share people with each other, as real ones do: messages on X go to who got no e-mail."""

_TWO_WEEKS = timedelta(days=14)
_PACE = InboxTable(writes_per_minute=300)
"""A made-up Inbox need not be spared."""


def demo() -> None:
    """Run everything against simulated vendors: nothing to configure, nothing is kept.

    Example: `leadbridge demo`
    """
    play(show.out())


def play(console: Console) -> None:
    """Every step of a first day, on this console."""
    logs.configure(level="WARNING")
    vendors = Sandbox(demo_world(utc_now()), clock=utc_now)
    enliven(vendors.world, vendors.now())
    show.say(console, "Scravio, Instantly and Inbox are simulated, in this process; the people are made up.")
    with TemporaryDirectory(prefix="leadbridge-demo-") as folder, _opened(vendors, Path(folder)) as app:
        routes = app.configuration.routes
        _type(console, "leadbridge check")
        for finding in checkup.run(app):
            check.show_finding(console, finding)
        _type(console, "leadbridge preview fitness --samples 1")
        for route in playing.run(app, routes[:1], 1):
            preview.show_route(console, route)
        _type(console, "leadbridge sync")
        with app.watch if isinstance(app.watch, Bars) else nullcontext():
            reports = app.sync(routes)
        sync.show_reports(console, reports)
        show.say(console, "\nOnce more: nothing is new, so no lead is read and nothing is sent.")
        _type(console, "leadbridge sync")
        sync.show_reports(console, app.sync(routes))
        for lead_id in _interesting(app):
            _type(console, f"leadbridge explain {lead_id}")
            found = find(app.db, lead_id)[:1]
            show.lines(console, stories.lines(found, {route.name: route for route in routes}))
        vendors.skew = _TWO_WEEKS
        show.say(console, "\nTwo weeks later: Instantly has sent its mails, and some people have answered.")
        _type(console, "leadbridge feedback fitness")
        feedback.show_heard(app.feedback(routes[:1]))
        costs = spent(asking.ordering(app).credits.transactions())
        _type(console, "leadbridge report fitness")
        report.show_report(attribute(became(app.db, [routes[0].name], None), ["campaign"], costs))
    show.say(console, "\nTo look around in such a place as web pages:", style="bold")
    show.paste(console, f"{command()} dashboard --demo")
    show.say(console, "\nThat was all of it. With your own keys:", style="bold")
    show.paste(console, f"{command()} init")


@contextmanager
def lived(password: str = "") -> Iterator[App]:
    """The program in the same made-up place two weeks after its first sync, silently: for the dashboard."""
    logs.configure(level="WARNING")
    vendors = Sandbox(demo_world(utc_now() - _TWO_WEEKS), clock=lambda: utc_now() - _TWO_WEEKS)
    enliven(vendors.world, vendors.now())
    with TemporaryDirectory(prefix="leadbridge-demo-") as folder, _opened(vendors, Path(folder), password) as app:
        app.watch = Watch()
        app.sync(app.configuration.routes)
        vendors.skew = _TWO_WEEKS
        app.sync(app.configuration.routes)
        app.feedback(app.configuration.routes)
        yield app


@contextmanager
def _opened(vendors: Sandbox, folder: Path, password: str = "") -> Iterator[App]:
    """The program as it really is, but for its transports."""
    settings = Settings(
        vendors={
            "SCRAVIO_API_KEY": Secret(vendors.keys.scravio),
            "INSTANTLY_API_KEY": Secret(vendors.keys.instantly),
            "INBOX_API_KEY": Secret(vendors.keys.inbox),
        },
        database_url=f"sqlite:///{folder / 'bridge.db'}",
        dashboard_password=Secret(password),
        folder=folder,
    )
    wiring = Wiring(vendors.transport(), clock=vendors.now, ledger_clock=vendors.now)
    watch = Bars(yes=True) if show.err().is_terminal else Watch()
    with App(settings, Configuration(ROUTES, paces={"inbox": _PACE}), wiring, watch) as app:
        yield app


def _type(console: Console, command: str) -> None:
    show.say(console, f"\n$ {command}", style="bold cyan")


def _interesting(app: App) -> list[str]:
    """A lead that went, its second copy that did not, one that the rules held, and an e-mail and a message on X."""
    held = [reject for page in rejects(app.db) for reject in page if reject.state == State.HELD]
    copies = [reject.lead_id for reject in held if reject.reason == Reason.DUPLICATE_OF][:1]
    kept = [reject.lead_id for reject in held if reject.reason == Reason.ROLE_ADDRESS][:1]
    mailed = [one.lead_id for one in held if (one.route, one.reason) == ("messages", Reason.DUPLICATE_OF)][:1]
    known = lead_stories(app.db, [number for copy in copies for number in leads_with_source_id(app.db, copy)])
    rivals = [delivery.rival.lead_id for story in known for delivery in story.deliveries if delivery.rival]
    number = route_number(app.db, "messages")
    with app.db.read() as connection:
        query = "SELECT source_id FROM lead JOIN delivery d ON d.lead_id = lead.id WHERE d.route_no = ? AND state = ?"
        by_message = connection.exec_driver_sql(query + " LIMIT 1", (number, State.DELIVERED)).scalars().all()
    return [*rivals[:1], *copies, *kept, *mailed, *by_message]
