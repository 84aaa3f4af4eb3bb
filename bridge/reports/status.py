"""Where every route stands, from the ledger alone: the document of `status --json` and `/status.json`, and lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.core import braking
from bridge.ledger.core.gates import day_gate, may_still_go
from bridge.ledger.events import rounds
from bridge.ledger.views.spending import RouteSpending, spending
from bridge.ledger.views.standing import PastRun, RouteRecord, Trouble, may_go, route_names, route_records
from bridge.model import CLAIMING, Place, Reason, Route, State
from bridge.reports import numbers, targets, validations, words
from bridge.reports.feedback import Standing, standing
from bridge.reports.text import Line, count, indented, iso, minute, plain

_UNFINISHED = (State.IN_DOUBT, State.READY, State.SENDING)


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """One route. `record` is None before its first run; `route` is None when it is retired.

    `spent` is what its validations cost, None where it never asked for one. `may_go` is at most how many of its ready
    leads would go with a sync now. `braked` are its source campaigns that are stopped for bounces. `feedback` is None
    before the first round.
    """

    name: str
    target: str
    route: Route | None
    record: RouteRecord | None
    spent: RouteSpending | None = None
    may_go: int = 0
    braked: tuple[braking.Stopped, ...] = ()
    feedback: Standing | None = None

    @property
    def client(self) -> str:
        """Whose route it is."""
        return self.route.client if self.route is not None else self.record.client if self.record is not None else ""

    @property
    def last_run(self) -> PastRun | None:
        """The latest run, also one that goes on."""
        return self.record.last_run if self.record else None

    @property
    def status(self) -> str:
        """How the last run ended; "running" or "cut off" while it has not."""
        return self.last_run.status if self.last_run else "never run"

    @property
    def states(self) -> dict[str, int]:
        """The leads by state."""
        counted = self.record.tally.states if self.record else {}
        return {str(state): counted.get(state, 0) for state in words.LABELS}

    @property
    def known(self) -> int:
        """The leads the route knows."""
        return self.record.tally.known if self.record else 0

    def command(self, verb: str) -> str:
        """A command to type for this route."""
        return f"leadbridge {verb} {words.typed(self.name)}"


def statuses(db: Database | None, routes: Sequence[Route]) -> list[RouteStatus]:
    """The configured routes in the order of the file, then those that only the ledger knows."""
    by_name = {record.name: record for record in route_records(db)} if db else {}
    found = [
        RouteStatus(route.name, targets.of_route(route.target), route, by_name.pop(route.name, None))
        for route in routes
    ]
    for name, record in by_name.items():
        found.append(RouteStatus(name, targets.of_place(record.place) if record.place else "", None, record))
    if db is None:
        return found
    spent, ends, now = spending(db), rounds.latest(db), db.now()
    braked: dict[str, tuple[braking.Stopped, ...]] = {}
    for one in braking.stopped(db, []):
        braked[one.route] = (*braked.get(one.route, ()), one)
    return [
        replace(
            one,
            spent=spent.get(one.name),
            may_go=_may_go(db, one),
            braked=braked.get(one.name, ()),
            feedback=standing(ends[one.name], one.route, now) if one.name in ends else None,
        )
        for one in found
    ]


def _may_go(db: Database, one: RouteStatus) -> int:
    route, record = one.route, one.record
    if route is None or record is None or not one.states[State.READY]:
        return 0
    bound = record.bindings.get(route.target.key)
    place = Place(bound.vendor, bound.workspace, bound.kind, bound.id) if bound else None
    scopes = place.guarded(route.target.dedupe) if place else ()
    most = may_go(db, route.name, scopes, exact=route.rules.same_person == "exact", cap=route.rules.per_domain)
    gate = day_gate(route.pace, route_names(db)[route.name], db.now())
    return min(most, may_still_go(db, gate)[0]) if gate else most


# ------------------------------------------------------------------------------------------------------------- JSON


def document(database: str, found: Sequence[RouteStatus]) -> dict[str, Any]:
    """What `status --json` prints."""
    groups = by_client(found).items()
    return {
        "database": database,
        "routes": [_document(one) for one in found],
        "clients": [
            {
                "client": name,
                "routes": len(some),
                "leads_known": sum(one.known for one in some),
                "states": {state: sum(one.states[state] for one in some) for state in some[0].states},
            }
            for name, some in groups
        ],
    }


def by_client(found: Iterable[RouteStatus]) -> dict[str, list[RouteStatus]]:
    """The routes of each client, in the order in which they come."""
    groups: dict[str, list[RouteStatus]] = {}
    for one in found:
        groups.setdefault(one.client, []).append(one)
    return groups


def client_line(name: str, some: Sequence[RouteStatus]) -> Line:
    """A client's name and the sum of its routes."""
    known = sum(one.known for one in some)
    sent = sum(one.states[State.DELIVERED] for one in some)
    return Line(
        f"client {name}: {count(len(some), 'route')}, {words.leads(known)} known, {sent:,} delivered", style="bold cyan"
    )


