"""The second step of a run: reads finished source campaigns whole and decides every lead. Sends nothing.

A sweep, not a cursor: Scravio has no "since" and its rows change after first sight (scravio.md §4), so a campaign whose
fingerprint moved is read from the first page to the last. One that looks as it did costs no lead request. Rules and
mappings that change, and leads that waited for something, are decided from the stored facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from bridge import ledger
from bridge.errors import Refused, ToldToStop, Unavailable, VendorError
from bridge.ledger.database import LEDGER
from bridge.ledger.upkeep import pruning
from bridge.model import Decision, Hold, Reason, SourceCampaign
from bridge.rules import selects
from bridge.sync import exporting
from bridge.sync.prefetching import Prefetcher
from bridge.sync.run import Run
from bridge.sync.sweeping import Reading, fingerprint_of, sweep

if TYPE_CHECKING:
    from bridge.sync.overlapping import Shipping
    from bridge.sync.pushing import Shipment

NOT_SELECTED = "-"
"""In place of the rules' key: the route does not take this campaign any more."""


def pull(run: Run, shipment: "Shipment | None" = None) -> VendorError | None:
    """Read what is new and decide everything that is undecided; the trouble that one campaign or the source had.

    With a `shipment` whole batches leave meanwhile, once nothing that is still to be read can speak against them.

    One campaign's trouble keeps neither the others nor what is ready from their turn. Raises Denied where a person must
    act, and whatever the account or the list of campaigns answers.
    """
    if run.resources.catalogue.account().email_masked:
        run.warn(
            "This Scravio account sees e-mail addresses masked: those leads are held until the account is unlocked. "
            "Confirm a purchase in Scravio's dashboard; the next runs read the addresses."
        )
    listed = [c for c in run.resources.catalogue.campaigns(run.route.source) if selects(run.route.source, c)]
    run.campaigns_seen = len(listed)
    known = ledger.note_campaigns(run.db, listed)
    if run.route.source.q:
        ledger.note_returned(run.db, run.route_no, run.route.source.q, [entry.no for entry in known.values()])
    due = [entry for entry in listed if _may_be_read(run, entry) and is_due(known[entry.id], entry, run.now())]
    due = exporting.readable(run, due, known, {entry.id: fingerprint_of(entry) for entry in due})
    run.watch.planned(len(due))
    # What was read before is read first: the guard against absurd sweeps stops the run before anything has left.
    sweeps = _Sweeps(run, known)
    sweeps.sweep([entry for entry in due if known[entry.id].revision > 0])
    fresh = [entry for entry in due if known[entry.id].revision == 0]
    if fresh:
        decide_rest(run, list(known.values()))
        with _shipping(shipment) as shipping:
            sweeps.sweep(fresh, shipping)
    run.unread = sum(entry.unread for entry in ledger.note_campaigns(run.db, listed).values())
    decide_rest(run, list(known.values()))
    return sweeps.trouble


def _shipping(shipment: "Shipment | None") -> "AbstractContextManager[Shipping | None]":
    from bridge.sync.overlapping import Shipping  # noqa: PLC0415 - it sends, and rests on this module

    return Shipping(shipment) if shipment is not None and Shipping.may_begin(shipment) else nullcontext()


# ---------------------------------------------------------------------------------------------------------- sweeping


class _Sweeps:
    """The sweeps of one run, in order; two in a row that fail mean that the source is down, and end them."""

    def __init__(self, run: Run, known: Mapping[str, ledger.KnownCampaign]) -> None:
        self.run = run
        self.known = known
        self.trouble: VendorError | None = None
        self._failed_before = False
        self._down = False

    def sweep(self, due: Sequence[SourceCampaign], shipping: "Shipping | None" = None) -> None:
        """Sweep these campaigns one after the other, while the pages of the next ones are being read."""
        if not due or self._down:
            return
        run = self.run
        paged = [campaign for campaign in due if campaign.id not in run.exports]
        with Prefetcher(run.resources.catalogue.source, paged, run.resources.pages_at_once) as pages:
            reading = Reading(run, pages, shipping.add if shipping else None)
            for campaign in due:
                trouble = _try_sweep(reading, campaign, self.known[campaign.id])
                self.trouble = self.trouble or trouble
                run.watch.swept()
                self._down = trouble is not None and self._failed_before
                if self._down:
                    return
                self._failed_before = trouble is not None


