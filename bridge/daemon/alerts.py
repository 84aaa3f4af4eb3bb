"""Tells the operator's webhook when a route gets into trouble and when it is well again. Never a storm, never twice.

What there is to tell is the difference between two rows of the ledger: how the route's latest run ended, and what the
operator was last told of it. So a restart repeats nothing, another host's run counts, and a route that is well again
before there was room for a message is no news. A route never waits for a message: it goes out in a thread of its own.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bridge import logs
from bridge.daemon.events import Daemon, Listener, RouteRan
from bridge.daemon.webhooks import Webhook
from bridge.errors import BridgeError
from bridge.ledger import Database
from bridge.ledger.hosts.alerts import WELL, Told, claim_telling, confirm_telling, give_back_telling, told
from bridge.ledger.views.health import Ending, endings
from bridge.reports.words import typed

COLLECT_SECONDS = 10.0
"""How long the first trouble waits for others of the same cause, so that they make one message."""

AGAIN_SECONDS = 60.0
LOOK_SECONDS = 300.0
"""How often to look although no run ended here: a host that died may have left something untold."""

BURST = 5
REFILL_SECONDS = 600.0
_MOST_SECTIONS = 10
_MOST_NAMES = 5
_LONGEST = 300
_VARYING = re.compile(r'"[^"]*"|\d+')
_SUMMONS = re.compile(r"@(?=everyone|here|channel|all\b)", re.IGNORECASE)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """A route whose state is another than the operator knows; `error` and `hint` are the run's own words."""

    route: str
    before: Told
    after: Told
    error: str = ""
    hint: str = ""


# ---------------------------------------------------------------------------------------------------- what is the news


def state_of(status: str, document: Mapping[str, Any]) -> Told:
    """The state that a run's end puts its route in. A blocked route with another cause is in another state.

    What a person must fix is fixed one by one; the ways in which a vendor can be away for a while are no news.
    """
    if status != "blocked":
        return Told(status)
    about = document.get("key_refused") or _VARYING.sub("", str(document.get("error") or ""))
    return Told(status, hashlib.sha256(str(about).encode()).hexdigest()[:16])


def news(
    routes: Sequence[str], ended: Mapping[str, tuple[str, Mapping[str, Any]]], known: Mapping[str, Told]
) -> list[News]:
    """What the operator does not know yet, from how each route's latest run ended: its status and its document."""
    found = []
    for name in routes:
        if name in ended:
            status, document = ended[name]
            before, after = known.get(name, WELL), state_of(status, document)
            if after != before:
                found.append(News(name, before, after, _error(name, document), _hint(name, document)))
    return found


def _error(name: str, document: Mapping[str, Any]) -> str:
    if document.get("error"):
        return str(document["error"])
    states = document.get("states") or {}
    parts = [f"{states[state]:,} {word}" for state, word in _TROUBLES.items() if states.get(state)]
    return (
        f"{' and '.join(parts)}." if parts else f"its numbers do not add up; `leadbridge runs {typed(name)}` says why."
    )


_TROUBLES = {"failed": "leads failed", "in_doubt": "leads are in doubt"}


def _hint(name: str, document: Mapping[str, Any]) -> str:
    if document.get("hint"):
        return str(document["hint"])
    states = document.get("states") or {}
    verb = "retry" if states.get("failed") else "settle" if states.get("in_doubt") else ""
    return f"`leadbridge {verb} {typed(name)}`" if verb else "`leadbridge status`"


# ------------------------------------------------------------------------------------------------- how it is worded


def worded(found: Sequence[News]) -> str:
    """One message for all of it: routes in the same trouble share a section, and those that are well again another."""
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
    state = {"partial": "partial", "blocked": "blocked"}.get(first.after.state, "failing")
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
    """No secret and no address; nothing that Slack or its likes would take for a link, a mention or a summons."""
    cleaned = str(logs.clean(" ".join(words.split())))
    cleaned = cleaned if len(cleaned) <= _LONGEST else f"{cleaned[: _LONGEST - 1]}…"
    escaped = cleaned.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SUMMONS.sub("@\u200b", escaped)


# --------------------------------------------------------------------------------------------------- when it goes out


class Allowance:
    """How many messages may go out: `burst` at once, then one every `refill` seconds."""

    def __init__(
        self, burst: int = BURST, refill: float = REFILL_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._free_at = clock() - burst * refill

    def wait(self) -> float:
        """Seconds until the next message may go; 0 when it may go now."""
        return max(0.0, self._free_at + self._refill - self._clock())

    def take(self) -> None:
        """A message goes out."""
        self._free_at = max(self._free_at, self._clock() - self._burst * self._refill) + self._refill


class Alerts(Listener):
    """Listens for runs, and tells the webhook of what changed."""

    def __init__(
        self, webhook: Webhook, *, collect: float = COLLECT_SECONDS, allowance: Allowance | None = None
    ) -> None:
        self._webhook = webhook
        self._collect = collect
        self._allowance = allowance or Allowance()
        self._daemon: Daemon | None = None
        self._crashed: dict[str, RouteRan] = {}
        self._wanted = threading.Event()
        self._closed = threading.Event()

    def open(self, daemon: Daemon) -> None:
        """Start the thread that tells."""
        self._daemon = daemon
        threading.Thread(target=self._work, name="alerts", daemon=True).start()

    def route_ran(self, event: RouteRan) -> None:
        """Look for news, soon. A run that broke off left no end in the ledger: it is remembered here."""
        if event.report is None:
            self._crashed[event.route.name] = event
        else:
            self._crashed.pop(event.route.name, None)
        self._wanted.set()

    def close(self) -> None:
        """Tell no more; what was not told is told by the next daemon."""
        self._closed.set()
        self._wanted.set()

    def _work(self) -> None:
        again: float | None = None
        while not self._closed.is_set():
            self._wanted.wait(again or LOOK_SECONDS)
            self._closed.wait(self._collect)
            self._wanted.clear()
            if not self._closed.is_set():
                again = self.tell()

    def tell(self) -> float | None:
        """Tell what there is to tell; the seconds after which to try again, None where nothing is left."""
        daemon = self._daemon
        if daemon is None or daemon.db is None:
            return AGAIN_SECONDS
        try:
            return self._tell(daemon.db, [route.name for route in daemon.configuration.routes])
        except BridgeError as error:
            log.debug("alerts wait", why=error.message)
        except Exception:  # the thread must live on: its silence would be taken for good news
            log.exception("alerts failed")
        return AGAIN_SECONDS

    def _ends(self, ended: Mapping[str, Ending]) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """How each route's latest run ended: in the ledger, or here without a word in it.

        A later run of another host is the truth, else two hosts would contradict each other for ever.
        """
        found = {name: (ending.status, ending.document) for name, ending in ended.items()}
        for name, event in list(self._crashed.items()):
            if name not in ended or ended[name].ended_at <= event.ended_at:
                found[name] = ("failed", {"error": event.crashed, "hint": event.hint})
        return found

    def _tell(self, db: Database, routes: Sequence[str]) -> float | None:
        found = news(routes, self._ends(endings(db)), told(db))
        if not found:
            return None
        wait = self._allowance.wait()
        if wait > 0:
            return wait
        mine = claim_telling(db, {item.route: (item.before, item.after) for item in found})
        found = [item for item in found if item.route in mine]
        if not found:
            return None
        self._allowance.take()
        if self._webhook.post({"text": worded(found)}):
            confirm_telling(db, mine)
            log.info("alert sent", routes=sorted(mine))
            return None
        give_back_telling(db, {item.route: item.before for item in found})
        return AGAIN_SECONDS
