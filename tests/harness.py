"""Whole runs against the sandbox: real clients, a real ledger, both vendors behind a transport."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge import ledger
from bridge.app import App, Wiring
from bridge.config import Configuration, Settings
from bridge.config.settings import Secret
from bridge.config.shape import GuardTable
from bridge.config.vendor_tables.inbox import InboxTable
from bridge.config.vendor_tables.instantly import InstantlyTable
from bridge.config.vendor_tables.puffle import PuffleTable
from bridge.config.vendor_tables.scravio import ScravioTable
from bridge.ledger.people import suppressions
from bridge.model import Mapped, Route, Rules, Source, Target
from bridge.sandbox import Sandbox, World, small_world
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.people import TIDY
from tests.contract.schema import ContractTransport
from tests.ledger.counted import assert_counted

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


KEYS = {
    "SCRAVIO_API_KEY": Secret("sk_live_sandbox"),
    "INSTANTLY_API_KEY": Secret("sandbox-key"),
    "INBOX_API_KEY": Secret(Sandbox.keys.inbox),
    "PUFFLE_API_KEY": Secret(Sandbox.keys.puffle),
    "PUFFLE_BASE_URL": Secret("https://puffle.example/puffle"),
}

DELIVERABLE = replace(TIDY, valid=1.0, invalid=0.0, pending=0.0)
"""People who may all go out."""


PACED = {"inbox": InboxTable, "instantly": InstantlyTable, "puffle": PuffleTable, "scravio": ScravioTable}


def _unlimited(table):
    return 1_000, None, table.at_once, None


QUICK = {vendor: type(table.__name__, (table,), {"limits": _unlimited}) for vendor, table in PACED.items()}
"""Requests do not wait for their turn: pace is tested in tests/wire."""


@contextmanager
def quick_paces():
    """The same for what is configured in a file."""
    with pytest.MonkeyPatch.context() as patch:
        for table in PACED.values():
            patch.setattr(table, "limits", _unlimited)
        yield


@contextmanager
def quick_pauses(attempts=99):
    """Retries of requests do not wait, and end after so many attempts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridge.api.patience.Patience.pause", lambda *_: 0.0)
        patch.setattr("bridge.api.patience.MOST_ATTEMPTS", attempts)
        yield patch


def good_world(*titles, leads=10):
    """Finished campaigns of deliverable people, and an empty target."""
    return small_world(START, *titles, leads=leads, style=DELIVERABLE)


def second_workspace():
    """Another workspace with targets of the same names, as an agency's next client has them.

    Its targets are as old as no other's: ids are made of the time, and no two workspaces of the vendor share one.
    """
    made = Workspace(START - timedelta(days=90), name="Second workspace")
    made.add_campaign("Fitness Q4", 1, START - timedelta(days=28), ("Hi", "Hello {{firstName|there}}"))
    made.add_list("Scravio inbox", START - timedelta(days=29))
    return made


@dataclass
class Clock:
    """A clock that moves when someone sleeps, or when the test says so."""

    moment: datetime = START
    slept: list = field(default_factory=list)

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def forward(self, **span):
        self.moment += timedelta(**span)


def route(name="fitness", *, ref="Fitness Q4", kind="campaign", dedupe="workspace", source=None, fields=None, **rules):
    target = Target("instantly", kind, ref, dedupe=dedupe)
    return Route(name, target, source=source or Source(), rules=Rules(**rules), fields=fields or Mapped())


@dataclass
class Operator:
    """Someone who types `leadbridge sync`, again and again, against one sandbox and one ledger.

    `clock` is the true time, by which the ledger and the vendors go; the host's own is `clock_is_wrong_by` ahead of it.
    """

    database_url: str
    world: World
    clock: Clock = field(default_factory=Clock)
    doubt_wait: float = 30.0
    extract: str = "pages"
    clock_is_wrong_by: timedelta = timedelta()
    stop_signal: type[threading.Event] = threading.Event
    paces: dict = field(default_factory=dict)

    def __post_init__(self):
        self.sandbox = Sandbox(self.world, self.clock.now, self.clock.sleep)

    @property
    def settings(self):
        return Settings(
            vendors=KEYS,
            database_url=self.database_url,
            doubt_wait=self.doubt_wait,
        )

    @contextmanager
    def app(self, *routes, transport=None, settings=None, guard=GuardTable()):  # noqa: B008 - a frozen value
        door = transport or ContractTransport(self.sandbox.transport())
        host_clock = lambda: self.clock.now() + self.clock_is_wrong_by  # noqa: E731 - a name for what it is
        wiring = Wiring(door, clock=host_clock, ledger_clock=self.clock.now, pause=self.clock.sleep)
        paces = {vendor: table() for vendor, table in QUICK.items()} | self.paces
        paces["scravio"] = QUICK["scravio"](extract=self.extract)
        configuration = Configuration(routes=routes, paces=paces, guard=guard)
        with App(settings or self.settings, configuration, wiring, stop=self.stop_signal()) as app:
            yield app

    def sync(self, *routes, limit=None, **options):
        with self.app(*(routes or (route(),)), **options) as app:
            return app.sync(app.configuration.routes, limit=limit)

    def sync_one(self, *routes, **options):
        (report,) = self.sync(*routes, **options)
        return report

    def target(self, name="Fitness Q4"):
        instantly = self.sandbox.world.instantly
        return instantly.campaign(name) or instantly.lead_list(name)

    def people(self, name="Fitness Q4"):
        return sorted(person.email for person in self.sandbox.world.instantly.people(self.target(name).id))

    def calls(self, *parts):
        asked = self.sandbox.report()["requests"]
        return sum(count for name, count in asked.items() if all(part in name for part in parts))

    def block(self, *addresses):
        """Someone gets onto Instantly's block list after our copy of it was read: only the push can find it out."""
        instantly = self.sandbox.world.instantly
        for address in addresses:
            instantly.block(address, self.clock.now())
        db = ledger.Database(self.database_url)
        suppressions.note_block_list(db, instantly.id, self.clock.now())
        db.close()

    def forget_calls(self):
        self.sandbox.book.requests.clear()

    def assert_promises(self):
        """What must hold after any history: no one twice, and every number adds up."""
        report = self.sandbox.report()
        assert report["created_twice"] == {}
        assert report["created_twice_person"] == {}
        assert report["reposted"] == {}
        db = ledger.Database(self.database_url)
        assert_counted(db)
        for number in ledger.route_names(db).values():
            tally = ledger.tally(db, number)
            assert tally.known == sum(tally.states.values())
        db.close()
