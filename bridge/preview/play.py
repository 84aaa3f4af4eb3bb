"""Plays a run of each route on a copy of the ledger: the sync's own steps, and a destination that only looks.

So what a preview counts is what a sync would do, by the same statements: who is held, who is a duplicate, who waits,
who a cap keeps back, in which order the routes take people from each other. Vendors are read, the ledger is copied,
and nothing anywhere is written but the copy, which is deleted at the end.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import field, replace
from pathlib import Path

from bridge import ledger
from bridge.app import App
from bridge.destinations.base import Destination, Doubt, Standing
from bridge.errors import ConfigProblem, VendorError
from bridge.lazy import dataclass
from bridge.ledger.database import Database
from bridge.ledger.people import secrecy
from bridge.ledger.upkeep import copying
from bridge.ledger.upkeep.opening import open_existing
from bridge.ledger.views import reports
from bridge.ledger.views.standing import Wait
from bridge.model import Delivery, Lead, Place, Reason, Route, State
from bridge.preview.rehearsal import Earlier, Rehearsal
from bridge.sync import Catalogue, Resources, Watch
from bridge.sync.braking import report_brake
from bridge.sync.pace import Pacing
from bridge.sync.pushing import PlanFull
from bridge.sync.route import take_steps, with_route
from bridge.sync.run import Run
from bridge.sync.sending import claiming_of

MOST_SAMPLES = 100
"""Leads that can be shown whole."""

ALREADY_KNOWN = "already_known"
"""In place of a reason: the lead is settled on this route, and a sync leaves it alone."""

_EXAMPLES = 3


@contextmanager
def opened(app: App) -> Iterator[ledger.Database | None]:
    """The ledger to read from, None where there is none yet; makes none."""
    db = open_existing(app.settings.database_url)
    try:
        if db is not None:
            db.clock = app.wiring.ledger_clock
            secrecy.offer_key(db, app.settings.hash_key.reveal())
        yield db
    finally:
        if db is not None:
            db.close()


@contextmanager
def copied(app: App) -> Iterator[ledger.Database]:
    """A copy of the ledger that only its owner may read, gone at the end. Raises ConfigProblem without room for it."""
    with ExitStack() as stack:
        db = stack.enter_context(opened(app))
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="leadbridge-", ignore_cleanup_errors=True))
            copy = Database(f"sqlite:///{Path(folder) / 'preview.db'}")
            stack.callback(copy.close)
            copying.scratch(db, copy)
            # What was stamped by the ledger's clock is compared by no other.
            copy.clock = app.wiring.ledger_clock or (db.now if db is not None else None)
        except OSError as error:
            raise ConfigProblem(
                f"A preview runs on a copy of the ledger, and the copy cannot be written: {error.strerror or error}.",
                hint="Free space in the folder for temporary files, or name another one in TMPDIR.",
            ) from None
        secrecy.offer_key(copy, app.settings.hash_key.reveal())
        yield copy


def resources(app: App, copy: ledger.Database, catalogue: Catalogue) -> Resources:
    """What the played runs share. Nothing is asked for at a source that costs or creates anything."""
    return replace(
        app.resources(catalogue, copy),
        destination=lambda target: _harmless(app.target(target)),
        watch=Watch(),
        validating=None,
        batches_at_once=1,
    )


def _harmless(destination: Destination) -> Destination:
    """A target that settling a doubt only looks at: one that would be sent the same again is rehearsed."""
    return Rehearsal(destination, Earlier()) if destination.doubt is Doubt.REPEAT else destination


@dataclass(slots=True)
class Played:
    """One route after its run was played.

    `states` and `reasons` are of all leads the route knows then, where READY are those that a call would carry, or that
    wait. `going` are the first of those that a call would carry, `would_go` counts all of them.
    """

    run: Run
    rehearsal: Rehearsal
    error: VendorError | None = None
    would_go: int = 0
    going: list[Delivery] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    waits: tuple[Wait, ...] = ()
    no_room: int = 0
    changed: int = 0

    @property
    def standing(self) -> Standing | None:
        """How the target stands, None where that could not be read."""
        return self.rehearsal.standing

    @property
    def leads(self) -> int:
        """Every lead that the route knows, or would know."""
        return sum(self.states.values())

    def lead_of(self, deliveries: Sequence[Delivery]) -> Mapping[int, Lead]:
        """The leads behind some of `going`, by the delivery's id."""
        found = ledger.leads_of(self.run.db, [delivery.id for delivery in deliveries])
        return {number: stored.lead for number, stored in found.items()}

    def suppressed(self) -> list[Lead]:
        """A few of those that are held for that."""
        held = ledger.given_up(self.run.db, self.run.route_no, (State.HELD,), Reason.SUPPRESSED)[:_EXAMPLES]
        found = ledger.leads_of(self.run.db, held)
        return [found[number].lead for number in held]


def play(shared: Resources, route: Route, rehearsal: Rehearsal) -> Played:
    """Play one run of the route. Later routes of the same copy find what it claimed."""
    since = reports.last_batch(shared.db)
    with with_route(shared, route, rehearsal) as run:
        played = Played(run, rehearsal)
        try:
            take_steps(run)
        except VendorError as error:
            played.error = error
        report_brake(run)
        played.going = list(rehearsal.looked_up)
        if isinstance(played.error, PlanFull):
            played.error, played.no_room = None, ledger.tally(run.db, run.route_no).states[State.READY]
        elif played.error is not None:
            played.going += _those_in_line(run, rehearsal)
        _count(played, since)
        return played


def _those_in_line(run: Run, rehearsal: Rehearsal) -> list[Delivery]:
    """The leads that a call would carry, once what keeps the route from sending is dealt with; the first of them."""
    target, standing = run.route.target, rehearsal.standing
    nowhere = Place(target.vendor, f"of {run.route.name}", target.kind, "")
    place = standing.place if standing is not None and standing.place.id else nowhere
    if run.pacing is None and run.route.pace.limits:
        run.pacing = Pacing(run.route.pace, run.route_no)  # of the target's capacity nothing is known
    claiming = claiming_of(run, Standing(place, target.ref, ""))
    first: list[Delivery] = []
    while (batch := ledger.claim(run.db, claiming, limit=rehearsal.batch_size)) is not None:
        first += batch.deliveries[: MOST_SAMPLES - len(first)]
    return first


def _count(played: Played, since: int) -> None:
    run = played.run
    for row in reports.spread_since(run.db, run.route_no, since):
        if row.sent:
            played.would_go += row.leads
        if row.sent or row.state == State.READY:
            played.states[State.READY] += row.leads
            played.reasons[Reason.OK if row.sent else row.reason] += row.leads
        elif row.state == State.HELD:
            played.states[State.HELD] += row.leads
            played.reasons[row.reason] += row.leads
        else:
            played.states[row.state] += row.leads
            played.reasons[ALREADY_KNOWN] += row.leads
    played.changed = ledger.count_changed(run.db, run.route_no) if run.route.update.fields != "never" else 0
    played.waits = ledger.waits(run.db, run.route_no, run.now())
