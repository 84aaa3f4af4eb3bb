"""Plays a run through in memory: reads for real, decides, claims as the ledger would. Writes nothing anywhere.

What a claim would find (duplicates, the cap of a domain) is played through in the order a claim would see it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge import store
from bridge.app import App
from bridge.destinations.base import Standing
from bridge.hygiene import email
from bridge.model import Decision, Deliver, Delivery, Hold, Lead, Place, Reason, Route, SourceCampaign, State
from bridge.rules import Decider, selects
from bridge.store import secrecy
from bridge.store.migrate import open_existing
from bridge.sync import Catalogue
from bridge.sync.pulling import is_due

MOST_LOOKED_AT = 1_000
"""Leads that would go of which the vendor is asked: the first ones, ten lookups of a hundred addresses."""

MOST_SAMPLES = 100
"""Leads that can be shown whole."""

_EXAMPLES = 3


def _address(lead: Lead) -> str:
    found = email.read(lead.email)
    return found.value if isinstance(found, email.Address) else ""


@contextmanager
def opened(app: App) -> Iterator[store.Database | None]:
    """The ledger to read from, None where there is none yet; makes none."""
    ledger = open_existing(app.settings.database_url)
    try:
        if ledger is not None:
            secrecy.offer_key(ledger, app.settings.hash_key.reveal())
        yield ledger
    finally:
        if ledger is not None:
            ledger.close()


def readings(play: "Play", catalogue: Catalogue) -> Iterator[tuple[SourceCampaign, list[Lead]]]:
    """The leads of every campaign the route takes: from the ledger where a sync would not read, else from Scravio."""
    if catalogue.account().email_masked:
        play.warnings.append("This Scravio account sees e-mail addresses masked: those leads are held.")
    listed = [campaign for campaign in catalogue.campaigns(play.route.source) if selects(play.route.source, campaign)]
    known = store.campaigns_by_id(play.ledger, [campaign.id for campaign in listed]) if play.ledger else {}
    for campaign in listed:
        entry = known.get(campaign.id)
        if campaign.validating:
            play.warnings.append(f'"{campaign.title}" is still being validated by Scravio: sync will read it later.')
        elif entry is not None and play.ledger is not None and not is_due(entry, campaign, play.now):
            for stored in store.stored_leads(play.ledger, play.route_no, entry):
                yield campaign, [item.lead for item in stored]
        else:
            yield from _live(catalogue, campaign)


def _live(catalogue: Catalogue, campaign: SourceCampaign) -> Iterator[tuple[SourceCampaign, list[Lead]]]:
    seen: set[str] = set()
    for page in catalogue.source.lead_pages(campaign.id, expected=campaign.emails):
        fresh = [lead for lead in page.leads if lead.id not in seen]
        seen.update(lead.id for lead in fresh)
        yield campaign, fresh


class Taken:
    """The claims of all routes of one preview, in the order of the file, as the ledger would hold them."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], set[str]] = {}

    def take(self, route: Route, place: Place, person: str, address: str) -> bool:
        """Claim a person in every scope of the place; False where a scope that the route minds has them already."""
        exact = route.rules.same_person == "exact"
        for scope in place.guarded(route.target.dedupe):
            owners = self._owners.get((scope, person), set())
            if address in owners or (owners and not exact):
                return False
        for scope in place.scopes:
            self._owners.setdefault((scope, person), set()).add(address)
        return True


