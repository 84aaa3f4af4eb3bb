"""The first step of a run: turns what an earlier run left unknown into certainty. Sends nothing, reads no new lead.

A write whose answer was lost is never repeated blindly. Its target is asked: present means delivered, or a duplicate
if it is older than the call; absent counts only after two lookups that agree, the first long enough after the call to
be believed. Then the lead is decided again. Only where the vendor documents that sending again changes nothing, the
same is sent again under the same claims instead (`Doubt`). It goes to those that the route would send to now. They are
known once its source was read: the others are given up then (`end_unwanted`).

The target that a delivery remembers is asked, whatever bridge.toml says today of its route.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bridge import ledger
from bridge.destinations.base import Destination, Doubt, look_or_repeat
from bridge.errors import Busy, ConfigProblem, Denied, Refused, StopRequested, Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.statements import chunks
from bridge.ledger.troubles import LEDGER
from bridge.model import Deliver, Delivery, Origin, Outcome, Place, Reason, Route, State, Target, retired_route
from bridge.rules import decider
from bridge.sync.deciding import decide_stored
from bridge.sync.intents import is_ripe
from bridge.sync.lease import holding
from bridge.sync.run import Run
from bridge.sync.suppressing import suppressed_of
from bridge.sync.test_leads import settle_test_leads

log = structlog.get_logger(__name__)

_BETWEEN_LOOKUPS = 1.0
"""Most seconds between the two lookups that must agree."""

_SUPPRESSED = "suppressed since it was sent; whether it arrived is unknown, and it is not sent again"
_UNWANTED = "no route would send it now; whether it arrived is unknown, and it is not sent again"
_NOT_READ_YET = "Those that the route would not send now stay in doubt until a `leadbridge sync` has read its source."

_AT_ONCE = 100
"""Deliveries asked for and recorded together: a question that fails costs no more than this."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a route's doubts, by state and reason, and how many are left.

    `ask_at` is when those left can be asked for again with effect: None where none is left. `trouble` is the first
    error that a target answered with; what was learnt before and after it is recorded all the same. `unread` says why
    an answer was no word about a lead: such a doubt stays, and nothing else waits for it. `unwanted` are deliveries
    that would be repeated if the route sent them now: it may find in its source that it does (`end_unwanted`).
    """

    became: dict[tuple[str, str], int]
    left: int = 0
    ask_at: datetime | None = None
    trouble: VendorError | None = None
    unread: str = ""
    unwanted: frozenset[int] = frozenset()


def settle(run: Run, place: Place | None = None, *, last: bool = False, repeats: bool = True) -> Settled:
    """Settle the route's doubts, those in `place` alone where one is named. Raises Busy if the lease is lost.

    With `last`, and on a retired route, what would be repeated and no route would send now is given up. Without
    `repeats` targets are only asked, and what ends by sending again stays in doubt.
    """
    ledger.abandoned_to_doubt(run.db, run.recording(), retired=run.route.retired)
    doubts = [one for one in ledger.doubts(run.db, run.route_no) if place in (None, one.delivery.place)]
    asking = _Asking(run, last=last or run.route.retired, repeats=repeats)
    missed = asking.look(doubts)
    if missed:
        run.resources.pause(min(_BETWEEN_LOOKUPS, run.resources.doubt_wait))
        asking.look(missed, again=True)
    left = ledger.doubts(run.db, run.route_no)
    unsettled = {doubt.delivery.id for doubt in left}
    became = ledger.count_states(run.db, [one.delivery.id for one in doubts if one.delivery.id not in unsettled])
    became += settle_test_leads(run, lambda place: destination_of(run, place), place=place, last=run.route.retired)
    unwanted = frozenset(asking.unwanted)
    ask_at = _ask_at(run, [doubt for doubt in left if doubt.delivery.id not in unwanted])
    return Settled(dict(became), len(left), ask_at, asking.trouble, asking.unread, unwanted)


def end_unwanted(run: Run, unwanted: frozenset[int]) -> None:
    """Repeat those whose person is in a lead that the source has shown and the route sends; give the others up.

    Not before the source was read: the same person may be in another of its campaigns, and which campaigns a free text
    means only the source knows. Raises what the target answers.
    """
    if not unwanted:
        return
    asking = _Asking(run, last=True)
    asking.look([one for one in ledger.doubts(run.db, run.route_no) if one.delivery.id in unwanted])
    if asking.trouble:
        raise asking.trouble


def give_up(run: Run, place: Place, *, force: bool = False) -> Settled:
    """End the doubts in a target that cannot be asked as failed, with their claims kept.

    Where the target does answer, its word counts, and nothing is given up. Without `force`, nothing is given up either
    where waiting may help: only an answer that a person must act on (no key, no access, no such target) is final.
    """
    found = settle(run, place, last=force)
    tests = settle_test_leads(run, lambda place: destination_of(run, place), place=place, last=True)
    found = replace(found, became=dict(Counter(found.became) + tests))
    for trial in ledger.open_trials(run.db, run.route_no):
        if trial.place == place and not force:
            return replace(found, trouble=_may_answer_later("A test lead is in doubt there.", place))
        if trial.place == place:
            intents.give_up(run.db, trial.id, "given up by `leadbridge settle --give-up --force`")
    unanswered = found.trouble.message if found.trouble else found.unread
    if not unanswered:
        return found
    if not (force or isinstance(found.trouble, Denied)):
        return replace(found, trouble=_may_answer_later(unanswered, place))
    lost = [one.delivery.id for one in ledger.doubts(run.db, run.route_no) if one.delivery.place == place]
    why = f"given up by `leadbridge settle --give-up`: {unanswered}"[:300]
    outcomes = [Outcome(one, State.FAILED, Reason.GIVEN_UP, Origin.LOCAL, detail=why) for one in lost]
    ledger.record_outcomes(run.db, run.recording(), outcomes)
    became = found.became | ({(State.FAILED.value, Reason.GIVEN_UP.value): len(lost)} if lost else {})
    left = ledger.doubts(run.db, run.route_no)
    return Settled(became, len(left), _ask_at(run, left))


def _may_answer_later(unanswered: str, place: Place) -> Unavailable:
    said = f"Nothing was given up: the target could not be asked just now, and may answer later. {unanswered}"
    hint = f"Run the command again. To give up all the same: leadbridge settle --give-up {place.id} --force"
    return Unavailable(said, hint=hint, vendor=place.vendor)


def settle_elsewhere(run: Run) -> None:
    """Settle the doubts of every other route of the client, configured or not. Their trouble is a warning.

    A route that another process works on is left to that process.
    """
    routes, client = run.resources.routes, ledger.route_clients(run.db)
    for name, route_no in ledger.unsettled_routes(run.db, routes).items():
        if route_no == run.route_no or client[name] != run.route.client:
            continue
        run.pause_for_stop()
        route = routes.get(name) or retired_route(name, client[name])
        try:
            with holding(run.db, route_no) as epoch:
                repeats = route.retired or not ledger.is_paused(run.db, route_no)
                found = settle(Run(run.resources, route, route_no, epoch, decider(route)), repeats=repeats)
        except Busy:
            continue
        if run.id:  # a run that is only played has no log
            became = {" ".join(key): count for key, count in found.became.items()}
            log.info("settled", route=name, left=found.left, became=became)
        if found.left:
            run.doubts_elsewhere = True
            which = f'Route "{name}"' + (", which is no longer in bridge.toml," if route.retired else "")
            why = str(found.trouble) if found.trouble else found.unread
            run.warn(
                f"{which} has {found.left:,} leads in doubt; no other route sends to them meanwhile. {why}".rstrip()
            )


class _Asking:
    """Asks the targets about doubts, a piece at a time, and records each answer before the next question.

    With `last`, what the route would not send now is given up; otherwise it is left, as `unwanted`. Without `repeats`
    nothing is sent.
    """

    def __init__(self, run: Run, *, last: bool, repeats: bool = True) -> None:
        self.run = run
        self.last = last
        self.repeats = repeats
        self.unwanted: set[int] = set()
        self.trouble: VendorError | None = None
        self.unread = ""

    def look(self, doubts: Sequence[ledger.Doubt], *, again: bool = False) -> list[ledger.Doubt]:
        """Ask for each doubt; those that were missed for the first time now. `again` makes this the second lookup.

        One target's trouble keeps no other target from being asked.
        """
        places = dict.fromkeys(doubt.delivery.place for doubt in doubts)
        missed: list[ledger.Doubt] = []
        for place in places:
            here = [doubt for doubt in doubts if doubt.delivery.place == place]
            try:
                destination = destination_of(self.run, place)
                if destination.doubt is Doubt.REPEAT:
                    self._repeat(destination, place, here)
                    continue
                for piece in chunks(here, _AT_ONCE):
                    missed += self._piece(destination, piece, again=again)
            except StopRequested:
                raise
            except VendorError as error:
                if error.vendor == LEDGER:
                    raise
                self.trouble = self.trouble or _with_a_way_out(error, place)
        return missed

    def _repeat(self, destination: Destination, place: Place, doubts: Sequence[ledger.Doubt]) -> None:
        """Send the same again under the same claims: only in the very target, and what would be sent today as well."""
        run = self.run
        if not self.repeats:
            self.unread = _paused(run.route)
            return
        if destination.check().place != place:
            raise Denied(
                f"The key does not open workspace {place.workspace}, where {len(doubts):,} leads are in doubt.",
                hint="Put the key of that workspace back, then run the same command again.",
                vendor=place.vendor,
            )
        deliveries = [doubt.delivery for doubt in doubts]
        barred = suppressed_of(run, deliveries)
        wanted, later = self._wanted(place, [one for one in deliveries if one.id not in barred])
        other = [one.id for one in deliveries if one.id not in wanted | later]
        whys = {number: _SUPPRESSED if number in barred else _UNWANTED for number in other}
        if not self.last:
            self.unwanted.update(whys.keys() - barred)
            self.unread = _NOT_READ_YET if self.unwanted else self.unread
        ended = [
            Outcome(number, State.FAILED, Reason.GIVEN_UP, Origin.LOCAL, detail=why)
            for number, why in whys.items()
            if number not in self.unwanted
        ]
        if ended:
            ledger.record_outcomes(run.db, run.recording(), ended)
        for piece in chunks([one for one in deliveries if one.id in wanted], destination.batch_size):
            self._send_again(destination, piece)

    def _wanted(self, place: Place, deliveries: Sequence[Delivery]) -> tuple[set[int], set[int]]:
        """Those whose very address a route would send to now, and those that only a paused route would.

        For a lead of its own, or for another one of the same person: the one that went may be of a campaign that the
        route does not take any more.
        """
        run = self.run
        numbers = [one.id for one in deliveries]
        stored = ledger.leads_of(run.db, numbers)
        twins = ledger.twins_of(run.db, run.route_no, numbers)
        leads = {lead.id: lead for lead in (*stored.values(), *(one for some in twins.values() for one in some))}
        wanted: set[int] = set()
        later: dict[int, Route] = {}
        for route in _routes_to(run, place):
            number = ledger.route_number(run.db, route.name, route.client)
            waits = run.route.retired and ledger.is_paused(run.db, number)
            decided = decide_stored(Run(run.resources, route, number, run.epoch, decider(route)), list(leads.values()))
            for one in deliveries:
                decisions = (decided[lead.id] for lead in (stored[one.id], *twins.get(one.id, ())))
                if any(isinstance(it, Deliver) and it.address == one.address for it in decisions):
                    if waits:
                        later.setdefault(one.id, route)
                    else:
                        wanted.add(one.id)
        waiting = later.keys() - wanted
        for number in waiting:
            self.unread = _paused(later[number])
        return wanted, waiting

    def _send_again(self, destination: Destination, deliveries: Sequence[Delivery]) -> None:
        """Whatever is turned down is halved until the bad lead stands alone."""
        run = self.run
        run.pause_for_stop()
        try:
            outcomes = destination.push(deliveries)
        except Refused as error:
            if len(deliveries) > 1:
                middle = len(deliveries) // 2
                self._send_again(destination, deliveries[:middle])
                self._send_again(destination, deliveries[middle:])
                return
            said = error.message[:200]
            # It says nothing of the first call, which may have created the lead: it ends with its claim.
            said = f"refused when repeated: {said}"
            outcomes = [Outcome(deliveries[0].id, State.FAILED, Reason.GIVEN_UP, Origin.API, detail=said)]
        ledger.record_outcomes(run.db, run.recording(), outcomes)

    def _piece(self, destination: Destination, doubts: Sequence[ledger.Doubt], *, again: bool) -> list[ledger.Doubt]:
        run = self.run
        by_id = {doubt.delivery.id: doubt for doubt in doubts}
        # By the time before the question: an answer that takes long says how things stood when it was asked.
        now, wait = run.now(), run.resources.doubt_wait
        ripe_ids = {doubt.delivery.id for doubt in doubts if is_ripe(doubt.ended_at, now, wait)}
        outcomes = look_or_repeat(destination, [doubt.delivery for doubt in doubts])
        for outcome in outcomes:
            if outcome.reason is Reason.LOOKUP_FAILED and outcome.detail:
                run.warn(outcome.detail)
                self.unread = outcome.detail
        certain = [outcome for outcome in outcomes if outcome.state is not State.IN_DOUBT]
        if certain:
            ledger.record_outcomes(run.db, run.recording(), certain)
        absent = [one for one in outcomes if one.state is State.IN_DOUBT and one.reason is Reason.ABSENT]
        ripe = [by_id[one.delivery_id] for one in absent if one.delivery_id in ripe_ids]
        twice = [doubt for doubt in ripe if again or doubt.absent_at is not None]
        _decide_again(run, [doubt.delivery.id for doubt in twice])
        once = [doubt for doubt in ripe if doubt not in twice]
        if once:
            ledger.note_absent(run.db, run.recording(), [doubt.delivery.id for doubt in once])
        return once


def _paused(route: Route) -> str:
    """Why leads stay in doubt where it would end by sending: nothing of a paused route goes out."""
    return f'Route "{route.name}" is paused; its leads are sent again after `leadbridge resume {route.typed}`.'


def _routes_to(run: Run, place: Place) -> list[Route]:
    """The run's own route; in place of a retired one, those of its client with that very target."""
    if not run.route.retired:
        return [run.route]
    ours = [one for one in run.resources.routes.values() if one.client == run.route.client]
    same_vendor = [one for one in ours if one.target.vendor == place.vendor]
    return [one for one in same_vendor if run.resources.destination(one.target).check().place == place]


