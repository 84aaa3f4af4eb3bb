"""What may be done on the dashboard: each action, what is asked before it, and how it is done. Never deletes or sends.

Every action is written down before it begins and after it has ended, with who did it.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from bridge import ledger
from bridge.app import App
from bridge.daemon.events import Surroundings
from bridge.errors import BridgeError, ConfigProblem
from bridge.hygiene import blocking, domains, identities
from bridge.lazy import dataclass
from bridge.ledger import Database, operators
from bridge.ledger.core import braking
from bridge.ledger.hosts import ticks
from bridge.ledger.hosts.heartbeats import live_hosts
from bridge.ledger.people.entries import Suppression
from bridge.ledger.views.stories import LeadStory, lead_stories
from bridge.logs import mask_addresses
from bridge.model import Route, State, retired_route
from bridge.operations.retry import Wanted
from bridge.reports import words
from bridge.reports.text import count, plain

MOST_VALUES = 200
_LONGEST_REASON = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an action is given: the ledger, the fields that name its object, and who does it."""

    around: Surroundings
    db: Database
    form: Mapping[str, str]
    who: str

    @property
    def routes(self) -> list[Route]:
        """The configured routes, and those that only the ledger knows."""
        configured = self.around.configuration.routes
        names = {route.name for route in configured}
        recorded = ledger.route_clients(self.db).items()
        return [*configured, *(retired_route(name, client) for name, client in recorded if name not in names)]

    def open(self) -> App:
        """The program, to be closed."""
        return App(self.around.settings, self.around.configuration)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an action: what would happen to what. `fields` are sent with the answer."""

    title: str
    said: Sequence[str]
    button: str
    fields: Mapping[str, str]
    back: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One action: `ask` makes its question, `do` does it and says what came of it. Both raise BridgeError."""

    name: str
    ask: Callable[[Wish], Question]
    do: Callable[[Wish], str]
    subject: Callable[[Wish], str] = lambda _: ""


def carry_out(kind: Kind, wish: Wish) -> str:
    """Do it, and write down who did what and what came of it. Raises BridgeError, which is written down too."""
    route, subject = plain(wish.form.get("route", ""), 200), mask_addresses(plain(kind.subject(wish), 500))
    number = operators.begin(wish.db, wish.who, kind.name, route, subject)
    outcome = "It broke off; the log says why."
    try:
        outcome = kind.do(wish)
    except BridgeError as error:
        outcome = mask_addresses(f"Not done: {error.message}")
        raise
    finally:
        operators.end(wish.db, number, outcome)
        log.info("dashboard action", action=kind.name, who=wish.who, route=route, subject=subject, outcome=outcome)
    return outcome


# ---------------------------------------------------------------------------------------------------------- routes


def _route(wish: Wish, *, configured: bool = True) -> Route:
    name = wish.form.get("route", "")
    found = next((route for route in wish.routes if route.name == name), None)
    if found is None or (configured and found.retired):
        raise ConfigProblem(f'bridge.toml has no route "{plain(name, 64)}".', hint="Open the overview again.")
    return found


def _number(wish: Wish, route: Route) -> int:
    return ledger.route_number(wish.db, route.name, route.client)


def _of_route(name: str, title: str, button: str, *said: str) -> Callable[[Wish], Question]:
    def ask(wish: Wish) -> Question:
        route = _startable(wish) if name == "run" else _route(wish, configured=name not in ("retry", "resume"))
        fields = {key: value for key, value in wish.form.items() if key in ("route", "states", "campaign")}
        return Question(title.format(route.name), said, button, fields, f"/route?name={route.name}")

    return ask


def _startable(wish: Wish) -> Route:
    """The route, if a daemon would start it. Raises ConfigProblem where none would: then it is not even asked."""
    route = _route(wish)
    typed = words.typed(route.name)
    if ledger.is_paused(wish.db, _number(wish, route)):
        raise ConfigProblem(f"{route.name} is paused, so it does not run.", hint="Resume it first.")
    if not live_hosts(wish.db):
        raise ConfigProblem(
            f"No daemon is running on this ledger, so {route.name} cannot be started from here.",
            hint=f"Start one with `leadbridge run`, or run the route once: leadbridge sync {typed}",
        )
    return route


def _run(wish: Wish) -> str:
    route = _startable(wish)
    ticks.wish(wish.db, _number(wish, route))
    return f"{route.name} was requested; a daemon takes it within seconds, or when its present run has ended."


def _pause(wish: Wish) -> str:
    route = _route(wish)
    done = ledger.pause(wish.db, _number(wish, route), wish.who)
    return f"{route.name} is paused." if done else f"{route.name} was paused already."


def _resume(wish: Wish) -> str:
    route = _route(wish, configured=False)
    return f"{route.name} is resumed." if ledger.resume(wish.db, _number(wish, route)) else "It was not paused."


_STATES = {"failed": (State.FAILED,), "refused": (State.REFUSED,)}


def _retry(wish: Wish) -> str:
    route = _route(wish, configured=False)
    with wish.open() as app:
        (step,) = app.retry([route], Wanted(_STATES.get(wish.form.get("states", ""), _STATES["failed"])))
    if step.found is None:
        raise BridgeError(step.error, hint=step.hint or "Try again when the run under way has ended.")
    held, asked = sum(step.found.held.values()), step.found.asked
    first = f"; {words.leads(asked)} may have arrived, and the target is asked first" if asked else ""
    return f"{words.leads(step.found.put_back)} queued again: {step.found.ready:,} ready, {held:,} held{first}."


