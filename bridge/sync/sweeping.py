"""Reads one source campaign from its first page to its last, decides and stores it in portions. Sends nothing.

A portion is stored before anything else happens to it. The campaign's fingerprint, which spares the next run the
reading, is remembered only if it held while it was read and no lead was missed.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge import ledger
from bridge.errors import VendorError
from bridge.hygiene import identities
from bridge.lazy import dataclass
from bridge.ledger.core.meeting import Meeting
from bridge.ledger.intents import checks
from bridge.model import Deliver, Lead, Scalar, SourceCampaign
from bridge.sources.base import LeadPage, Reader, TellsAll, look_of
from bridge.sync.guard import Guard
from bridge.sync.run import Run

PORTION = 1_000
"""Leads that are decided and stored in one transaction; some pages at once cost much less than each alone."""

_USUAL_PAGE = 100
"""The leads of a whole page, where the source does not say how many it grants."""

_STEPS = (timedelta(hours=1), timedelta(hours=6))
_DAILY = timedelta(days=1)
_LAST_RESWEEP = len(_STEPS) + 30


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sweep reads from, and what is called with how many leads became ready."""

    run: Run
    reader: Reader
    ready: Callable[[int], None] | None = None


def sweep(reading: Reading, campaign: SourceCampaign, known: ledger.KnownCampaign) -> None:
    """Read every lead of the campaign; remember its fingerprint if it held and nothing was missed.

    Raises NotReady where its source cannot show the leads yet.
    """
    run = reading.run
    run.watch.sweeping(campaign, campaign.emails)
    passes = [_read_pages(reading, campaign, known)]
    if passes[0].missing > 0:
        passes.append(_read_pages(reading, campaign, known))
    whole = _is_whole(run, campaign, passes)
    run.campaigns_swept += 1
    after = reading.reader.campaign(campaign.id)
    settled = whole and not after.validating and _holds(campaign.fingerprint, after.fingerprint)
    _remember(run, campaign, known, after, seen=passes[-1].leads[0], settled=settled)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass over a campaign: which leads came, how many rows the totals promise beyond, and how it ended.

    `leads` is equal for two passes that saw the same ids: how many, and the sum of their hashes. `ended_short`: the
    last page had room left, so there was nothing behind it.
    """

    leads: tuple[int, int]
    missing: int
    ended_short: bool


def _is_whole(run: Run, campaign: SourceCampaign, passes: Sequence[_Pass]) -> bool:
    """Whether every lead was seen. Totals may lie: two equal passes to a real end are believed."""
    last = passes[-1]
    if last.missing <= 0:
        return True
    if last.ended_short and last.leads == passes[0].leads:
        counts = f"{run.source.title} counts {last.missing} leads more than it shows"
        run.warn(f'"{campaign.title}": {counts}; the same leads came twice.')
        return True
    run.warn(
        f'"{campaign.title}" changed while it was read: {last.missing} leads were not seen; the next run reads it.'
    )
    return False


def _read_pages(reading: Reading, campaign: SourceCampaign, known: ledger.KnownCampaign) -> _Pass:
    """Store one pass over the campaign."""
    run, guard, tally = reading.run, Guard(reading.run, campaign, known), _Tally()
    pages = reading.reader.lead_pages(campaign, run.resources.wants)
    for portion in portions(_met(run, known, pages)):
        leads = [lead for page in portion for lead in tally.take(page)]
        suppressed = ledger.suppressed(
            run.db, (key for lead in leads for key in identities.keys(lead)), run.route.client
        )
        now = run.now()
        decided = [(lead, run.decider.decide(lead, campaign, now, suppressed)) for lead in leads]
        guard.look(decided)
        run.pause_for_stop()
        ledger.record_page(run.db, run.deciding(now=now), known, decided)
        if reading.ready is not None:
            reading.ready(sum(isinstance(decision, Deliver) for _, decision in decided))
        count = sum(len(page.leads) for page in portion)
        run.leads_read += count
        run.watch.read(count)
    guard.end(tally.rows, known.no)
    return tally.ended()


def _met(run: Run, known: ledger.KnownCampaign, pages: Iterator[LeadPage]) -> Iterator[LeadPage]:
    """The pages with what the ledger knows of their leads: ids, facts that the page lacks, validations of their own."""
    meeting, has_checks = Meeting(run.db, known), checks.any_checked(run.db)
    for page in pages:
        for note in page.notes:
            run.warn(note)
        leads = meeting.leads(page.leads, page.facts)
        if has_checks:
            leads = checks.supplemented(run.db, leads)
        if leads or not page.notes:
            yield replace(page, leads=tuple(leads))


def portions(pages: Iterator[LeadPage]) -> Iterator[list[LeadPage]]:
    """Pages in portions of some PORTION leads. What was read before something went wrong comes before the trouble."""
    portion: list[LeadPage] = []
    try:
        for page in pages:
            portion.append(page)
            if sum(len(one.leads) for one in portion) >= PORTION:
                yield portion
                portion = []
    except VendorError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


_COUNTED_AT_ONCE = 50_000
_BUCKETS = 256


class _Tally:
    """What one pass has seen so far. Of each lead it keeps 8 bytes, a hash of its id: campaigns have millions."""

    def __init__(self) -> None:
        self.rows = 0
        self._seen = array("q")
        # From some on in buckets, so that counting the distinct ones at the end takes little memory as well.
        self._buckets: list[array[int]] = []
        self._promised = self._twins = 0
        self._ended_short = True

    def take(self, page: LeadPage) -> Sequence[Lead]:
        """The leads of the next page. One that came before is stored again as it is now, which changes nothing else."""
        # Broken rows without an id that are equal to the letter are one lead to us, and several to the totals.
        broken = [lead.id for lead in page.leads if lead.problem]
        self._twins += len(broken) - len(set(broken))
        self._seen.extend([hash(lead.id) for lead in page.leads])
        if len(self._seen) > _COUNTED_AT_ONCE:
            self._put_in_buckets()
        self.rows += len(page.leads)
        self._promised = max(self._promised, page.total_count or 0)
        self._ended_short = 0 < len(page.leads) < (page.per_page or _USUAL_PAGE)
        return page.leads

    def ended(self) -> _Pass:
        """What the pass was, once nothing follows."""
        if self._buckets:
            self._put_in_buckets()
        count = total = 0
        for some in self._buckets or [self._seen]:
            different = set(some)
            count += len(different)
            total += sum(different)
        return _Pass((count, total), self._promised - count - self._twins, self._ended_short)

    def _put_in_buckets(self) -> None:
        self._buckets = self._buckets or [array("q") for _ in range(_BUCKETS)]
        for word in self._seen:
            self._buckets[word % _BUCKETS].append(word)
        self._seen = array("q")


def _holds(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> bool:
    """Whether the campaign still looks as it did: by the facts that both the list and the detail report."""
    return all(after[key] == value for key, value in before.items() if key in after)


def _remember(
    run: Run, campaign: SourceCampaign, known: ledger.KnownCampaign, after: SourceCampaign, *, seen: int, settled: bool
) -> None:
    look, read = look_of(campaign, run.resources.wants), after.emails if run.resources.wants.only_email else seen
    moved = known.fingerprint != look
    resweeps = 0 if moved else known.resweeps + 1
    now = run.now()
    unripe = not isinstance(run.source, TellsAll) and ledger.has_unripe_leads(run.db, known.no)
    ledger.store_sweep(
        run.db,
        known.no,
        fingerprint=look if settled else "",
        unread=max(0, (after.profiles or 0) - (read or 0)),
        now=now,
        resweep_at=_next_resweep(now, resweeps) if unripe else None,
        resweeps=resweeps,
    )


def _next_resweep(now: datetime, resweeps: int) -> datetime | None:
    """When to look again at leads that may still become good: after 1 h, 6 h, then daily for 30 days.

    No document promises that a validation which comes later moves anything in the campaign.
    """
    if resweeps >= _LAST_RESWEEP:
        return None
    return now + (_STEPS[resweeps] if resweeps < len(_STEPS) else _DAILY)