def _document(one: RouteStatus) -> dict[str, Any]:
    record = one.record
    paused = record.paused if record else None
    return {
        "route": one.name,
        "client": one.client,
        "retired": one.route is None,
        "target": one.target,
        "targets": targets.document(one.route.target if one.route else None, record) if record else [],
        "leads_known": one.known,
        "states": one.states,
        "reasons": dict(record.tally.reasons) if record else {},
        "last_run": _run_document(one.last_run) if one.last_run else None,
        "paused": {"since": iso(paused.paused_at), "by": paused.paused_by} if paused else None,
        "last_success": iso(record.last_success) if record else None,
        "ready_may_go": one.may_go,
        "waiting": [wait.document() for wait in record.waits] if record else [],
        **({"pace": pace} if (pace := pace_of(one)) else {}),
        "troubles": [_trouble_document(one, trouble) for trouble in record.troubles] if record else [],
        "braked": [braked_document(stop) for stop in one.braked],
        "changed_waiting": record.changed if record else 0,
        "gone_from_target": record.gone if record else 0,
        "remote_statuses": dict(record.remote_statuses) if record else {},
        "validations": validations.spending_document(one.route.validation if one.route else None, one.spent),
        "feedback": one.feedback.document() if one.feedback else None,
        "next": advice(one) or None,
    }


def braked_document(one: braking.Stopped) -> dict[str, Any]:
    """A source campaign that is stopped, for JSON."""
    return asdict(one) | {"stopped_at": iso(one.stopped_at)}


def _run_document(run: PastRun) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "status": run.status,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "error": run.document.get("error"),
        "warnings": run.document.get("warnings", []),
    }


def _trouble_document(one: RouteStatus, trouble: Trouble) -> dict[str, Any]:
    return {
        "state": trouble.state,
        "reason": trouble.reason,
        "leads": trouble.leads,
        "since": iso(trouble.since),
        "next": fix_of(one, trouble) or None,
    }


# ------------------------------------------------------------------------------------------------------------ lines


def lines(one: RouteStatus) -> Iterator[Line]:
    """What a route has to say, below its name."""
    yield Line(f"{one.name} → {one.target or 'no target yet'}{_retired(one)}", style="bold")
    if one.record is None:
        yield Line("never run", 2)
    else:
        record = one.record
        yield Line(numbers.sum_line(one.known, one.states), 2)
        yield from indented(targets.lines(one.route.target if one.route else None, record), 2)
        yield from indented(_ready(one, record), 2)
        if record.paused:
            since, by = minute(record.paused.paused_at), plain(record.paused.paused_by, 100)
            yield Line(f"paused since {since} by {by}: no run begins", 2, "yellow")
        yield from _run_lines(one, record)
        yield from indented(_troubles(one, record), 2, "yellow")
        yield from indented(map(_braked, one.braked), 2, "yellow")
        yield from indented(_audited(record), 2)
        yield from indented(_spent(one), 2)
        yield from one.feedback.lines() if one.feedback else ()
    following = advice(one)
    if following:
        yield Line(f"next: {following}{_from(one)}", 2)


def _retired(one: RouteStatus) -> str:
    if one.route is not None:
        return ""
    claiming = sum(one.states[state] for state in CLAIMING)
    kept = f"; {words.leads(claiming)} still claimed by it" if claiming else ""
    return f" (retired: no longer in bridge.toml{kept})"


def _ready(one: RouteStatus, record: RouteRecord) -> Iterator[str]:
    """Which of the ready leads do not go with a sync now, where that is not all."""
    ready = one.states[State.READY]
    if one.route is None:
        if ready:
            yield f"ready: {words.leads(ready)}; a retired route sends nothing"
        return
    due = ready - sum(wait.leads for wait in record.waits if wait.reason != Reason.PACED)
    if pace_of(one):
        due = one.may_go  # the others wait for the pace, or are sorted out at the claim
    if one.may_go < due:
        most = f"at most {one.may_go:,} of {due:,} would go with a sync now"
        yield f"ready: {most}; the others are people sent to already, or over the cap of a domain"
    yield from map(words.wait, record.waits)
    yield from filter(None, [words.queue(pace_of(one) or {})])


def pace_of(one: RouteStatus) -> Mapping[str, Any] | None:
    """What the latest run said of the route's queue; None where it has no pace, or none waits for it now."""
    waits = one.record.waits if one.record and one.route and one.route.pace.limits else ()
    paced = sum(wait.leads for wait in waits if wait.reason == Reason.PACED)
    said = one.last_run.document.get("pace") if one.last_run and paced else None
    return {**said, "queue": paced} if said and "queue" in said else None


