"""A made-up ledger with two weeks of history, for the dashboard's pictures and tests. Everyone in it is invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge import logs
from bridge.app import App, Wiring
from bridge.config import Configuration, Settings
from bridge.config.settings import Secret
from bridge.config.vendor_tables.inbox import InboxTable
from bridge.model import Brake, Client, Route, Rules, Schedule, Source, Target
from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.worlds import enliven

PASSWORD = "a made-up password"  # noqa: S105 - for a page of invented people
_START = datetime(2026, 11, 6, 9, tzinfo=UTC)
_FINISHED = ("fully_completed", "stopped")
ROUTES = (
    Route(
        "fitness",
        Target("instantly", "campaign", "Fitness Q4"),
        Source(status=_FINISHED, title=("fitness*", "yoga*")),
        Rules(per_domain=3, role_addresses="allow"),
        brake=Brake(least=10),
        schedule=Schedule(every=timedelta(minutes=15)),
    ),
    Route(
        "founders",
        Target("instantly", "list", "Scravio inbox"),
        Source(title=("agency*", "home*")),
        schedule=Schedule(cron="0 8 * * mon-fri", timezone="Europe/Berlin"),
    ),
    Route(
        "acme/marathon",
        Target("instantly", "campaign", "Marathon"),
        Source(status=_FINISHED, title=("marathon*",)),
        client="acme",
        shared=True,
    ),
)


def settings(folder: Path) -> Settings:
    """The dashboard's settings for a ledger in this folder."""
    keys = {name: Secret("sandbox") for name in ("SCRAVIO_API_KEY", "INSTANTLY_API_KEY", "INBOX_API_KEY")}
    url = f"sqlite:///{folder / 'bridge.db'}"
    return Settings(vendors=keys, database_url=url, folder=folder, dashboard_password=Secret(PASSWORD))


CONFIGURATION = Configuration(
    ROUTES,
    clients=(Client(shared=True), Client("acme", shared=True)),
    paces={"inbox": InboxTable(writes_per_minute=300)},
)


@contextmanager
def lived(folder: Path, *, days: int = 14, limit: int = 4) -> Iterator[App]:
    """The program after so many days of runs and feedback, on a new ledger in this folder; `limit` is of each run."""
    logs.configure(level="ERROR")
    vendors = Sandbox(demo_world(_START), clock=lambda: _START)
    vendors.world.instantly.add_campaign("Marathon", 1, _START - timedelta(days=20), ("Hi", "Hello"))
    enliven(vendors.world, vendors.now())
    keys = {"SCRAVIO_API_KEY": vendors.keys.scravio, "INSTANTLY_API_KEY": vendors.keys.instantly}
    known = replace(settings(folder), vendors={name: Secret(key) for name, key in keys.items()})
    wiring = Wiring(vendors.transport(), clock=vendors.now, ledger_clock=vendors.now, pause=lambda _: None)
    with App(known, CONFIGURATION, wiring) as app:
        for day in range(days + 1):
            vendors.skew = timedelta(days=day)
            app.sync(ROUTES, limit=limit)
            app.feedback(ROUTES)
        yield app