def _release(wish: Wish) -> str:
    route = _route(wish, configured=False)
    campaign = wish.form.get("campaign", "")
    if not braking.release(wish.db, campaign, [route.name], wish.db.now()):
        raise ConfigProblem(f'"{plain(campaign, 64)}" is not stopped on {route.name}.', hint="Open the route again.")
    return "Released. The next run sends its leads; only bounces learnt from now on count."


# ----------------------------------------------------------------------------------------------------------- people


def _lead(wish: Wish) -> LeadStory:
    number = wish.form.get("lead", "")
    found = lead_stories(wish.db, [int(number)]) if number.isascii() and number.isdigit() and len(number) < 19 else []  # noqa: PLR2004 - 63 bits
    if not found:
        raise ConfigProblem("The ledger has no such lead.", hint="Open the list of leads again.")
    return found[0]


def _identities(story: LeadStory) -> list[blocking.Blocked]:
    """What would suppress this lead: its address, as scraped and as sent, and its profile."""
    sent = [delivery.address for delivery in story.deliveries]
    found = (blocking.read(text) for text in (*identities.keys(story.lead), *sent) if text)
    return list(dict.fromkeys(one for one in found if isinstance(one, blocking.Blocked)))


def _ask_suppress(wish: Wish) -> Question:
    story = _lead(wish)
    found = _identities(story)
    if not found:
        raise ConfigProblem("This lead has no address or profile that could be suppressed.")
    said = (
        f"Never contact again: {', '.join(one.value for one in found)}.",
        "Leads of this person are held on every route from the next run on. What was sent already stays in its target.",
    )
    back = f"/leads/{wish.form['lead']}"
    return Question("Never contact this person again?", said, "Suppress", {"lead": wish.form["lead"]}, back)


def _ask_add(wish: Wish) -> Question:
    found = _values(wish)
    free = [
        one.value for one in found if one.kind == "domain" and domains.domain(one.value) is domains.Domain.FREE_MAIL
    ]
    said = [
        f"Never contact again: {', '.join(one.value for one in found)}.",
        "From the next run on, leads of these are held on every route. What was sent already stays in its target.",
        *(f"{one} is a free-mail provider: every address there would be held." for one in free),
    ]
    fields = {"values": wish.form.get("values", ""), "reason": plain(wish.form.get("reason", ""), _LONGEST_REASON)}
    return Question("Add to the do-not-contact list?", said, "Add", fields, "/do-not-contact")


def _values(wish: Wish) -> list[blocking.Blocked]:
    """What was written, one on each line. Raises ConfigProblem where a line cannot be read."""
    lines = [line.strip() for line in wish.form.get("values", "").splitlines() if line.strip()]
    if not lines or len(lines) > MOST_VALUES:
        raise ConfigProblem(f"Write at least one line, and at most {MOST_VALUES}. Nothing was added.")
    read = [(line, blocking.read(line)) for line in lines]
    wrong = [f'"{plain(line, 80)}" {one.why}' for line, one in read if isinstance(one, blocking.Unreadable)]
    if wrong:
        why = "; ".join(wrong[:5])
        raise ConfigProblem(f"{why}. Nothing was added.", hint="Go back, correct the lines and send them again.")
    return list(dict.fromkeys(one for _, one in read if isinstance(one, blocking.Blocked)))


def _suppressed(wish: Wish, found: Sequence[blocking.Blocked]) -> str:
    reason = plain(wish.form.get("reason", ""), _LONGEST_REASON)
    with wish.open() as app:
        added = app.suppress([Suppression(one.kind, one.value, reason) for one in found])
        concerned = app.ask_again()
    old = len(found) - added
    known = f"; {old:,} {'was' if old == 1 else 'were'} on the list already" if old else ""
    again = f" {words.leads(concerned)} to be decided again by the next run." if concerned else ""
    return f"{count(added, 'entry', 'entries')} added{known}.{again}"


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "run",
            _of_route(
                "run",
                "Run {} now?",
                "Run it now",
                "A daemon reads its source campaigns and sends what is ready, as at any scheduled run.",
                "People are contacted if the target campaign is active.",
            ),
            _run,
        ),
        Kind(
            "pause",
            _of_route(
                "pause",
                "Pause {}?",
                "Pause",
                "No run of it begins, by any daemon or `leadbridge sync`, until it is resumed.",
                "A run under way ends before its next batch. Replies and bounces are still read.",
            ),
            _pause,
        ),
        Kind(
            "resume",
            _of_route("resume", "Resume {}?", "Resume", "A daemon runs it at once if it fell due meanwhile."),
            _resume,
        ),
        Kind(
            "retry",
            _of_route(
                "retry",
                "Queue what {} gave up again?",
                "Queue again",
                "These leads are decided again by today's rules. The next run sends those that pass.",
            ),
            _retry,
            lambda wish: wish.form.get("states", "failed"),
        ),
        Kind(
            "release",
            _of_route(
                "release",
                "Send from this source campaign on {} again?",
                "Release the brake",
                "It was stopped because too many of its addresses bounced. More bounces can harm your senders.",
            ),
            _release,
            lambda wish: wish.form.get("campaign", ""),
        ),
        Kind(
            "suppress",
            _ask_suppress,
            lambda wish: _suppressed(wish, _identities(_lead(wish))),
            lambda wish: f"lead {_lead(wish).lead.id}",
        ),
        Kind(
            "add",
            _ask_add,
            lambda wish: _suppressed(wish, _values(wish)),
            lambda wish: ", ".join(wish.form.get("values", "").split()),
        ),
    )
}
