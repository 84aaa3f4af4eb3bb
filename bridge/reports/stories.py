"""The story of a lead, in lines and as JSON. Reads nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from bridge.hygiene import names
from bridge.lazy import dataclass
from bridge.ledger.events.reading import VendorEvent
from bridge.ledger.facts import VALIDATED_BY
from bridge.ledger.people.entries import Suppression
from bridge.ledger.people.looking import Removal
from bridge.ledger.texts import storable
from bridge.ledger.views.stories import BatchStory, DeliveryStory, LeadStory
from bridge.model import PROBLEM_ERASED, PROBLEM_PRUNED, Fields, Lead, Origin, Reason, Route, State
from bridge.reports import targets, validations, words
from bridge.reports.text import Line, indented, iso, minute, plain, second

# Holds that only a claim decides: what comes before one was always a lead ready to go.
_AT_THE_CLAIM = (Reason.DUPLICATE_OF, Reason.DOMAIN_CAP)
_FACTS: Mapping[str, str] = {
    PROBLEM_ERASED: "erased on request; only a hash of its id is kept, and it is never contacted again",
    PROBLEM_PRUNED: "pruned after the retention time; keys, states and reasons are kept",
}
_STYLES: Mapping[str, str] = {
    State.DELIVERED: "green",
    State.READY: "cyan",
    State.SENDING: "cyan",
    State.HELD: "yellow",
    State.IN_DOUBT: "yellow",
}


class Moment(NamedTuple):
    """A point of the story: a decision, a call that went out, an outcome."""

    at: datetime | None
    state: str
    reason: str
    reason_source: str
    detail: str


_WHAT = attrgetter("state", "reason", "detail")
"""What makes a moment another one than the one before it."""


def history(delivery: DeliveryStory) -> list[Moment]:
    """Every point that the ledger can vouch for, oldest first."""
    found = [*_first(delivery), *_moves(delivery), *_last(delivery)]
    return found[:1] + [new for old, new in pairwise(found) if _WHAT(old) != _WHAT(new)]


def _first(delivery: DeliveryStory) -> list[Moment]:
    """The decision before the first move, where nothing has been decided again since."""
    if not delivery.events:
        paced = delivery.reason == Reason.PACED  # no move: it is as ready as it was decided
        if delivery.state in (State.SENDING, State.IN_DOUBT) or delivery.batch_id or paced:
            return [Moment(delivery.decided_at, State.READY, Reason.OK, Origin.LOCAL, "")]
        now = (delivery.state, delivery.reason, delivery.origin, delivery.detail)
        return [Moment(delivery.decided_at, *now)]
    first = delivery.events[0]
    decided, moved = delivery.decided_at, first.at
    if decided is None or moved is None or decided > moved:
        return []
    if decided == moved and not first.batch_id and first.reason not in _AT_THE_CLAIM:
        return []
    return [Moment(decided, State.READY, Reason.OK, Origin.LOCAL, "")]


def _moves(delivery: DeliveryStory) -> Iterator[Moment]:
    """The recorded moves, each call before the outcome it had."""
    calls = {batch.id: batch for batch in delivery.batches}
    for event in delivery.events:
        batch = calls.pop(event.batch_id, None)
        if batch is not None:
            yield _call(batch)
        yield Moment(event.at, event.state, event.reason, event.origin, event.detail)
    for batch in calls.values():
        yield _call(batch)


def _call(batch: BatchStory) -> Moment:
    detail = f"batch {batch.id} with {words.leads(batch.sent)}"
    return Moment(batch.began_at, State.SENDING, Reason.OK, Origin.LOCAL, detail)


def _last(delivery: DeliveryStory) -> Iterator[Moment]:
    """What no move shows: a delivery whose only one was pruned, and a call that did not happen."""
    if delivery.state == State.DELIVERED and delivery.sent_at and not delivery.events:
        yield Moment(delivery.sent_at, delivery.state, delivery.reason, delivery.origin, delivery.detail)
    put_back = delivery.state == State.READY and delivery.reason in (Reason.UNAVAILABLE, Reason.DENIED)
    if put_back and delivery.batches:
        ended = delivery.batches[-1].ended_at
        yield Moment(ended, delivery.state, delivery.reason, delivery.origin, delivery.detail)


_IN_LINE = (State.HELD, State.READY)
"""Whatever call there was before: these are in no target, and would go to the one that the route names now."""


def target(delivery: DeliveryStory, routes: Mapping[str, Route]) -> str | None:
    """Where the delivery went; before it goes, where its route would send it; None where that is unknown."""
    if delivery.place is not None and delivery.state not in _IN_LINE:
        return targets.of_place(delivery.place)
    return targets.of_route(routes[delivery.route].target) if delivery.route in routes else None


# ------------------------------------------------------------------------------------------------------------- JSON


def document(lead: LeadStory, routes: Mapping[str, Route]) -> dict[str, Any]:
    """One lead of `explain --json`."""
    return {
        "lead_id": lead.lead.id,
        "email": storable(lead.lead.email),
        "username": storable(lead.lead.username),
        "source_campaign": lead.campaign,
        "source_campaign_id": lead.lead.campaign_id,
        "platform": storable(lead.lead.platform),
        "scraped_at": iso(lead.lead.scraped_at),
        "first_seen_at": iso(lead.first_seen_at),
        "facts": _FACTS.get(lead.lead.problem, "kept"),
        "first_name": _name_document(lead.lead),
        "do_not_contact": [entry_document(entry) for entry in lead.suppressions],
        "removed_from_list": [removal_document(one) for one in lead.removals],
        "test_leads": [
            {"target": trial.target, "state": trial.state, "asked_at": iso(trial.asked_at)} for trial in lead.trials
        ],
        "validations": [validations.document(one) for one in lead.asked],
        "deliveries": [_delivery_document(delivery, routes) for delivery in lead.deliveries],
    }


def removal_document(one: Removal) -> dict[str, Any]:
    """An entry that was removed from the list, as JSON."""
    return asdict(one) | {"removed_at": iso(one.removed_at)}


def entry_document(entry: Suppression) -> dict[str, Any]:
    """An entry of the do-not-contact list, as JSON."""
    return {
        "kind": entry.kind,
        "value": entry.value or None,
        "reason": entry.reason or None,
        "origin": entry.origin,
        "client": entry.client or None,
        "added_at": iso(entry.added_at),
    }


def _name_document(lead: Lead) -> dict[str, Any] | None:
    if not lead.full_name:
        return None
    name = names.first_name(lead.full_name, lead.username)
    return {"sent": name.first if name.sure else None, "rule": name.rule}


def _delivery_document(delivery: DeliveryStory, routes: Mapping[str, Route]) -> dict[str, Any]:
    sent = bool(delivery.place) and delivery.state not in _IN_LINE
    return {
        "route": delivery.route,
        "client": delivery.client,
        "target": target(delivery, routes),
        "state": delivery.state,
        "reason": delivery.reason,
        "reason_source": delivery.origin,
        "detail": delivery.detail or None,
        "remote_id": delivery.remote_id or None,
        "remote_status": delivery.remote_status or None,
        "gone_from_target": iso(delivery.gone_at),
        "sent_at": iso(delivery.sent_at),
        "sent_as": delivery.address if sent else None,
        "address_changed_to": delivery.address_changed or None,
        "duplicate_of": asdict(delivery.rival) if delivery.rival else None,
        "history": [
            {**moment._asdict(), "at": iso(moment.at), "detail": moment.detail or None} for moment in history(delivery)
        ],
        "events": [_event_document(event) for event in delivery.reactions],
    }


def _event_document(event: VendorEvent) -> dict[str, Any]:
    """What the vendor says happened; `first_at` and `at` are its times, null where it gave no credible one."""
    return {
        "kind": event.kind,
        "first_at": iso(event.first_at),
        "at": iso(event.latest_at),
        "learnt": event.learnt,
        "learnt_at": iso(event.noted_at),
        "certain": event.certain,
        "consequence": event.consequence or None,
        "detail": event.detail or None,
    }


# ------------------------------------------------------------------------------------------------------------ lines


def lines(leads: Sequence[LeadStory], routes: Mapping[str, Route]) -> Iterator[Line]:
    """Every story, one after the other."""
    for number, lead in enumerate(leads):
        if number:
            yield Line("")
        yield Line(_name(lead.lead), style="bold")
        yield from indented(about(lead), 2)
        for delivery in lead.deliveries:
            label = words.LABELS.get(delivery.state, delivery.state)
            where = target(delivery, routes) or "a target that is no longer configured"
            yield Line(f"route {delivery.route} → {where}: {label}", 2, _STYLES.get(delivery.state, "red"))
            yield Line(f"{label}: {words.state(delivery.state)}", 4)
            yield Line(f"why: {words.reason(delivery.reason)} ({delivery.reason}; {words.origin(delivery.origin)})", 4)
            yield from indented(notes(delivery), 4)
            yield from indented(map(_moment, history(delivery)), 4)
            yield from indented(map(_counters, delivery.batches), 4)
            yield from indented(map(_reaction, delivery.reactions), 4)
        if not lead.deliveries:
            yield Line("No route has decided about it yet.", 2)


def _name(lead: Lead) -> str:
    email = plain(lead.email, 254) or "(no e-mail)"
    handle = f"  @{plain(lead.username, 100)}" if lead.username else ""
    name = f"  {plain(lead.full_name, 80)}" if lead.full_name else ""
    return f"{email}{handle}{name}"


def about(lead: LeadStory) -> list[str]:
    """Where the lead was found, and what is known of the person."""
    return [*_found(lead), *_about(lead)]


def _found(lead: LeadStory) -> Iterator[str]:
    facts = lead.lead
    on = f" on {plain(facts.platform, 40)}" if facts.platform else ""
    vendor, named, ref = facts.campaign_id.partition(":")
    place = f"in {'the file' if vendor == 'csv' else vendor} {ref}"
    where = place if named else f'by the Scravio campaign "{lead.campaign}"'
    yield f"found{on} {where}, scraped {minute(facts.scraped_at)}"
    yield f"lead {facts.id}, first seen here {minute(lead.first_seen_at)}"
    checked = f", checked {minute(facts.checked_at)}" if facts.checked_at else ""
    by = plain(str(facts.extra.get(VALIDATED_BY, "")), 60)
    yield f"validation: {plain(facts.validation, 40) or 'none'}{checked}{f' ({by})' if by else ''}"
    for one in lead.asked:
        yield f"validation of its campaign requested {validations.sentence(one, with_title=False)}"


def _about(lead: LeadStory) -> Iterator[str]:
    """What is known of the person rather than of a delivery: the list, the greeting, test leads."""
    facts = lead.lead
    if facts.problem in _FACTS:
        yield f"facts: {_FACTS[facts.problem]}"
    if facts.full_name:
        name = names.first_name(facts.full_name, facts.username)
        sent = f'"{plain(name.first, 60)}"' if name.sure else "none is sent, the campaign's own fallback applies"
        yield f"first name: {sent} (rule: {name.rule.replace('_', ' ')})"
    yield from map(_on_the_list, lead.suppressions)
    yield from map(_off_the_list, lead.removals)
    for trial in lead.trials:
        when = minute(trial.asked_at)
        yield f"its fields were posted as a test lead to your own address, {when}: {trial.state.replace('_', ' ')}"


def _on_the_list(entry: Suppression) -> str:
    why = f", {entry.reason}" if entry.reason else ""
    since = minute(entry.added_at)
    name = entry.value if ":" in entry.value else f"{entry.kind} {entry.value}"
    return f"on the do-not-contact list: {name}, since {since} (origin: {entry.origin}{why})"


def _off_the_list(one: Removal) -> str:
    """Whose entry it was, and the two reasons: why it was there, and why it was removed."""
    why, was = one.reason or "no reason given", one.said or one.origin
    return (
        f"removed from the do-not-contact list {minute(one.removed_at)}: {why} ({one.value}; it was there for: {was})"
    )


def notes(delivery: DeliveryStory) -> Iterator[str]:
    """What else is known of a delivery, and what would help."""
    rival = delivery.rival
    if rival is not None:
        yield f'the other: lead {rival.lead_id} of "{rival.campaign}" on route {rival.route}, {rival.state}'
    if delivery.detail:
        yield f"detail: {delivery.detail}"
    if delivery.place is not None and delivery.address:
        yield f"{'offered' if delivery.state in _IN_LINE else 'sent'} as {delivery.address}{_with(delivery.fields)}"
    if delivery.address_changed:
        yield f"Scravio now has another address, {delivery.address_changed}; it is never sent automatically"
    if delivery.remote_id:
        yield f"its id in the target: {delivery.remote_id}"
    if delivery.remote_status:
        yield f"its status in the target, as last recorded: {delivery.remote_status}"
    if delivery.gone_at:
        yield f"no longer in the target, recorded {minute(delivery.gone_at)}; it is never sent again automatically"
    if delivery.state == State.READY and delivery.not_before:
        yield f"may go again from {minute(delivery.not_before)} on"
    if words.fix(delivery.reason):
        yield words.fix(delivery.reason)


def _with(fields: Fields) -> str:
    """The fields that went out with the address."""
    core = {name: getattr(fields, name) for name in Fields.__struct_fields__ if name != "variables"}
    sent = {name: value for name, value in core.items() if value} | dict(fields.variables)
    listed = ", ".join(f'{name} "{value}"' for name, value in sent.items())
    return f" with {listed}" if listed else ""


def _moment(moment: Moment) -> str:
    detail = f" ({moment.detail})" if moment.detail else ""
    if moment.state == State.SENDING:
        return f"{second(moment.at)}  sent{detail}"
    label = words.LABELS.get(moment.state, moment.state)
    return f"{second(moment.at)}  {label}: {words.reason(moment.reason)}{detail}"


def _reaction(event: VendorEvent) -> str:
    so = f", {event.consequence.replace('_', ' ')}" if event.consequence else ""
    when = second(event.latest_at) if event.latest_at else f"learnt {second(event.noted_at)}, without a credible time"
    return f"{when}  {words.event(event.kind)} (learnt by {event.learnt}{so})"


def _counters(batch: BatchStory) -> str:
    counted = ", ".join(f"{name} {value}" for name, value in batch.counted.items() if value)
    said = f"; the answer counted {counted}" if counted else ""
    wrong = f"; {batch.mismatch}" if batch.mismatch else ""
    return f"batch {batch.id}: sent {batch.sent}, {batch.result}{said}{wrong}"


# --------------------------------------------------------------------------------------------- people without a lead


@dataclass(frozen=True, slots=True)
class Person:
    """What the ledger knows of an address that may be on no lead: erased, or on the do-not-contact list."""

    address: str
    erased_at: datetime | None
    entries: tuple[Suppression, ...]
    removals: tuple[Removal, ...] = ()

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "erased_at": iso(self.erased_at),
            "do_not_contact": list(map(entry_document, self.entries)),
            "removed_from_list": list(map(removal_document, self.removals)),
        }

    def lines(self) -> Iterator[Line]:
        """The same for people."""
        yield Line(plain(self.address, 254), style="bold")
        if self.erased_at:
            yield Line(f"erased on request {minute(self.erased_at)}; nothing else is known", 2)
        yield from indented(map(_on_the_list, self.entries), 2)
        yield from indented(map(_off_the_list, self.removals), 2)
