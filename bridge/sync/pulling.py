"""The second step of a run: reads finished source campaigns whole and decides every lead. Sends nothing.

A sweep, not a cursor: no source says what changed since, and rows change after first sight. So a
campaign whose fingerprint moved is read from the first page to the last. One that looks as it did costs no request.
Rules and mappings that change, and leads that waited for something, are decided from the stored facts (`deciding`).
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from http import HTTPStatus

from bridge import ledger
from bridge.errors import Refused, StopRequested, Unavailable, VendorError
from bridge.ledger.troubles import LEDGER
from bridge.model import SourceCampaign
from bridge.rules import misses, selects
from bridge.sources.base import NotReady, ReadsAhead, TellsAll, look_of
from bridge.sync.deciding import decide_rest
from bridge.sync.overlapping import Shipping
from bridge.sync.pushing import Shipment
from bridge.sync.run import Run
from bridge.sync.sweeping import Reading, sweep


def pull(run: Run, shipment: Shipment | None = None) -> VendorError | None:
    """Read what is new and decide everything that is undecided; the trouble that one campaign or the source had.

    With a `shipment` whole batches leave meanwhile, once nothing that is still to be read can speak against them.

    One campaign's trouble keeps neither the others nor what is ready from their turn. Raises Denied where a person must
    act, and whatever the account or the list of campaigns answers.
    """
    title = run.source.title
    masked = run.resources.catalogue.account(run.route.source).email_masked
    if masked and run.route.target.identity == "email":
        run.warn(
            f"This {title} account sees e-mail addresses masked: those leads are held until the account is unlocked. "
            f"Confirm a purchase in {title}'s dashboard; the next runs read the addresses."
        )
    all_listed = run.resources.catalogue.campaigns(run.route.source)
    listed = [campaign for campaign in all_listed if selects(run.route.source, campaign)]
    run.campaigns_seen = len(listed)
    for missed in misses(run.route.source, all_listed) if not listed else ():
        run.warn(missed)
    _note_gone(run, {campaign.id for campaign in listed})
    known = ledger.note_campaigns(run.db, listed)
    if run.route.source.q:
        ledger.note_returned(run.db, run.route_no, run.route.source.q, [entry.no for entry in known.values()])
    looks = {entry.id: look_of(entry, run.resources.wants) for entry in listed}
    now = run.now()
    due = [entry for entry in listed if _may_be_read(run, entry) and is_due(known[entry.id], looks[entry.id], now)]
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


def _note_gone(run: Run, listed: Collection[str]) -> None:
    """Say once which campaigns are gone; one that comes back is read again."""
    source = run.source
    if not isinstance(source, TellsAll):
        return
    if not listed:
        run.warn(f'The source of route "{run.route.name}" selects none of {source.title}.')
    for known in ledger.campaigns_of_route(run.db, run.route_no):
        campaign = known.campaign
        if known.fingerprint and campaign.id not in listed and source.is_gone(campaign.id):
            run.warn(f'"{campaign.title}" is gone from {source.title}; what was read of it before is kept.')
            ledger.store_sweep(
                run.db, known.no, fingerprint="", unread=0, now=run.now(), resweep_at=None, resweeps=known.resweeps
            )


def _shipping(shipment: Shipment | None) -> AbstractContextManager[Shipping | None]:
    return Shipping(shipment) if shipment is not None and Shipping.may_begin(shipment) else nullcontext()


# ---------------------------------------------------------------------------------------------------------- sweeping


class _Sweeps:
    """The sweeps of one run, in order; two in a row that find it unavailable end them."""

    def __init__(self, run: Run, known: Mapping[str, ledger.KnownCampaign]) -> None:
        self.run = run
        self.known = known
        self.trouble: VendorError | None = None
        self._failed_before = False
        self._down = False

    def sweep(self, due: Sequence[SourceCampaign], shipping: Shipping | None = None) -> None:
        """Sweep these campaigns one after the other, while the pages of the next ones are being read."""
        if not due or self._down:
            return
        run = self.run
        source = run.source
        ahead = source.ahead(due, run.resources.wants) if isinstance(source, ReadsAhead) else nullcontext(source)
        with ahead as reader:
            reading = Reading(run, reader, shipping.add if shipping else None)
            for campaign in due:
                trouble = _try_sweep(reading, campaign, self.known[campaign.id])
                self.trouble = self.trouble or trouble
                run.watch.swept()
                self._down = isinstance(trouble, Unavailable) and self._failed_before
                if self._down:
                    return
                self._failed_before = isinstance(trouble, Unavailable)


def _try_sweep(reading: Reading, campaign: SourceCampaign, known: ledger.KnownCampaign) -> VendorError | None:
    try:
        sweep(reading, campaign, known)
    except NotReady as later:
        reading.run.unready = True
        reading.run.warn(later.message)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            return error
        title = reading.run.source.title
        reading.run.warn(f'"{campaign.title}" is gone from {title}; what was read of it before is kept.')
    except StopRequested:
        raise
    except Unavailable as error:
        if error.vendor == LEDGER:
            raise
        return error
    return None


def _may_be_read(run: Run, campaign: SourceCampaign) -> bool:
    if campaign.validating:
        run.unready = True
        run.warn(f'"{campaign.title}" is still being validated by {run.source.title}; it is read when that has ended.')
    return not campaign.validating


def is_due(known: ledger.KnownCampaign, look: str, now: datetime) -> bool:
    """Whether the campaign looks different from when it was last swept whole, or it is time to look again anyway."""
    if known.fingerprint != look:
        return True
    return known.resweep_at is not None and known.resweep_at <= now
