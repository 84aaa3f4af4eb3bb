"""One route: the funnel, who is held and why, its runs, what did not add up. Computes values; prints nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.daemon.web.dashboard.overview import Card
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.events.reading import counted
from bridge.ledger.views import activity, standing
from bridge.ledger.views.activity import Mismatch, Progress
from bridge.ledger.views.health import Portion, portions
from bridge.ledger.views.standing import RUNNING, PastRun
from bridge.model import EventKind, Reason, Route, State
from bridge.reports import keys, words

RUNS = 20
_PASSED = (State.DELIVERED, State.DUPLICATE, State.READY, State.SENDING, State.IN_DOUBT, State.REFUSED, State.FAILED)
_TONES = {State.HELD: "stay", State.READY: "stay", State.DUPLICATE: "stay", State.IN_DOUBT: "warn"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel: so many leads, of `of` in the step that it is a part of."""

    name: str
    leads: int
    of: int
    said: str

    @property
    def share(self) -> float:
        """The part of the whole."""
        return self.leads / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """So many leads that did not go, or not yet, for this reason. `keys` with their values would change it."""

    state: str
    reason: str
    leads: int
    share: float
    said: str
    fix: str
    keys: Sequence[str]
    tone: str

    @property
    def label(self) -> str:
        """The state in a word."""
        return words.LABELS.get(self.state, self.state)


@dataclass(frozen=True, slots=True)
class RoutePage:
    """Everything about one route. `progress` is of the run that goes on, None where none does."""

    card: Card
    funnel: Sequence[Step]
    held: Sequence[Held]
    runs: Sequence[PastRun]
    mismatches: Sequence[Mismatch]
    progress: Progress | None


def route_page(db: Database, card: Card) -> RoutePage:
    """The page of a route that has a card. Raises BridgeError when the database does not answer."""
    name, number = card.one.name, standing.route_names(db).get(card.one.name)
    found = [one for one in portions(db) if one.route == name]
    runs = standing.past_runs(db, routes=[name], limit=RUNS)
    going = next((run for run in runs if run.status == RUNNING), None)
    return RoutePage(
        card,
        funnel(card, counted(db, number) if number else {}),
        held(card.one.route, found),
        runs,
        activity.mismatched(db, name),
        activity.progress(db, going.id) if going else None,
    )


def funnel(card: Card, events: Mapping[EventKind, int]) -> list[Step]:
    """From read to replied; each step in words too."""
    states, known = card.one.states, card.one.known
    passed, delivered = sum(states[state] for state in _PASSED), states[State.DELIVERED]
    contacted, replied = events.get(EventKind.CONTACTED, 0), events.get(EventKind.REPLIED, 0)
    bounced = events.get(EventKind.BOUNCED, 0)
    return [
        Step("read", known, known, "leads that the route knows"),
        Step("passed the rules", passed, known, f"{states[State.HELD]:,} are held"),
        Step("delivered", delivered, known, f"{states[State.DUPLICATE]:,} were there already, {card.waiting:,} wait"),
        Step("contacted", contacted, known, f"of the delivered; {bounced:,} bounced"),
        Step("replied", replied, known, f"{100 * replied / contacted:.1f} % of the contacted" if contacted else ""),
    ]


def held(route: Route | None, found: Sequence[Portion]) -> list[Held]:
    """Who did not go, or not yet, most first; those that were delivered are left out."""
    rows = [one for one in found if one.state != State.DELIVERED and one.reason not in (Reason.OK, "")]
    most = max((one.leads for one in rows), default=1)
    return [
        Held(
            one.state,
            one.reason,
            one.leads,
            one.leads / most,
            words.reason(one.reason),
            words.fix(one.reason),
            keys.in_force(route, one.reason) if route else (),
            _TONES.get(State(one.state), "bad"),
        )
        for one in sorted(rows, key=lambda one: (-one.leads, one.state, one.reason))
    ]


def figures(run: PastRun) -> dict[str, Any]:
    """What the table of runs shows of one."""
    said = run.document
    asked = {vendor: count for vendor, count in (said.get("requests") or {}).items() if count}
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
    return {
        "read": said.get("leads_read"),
        "delivered": said.get("delivered_now"),
        "requests": ", ".join(f"{vendor} {count:,}" for vendor, count in asked.items()),
        "seconds": None if seconds is None else round(seconds, 1),
        "error": said.get("error") or "",
        "hint": said.get("hint") or "",
        "warnings": said.get("warnings") or (),
    }
