"""Finds one lead that a route would send, with its mapped fields, for a test lead. Reads only, writes nothing."""

from collections.abc import Iterator
from datetime import datetime

from bridge import ledger
from bridge.app import App
from bridge.destinations.base import Standing
from bridge.errors import ConfigProblem
from bridge.hygiene import email, identities
from bridge.lazy import dataclass
from bridge.model import Deliver, Fields, Lead, Route, SourceCampaign
from bridge.operations.test_lead import refuse_others
from bridge.preview.play import opened
from bridge.rules import decider, selects
from bridge.sources.base import Wants, look_of
from bridge.sync import Catalogue
from bridge.sync.binding import refuse_other
from bridge.sync.pulling import is_due


@dataclass(frozen=True, slots=True)
class Sample:
    """A lead whose fields may be tried. `standing` is the target's, asked a moment ago."""

    lead_id: str
    username: str
    fields: Fields
    standing: Standing


def sample(app: App, route: Route, to: email.Address, lead_id: str = "") -> Sample:
    """The first lead that passes the rules, or the one named by `lead_id`, if it does.

    Raises ConfigProblem where there is none, where the target is not there yet, and where `to` is a lead's own address
    or suppressed; VendorError where a vendor cannot be read.
    """
    app = app.of(route.client)
    with opened(app) as db:
        if db is not None:
            refuse_others(db, to, route.client)
        standing = app.destination(route).check()
        if not standing.place.id:
            raise ConfigProblem(
                f'The target "{standing.title}" does not exist yet.', hint="`leadbridge sync` makes it."
            )
        if db is not None:
            refuse_other(db, ledger.route_names(db).get(route.name, 0), route, standing)
        lead, decision = _found(app, db, route, lead_id)
    if ledger.person_of(lead) == to.person:
        raise ConfigProblem(
            "The address after --to is the sample lead's own: a test must reach only you.",
            hint="Name an address of your own after --to.",
        )
    return Sample(lead.id, lead.username, decision.fields, standing)


def _found(app: App, db: ledger.Database | None, route: Route, lead_id: str) -> tuple[Lead, Deliver]:
    deciding, now = decider(route), app.wiring.clock() if db is None else db.now()
    for campaign, leads in _readings(db, route, Catalogue(app.looked_at), app.wants, now):
        for lead in leads:
            if lead_id and lead.id != lead_id:
                continue
            suppressed = ledger.suppressed(db, identities.keys(lead), route.client) if db else frozenset[str]()
            decision = deciding.decide(lead, campaign, now, suppressed)
            if isinstance(decision, Deliver):
                return lead, decision
            if lead_id:
                raise ConfigProblem(
                    f"The rules hold the lead {lead_id[:64]} back ({decision.reason}): its fields were never built.",
                    hint=f"`leadbridge explain {lead_id[:64]}` says why; leave --lead out for any lead that may go.",
                )
    if lead_id:
        raise ConfigProblem(
            f"No source campaign of this route has a lead {lead_id[:64]}.", hint="Leave --lead out for the first one."
        )
    raise ConfigProblem(
        "No lead passes the rules of this route at the moment: there is nothing to test.",
        hint="`leadbridge preview` says what holds them.",
    )


def _readings(
    db: ledger.Database | None, route: Route, catalogue: Catalogue, wants: Wants, now: datetime
) -> Iterator[tuple[SourceCampaign, list[Lead]]]:
    """The leads of every campaign the route takes: from the ledger, or from the source where a sync would read."""
    listed = [campaign for campaign in catalogue.campaigns(route.source) if selects(route.source, campaign)]
    known = ledger.campaigns_by_id(db, [campaign.id for campaign in listed]) if db else {}
    for campaign in listed:
        entry = known.get(campaign.id)
        if campaign.validating:
            continue
        if db is not None and entry is not None and not is_due(entry, look_of(campaign, wants), now):
            for stored in ledger.stored_leads(db, entry):
                yield campaign, [item.lead for item in stored]
        else:
            for page in catalogue.source(route.source).lead_pages(campaign, wants):
                yield campaign, list(page.leads)