def _run_lines(one: RouteStatus, record: RouteRecord) -> Iterator[Line]:
    run = record.last_run
    if run is None:
        yield Line("No run has started yet.", 2)
        return
    by = f", in progress by {record.holder}" if one.status == "running" else ""
    yield Line(f"run {run.id}, {minute(run.started_at)}: {one.status}{by}", 2)
    if run.document.get("error"):
        yield Line(f"✗ {run.document['error']}", 4, "red")
    stops = {bounced.get("said") for bounced in run.document.get("bounces", ()) if bounced["verdict"] == "stop"}
    warnings = (
        warning for warning in run.document.get("warnings", ()) if warning not in stops
    )  # `_braked` says it as it is now
    yield from (Line(f"! {warning}", 4, "yellow") for warning in warnings)
    settled = _settled_since(one, run.document)
    if settled:
        yield Line(f"settled since then: {words.leads(settled)} that this run left in doubt", 4)


def _settled_since(one: RouteStatus, report: Mapping[str, Any]) -> int:
    """How many leads the run left in doubt where none is now: its error is in the present tense."""
    if one.status == "running" or one.states[State.IN_DOUBT] or one.states[State.SENDING]:
        return 0
    return int((report.get("states") or {}).get(State.IN_DOUBT, 0))


def _troubles(one: RouteStatus, record: RouteRecord) -> Iterator[str]:
    """Each trouble; a command that helps with several, or that is the route's advice, is named once."""
    named = {advice(one)}
    for trouble in record.troubles:
        fix = fix_of(one, trouble)
        label = words.LABELS.get(trouble.state, trouble.state)
        since = f" since {minute(trouble.since)}" if trouble.since else ""
        following = "" if fix in named else f"; next: {fix}"
        yield f"! {words.leads(trouble.leads)} {label}{since}: {words.reason(trouble.reason)}{following}"
        named.add(fix)


def _braked(one: braking.Stopped) -> str:
    return (
        f'! source campaign "{plain(one.title)}" is stopped since {minute(one.stopped_at)}: {one.words}, '
        f"{words.leads(one.held)} held; next: leadbridge brake list"
    )


def _audited(record: RouteRecord) -> Iterator[str]:
    """What became of leads that went: by their own changes, and by what `reconcile --repair` noted."""
    if record.changed:
        yield f"changed since the delivery: {words.leads(record.changed)}; the next syncs change them in the target"
    if record.gone:
        since = f" (first recorded {minute(record.gone_since)})" if record.gone_since else ""
        yield f"no longer in the target: {words.leads(record.gone)}{since}; never sent again automatically"
    if record.remote_statuses:
        listed = ", ".join(f"{count:,} {status}" for status, count in record.remote_statuses.items())
        yield f"in the target, as last recorded: {listed}"


def _spent(one: RouteStatus) -> Iterator[str]:
    """What its validations cost, and those that are in progress or went wrong."""
    summed = validations.budget_line(one.route.validation if one.route else None, one.spent)
    if summed:
        yield summed
    for each in one.spent.notable if one.spent else ():
        yield f"validation of {validations.sentence(each, with_title=True)}"


# ----------------------------------------------------------------------------------------------------- what to type


def fix_of(one: RouteStatus, trouble: Trouble) -> str:
    """The command for this trouble alone."""
    return one.command("retry" if trouble.state == State.FAILED else "settle")


def advice(one: RouteStatus) -> str:
    """The next command to type; "" where there is nothing to do.

    A retired route is never synced: its doubts are settled, and what failed may be left to other routes.
    """
    run, states = one.last_run, one.states
    if one.status == "running":
        return ""
    if one.record is not None and one.record.paused is not None:
        return one.command("resume")
    retry = one.command("retry") if states[State.FAILED] else ""
    if one.route is None:
        return one.command("settle") if states[State.IN_DOUBT] or states[State.SENDING] else retry
    if run is None:
        return one.command("sync")
    if one.status in ("blocked", "failed"):
        return str(run.document.get("hint") or "leadbridge check")
    return one.command("sync") if one.status == "cut off" or any(states[state] for state in _UNFINISHED) else retry


def _from(one: RouteStatus) -> str:
    """When the next sync has something to do, where all that is left waits for its time."""
    waits = one.record.waits if one.record else ()
    first = min((wait.first for wait in waits if wait.first), default=None)
    pace = pace_of(one)
    first = first or (datetime.fromisoformat(pace["next_at"]) if pace else None)
    left = sum(one.states[state] for state in _UNFINISHED)
    return f", from {minute(first)} on" if first and left == sum(wait.leads for wait in waits) else ""