@dataclass(slots=True)
class Play:
    """A run played through in memory.

    `going` are the first deliveries that would go, `sources` the ids and user names of their leads, `suppressed` a few
    addresses that are held for that, `unvalidated` the campaigns with leads that were never validated, and how many.
    """

    ledger: store.Database | None
    route: Route
    decider: Decider
    now: datetime
    taken: Taken
    standing: Standing | None = None
    route_no: int = 0
    leads_read: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    going: list[Delivery] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)
    unvalidated: dict[str, tuple[SourceCampaign, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.ledger is not None:
            self.route_no = store.route_names(self.ledger).get(self.route.name, 0)

    def take(self, campaign: SourceCampaign, leads: Sequence[Lead]) -> None:
        """Play one page."""
        persons = {lead.id: store.person_of(lead) for lead in leads}
        suppressed = store.suppressed(self.ledger, persons.values()) if self.ledger else frozenset()
        decided = [(lead, self.decider.decide(lead, campaign, self.now, suppressed)) for lead in leads]
        owned = self._owned(decided, persons)
        known = self._known(campaign, leads)
        for lead, decision in decided:
            self.leads_read += 1
            self._count(lead, decision, known.get(lead.id), persons[lead.id], owned)
            if isinstance(decision, Hold) and decision.reason is Reason.NOT_VALIDATED:
                count = self.unvalidated.get(campaign.id, (campaign, 0))[1]
                self.unvalidated[campaign.id] = (campaign, count + 1)

    def _known(self, campaign: SourceCampaign, leads: Sequence[Lead]) -> Mapping[str, State]:
        if self.ledger is None or not self.route_no:
            return {}
        return store.states_of(self.ledger, self.route_no, campaign.id, [lead.id for lead in leads])

    def _owned(self, decided: Sequence[tuple[Lead, Decision]], persons: Mapping[str, str]) -> frozenset[str]:
        """Who belongs to a delivery already, and how full the domains are, as the ledger has it."""
        going = [(lead, decision) for lead, decision in decided if isinstance(decision, Deliver)]
        if self.ledger is None:
            return frozenset()
        new = {decision.domain for _, decision in going} - self.filled.keys()
        self.filled.update(store.domain_counts(self.ledger, self.route_no, new))
        if self.standing is None:
            return frozenset()
        people = [(persons[lead.id], decision.address) for lead, decision in going]
        place, target = self.standing.place, self.route.target
        return store.claimed(self.ledger, place, target.dedupe, self.route.rules.same_person, people)

    def _count(self, lead: Lead, decision: Decision, state: State | None, person: str, owned: frozenset[str]) -> None:
        if state not in (None, State.HELD, State.READY):
            self._add(state or State.HELD, "already_known")
        elif not isinstance(decision, Deliver):
            self._add(State.HELD, decision.reason)
            if decision.reason is Reason.SUPPRESSED and len(self.suppressed) < _EXAMPLES:
                self.suppressed.append(_address(lead))
        elif self._is_taken(decision, state, person, owned):
            self._add(State.HELD, Reason.DUPLICATE_OF)
        elif self._is_capped(decision.domain):
            self._add(State.HELD, Reason.DOMAIN_CAP)
        else:
            self.filled[decision.domain] += 1
            self._add(State.READY, Reason.OK)
            self._keep(lead, decision, person)

    def _is_taken(self, decision: Deliver, state: State | None, person: str, owned: frozenset[str]) -> bool:
        key = store.claim_key(self.route.rules.same_person, person, decision.address)
        # A ready delivery may own its claim already, from a call that did not happen.
        if key in owned and state is not State.READY:
            return True
        return not self.taken.take(self.route, self._place(), person, decision.address)

    def _place(self) -> Place:
        """Where the route delivers; what has no id yet goes by its name, and what cannot be seen by the route's."""
        if self.standing is None:
            return Place(self.route.target.vendor, f"of {self.route.name}", self.route.target.kind, "")
        place = self.standing.place
        return place if place.id else replace(place, id=f"named {self.standing.title}")

    def _is_capped(self, domain: str) -> bool:
        cap = self.route.rules.per_domain
        return bool(cap and domain and self.filled[domain] >= cap)

    def _add(self, state: State, reason: str) -> None:
        self.states[state] += 1
        self.reasons[reason] += 1

    def _keep(self, lead: Lead, decision: Deliver, person: str) -> None:
        if len(self.going) < MOST_LOOKED_AT:
            number = len(self.going) + 1
            self.going.append(Delivery(number, person, decision.address, decision.fields, self._place(), State.READY))
            self.sources.append((lead.id, lead.username))
