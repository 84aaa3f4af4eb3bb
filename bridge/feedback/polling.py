"""One round of feedback: ask what is new, look again at what is uncertain, record, act. Knows no vendor by name.

A round is one of a workspace, however many routes deliver there: what the vendor reports of all its targets at once is
read once. The workspace's lease keeps two hosts from reading at the same time; what they record could not differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog

from bridge import api, ledger
from bridge.destinations.base import Destination, HasWebhooks, Inquiry, News, Reports
from bridge.errors import (
    BridgeError,
    Busy,
    ConfigProblem,
    StopRequested,
    Unavailable,
    VendorError,
)
from bridge.feedback import working
from bridge.lazy import dataclass
from bridge.ledger.events import consequences, posts, reading, rounds, state
from bridge.ledger.events.state import Leased, Pass
from bridge.ledger.people import suppressions
from bridge.ledger.troubles import LEDGER
from bridge.model import EventKind, Feedback, Place, Route, Sent, Target
from bridge.sync import braking
from bridge.sync.lease import holding
from bridge.sync.route import status_after

RECENT = timedelta(days=3)
"""For so long a lead that replied is looked at again for how its reply was judged."""

HOURLY = timedelta(hours=1)
"""How often it is looked whether a webhook was disabled, and how new replies were judged."""

_UNCERTAIN, _FEW = 1_000, 100
"""How many leads a round looks at again at most: uncertain ones, and new replies."""

_LARGEST_PIECE = 5_000

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Heard:
    """What a round learnt for one route. `status` is ok, partial, blocked, busy, failed, or skipped without a key.

    `requests` of a round that reads several routes at once are counted under the first of them. `apart` are events of
    leads of other senders, `notes` sentences for the operator.
    """

    route: str
    status: str = "ok"
    events: Counter[EventKind] = field(default_factory=Counter)
    suppressed: int = 0
    requests: int = 0
    apart: int = 0
    notes: list[str] = field(default_factory=list)
    error: str = ""
    hint: str = ""
    client: str = ""

    def document(self) -> dict[str, Any]:
        """The route's part of `feedback --json`."""
        return {
            "route": self.route,
            "client": self.client,
            "status": self.status,
            "events": {kind.value: self.events[kind] for kind in EventKind if self.events[kind]},
            "suppressed": self.suppressed,
            "requests": self.requests,
            "error": self.error or None,
            "hint": self.hint or None,
            "others": self.apart,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Asking:
    """What rounds work with. With `secrets` for webhooks of a client, those that are registered are looked after.

    `posts_only` looks at the leads that webhooks named, and asks for nothing else.
    """

    db: ledger.Database
    destination: Callable[[Route], Destination]
    stopping: Callable[[], bool]
    storage: Literal["plain", "hashed"] = "plain"
    secrets: Callable[[str], Sequence[str]] = lambda _client: ()
    posts_only: bool = False


@dataclass(slots=True)
class _Round:
    """One round of one workspace, under its lease."""

    asking: Asking
    reports: Reports
    routes: dict[int, Route]
    places: list[Place]
    leased: Leased
    at: datetime
    heard: dict[int, Heard]
    judged: bool = False

    @property
    def first(self) -> Heard:
        """The route under which what concerns all of them is reported."""
        return next(iter(self.heard.values()))

    def record(self, pages: Iterable[News]) -> None:
        """Write every page down as it comes."""
        for news in pages:
            done = state.record_page(self.asking.db, self.leased, news.events, news.memory, self.at)
            for (number, kind), count in done.new.items():
                if number in self.heard:
                    self.heard[number].events[kind] += count
            self.first.apart += done.apart
            self.judged = self.judged or news.judged
            notes = [*news.notes]
            if done.incredible:
                notes.append(
                    f"{done.incredible} events carried a time that cannot be, before the delivery or in the future: "
                    "they are recorded without it."
                )
            self.first.notes += [note for note in notes if note not in self.first.notes]
            if self.asking.stopping():
                raise StopRequested


def poll(asking: Asking, routes: Sequence[Route]) -> list[Heard]:
    """One round of each workspace that these routes have delivered to; one workspace's trouble never stops another.

    Raises ConfigProblem where the only client has no key.
    """
    numbers = {ledger.route_number(asking.db, route.name, route.client): route for route in routes}
    used = reading.places_in_use(asking.db, list(numbers))
    heard = {
        number: Heard(route.name, client=route.client)
        for number, route in numbers.items()
        if number in used or not route.retired
    }
    for some, places in _by_workspace(used, numbers):
        mine = {number: heard[number] for number in some}
        try:
            _work(asking, {number: numbers[number] for number in some}, places, heard)
        except ConfigProblem as problem:
            if all(numbers[number].target.vendor != places[0].vendor for number in some):
                _left(mine, numbers, problem)
                continue
            _failed(mine, "blocked", problem)
            if len({route.client for route in routes}) == 1:
                rounds.note_ends(asking.db, {number: one.document() for number, one in mine.items()}, asking.db.now())
                raise
    ends = {number: one.document() for number, one in heard.items() if number in used and one.status != "busy"}
    if not asking.posts_only:
        rounds.note_ends(asking.db, ends, asking.db.now())
    for one in heard.values():
        document = one.document()
        log.info("feedback", **{name: said for name, said in document.items() if said})
    return list(heard.values())


def _by_workspace(used: dict[int, list[Place]], named: dict[int, Route]) -> Iterator[tuple[list[int], list[Place]]]:
    """The routes of a client that delivered to each workspace, with all targets of it."""
    found: dict[tuple[str, str], tuple[list[int], list[Place]]] = {}
    for number, places in used.items():
        for place in places:
            routes, of_all = found.setdefault((named[number].client, place.scopes[-1]), ([], []))
            routes += [number] if number not in routes else []
            of_all += [place] if place not in of_all else []
    yield from found.values()


def _work(asking: Asking, routes: dict[int, Route], places: list[Place], heard: dict[int, Heard]) -> None:
    """The round of one workspace; whatever goes wrong stands in what was heard."""
    counted: Counter[str] = Counter()
    token = api.tally.set(counted)
    mine = {number: heard[number] for number in routes}
    try:
        _under_lease(asking, routes, places, mine)
    except Busy as error:
        _failed(mine, "busy", error)
    except StopRequested as error:
        _failed(mine, "partial", error)
    except VendorError as error:
        if isinstance(error, Unavailable) and error.vendor == LEDGER:
            raise
        _failed(mine, status_after(error), error)
    finally:
        api.tally.reset(token)
        next(iter(mine.values())).requests += sum(counted.values())


def _failed(heard: dict[int, Heard], status: str, error: BridgeError) -> None:
    for one in heard.values():
        one.status, one.error, one.hint = status, error.message, error.hint


def _left(heard: dict[int, Heard], routes: dict[int, Route], problem: ConfigProblem) -> None:
    """A vendor that no route delivers to any more, and whose key is gone: a choice of the operator's, no failure."""
    for number, one in heard.items():
        one.status = "skipped" if routes[number].retired else one.status
        one.notes.append(f"{problem.message} What becomes of the leads that were sent there is not read.")


def _under_lease(asking: Asking, routes: dict[int, Route], places: list[Place], heard: dict[int, Heard]) -> None:
    # Opened by where the leads are: the routes may be retired, or deliver elsewhere by now.
    target = Target(places[0].vendor, places[0].kind, places[0].id)
    reports = asking.destination(replace(next(iter(routes.values())), target=target))
    if not isinstance(reports, Reports):
        return
    scope = places[0].scopes[-1]
    number = state.lease_number(asking.db, scope)
    with holding(asking.db, number) as epoch:
        this = _Round(asking, reports, routes, places, Leased(scope, number, epoch), asking.db.now(), heard)
        try:
            _ask(this)
        finally:
            # What was recorded has its consequences, also where a later question failed.
            _act(this)
        if not asking.posts_only:
            state.end_round(asking.db, this.leased, asking.db.now())


def _ask(this: _Round) -> None:
    """What was posted, then news, then what is uncertain, then a part of the look at every lead."""
    db = this.asking.db
    if isinstance(this.reports, HasWebhooks):
        _work_off(this, this.reports)
    if this.asking.posts_only:
        return
    inquiry = Inquiry(
        this.places,
        state.remembered(db, this.leased.scope),
        known=lambda place, kind: state.known_ids(db, place, kind),
        since=state.delivered_since(db, list(this.routes)),
    )
    this.record(this.reports.events(inquiry))
    few = _FEW if _is_hourly(this, "replies") or this.judged else 0
    with db.read() as connection:
        again = state.waiting(
            connection, list(this.routes), round_at=this.at, recent=this.at - RECENT, most=_UNCERTAIN, few=few
        )
    _look(this, again)
    state.looked(db, [one.delivery_id for one in again])
    _look_at_all(this)


def _work_off(this: _Round, hooks: HasWebhooks) -> None:
    """Look at the leads that webhooks named. A post is done only after that: a kill in between loses nothing."""
    db, place, client = this.asking.db, this.places[0], next(iter(this.routes.values())).client
    secrets = this.asking.secrets(client)
    if secrets and _is_hourly(this, "hooks"):
        try:
            this.first.notes += working.look_after(db, hooks, client, place.vendor, secrets)
        except VendorError as error:
            if isinstance(error, StopRequested) or error.vendor == LEDGER:
                raise
            this.first.notes.append(f"Webhooks cannot be looked after: {error.message} {error.hint}")
    while waiting := posts.some(db, client, place.vendor):
        read = working.read(db, waiting, hooks, place.workspace, this.at)
        this.record([News(read.events)])
        with db.read() as connection:
            sent = state.by_number(connection, sorted(read.look_at))
        _look(this, sent)
        posts.worked_off(db, read.verdicts)
        posts.forget_old(db)
        for why, count in sorted(Counter(said for _, said in read.verdicts if said != "recorded").items()):
            this.first.notes.append(f"{count} posts of webhooks were not recorded: {why}.")


def _is_hourly(this: _Round, what: str) -> bool:
    """Whether it is time for what is done once an hour; it counts as done from now on."""
    name = f"feedback {what} {this.leased.scope}"
    done_at = state.marked_at(this.asking.db, name)
    if done_at is not None and this.at - done_at < HOURLY:
        return False
    state.mark(this.asking.db, name, this.at)
    return True


def _look(this: _Round, sent: Sequence[Sent]) -> None:
    if sent:
        this.record(this.reports.look_at(sent))


def _look_at_all(this: _Round) -> None:
    """The next piece of the look at every delivered lead, which finds what nothing announced."""
    db, come = this.asking.db, state.standing(this.asking.db, this.leased.scope)
    full = min(route.feedback.full for route in this.routes.values())
    if come.next_at is None:
        state.note_pass(db, this.leased, Pass(0, this.at + full))
        return
    if not come.after and this.at < come.next_at:
        return
    with db.read() as connection:
        sent = state.piece(connection, list(this.routes), come.after, _size(this, full))
    _look(this, sent)
    if sent:
        state.note_pass(db, this.leased, Pass(sent[-1].delivery_id, come.next_at if come.after else this.at + full))
    else:
        state.note_pass(db, this.leased, Pass(0, come.next_at))


def _size(this: _Round, full: timedelta) -> int:
    """So many that the rounds of one pass get through all of them, in whole hundreds."""
    every = min((route.feedback.every or full for route in this.routes.values()), default=full)
    each = state.count_delivered(this.asking.db, list(this.routes)) * min(every / full, 1.0)
    return min(_LARGEST_PIECE, 100 * max(1, -(-int(each) // 100)))


def _act(this: _Round) -> None:
    """Take the consequences, by each route's own rules; then the brake decides, so a long run stops with its batch."""
    fresh, db = 0, this.asking.db
    for number, route in this.routes.items():
        heard = this.heard[number]
        count = consequences.act(db, number, suppressing(route.feedback), now=db.now(), storage=this.asking.storage)
        heard.suppressed += count
        fresh += count
        stopped = braking.decide(db, number, route.brake, db.now())["stop"]
        heard.notes += [
            f'Source campaign "{one.title}" is stopped on this route: {one.words}. `leadbridge brake list` says more.'
            for one in stopped
        ]
    if fresh:
        suppressions.ask_again(db)


def suppressing(feedback: Feedback) -> frozenset[EventKind]:
    """The kinds of events that keep a person from being contacted again."""
    wanted = {
        EventKind.BOUNCED: feedback.on_bounce,
        EventKind.UNSUBSCRIBED: feedback.on_unsubscribe,
        EventKind.NOT_INTERESTED: feedback.on_not_interested,
        EventKind.REPLIED: feedback.on_reply,
    }
    return frozenset(kind for kind, then in wanted.items() if then == "suppress")
