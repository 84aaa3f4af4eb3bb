"""`leadbridge status`: where every route stands, from the ledger alone. Calls nobody, creates nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking import accounts
from bridge.cli.session import named, session_of
from bridge.cli.spending import asked
from bridge.cli.terminal import show
from bridge.model import CLAIMING, Place, Route, State
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.ledger import Database
    from bridge.ledger.views.spending import RouteSpending
    from bridge.ledger.views.standing import RouteRecord, Trouble


@dataclass(frozen=True, slots=True)
class Line:
    """One route of the status. `record` is None before its first run; `route` is None when it is retired.

    `spent` is what its validations cost, None where it never asked for one. `may_go` is at most how many of its ready
    leads would go with a sync now.
    """

    name: str
    target: str
    route: Route | None
    record: "RouteRecord | None"
    spent: "RouteSpending | None" = None
    may_go: int = 0

    @property
    def status(self) -> str:
        """How the last run ended; "running" or "cut off" while it has not."""
        run = self.record.last_run if self.record else None
        return "never run" if run is None else run.status

    @property
    def states(self) -> dict[str, int]:
        """The leads by state."""
        counted = self.record.tally.states if self.record else {}
        return {str(state): counted.get(state, 0) for state in words.LABELS}

    @property
    def known(self) -> int:
        """The leads the route knows."""
        return self.record.tally.known if self.record else 0


def status(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROUTE]…", help="Route names, also of retired routes; default: all routes."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show the state of every route, without calling a vendor.

    Example: `leadbridge status`
    """
    session = session_of(context)
    routes = session.configuration.routes
    with session.db() as db:
        lines = together(routes, []) if db is None else lines_of(db, routes)
        stored = db is not None
    lines = _of(lines, names or [])
    if as_json:
        show.print_json(document(session.database, lines))
        return
    console = show.out()
    if not stored:
        show.say(console, f"Nothing is stored yet: {session.database} {session.emptiness}.")
        show.say(console, "Next: `leadbridge check`, then `leadbridge preview`, then `leadbridge sync`.")
    tell(console, lines)


def _of(lines: list[Line], names: Sequence[str]) -> list[Line]:
    """The lines of these routes, or all. Raises ConfigProblem for an unknown name."""
    known = [line.name for line in lines]
    wanted = {name if name in known else named(name, known, "bridge.toml") for name in names}
    return [line for line in lines if not names or line.name in wanted]


def lines_of(db: "Database", routes: Sequence[Route]) -> list[Line]:
    """Every route with all that the ledger knows of it."""
    from bridge.ledger.views.spending import spending
    from bridge.ledger.views.standing import route_records

    spent = spending(db)
    return [
        replace(one, spent=spent.get(one.name), may_go=_may_go(db, one)) for one in together(routes, route_records(db))
    ]


def _may_go(db: "Database", line: Line) -> int:
    from bridge.ledger.views.standing import may_go

    route, record = line.route, line.record
    if route is None or record is None or not line.states[State.READY]:
        return 0
    bound = record.bindings.get(route.target.key)
    place = Place(bound.vendor, bound.workspace, bound.kind, bound.id) if bound else None
    scopes = place.guarded(route.target.dedupe) if place else ()
    return may_go(
        db, route.name, scopes, exact=route.rules.same_person == "exact", cap=route.rules.per_domain
    )  # fmt: skip


def together(routes: Sequence[Route], records: "Sequence[RouteRecord]") -> list[Line]:
    """The configured routes in the order of the file, then those that only the ledger knows."""
    by_name = {record.name: record for record in records}
    lines = [_line(route.name, route, by_name.pop(route.name, None)) for route in routes]
    return lines + [_line(name, None, record) for name, record in by_name.items()]


def _line(name: str, route: Route | None, record: "RouteRecord | None") -> Line:
    from bridge.reports import targets

    if route is not None:
        return Line(name, targets.of_route(route.target), route, record)
    place = record.place if record else None
    return Line(name, targets.of_place(place) if place else "", route, record)


def document(database: str, lines: Sequence[Line]) -> dict[str, Any]:
    """What `status --json` prints."""
    return {"database": database, "routes": [_document(line) for line in lines]}


