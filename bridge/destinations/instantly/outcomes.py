"""What became of the leads that an answer does not list as created: lookups first, then what its counters leave.

Reasons rank as DESIGN says: block list, present in this target, present elsewhere, and only then inference. Whatever
none of them explains is reported so, and never guessed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from bridge.api import Client
from bridge.destinations.instantly import lookups
from bridge.destinations.instantly.lookups import Found, Sighting
from bridge.destinations.instantly.upload import Upload
from bridge.errors import VendorError
from bridge.lazy import dataclass
from bridge.model import Dedupe, Delivery, Origin, Outcome, Reason, State

TOLERANCE = timedelta(seconds=60)
"""Between the vendor's `Date` headers and the creation times of its leads."""

_PRESENCE = ("duplicated_leads", "skipped_count", "duplicate_email_count")
_FAULTY = {"invalid_email_count": Reason.INVALID_EMAIL, "incomplete_count": Reason.INCOMPLETE}


@dataclass(slots=True)
class Rest:
    """The deliveries still without an outcome, and the outcomes of those that have one."""

    open: list[Delivery]
    settled: dict[int, Outcome] = field(default_factory=dict)

    def settle(self, outcomes: Sequence[Outcome]) -> int:
        """Take outcomes in, in place of earlier ones; how many."""
        self.settled.update({outcome.delivery_id: outcome for outcome in outcomes})
        self.open = [delivery for delivery in self.open if delivery.id not in self.settled]
        return len(outcomes)

    def settle_all(self, state: State, reason: Reason, origin: Origin, detail: str = "") -> None:
        """The same outcome for every delivery that is open."""
        self.settle([Outcome(one.id, state, reason, origin, detail=detail) for one in self.open])


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that was answered whole: what the answer says, and when the call began by the vendor's clock."""

    upload: Upload
    began: datetime

    def is_ours(self, lead: Sighting, delivery: Delivery) -> bool:
        """Whether a lead that the answer does not list for this delivery was created by a call of ours all the same.

        Not by this one, unless it created a lead without naming it: whatever else it did not list stood there
        before. An earlier call whose answer was lost may have created it.
        """
        if lead.id in self.upload.created.values():
            return False
        earlier = delivery.attempts > 1 and lead.created is not None and lead.created < self.began + TOLERANCE
        return earlier or self.upload.unlisted > 0


def explain(client: Client, deliveries: list[Delivery], answered: Answered, dedupe: Dedupe) -> dict[int, Outcome]:
    """An outcome for each delivery of a batch that was not created, by its id. Never raises: the others were sent."""
    left, upload = Rest(deliveries), answered.upload
    alone = _only_cause(upload.counters, len(deliveries)) if not upload.unlisted else None
    if alone is not None:
        left.settle_all(State.REFUSED, alone, Origin.INFERRED)
        return left.settled
    try:
        _settle_present(client, left, answered, dedupe)
    except VendorError as error:
        left.settle_all(State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.LOOKUP, error.message[:200])
        return left.settled
    _settle_blocked(client, left, deliveries, upload.counters["in_blocklist"])
    _infer(left, upload)
    return left.settled


def contradiction(upload: Upload, rest: Collection[Outcome]) -> str:
    """Where the answer counts more or fewer as there already than `rest`, its other outcomes, say; "" where it agrees.

    Who is still without an explanation may be among those it counted.
    """
    states = Counter(outcome.state for outcome in rest)
    there = states[State.DUPLICATE] + max(0, states[State.DELIVERED] - upload.unlisted)
    unknown = states[State.READY] + states[State.IN_DOUBT]
    counted = _counted(upload, _PRESENCE)
    if counted - unknown <= there <= counted:
        return ""
    return f"it counted {counted} as there already, and {there} were found to be"


def _only_cause(counters: Mapping[str, int], count: int) -> Reason | None:
    """The reason of all, where one counter that no lookup could better explains every one of them."""
    reasons = {"in_blocklist": Reason.BLOCKLIST, **_FAULTY}
    causes = [name for name, number in counters.items() if number]
    return reasons.get(causes[0]) if len(causes) == 1 and counters[causes[0]] == count else None


# ---------------------------------------------------------------------------------------------------------- lookups


def _settle_present(client: Client, rest: Rest, answered: Answered, dedupe: Dedupe) -> None:
    """Settle who stands in the target, then who stands elsewhere where that counts."""
    here = lookups.find_leads(client, [one.address for one in rest.open], rest.open[0].place)
    rest.settle([outcome for one in rest.open if (outcome := in_target(one, here, answered) or unknown(one, here))])
    if rest.open and dedupe != "target":
        anywhere = lookups.find_leads(client, [one.address for one in rest.open], None)
        seen = [elsewhere(one, anywhere, dedupe) or unknown(one, anywhere) for one in rest.open]
        rest.settle([outcome for outcome in seen if outcome is not None])


def _settle_blocked(client: Client, rest: Rest, deliveries: Sequence[Delivery], most: int) -> None:
    """Search the block list for those who were found nowhere, and for the duplicates only if they are not all.

    A search costs a request for each address, and the block list outranks presence: so the few are asked for first,
    and the many only where the count says that some of them are blocked. What a call of ours created stays so.
    """
    duplicates = [one for one in deliveries if one.id in rest.settled and rest.settled[one.id].state is State.DUPLICATE]
    try:
        for some in (rest.open, duplicates):
            if most > 0:
                ids = {delivery.address.lower(): delivery.id for delivery in some}
                found = sorted(lookups.find_blocked(client, list(ids), most))
                blocked = [Outcome(ids[one], State.REFUSED, Reason.BLOCKLIST, Origin.LOOKUP) for one in found]
                most -= rest.settle(blocked)
    except VendorError:
        return  # advisory: without the scope for the block list the counters must do


