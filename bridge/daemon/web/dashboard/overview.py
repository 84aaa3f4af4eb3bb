"""The overview: a card for each route, and what needs a person now. Computes values for the page; prints nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bridge.daemon import timetable
from bridge.daemon.web.health import History, judge
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.database import milliseconds
from bridge.ledger.hosts.heartbeats import live_hosts
from bridge.ledger.views import activity
from bridge.ledger.views.activity import DAY_MS, Anchor, Reactions
from bridge.ledger.views.standing import Paused
from bridge.model import Route, State
from bridge.reports import status, words
from bridge.reports.status import RouteStatus
from bridge.reports.text import count, minute

DAYS = 14
"""How many days a sparkline shows."""

_TONES = {"ok": "go", "running": "go", "partial": "warn", "cut off": "warn", "blocked": "bad", "failed": "bad"}


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a person must do: one sentence, and its cure (a command, or what to change)."""

    route: str
    sentence: str
    cure: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Card:
    """A route on the overview. `replied` and `bounced` are leads by day, oldest first, the last of them today."""

    one: RouteStatus
    tone: str
    new_today: int
    replies: int
    bounces: int
    replied: list[int]
    bounced: list[int]
    next_run: datetime | None
    needs: tuple[Need, ...]

    @property
    def label(self) -> str:
        """How the route is, in a word or two."""
        return "paused" if self.paused else self.one.status if self.one.route else "retired"

    @property
    def paused(self) -> Paused | None:
        """Who has paused it, and when."""
        return self.one.record.paused if self.one.record else None

    @property
    def lasts(self) -> str:
        """How long the leads that wait will take to go."""
        if not self.waiting:
            return "nothing waits"
        pace = status.pace_of(self.one) or {}
        if pace.get("days"):
            return f"about {count(pace['days'], 'day')}, until {pace['last_on']}"
        return "unknown" if pace else "until the next run"

    @property
    def next_said(self) -> str:
        """Why there is no next run; "" where there is one."""
        if self.paused:
            return "not before it is resumed"
        if self.next_run:
            return ""
        scheduled = self.one.route is not None and timetable.is_scheduled(self.one.route.schedule)
        return (
            "when a daemon runs" if scheduled else "by hand: it has no schedule" if self.one.route else "never: retired"
        )

    @property
    def waiting(self) -> int:
        """The leads that are ready and not sent."""
        return self.one.states[State.READY]

    @property
    def delivered(self) -> int:
        """The leads that this route delivered."""
        return self.one.states[State.DELIVERED]


@dataclass(frozen=True, slots=True)
class Overview:
    """Every card, by client in the order of the file; `daemons` are those alive now, `now` is by the ledger's clock."""

    cards: tuple[Card, ...]
    needs: tuple[Need, ...]
    daemons: tuple[str, ...]
    now: datetime

    @property
    def clients(self) -> Mapping[str, list[Card]]:
        """The cards by client."""
        found: dict[str, list[Card]] = {}
        for card in self.cards:
            found.setdefault(card.one.client, []).append(card)
        return found

    def card(self, route: str) -> Card | None:
        """The card of this route."""
        return next((card for card in self.cards if card.one.name == route), None)


def overview(db: Database, routes: Sequence[Route]) -> Overview:
    """Everything that the overview shows, read now. Raises BridgeError when the database does not answer."""
    now = db.now()
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    fresh, anchors = activity.new_since(db, today), activity.anchors(db)
    reacted: dict[str, list[Reactions]] = {}
    for found in activity.reactions(db):
        reacted.setdefault(found.route, []).append(found)
    hosts = live_hosts(db)
    daemons = tuple(host.holder.label for host in hosts)
    oldest = min((host.started_at or now for host in hosts), default=now)
    cards = []
    for one in status.statuses(db, routes):
        events = reacted.get(one.name, [])
        day = milliseconds(today) // DAY_MS
        cards.append(
            Card(
                one=one,
                tone="warn" if one.record and one.record.paused else _TONES.get(one.status, "quiet"),
                new_today=fresh.get(one.name, 0),
                replies=sum(event.leads for event in events if event.kind == "replied"),
                bounces=sum(event.leads for event in events if event.kind == "bounced"),
                replied=by_day(events, "replied", day),
                bounced=by_day(events, "bounced", day),
                next_run=_next(one, anchors.get(one.name), now) if daemons else None,
                needs=(*_late(one, anchors.get(one.name), oldest, now), *needs(one)),
            )
        )
    everywhere = _no_daemon(routes, daemons)
    return Overview(tuple(cards), (*everywhere, *(need for card in cards for need in card.needs)), daemons, now)


