"""Sends an alert to the operator's webhook when a route gets into trouble and when it is well again.

What to send is the difference between two rows of the ledger: how the route's latest run ended, and the state in its
last alert. So a restart repeats nothing, another host's run counts, and a route that recovers before its alert was sent
causes none.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from bridge import logs
from bridge.daemon.events import Daemon, RouteRan
from bridge.daemon.webhooks import RETRY_SECONDS, Notifier, Webhook
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.core.braking import Stopped, stopped
from bridge.ledger.hosts.alerts import WELL, AlertState, claim_alerts, confirm_alerts, last_alerts, release_alerts
from bridge.ledger.views.health import Ending, endings
from bridge.reports.words import typed

COLLECT_SECONDS = 10.0
"""How long the first trouble waits for others of the same cause, so that they make one message."""

LOOK_SECONDS = 300.0
"""How often to look although no run ended here: a host that died may have left an alert unsent."""

BURST = 5
REFILL_SECONDS = 600.0
_MOST_SECTIONS = 10
_MOST_NAMES = 5
_LONGEST = 300
_VARYING = re.compile(r'"[^"]*"|\d+')
_MENTION = re.compile(r"@(?=everyone|here|channel|all\b)", re.IGNORECASE)
_TROUBLES = {"failed": ("leads failed", "retry"), "in_doubt": ("leads are in doubt", "settle")}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """A route whose state differs from its last alert; `error` and `hint` are the run's own words."""

    route: str
    before: AlertState
    after: AlertState
    error: str = ""
    hint: str = ""


# ---------------------------------------------------------------------------------------------------- what is the news


def state_of(status: str, document: Mapping[str, Any]) -> AlertState:
    """The state that a run's end puts its route in. A blocked route with another cause is in another state.

    Each cause of a block needs its own fix. The ways in which a vendor can be away for a while are one state.
    """
    bounces = sorted((one["campaign"], one["verdict"]) for one in document.get("bounces") or ())
    about = ""
    if status == "blocked":
        about = str(document.get("key_refused") or _VARYING.sub("", str(document.get("error") or "")))
    if not bounces and status != "blocked":
        return AlertState(status)
    about += repr(bounces) if bounces else ""
    state = "bouncing" if status == "ok" else status
    return AlertState(state, hashlib.sha256(about.encode()).hexdigest()[:16])


