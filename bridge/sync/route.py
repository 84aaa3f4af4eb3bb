"""One run of one route, from taking its lease to writing down how it ended. Takes no step itself."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import structlog

from bridge import api, ledger
from bridge.destinations.base import Destination
from bridge.errors import AnswerLost, BridgeError, Busy, Denied, Refused, StopRequested, Unavailable, VendorError
from bridge.ledger.core.counting import count_older
from bridge.ledger.core.pacing import mark_paced
from bridge.ledger.troubles import LEDGER
from bridge.model import Reason, Route
from bridge.rules import decider
from bridge.sync import validating
from bridge.sync.braking import brake, report_brake
from bridge.sync.lease import holding
from bridge.sync.moving import settle_moves
from bridge.sync.pulling import pull
from bridge.sync.pushing import Shipment, push
from bridge.sync.report import Report, does_not_add_up, status_of
from bridge.sync.run import Resources, Run, Stopped
from bridge.sync.settling import end_unwanted, settle, settle_elsewhere
from bridge.sync.updating import update

log = structlog.get_logger(__name__)

NO_EPOCH = 0
"""Holders count from one."""


@contextmanager
def with_route(
    resources: Resources,
    route: Route,
    destination: Destination | None = None,
    *,
    limit: int | None = None,
    leased: bool = True,
) -> Iterator[Run]:
    """What every verb that works on a route starts from: its lease, its rules, and a count of the requests.

    `destination` takes the place of the target that the route names.

    Raises Busy when another process holds the lease. Without the lease (`leased=False`) the run may only look: it holds
    no epoch, so whatever it tried to record would be refused.
    """
    route_no = ledger.route_number(resources.db, route.name, route.client)
    counted: Counter[str] = Counter()
    token = api.tally.set(counted)
    try:
        with holding(resources.db, route_no) if leased else nullcontext(NO_EPOCH) as epoch:
            yield Run(resources, route, route_no, epoch, decider(route), limit, destination, requests=counted)
    finally:
        api.tally.reset(token)


def run_route(resources: Resources, route: Route, destination: Destination, *, limit: int | None = None) -> Report:
    """Settle, pull and push one route; `limit` is the most leads this run may send.

    Whatever the outside world does comes back as the report's status; only a broken ledger raises.
    """
    try:
        with with_route(resources, route, destination, limit=limit) as run:
            if ledger.is_paused(run.db, run.route_no):
                return blocked_run(run.db, route, paused(route))
            count_older(run.db)
            run.id = ledger.start_run(resources.db, run.route_no, resources.clock())
            return _work(run)
    except Busy as error:
        asked = dict.fromkeys(resources.vendors, 0)
        return replace(blocked_run(resources.db, route, error), status="busy", requests=asked)


def paused(route: Route) -> BridgeError:
    """What is said where a paused route was to run."""
    return BridgeError("The route is paused, so nothing was read or sent.", hint=f"leadbridge resume {route.typed}")


def blocked_run(db: ledger.Database, route: Route, error: BridgeError) -> Report:
    """The report of a route on which no run could begin."""
    tally = ledger.tally(db, ledger.route_number(db, route.name, route.client))
    return Report(route.name, "blocked", tally, error=error.message, hint=error.hint, client=route.client)


def _work(run: Run) -> Report:
    started = run.now()
    error: BridgeError | None = None
    try:
        take_steps(run)
    except (Stopped, StopRequested):
        run.stopped = True
        run.warn("Stopped on request; what was in progress is recorded, and the next run continues.")
    except VendorError as trouble:
        error = trouble
    except Busy as trouble:
        ledger.finish_run(run.db, run.id, run.now(), "busy", {"error": trouble.message})
        raise
    report = _report(run, error, (run.now() - started).total_seconds())
    ledger.finish_run(run.db, run.id, run.now(), report.status, report.document())
    _log(report)
    return report


def _log(report: Report) -> None:
    """One line. Where the run met an error it says which, also where only warnings are logged."""
    trouble = {"error": report.error, "hint": report.hint} if report.error else {}
    write = log.warning if report.error else log.info
    write(
        "run",
        route=report.route,
        run_id=report.run_id,
        status=report.status,
        read=report.leads_read,
        delivered=report.sent,
        states={state: count for state, count in report.tally.states.items() if count},
        requests=dict(report.requests),
        seconds=round(report.seconds, 3),
        **trouble,
    )


def take_steps(run: Run) -> None:
    """Doubt that cannot be settled now must not keep new leads from being read, but nothing is sent past it."""
    settled = settle(run)
    unsettled = settled.trouble
    if not isinstance(unsettled, Unavailable):
        settle_elsewhere(run)
    settle_moves(run)
    brake(run)
    validating.follow(run)
    shipment = Shipment(run)
    unread = pull(run, shipment if unsettled is None else None)
    validating.ask(run)
    if unsettled is not None:
        raise unsettled
    if unread is None and not run.unready:
        end_unwanted(run, settled.unwanted)
    try:
        push(run, shipment)
    except Denied as error:
        if not _key_refused(error):
            update(run)  # a target that takes no new lead may let those that it has be changed
        raise
    update(run)
    if unread is not None:
        raise unread


def _report(run: Run, error: BridgeError | None, seconds: float) -> Report:
    report_brake(run)
    tally = ledger.tally(run.db, run.route_no)
    if tally.reasons.get(Reason.PACED) and not run.route.pace.limits:
        mark_paced(run.db, run.recording(), "")  # the pace is gone from bridge.toml
        tally = ledger.tally(run.db, run.route_no)
    sum_error = does_not_add_up(tally)
    unsound = bool(sum_error or ledger.mismatches(run.db, run.id))
    if sum_error:
        run.warn(sum_error)
    blocked_by_doubt = ledger.waiting_for_doubts(run.db, run.route_no) if run.doubts_elsewhere else 0
    return Report(
        route=run.route.name,
        client=run.route.client,
        status=status_after(error) or status_of(tally, unsound=unsound or blocked_by_doubt > 0),
        tally=tally,
        run_id=run.id,
        campaigns_seen=run.campaigns_seen,
        campaigns_swept=run.campaigns_swept,
        leads_read=run.leads_read,
        unread=run.unread,
        sent=run.sent,
        answered=ledger.answered_batches(run.db, run.id),
        requests={vendor: run.requests[vendor] for vendor in run.resources.vendors},
        seconds=seconds,
        error=error.message if error else "",
        hint=error.hint if error else "",
        warnings=tuple(run.warnings),
        bounces=tuple(run.bounces),
        updates={str(what): leads for what, leads in run.updates.items() if leads},
        unsound=unsound,
        waiting=run.waiting,
        waits=ledger.waits(run.db, run.route_no, run.now()),
        pace=run.pacing.said if run.pacing else None,
        key_refused=_key_refused(error),
        stopped=run.stopped,
        ledger_away=isinstance(error, VendorError) and error.vendor == LEDGER,
    )


def _key_refused(error: BridgeError | None) -> str:
    """The vendor whose answer says that the key, its plan or its scope does not do; "" for any other trouble."""
    if isinstance(error, Denied) and error.status in (401, 402, 403):
        return error.vendor
    return ""


def status_after(error: BridgeError | None) -> str:
    """A lost answer is partial (some leads are in doubt); what only a person can fix is blocked; the rest failed."""
    if error is None:
        return ""
    if isinstance(error, AnswerLost):
        return "partial"
    return "blocked" if isinstance(error, Denied | Refused) else "failed"
