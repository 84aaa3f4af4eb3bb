"""What became of the leads that an answer does not list as created: lookups first, then what its counters leave.

The order is DESIGN's: block list, present in this target, present elsewhere, and only then inference. Whatever none
of them explains is told so, and never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.api import Client
from bridge.destinations.instantly import lookups
from bridge.destinations.instantly.lookups import Found, Sighting
from bridge.destinations.instantly.upload import Upload
from bridge.errors import VendorError
from bridge.model import Dedupe, Delivery, Origin, Outcome, Place, Reason, State

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
        """Take outcomes in; how many."""
        self.settled.update({outcome.delivery_id: outcome for outcome in outcomes})
        self.open = [delivery for delivery in self.open if delivery.id not in self.settled]
        return len(outcomes)

    def settle_all(self, state: State, reason: Reason, origin: Origin, detail: str = "") -> None:
        """The same outcome for every delivery that is open."""
        self.settle([Outcome(one.id, state, reason, origin, detail=detail) for one in self.open])


def explain(client: Client, rest: list[Delivery], upload: Upload, dedupe: Dedupe) -> dict[int, Outcome]:
    """An outcome for each delivery of a batch that was not created, by its id. Never raises: the others were sent."""
    left = Rest(rest)
    counters = dict(upload.counters)
    alone = _only_cause(counters, len(rest)) if not upload.unlisted else None
    if alone is not None:
        left.settle_all(State.REFUSED, alone, Origin.INFERRED)
    if left.open and counters["in_blocklist"]:
        named = _settle_blocked(client, left, counters["in_blocklist"])
        counters["in_blocklist"] = max(0, counters["in_blocklist"] - named)
    try:
        present = _settle_present(client, left, frozenset(upload.created.values()), dedupe)
    except VendorError as error:
        left.settle_all(State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.LOOKUP, error.message[:200])
    else:
        _infer(left, counters, present, upload)
    return left.settled


def _only_cause(counters: dict[str, int], count: int) -> Reason | None:
    """The reason of all, where one counter that no lookup could better explains every one of them."""
    reasons = {"in_blocklist": Reason.BLOCKLIST, **_FAULTY}
    causes = [name for name, number in counters.items() if number]
    return reasons.get(causes[0]) if len(causes) == 1 and counters[causes[0]] == count else None


def _settle_blocked(client: Client, rest: Rest, most: int) -> int:
    addresses = {delivery.address.lower(): delivery for delivery in rest.open}
    try:
        blocked = lookups.find_blocked(client, list(addresses), most)
    except VendorError:
        return 0  # advisory: without the scope for the block list the counters must do
    ids = [addresses[address].id for address in sorted(blocked)]
    return rest.settle([Outcome(one, State.REFUSED, Reason.BLOCKLIST, Origin.LOOKUP) for one in ids])


def _settle_present(client: Client, rest: Rest, taken: frozenset[str], dedupe: Dedupe) -> int:
    """Settle who stands in the target, then who stands elsewhere where that counts; how many."""
    count = 0
    if rest.open:
        here = lookups.find_leads(client, [one.address for one in rest.open], rest.open[0].place)
        count += rest.settle([outcome for one in rest.open if (outcome := in_target(one, here, taken))])
    if rest.open and dedupe != "target":
        anywhere = lookups.find_leads(client, [one.address for one in rest.open], None)
        count += rest.settle([outcome for one in rest.open if (outcome := elsewhere(one, anywhere, dedupe))])
    return count


def in_target(delivery: Delivery, found: Found, taken: frozenset[str] = frozenset()) -> Outcome | None:
    """What the lead's presence in its target means; None where it is absent. `taken` are ids of other deliveries.

    Created since our first call that may have taken effect: that call did it. Older: it was there before us.
    """
    leads = [lead for lead in found.get(delivery.address.lower(), ()) if lead.is_in(delivery.place)]
    if not leads:
        return None
    for lead in leads:
        if lead.id not in taken and _is_since(lead, delivery):
            return Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP, remote_id=lead.id)
    return Outcome(
        delivery.id,
        State.DUPLICATE,
        Reason.IN_TARGET,
        Origin.LOOKUP,
        remote_id=leads[0].id,
        detail=f"created {leads[0].created:%Y-%m-%d %H:%M} UTC" if leads[0].created else "creation time unknown",
    )


def _is_since(lead: Sighting, delivery: Delivery) -> bool:
    if delivery.asked_at is None or lead.created is None:
        return False
    return lead.created >= delivery.asked_at - TOLERANCE


def elsewhere(delivery: Delivery, found: Found, dedupe: Dedupe) -> Outcome | None:
    """What the lead's presence outside of its target means under this scope; None where it is not there.

    It stands where we never sent this delivery, so it is not ours, whenever it was created.
    """
    for lead in found.get(delivery.address.lower(), ()):
        reason, where = _whereabouts(lead, delivery.place)
        if reason is not None and _counts(reason, dedupe):
            return Outcome(delivery.id, State.DUPLICATE, reason, Origin.LOOKUP, remote_id=lead.id, detail=where)
    return None


def _whereabouts(lead: Sighting, place: Place) -> tuple[Reason | None, str]:
    if lead.is_in(place):
        return None, ""
    if lead.campaign:
        return Reason.IN_CAMPAIGN, f"campaign {lead.campaign}"
    return (Reason.IN_LIST, f"list {lead.list_id}") if lead.list_id else (Reason.IN_WORKSPACE, "")


def _counts(reason: Reason, dedupe: Dedupe) -> bool:
    scopes = {"campaigns": {Reason.IN_CAMPAIGN}, "lists": {Reason.IN_LIST}, "target": set[Reason]()}
    return dedupe == "workspace" or reason in scopes[dedupe]


# -------------------------------------------------------------------------------------------------------- inference


def _infer(rest: Rest, counters: dict[str, int], present: int, upload: Upload) -> None:
    """Settle who is still open by what the counters leave unexplained; only where they leave no other reading."""
    if not rest.open:
        return
    found = min(upload.unlisted, sum(one.state is State.DELIVERED for one in rest.settled.values()))
    if upload.unlisted > found:
        # Created, and not told who: sending again would be a guess, so they are looked for until they are found.
        rest.settle_all(State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.API, "created leads were not listed")
        return
    counts = len(rest.open)
    blocked = counters["in_blocklist"]
    faulty = sum(counters[name] for name in _FAULTY)
    standing = max(0, sum(counters[name] for name in _PRESENCE) - (present - found))
    match (blocked, faulty, standing):
        case (0, number, 0) if number == counts:
            rest.settle_all(State.REFUSED, _fault(counters), Origin.INFERRED)
        case (number, 0, 0) if number == counts:
            rest.settle_all(State.REFUSED, Reason.BLOCKLIST, Origin.INFERRED)
        case (0, 0, number) if number == counts:
            rest.settle_all(State.DUPLICATE, _presence(counters), Origin.INFERRED)
        case _ if upload.room == 0:
            rest.settle_all(State.READY, Reason.DENIED, Origin.INFERRED, "plan room used up")
        case _:
            rest.settle_all(State.READY, Reason.UNEXPLAINED, Origin.INFERRED)


def _fault(counters: dict[str, int]) -> Reason:
    """Which fault, where it is one; where both occur nobody knows whose is which."""
    faults = [reason for name, reason in _FAULTY.items() if counters[name]]
    return faults[0] if len(faults) == 1 else Reason.REJECTED


def _presence(counters: dict[str, int]) -> Reason:
    only_here = counters["skipped_count"] == 0 and counters["duplicate_email_count"] == 0
    return Reason.IN_TARGET if only_here else Reason.IN_WORKSPACE