def _document(line: Line) -> dict[str, Any]:
    run = line.record.last_run if line.record else None
    troubles = line.record.troubles if line.record else ()
    return {
        "route": line.name,
        "retired": line.route is None,
        "target": line.target,
        "targets": _target_documents(line),
        "leads_known": line.known,
        "states": line.states,
        "reasons": dict(line.record.tally.reasons) if line.record else {},
        "last_run": {
            "run_id": run.id,
            "status": line.status,
            "started_at": show.iso(run.started_at),
            "ended_at": show.iso(run.ended_at),
            "error": run.document.get("error"),
        }
        if run
        else None,
        "last_success": show.iso(line.record.last_success) if line.record else None,
        "ready_may_go": line.may_go,
        "waiting": [wait.document() for wait in line.record.waits] if line.record else [],
        "troubles": [
            {
                "state": t.state,
                "reason": t.reason,
                "leads": t.leads,
                "since": show.iso(t.since),
                "next": verb(line, t) or None,
            }
            for t in troubles
        ],
        "gone_from_target": line.record.gone if line.record else 0,
        "remote_statuses": dict(line.record.remote_statuses) if line.record else {},
        "validations": asked.spending_document(line.route.validation if line.route else None, line.spent),
        "next": advice(line) or None,
    }


def tell(console: Console, lines: Sequence[Line]) -> None:
    """The table, then what each route has to say."""
    ran = [line for line in lines if line.record is not None]
    table = accounts.table([accounts.Account(r.name, r.status, r.known, r.states) for r in ran], console.width)
    if table is not None and ran:
        console.print(table)
        console.print()
    for line in lines:
        _tell_line(console, line)


def _tell_line(console: Console, line: Line) -> None:
    show.say(console, f"{line.name} → {line.target or 'no target yet'}{_retired(line)}", style="bold")
    if line.record is None:
        show.say(console, "never run", indent=2)
    else:
        show.say(console, accounts.sum_line(line.known, line.states), indent=2)
        for told in _target_lines(line, line.record):
            show.say(console, told, indent=2)
        for told in _ready_lines(line, line.record):
            show.say(console, told, indent=2)
        _tell_run(console, line, line.record)
        for told in _trouble_lines(line, line.record):
            show.say(console, told, style="yellow", indent=2)
        for audited in audit_lines(line.record):
            show.say(console, audited, indent=2)
        for told in _spent_lines(line):
            show.say(console, told, indent=2)
    following = advice(line)
    if following:
        show.say(console, f"next: {following}{_from(line)}", indent=2)


def _retired(line: Line) -> str:
    if line.route is not None:
        return ""
    claiming = sum(line.states[state] for state in CLAIMING)
    kept = f"; {words.leads(claiming)} still claimed by it" if claiming else ""
    return f" (retired: no longer in bridge.toml{kept})"


def _trouble_lines(line: Line, record: "RouteRecord") -> Iterator[str]:
    """Each trouble; a command that takes on several, or that the route's advice names, is told once."""
    told = {advice(line)}
    for trouble in record.troubles:
        following = verb(line, trouble)
        yield f"! {trouble_line(trouble)}" + ("" if following in told else f"; next: {following}")
        told.add(following)


def _from(line: Line) -> str:
    """When the next sync has something to do, where all that is left waits for its time."""
    waits = line.record.waits if line.record else ()
    open_ones = sum(line.states[state] for state in (State.IN_DOUBT, State.READY, State.SENDING))
    first = min((wait.first for wait in waits if wait.first), default=None)
    return f", from {show.minute(first)} on" if first and open_ones == sum(wait.leads for wait in waits) else ""


def _ready_lines(line: Line, record: "RouteRecord") -> list[str]:
    """Who of the ready does not go with a sync now, where that is not all."""
    if line.route is None:
        return _never_sent(line)
    told = [words.wait(wait) for wait in record.waits]
    due = line.states[State.READY] - sum(wait.leads for wait in record.waits)
    if line.may_go < due:
        most = f"at most {line.may_go:,} of {due:,} would go with a sync now"
        told.insert(
            0,
            f"ready: {most}; the others are people sent to already, or over the cap of a domain",
        )
    return told