def destination_of(run: Run, place: Place) -> Destination:
    """Who can be asked about a target, whether any route names it or not. Raises Denied where there is no key.

    The route's scope decides whether a lead counts that stands elsewhere. Of a retired route the scope is unknown:
    the target alone is asked, and the next route that wants the person minds its own scope.
    """
    dedupe = "target" if run.route.retired else run.route.target.dedupe
    try:
        target = Target(place.vendor, place.kind, place.id, dedupe=dedupe)
        if run.route.target.vendor == place.vendor:
            target = replace(target, options=run.route.target.options)
        return run.resources.destination(target)
    except ConfigProblem as error:
        raise Denied(error.message, hint=error.hint, vendor=place.vendor) from None


def _with_a_way_out(error: VendorError, place: Place) -> VendorError:
    if not isinstance(error, Denied):
        return error
    way_out = f"If it can never be asked again: leadbridge settle --give-up {place.id}"
    return Denied(error.message, hint=f"{error.hint} {way_out}".strip(), vendor=error.vendor, status=error.status)


def _ask_at(run: Run, doubts: Sequence[ledger.Doubt]) -> datetime | None:
    """When the first of the doubts is old enough for its absence to be believed; now where it is already."""
    wait = timedelta(seconds=run.resources.doubt_wait)
    times = [max(run.now(), doubt.ended_at + wait) if doubt.ended_at else run.now() for doubt in doubts]
    return min(times, default=None)


def _decide_again(run: Run, delivery_ids: Sequence[int]) -> None:
    """What did not arrive goes through the rules again: the person may be suppressed or the rules changed by now."""
    if not delivery_ids:
        return
    leads = ledger.leads_of(run.db, delivery_ids)
    decided = decide_stored(run, list(leads.values()))
    decisions = [(delivery_id, decided[stored.id]) for delivery_id, stored in leads.items()]
    ledger.settle_absent(run.db, run.recording(), decisions, run.decider.key)