def by_day(events: Sequence[Reactions], kind: str, today: int) -> list[int]:
    """The leads of each of the last days."""
    counted = {event.day: event.leads for event in events if event.kind == kind}
    return [counted.get(day, 0) for day in range(today - DAYS + 1, today + 1)]


def _next(one: RouteStatus, anchor: Anchor | None, now: datetime) -> datetime | None:
    paused = one.record is not None and one.record.paused is not None
    return next_run(one.route, anchor, now) if one.route and not paused else None


def next_run(route: Route, anchor: Anchor | None, now: datetime) -> datetime | None:
    """When a daemon runs the route next by its schedule; None where it has none, or no daemon has taken it up."""
    schedule = route.schedule
    if not timetable.is_scheduled(schedule):
        return None
    if schedule.cron:
        return timetable.next_tick(schedule, now, now)
    if anchor is None or anchor.schedule != timetable.described(schedule):
        return None
    return timetable.next_tick(schedule, timetable.instant(anchor.anchor_at), now)


def needs(one: RouteStatus) -> Iterator[Need]:
    """What only a person can do about this route, the worst first."""
    run = one.last_run
    if run is not None and one.status in ("blocked", "failed"):
        why = run.document.get("error") or f"The last run {one.status}."
        yield Need(one.name, str(why), str(run.document.get("hint") or "leadbridge check"), "bad")
    paused = one.record.paused if one.record else None
    if paused:
        said = f"Paused since {minute(paused.paused_at)} by {paused.paused_by}: no run begins."
        yield Need(one.name, said, one.command("resume"))
    for stop in one.braked:
        said = f'"{stop.title or stop.campaign}" is stopped: {stop.bounced:,} of {stop.reached:,} bounced. '
        cure = f"leadbridge brake release {stop.campaign}"
        yield Need(one.name, f"{said}{words.leads(stop.held)} of it {_are(stop.held)} held.", cure)
    for trouble in one.record.troubles if one.record else ():
        label = words.LABELS.get(trouble.state, trouble.state)
        said = f"{words.leads(trouble.leads)} {_are(trouble.leads)} {label}: {words.reason(trouble.reason)}."
        yield Need(one.name, said, status.fix_of(one, trouble))
    late = one.feedback
    if late and late.end.error:
        yield Need(one.name, f"Replies and bounces could not be read: {late.end.error}", late.end.hint)
    for asked in one.spent.notable if one.spent else ():
        if asked.state in ("failed", "unclear"):
            said = (
                f'A validation of "{asked.title}" {"failed" if asked.state == "failed" else "has no certain answer"}.'
            )
            yield Need(one.name, said, f"leadbridge validate --campaign {asked.campaign_id}")


def _late(one: RouteStatus, anchor: Anchor | None, since: datetime, now: datetime) -> Iterator[Need]:
    """That it did not run though a daemon has long lived; a route that never ran is judged since it was taken up."""
    begun = timetable.instant(anchor.anchor_at) if anchor else since if one.last_run else now
    if one.route is None or not timetable.is_scheduled(one.route.schedule) or (one.record and one.record.paused):
        return
    history = History({one.name: one.last_run} if one.last_run else {}, {})
    judged = judge(one.route, history, max(begun, since), now)
    if judged.why:
        yield Need(one.name, f"It is overdue: {judged.why}", "leadbridge status", "bad")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _no_daemon(routes: Sequence[Route], daemons: Sequence[str]) -> Iterator[Need]:
    if not daemons and any(timetable.is_scheduled(route.schedule) for route in routes):
        yield Need("", "No daemon runs on this ledger, so no route runs by its schedule.", "leadbridge run")