def as_braked_now(
    ended: Mapping[str, tuple[str, Mapping[str, Any]]], stops: Sequence[Stopped]
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """How the runs ended, with the stops of now: a round of feedback may have made one since, a person released one."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name, (status, document) in ended.items():
        here = [one for one in stops if one.route == name]
        bounces = [
            {
                "campaign": one.campaign,
                "title": one.title,
                "verdict": "stop",
                "bounced": one.bounced,
                "reached": one.reached,
            }
            for one in here
        ]
        known = {one.campaign for one in here}
        warned = [
            one for one in document.get("bounces") or () if one["verdict"] != "stop" and one["campaign"] not in known
        ]
        found[name] = (status, {**document, "bounces": [*bounces, *warned]})
    return found


def news(
    routes: Sequence[str], ended: Mapping[str, tuple[str, Mapping[str, Any]]], known: Mapping[str, AlertState]
) -> list[News]:
    """The routes whose state was not sent yet, from how each route's latest run ended: its status and its document."""
    found = []
    for name in routes:
        if name in ended:
            status, document = ended[name]
            before, after = known.get(name, WELL), state_of(status, document)
            if after != before:
                found.append(News(name, before, after, *_error_and_hint(name, document)))
    return found


def _error_and_hint(name: str, document: Mapping[str, Any]) -> tuple[str, str]:
    """The run's own words; what bounced is added, however the run ended."""
    bounced = _bounced(document.get("bounces") or ())
    if bounced and document.get("status") == "ok":
        return bounced, "`leadbridge brake list`"
    states = document.get("states") or {}
    troubles = [(f"{states[state]:,} {words}", verb) for state, (words, verb) in _TROUBLES.items() if states.get(state)]
    error = f"{' and '.join(words for words, _ in troubles)}."
    if not troubles:
        error = f"its numbers do not add up; `leadbridge runs {typed(name)}` says why."
    hint = f"`leadbridge {troubles[0][1]} {typed(name)}`" if troubles else "`leadbridge status`"
    said = str(document.get("error") or error)
    return f"{said} Also, {bounced}" if bounced else said, str(document.get("hint") or hint)


def _bounced(bounces: Sequence[Mapping[str, Any]]) -> str:
    then = {"stop": "only leads that are validated again are sent", "warn": "it is still sent"}
    sentences = [
        f'of source campaign "{one["title"]}" {one["bounced"]:,} of {one["reached"]:,} bounced, {then[one["verdict"]]}'
        for one in bounces[:_MOST_NAMES]
    ]
    return f"{'; '.join(sentences)}." if sentences else ""


# ------------------------------------------------------------------------------------------------- how it is worded


def worded(found: Sequence[News]) -> str:
    """One message for all of it: routes in the same trouble share a section, and recovered routes share another."""
    groups: dict[tuple[str, str], list[News]] = {}
    for item in found:
        groups.setdefault((item.after.state, _VARYING.sub("", item.error)), []).append(item)
    recovered = [item for item in found if item.after.state == WELL.state]
    sections = [_section(group) for (state, _), group in groups.items() if state != WELL.state]
    if recovered:
        sections.append(f"{_names(recovered)} well again.")
    shown, more = sections[:_MOST_SECTIONS], len(sections) - _MOST_SECTIONS
    if more > 0:
        shown.append(f"… and {more} more; `leadbridge status` lists them.")
    return "\n".join(f"leadbridge: {section}" for section in shown)


def _section(group: Sequence[News]) -> str:
    first = group[0]
    state = {"partial": "partial", "blocked": "blocked", "bouncing": "losing addresses"}.get(
        first.after.state, "failing"
    )
    same = {item.hint for item in group} == {first.hint}
    hint = first.hint if same else "`leadbridge status` shows the command for each."
    return f"{_names(group)} {state}: {_safe(first.error)}\nNext: {_safe(hint)}"


def _names(group: Sequence[News]) -> str:
    names = [f'"{_safe(item.route)}"' for item in group]
    if len(names) == 1:
        return f"route {names[0]} is"
    listed = ", ".join(names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"routes {listed}{more} are"


def _safe(words: str) -> str:
    """No secret and no address; nothing that Slack and similar services read as a link or a mention."""
    cleaned = str(logs.clean(" ".join(words.split())))
    cleaned = cleaned if len(cleaned) <= _LONGEST else f"{cleaned[: _LONGEST - 1]}…"
    escaped = cleaned.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("@\u200b", escaped)


# ------------------------------------------------------------------------------------------------- when it is sent


class Allowance:
    """How many messages may be sent: `burst` at once, then one every `refill` seconds."""

    def __init__(
        self, burst: int = BURST, refill: float = REFILL_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._free_at = clock() - burst * refill

    def wait(self) -> float:
        """Seconds until the next message may be sent; 0 when it may be sent now."""
        return max(0.0, self._free_at + self._refill - self._clock())

    def take(self) -> None:
        """A message is sent."""
        self._free_at = max(self._free_at, self._clock() - self._burst * self._refill) + self._refill


class Alerts(Notifier):
    """Sends the webhook what changed."""

    def __init__(
        self, webhook: Webhook, *, collect: float = COLLECT_SECONDS, allowance: Allowance | None = None
    ) -> None:
        super().__init__(webhook, collect=collect, interval=LOOK_SECONDS)
        self._allowance = allowance or Allowance()
        self._crashed: dict[str, RouteRan] = {}

    def route_ran(self, event: RouteRan) -> None:
        """Look soon. A run that crashed left no end in the ledger: it is kept here."""
        if event.report is None:
            self._crashed[event.route.name] = event
        else:
            self._crashed.pop(event.route.name, None)
        super().route_ran(event)

    def _ends(self, ended: Mapping[str, Ending]) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """How each route's latest run ended: in the ledger, or here by a crash.

        A later run of another host wins, otherwise two hosts would contradict each other for ever.
        """
        found = {name: (ending.status, ending.document) for name, ending in ended.items()}
        for name, event in list(self._crashed.items()):
            if name not in ended or ended[name].ended_at <= event.ended_at:
                found[name] = ("failed", {"error": event.crashed, "hint": event.hint})
        return found

    def notify(self, daemon: Daemon, db: Database) -> float | None:
        """Send one message for everything that changed."""
        ends = as_braked_now(self._ends(endings(db)), stopped(db, []))
        found = news([route.name for route in daemon.configuration.routes], ends, last_alerts(db))
        wait = self._allowance.wait()
        if not found or wait > 0:
            return wait if found else None
        claimed = claim_alerts(db, {item.route: (item.before, item.after) for item in found})
        found = [item for item in found if item.route in claimed]
        if not found:
            return None
        self._allowance.take()
        if self._webhook.call({"text": worded(found)}):
            confirm_alerts(db, claimed)
            log.info("alert sent", routes=sorted(claimed))
            return None
        release_alerts(db, {item.route: item.before for item in found})
        return RETRY_SECONDS
