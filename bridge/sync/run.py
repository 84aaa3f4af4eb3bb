"""What one execution of a route works with, and what it counts. Takes no step itself: settle, pull and push do."""

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from bridge import ledger
from bridge.destinations.base import Destination, LooksUp, Standing
from bridge.lazy import dataclass
from bridge.ledger.core.braking import Figures
from bridge.model import Route, SourceCampaign, Target
from bridge.model import Source as Wanted
from bridge.rules import Decider
from bridge.sources.base import EMAIL, Account, Source, Wants
from bridge.sources.validating import Validating
from bridge.sync.pace import Pacing

T = TypeVar("T")


class Stopped(Exception):
    """The process was stopped: what is under way is recorded, and nothing more is begun."""


class Catalogue:
    """Accounts and campaign lists, each read once however many routes ask. Lives as long as one command.

    `opened` opens the source of a selection; it raises ConfigProblem where there is no key.
    """

    def __init__(self, opened: Callable[[Wanted], Source]) -> None:
        self.source = opened
        self._known: dict[Hashable, Any] = {}

    def account(self, wanted: Wanted) -> Account:
        """Who the source's key belongs to, and whether its leads come masked."""
        source = self.source(wanted)
        return self._once(source.name, source.account)

    def campaigns(self, wanted: Wanted) -> list[SourceCampaign]:
        """The campaigns listed for this selection, oldest first; `selects` has still to look at each."""
        # Routes that differ only in what `selects` looks at share a list.
        shared = replace(wanted, type=(), title=(), id=(), status=wanted.status if len(wanted.status) == 1 else ())
        source = self.source(wanted)
        return list(self._once((source.name, shared), lambda: sorted(source.campaigns(shared), key=_by_age)))

    def _once(self, key: Hashable, read: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = read()
        return cast("T", self._known[key])


def _by_age(campaign: SourceCampaign) -> tuple[str, str]:
    return (campaign.created_at.isoformat() if campaign.created_at else "9", campaign.id)


class Watch:
    """Hears how a run gets on; this one stays silent. The terminal's progress bars are another."""

    def planned(self, campaigns: int) -> None:
        """So many campaigns will be swept."""

    def sweeping(self, campaign: SourceCampaign, leads: int | None) -> None:
        """A campaign's sweep begins; its source says it holds so many leads with an e-mail."""

    def read(self, leads: int) -> None:
        """So many more leads were read and stored."""

    def swept(self) -> None:
        """A campaign was read to its end."""

    def delivering(self, leads: int) -> None:
        """So many leads more are expected to go; fewer, where some of those announced do not."""

    def delivered(self, leads: int) -> None:
        """So many more were sent and accounted for."""

    @property
    def asks(self) -> bool:
        """Whether `confirm` puts a question to a person, who must see all that would go: nothing goes before."""
        return type(self).confirm is not Watch.confirm

    def confirm(self, route: Route, standing: Standing, leads: int) -> bool:
        """Whether the route's first push may go ahead."""
        del route, standing, leads
        return True


@dataclass(frozen=True, slots=True)
class Resources:
    """What every run of a process shares, `clock` being the ledger's. `pause` and `doubt_wait` are in seconds.

    `routes` are those of bridge.toml by name; what else the ledger knows is retired. `destination` opens any target of
    a vendor, whether a route names it or not, and raises ConfigProblem where there is no key. `vendors` are all of
    them by name.

    `allow_empty_sweep` switches the guard against absurd sweeps off. Once `stop` is set, runs finish and record what is
    under way, begin nothing more, and end well: whatever is left waits for the next run. `wants` is what routes can
    use, `validating` the source that may be asked to validate (None: none is). `batches_at_once` bounds the threads
    that send; the clients' limits hold too. `largest_batch` keeps batches below what the destination takes.
    """

    db: ledger.Database
    catalogue: Catalogue
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    doubt_wait: float
    routes: Mapping[str, Route]
    destination: Callable[[Target], Destination]
    vendors: tuple[str, ...] = ()
    watch: Watch = field(default_factory=Watch)
    allow_empty_sweep: bool = False
    suppression_storage: Literal["plain", "hashed"] = "plain"
    stop: threading.Event = field(default_factory=threading.Event)
    validating: Validating | None = None
    wants: Wants = EMAIL
    batches_at_once: int = 3
    largest_batch: int | None = None


@dataclass(slots=True)
class Run:
    """One execution of one route, by the holder of its lease. `id` is 0 where no whole run is written down."""

    resources: Resources
    route: Route
    route_no: int
    epoch: int
    decider: Decider
    limit: int | None = None
    chosen: Destination | None = None
    id: int = 0
    campaigns_seen: int = 0
    campaigns_swept: int = 0
    leads_read: int = 0
    unread: int = 0
    sent: int = 0
    answered: int = 0
    waiting: int = 0
    stopped: bool = False
    unready: bool = False  # a campaign of the source could not be read yet
    doubts_elsewhere: bool = False
    pacing: Pacing | None = None  # from the push on, where the route has a pace
    warnings: list[str] = field(default_factory=list)
    bounces: list[Mapping[str, Any]] = field(default_factory=list)  # what the brake says at the end
    bounces_learnt: int = -1  # when the brake last decided
    warned: list[Figures] = field(default_factory=list)  # source campaigns that are near a stop
    updates: Counter[str] = field(default_factory=Counter)  # what became of changed leads (`updating.update`)
    requests: Counter[str] = field(default_factory=Counter)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def db(self) -> ledger.Database:
        """The database."""
        return self.resources.db

    @property
    def source(self) -> Source:
        """Where the route reads from."""
        return self.resources.catalogue.source(self.route.source)

    @property
    def destination(self) -> Destination:
        """The route's target: the one that was chosen for this run, or the one that the route names."""
        if self.chosen is None:
            self.chosen = self.resources.destination(self.route.target)
        return self.chosen

    @property
    def watch(self) -> Watch:
        """Who hears how the run gets on."""
        return self.resources.watch

    def pause_for_stop(self) -> None:
        """Called between pages and before batches. Raises Stopped once the process was stopped, or the route paused."""
        if self.resources.stop.is_set() or (self.id and ledger.is_paused(self.db, self.route_no)):
            raise Stopped

    def now(self) -> datetime:
        """The time by the ledger's clock, which every process shares."""
        return self.resources.clock()

    def vendor_now(self) -> datetime:
        """The time by the target's clock, by which our leads differ from older ones; the ledger's where it has none."""
        return self.destination.clock() if isinstance(self.destination, LooksUp) else self.now()

    def deciding(self, decided_by: str | None = None, now: datetime | None = None) -> ledger.Deciding:
        """How decisions made now are recorded."""
        key = self.decider.key if decided_by is None else decided_by
        return ledger.Deciding(self.route_no, key, now or self.now(), self.epoch, self.route.update.fields != "never")

    def recording(self) -> ledger.Recording:
        """How outcomes learnt now are recorded."""
        return ledger.Recording(self.route_no, self.epoch, self.now())

    def count_answer(self, created: int) -> None:
        """A batch was answered; batches that go at the same time count together."""
        with self._counting:
            self.answered += 1
            self.sent += created

    def warn(self, sentence: str) -> None:
        """Show the operator a warning, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