def _try_sweep(reading: Reading, campaign: SourceCampaign, known: ledger.KnownCampaign) -> VendorError | None:
    try:
        sweep(reading, campaign, known)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            return error
        reading.run.warn(f'"{campaign.title}" has been deleted in Scravio; what was read of it before is kept.')
    except ToldToStop:
        raise
    except Unavailable as error:
        if error.vendor == LEDGER:
            raise
        return error
    return None


def _may_be_read(run: Run, campaign: SourceCampaign) -> bool:
    if campaign.validating:
        run.warn(f'"{campaign.title}" is still being validated by Scravio; it is read when that has ended.')
    return not campaign.validating


def is_due(known: ledger.KnownCampaign, campaign: SourceCampaign, now: datetime) -> bool:
    """Whether the campaign looks different from when it was last swept whole, or it is time to look again anyway."""
    if known.fingerprint != fingerprint_of(campaign):
        return True
    return known.resweep_at is not None and known.resweep_at <= now


# ---------------------------------------------------------------------------------------------------------- deciding


def decide_rest(run: Run, listed: Sequence[ledger.KnownCampaign]) -> None:
    """Decide from stored facts what other rules, another route's sweep or a freed place left undecided."""
    here = {entry.no: entry for entry in listed}
    for entry in ledger.campaigns_of_route(run.db, run.route_no):
        here.setdefault(entry.no, entry)
    taken = _taken(run, {number: entry.campaign for number, entry in here.items()})
    _catch_up(run, [entry for entry in here.values() if entry.no in taken], run.decider.key)
    _catch_up(run, [entry for entry in here.values() if entry.no not in taken], NOT_SELECTED)
    decide_stale(run)
    pruning.read_again(run.db, run.route_no)


def _taken(run: Run, campaigns: Mapping[int, SourceCampaign]) -> frozenset[int]:
    """Which of these campaigns the route takes as bridge.toml stands; those that its `q` means are remembered."""
    source = run.route.source
    taken = frozenset(number for number, campaign in campaigns.items() if selects(source, campaign))
    return taken & ledger.returned(run.db, run.route_no, source.q) if source.q else taken


def _catch_up(run: Run, campaigns: Iterable[ledger.KnownCampaign], decided_by: str) -> None:
    by_no = {entry.no: entry for entry in campaigns}
    waiting = ledger.undecided(run.db, run.route_no, decided_by, by_no)
    for campaign_no, revision in waiting.items():
        for stored in ledger.undecided_leads(run.db, run.deciding(decided_by), by_no[campaign_no]):
            run.pause_for_stop()
            decided = decide_stored(run, stored)
            decisions = [(lead, decided[lead.id]) for lead in stored]
            ledger.record_decisions(run.db, run.deciding(decided_by), decisions)
        ledger.store_decided(run.db, run.route_no, campaign_no, decided_by, revision)


def decide_stale(run: Run) -> int:
    """Decide again whoever waited for something that has changed; how many."""
    count = 0
    for stored in ledger.stale_leads(run.db, run.route_no):
        decided = decide_stored(run, stored)
        ledger.record_decisions(run.db, run.deciding(), [(lead, decided[lead.id]) for lead in stored])
        count += len(stored)
    return count


def decide_stored(run: Run, stored: Sequence[ledger.StoredLead]) -> dict[int, Decision]:
    """What the rules say now of leads in the ledger, by the lead's number there."""
    if run.route.retired:
        return {entry.id: Hold(Reason.ROUTE_RETIRED) for entry in stored}
    campaigns = ledger.campaigns_by_no(run.db, {lead.campaign_no for lead in stored})
    taken = _taken(run, campaigns)
    suppressed = ledger.suppressed(run.db, [ledger.person_of(entry.lead) for entry in stored])
    now = run.now()
    decided: dict[int, Decision] = {}
    for entry in stored:
        if entry.campaign_no in taken:
            decided[entry.id] = run.decider.decide(entry.lead, campaigns[entry.campaign_no], now, suppressed)
        else:
            decided[entry.id] = Hold(Reason.NOT_SELECTED)
    return decided