def in_target(delivery: Delivery, found: Found, answered: Answered | None = None) -> Outcome | None:
    """What the lead's presence in its target means; None where it is absent. `answered` is the call just made, if any.

    Created since our first call that may have taken effect: that call did it, where the answer of the last one leaves
    that open. Older: it was there before us.
    """
    leads = [lead for lead in found.of(delivery.address) if lead.is_in(delivery.place)]
    if not leads:
        return None
    for lead in leads:
        if _is_since(lead, delivery) and (answered is None or answered.is_ours(lead, delivery)):
            return Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP, remote_id=lead.id)
    return Outcome(
        delivery.id,
        State.DUPLICATE,
        Reason.IN_TARGET,
        Origin.LOOKUP,
        remote_id=leads[0].id,
        detail=f"created {leads[0].created:%Y-%m-%d %H:%M} UTC" if leads[0].created else "creation time unknown",
    )


def unknown(delivery: Delivery, found: Found) -> Outcome | None:
    """What it means that the lead was not found by a lookup that may have missed it; None where its absence is sure."""
    why = found.doubt(delivery.address)
    return Outcome(delivery.id, State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.LOOKUP, detail=why[:200]) if why else None


def _is_since(lead: Sighting, delivery: Delivery) -> bool:
    if delivery.asked_at is None or lead.created is None:
        return False
    return lead.created >= delivery.asked_at - TOLERANCE


def elsewhere(delivery: Delivery, found: Found, dedupe: Dedupe) -> Outcome | None:
    """What the lead's presence outside of its target means under this scope; None where it is not there.

    It stands where we never sent this delivery, so it is not ours, whenever it was created.
    """
    for lead in found.of(delivery.address):
        reason, kind, where = whereabouts(lead)
        if reason in COUNTS[dedupe] and not lead.is_in(delivery.place):
            detail = f"{kind} {where}".strip()
            return Outcome(delivery.id, State.DUPLICATE, reason, Origin.LOOKUP, remote_id=lead.id, detail=detail)
    return None


def whereabouts(lead: Sighting) -> tuple[Reason, str, str]:
    """Where a lead stands, with the kind and the id of that place."""
    if lead.campaign:
        return Reason.IN_CAMPAIGN, "campaign", lead.campaign
    return (Reason.IN_LIST, "list", lead.list_id) if lead.list_id else (Reason.IN_WORKSPACE, "", "")


_ANYWHERE = frozenset({Reason.IN_CAMPAIGN, Reason.IN_LIST, Reason.IN_WORKSPACE})
COUNTS: Mapping[Dedupe, frozenset[Reason]] = {
    "target": frozenset(),
    "campaigns": frozenset({Reason.IN_CAMPAIGN}),
    "lists": frozenset({Reason.IN_LIST}),
    "workspace": _ANYWHERE,
    "everywhere": _ANYWHERE,
}
"""Where else a person must not be, by the scope of a route."""


# -------------------------------------------------------------------------------------------------------- inference


def _infer(rest: Rest, upload: Upload) -> None:
    """Settle who is still open by what the counters leave unexplained; only where they leave no other reading."""
    if not rest.open:
        return
    states = Counter(outcome.state for outcome in rest.settled.values())
    found = min(upload.unlisted, states[State.DELIVERED])
    if upload.unlisted > found:
        # Created, and not named: sending again would be a guess, so they are looked for until they are found.
        rest.settle_all(State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.API, "created leads were not listed")
        return
    counts = len(rest.open)
    blocked = max(0, upload.counters["in_blocklist"] - states[State.REFUSED])
    faulty = _counted(upload, _FAULTY)
    present = states[State.DUPLICATE] + states[State.DELIVERED] - found
    standing = max(0, _counted(upload, _PRESENCE) - present)
    match (blocked, faulty, standing):
        case (0, number, 0) if number == counts:
            rest.settle_all(State.REFUSED, _fault(upload.counters), Origin.INFERRED)
        case (number, 0, 0) if number == counts:
            rest.settle_all(State.REFUSED, Reason.BLOCKLIST, Origin.INFERRED)
        case (0, 0, number) if number == counts:
            only_here = upload.counters["skipped_count"] == 0 and upload.counters["duplicate_email_count"] == 0
            rest.settle_all(State.DUPLICATE, Reason.IN_TARGET if only_here else Reason.IN_WORKSPACE, Origin.INFERRED)
        case _ if upload.room == 0:
            rest.settle_all(State.READY, Reason.DENIED, Origin.INFERRED, "plan room used up")
        case _:
            rest.settle_all(State.READY, Reason.UNEXPLAINED, Origin.INFERRED)


def _counted(upload: Upload, names: Iterable[str]) -> int:
    return sum(upload.counters[name] for name in names)


def _fault(counters: Mapping[str, int]) -> Reason:
    """Which fault, where it is one; where both occur it is unknown which is whose."""
    faults = [reason for name, reason in _FAULTY.items() if counters[name]]
    return faults[0] if len(faults) == 1 else Reason.REJECTED