def _never_sent(line: Line) -> list[str]:
    ready = line.states[State.READY]
    return [f"ready: {words.leads(ready)}; a retired route sends nothing"] if ready else []


def _target_lines(line: Line, record: "RouteRecord") -> list[str]:
    from bridge.reports import targets

    return targets.lines(line.route.target if line.route else None, record)


def _target_documents(line: Line) -> list[dict[str, Any]]:
    from bridge.reports import targets

    return targets.document(line.route.target if line.route else None, line.record) if line.record else []


def _spent_lines(line: Line) -> list[str]:
    """What its validations cost, and those that are under way or went wrong."""
    summed = asked.budget_line(line.route.validation if line.route else None, line.spent)
    each = [f"validation of {asked.sentence(one, with_title=True)}" for one in line.spent.notable] if line.spent else []
    return [summed, *each] if summed else each


def _tell_run(console: Console, line: Line, record: "RouteRecord") -> None:
    run = record.last_run
    if run is None:
        show.say(console, "No run has started yet.", indent=2)
        return
    ended = f", in progress by {record.holder}" if line.status == "running" else ""
    show.say(console, f"run {run.id}, {show.minute(run.started_at)}: {line.status}{ended}", indent=2)
    error = run.document.get("error")
    if error:
        show.say(console, f"✗ {error}", style="red", indent=4)
    settled = _settled_since(line, run.document)
    if settled:
        show.say(console, f"settled since then: {words.leads(settled)} that this run left in doubt", indent=4)


def _settled_since(line: Line, document: Mapping[str, Any]) -> int:
    """How many leads the run left in doubt where none is now: its error is told in the present tense."""
    if line.status == "running" or line.states[State.IN_DOUBT] or line.states[State.SENDING]:
        return 0
    return int((document.get("states") or {}).get(State.IN_DOUBT, 0))


def trouble_line(trouble: "Trouble") -> str:
    """What is in doubt or failed, since when, and why."""
    label = words.LABELS.get(trouble.state, trouble.state)
    since = f" since {show.minute(trouble.since)}" if trouble.since else ""
    return f"{words.leads(trouble.leads)} {label}{since}: {words.reason(trouble.reason)}"


def verb(line: Line, trouble: "Trouble") -> str:
    """The command that takes on this trouble alone."""
    name = "retry" if trouble.state == State.FAILED else "settle"
    return f"leadbridge {name} {words.typed(line.name)}"


def audit_lines(record: "RouteRecord") -> list[str]:
    """What `reconcile --repair` noted about leads that went."""
    told = []
    if record.gone:
        since = f" (first recorded {show.minute(record.gone_since)})" if record.gone_since else ""
        told.append(f"no longer in the target: {words.leads(record.gone)}{since}; never sent again automatically")
    if record.remote_statuses:
        listed = ", ".join(f"{count:,} {status}" for status, count in record.remote_statuses.items())
        told.append(f"in the target, as last recorded: {listed}")
    return told


def advice(line: Line) -> str:
    """The next command to type; "" where there is nothing to do."""
    run = line.record.last_run if line.record else None
    if line.status == "running":
        return ""
    if line.route is None:
        return _retired_advice(line)
    command = f"leadbridge sync {words.typed(line.name)}"
    if run is None:
        return command
    if line.status in ("blocked", "failed"):
        return str(run.document.get("hint") or "leadbridge check")
    unfinished = any(line.states[state] for state in (State.IN_DOUBT, State.READY, State.SENDING))
    if unfinished or line.status == "cut off":
        return command
    return f"leadbridge retry {words.typed(line.name)}" if line.states[State.FAILED] else ""


def _retired_advice(line: Line) -> str:
    """A retired route is never synced: its doubts are settled, and what failed may be left to other routes."""
    if line.states[State.IN_DOUBT] or line.states[State.SENDING]:
        return f"leadbridge settle {words.typed(line.name)}"
    return f"leadbridge retry {words.typed(line.name)}" if line.states[State.FAILED] else ""
