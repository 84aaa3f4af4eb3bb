"""The second step of a run: reads finished source campaigns whole and decides every lead. Sends nothing.

A sweep, not a cursor: Scravio has no "since" and its rows change after first sight (scravio.md §4), so a campaign whose
fingerprint moved is read from the first page to the last. One that looks as it did costs no lead request. Rules and
mappings that change, and leads that waited for something, are decided from the stored facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from bridge import store
from bridge.errors import Refused, Unavailable, VendorError
from bridge.model import Decision, Hold, Lead, Reason, Scalar, SourceCampaign
from bridge.rules import selects
from bridge.scravio import PER_PAGE
from bridge.store.database import LEDGER
from bridge.store.facts import dump_map
from bridge.sync.guard import Guard
from bridge.sync.run import Run

NOT_SELECTED = "-"
"""In place of the rules' key: the route does not take this campaign any more."""

_ASKED = {"asked": "hasEmail"}  # part of the fingerprint: what a sweep asked for decides what it can have seen
_STEPS = (timedelta(hours=1), timedelta(hours=6))
_DAILY = timedelta(days=1)
_LAST_RESWEEP = len(_STEPS) + 30


def pull(run: Run) -> VendorError | None:
    """Read what is new and decide everything that is undecided; the trouble that one campaign or the source had.

    One campaign's trouble keeps neither the others nor what is ready from their turn. Raises Denied where a person must
    act, and whatever the account or the list of campaigns answers.
    """
    if run.workshop.catalogue.account().email_masked:
        run.warn(
            "This Scravio account sees e-mail addresses masked: those leads are held until the account is unlocked. "
            "Confirm a purchase in Scravio's dashboard; the next runs pick the addresses up."
        )
    listed = [c for c in run.workshop.catalogue.campaigns(run.route.source) if selects(run.route.source, c)]
    run.campaigns_seen = len(listed)
    known = store.note_campaigns(run.ledger, listed)
    due = [entry for entry in listed if _may_be_read(run, entry) and is_due(known[entry.id], entry, run.now())]
    run.watch.planned(len(due))
    trouble = _sweep_all(run, due, known)
    run.unread = sum(entry.unread for entry in store.note_campaigns(run.ledger, listed).values())
    decide_rest(run, list(known.values()))
    return trouble


# ---------------------------------------------------------------------------------------------------------- sweeping


def _sweep_all(run: Run, due: Sequence[SourceCampaign], known: Mapping[str, store.KnownCampaign]) -> VendorError | None:
    """Sweep one campaign after the other; two in a row that fail mean that the source is down, and end it."""
    first: VendorError | None = None
    failed_before = False
    for campaign in due:
        trouble = _try_sweep(run, campaign, known[campaign.id])
        first = first or trouble
        run.watch.swept()
        if trouble is not None and failed_before:
            break
        failed_before = trouble is not None
    return first


def _try_sweep(run: Run, campaign: SourceCampaign, known: store.KnownCampaign) -> VendorError | None:
    try:
        sweep(run, campaign, known)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            return error
        run.warn(f'"{campaign.title}" has been deleted in Scravio; what was read of it before is kept.')
    except Unavailable as error:
        if error.vendor == LEDGER:
            raise
        return error
    return None


def _may_be_read(run: Run, campaign: SourceCampaign) -> bool:
    if campaign.validating:
        run.warn(f'"{campaign.title}" is still being validated by Scravio; it is read when that has ended.')
    return not campaign.validating


def is_due(known: store.KnownCampaign, campaign: SourceCampaign, now: datetime) -> bool:
    """Whether the campaign looks different from when it was last swept whole, or it is time to look again anyway."""
    if known.fingerprint != _fingerprint(campaign):
        return True
    return known.resweep_at is not None and known.resweep_at <= now


def _fingerprint(campaign: SourceCampaign) -> str:
    return dump_map({**campaign.fingerprint, **_ASKED})


def sweep(run: Run, campaign: SourceCampaign, known: store.KnownCampaign) -> None:
    """Read every lead of the campaign; remember its fingerprint if it held and nothing was missed."""
    run.watch.sweeping(campaign, campaign.emails)
    passes = [_read_pages(run, campaign, known)]
    if passes[0].missing > 0:
        passes.append(_read_pages(run, campaign, known))
    whole = _is_whole(run, campaign, passes)
    run.campaigns_swept += 1
    after = run.workshop.catalogue.source.campaign(campaign.id)
    settled = whole and not after.validating and _holds(campaign.fingerprint, after.fingerprint)
    _remember(run, campaign, known, after, settled=settled)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass over a campaign: which leads came, how many rows the totals promise beyond, and how it ended.

    `ended_short`: the last page had room left, so there was nothing behind it.
    """

    ids: frozenset[str]
    missing: int
    ended_short: bool


def _is_whole(run: Run, campaign: SourceCampaign, passes: Sequence[_Pass]) -> bool:
    """Whether every lead was seen. Totals may lie (scravio.md §4): two equal passes to a real end are believed."""
    last = passes[-1]
    if last.missing <= 0:
        return True
    if last.ended_short and last.ids == passes[0].ids:
        run.warn(f'"{campaign.title}": Scravio counts {last.missing} leads more than it shows; the same came twice.')
        return True
    run.warn(
        f'"{campaign.title}" changed while it was read: {last.missing} leads were not seen; the next run reads it.'
    )
    return False


def _read_pages(run: Run, campaign: SourceCampaign, known: store.KnownCampaign) -> _Pass:
    """Store one pass over the campaign."""
    seen: set[str] = set()
    promised = twins = 0
    ended_short = True
    guard = Guard(run, campaign, known)
    for page in run.workshop.catalogue.source.lead_pages(campaign.id, expected=campaign.emails):
        fresh = [lead for lead in page.leads if lead.id not in seen]
        # Broken rows without an id that are equal to the letter are one lead to us, and several to the totals.
        twins += sum(bool(lead.problem) for lead in page.leads) - len({lead.id for lead in page.leads if lead.problem})
        seen.update(lead.id for lead in fresh)
        decided = _decide(run, campaign, fresh)
        guard.look(decided)
        run.pause_for_stop()
        store.record_page(run.ledger, run.deciding(), known, decided)
        run.leads_read += len(page.leads)
        run.watch.read(len(page.leads))
        promised = max(promised, page.total_count or 0)
        ended_short = len(page.leads) < (page.per_page or PER_PAGE)
    guard.end(len(seen), store.leads_in(run.ledger, known.no))
    return _Pass(frozenset(seen), promised - len(seen) - twins, ended_short)


def _holds(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> bool:
    """Whether the campaign still looks as it did: by the facts that both the list and the detail report."""
    return all(after[key] == value for key, value in before.items() if key in after)


def _remember(
    run: Run, campaign: SourceCampaign, known: store.KnownCampaign, after: SourceCampaign, *, settled: bool
) -> None:
    moved = known.fingerprint != _fingerprint(campaign)
    resweeps = 0 if moved else known.resweeps + 1
    unripe = store.unripe_leads(run.ledger, known.no)
    store.store_sweep(
        run.ledger,
        known.no,
        fingerprint=_fingerprint(campaign) if settled else "",
        unread=max(0, (after.profiles or 0) - (after.emails or 0)),
        now=run.now(),
        resweep_at=_next_resweep(run.now(), resweeps) if unripe else None,
        resweeps=resweeps,
    )


def _next_resweep(now: datetime, resweeps: int) -> datetime | None:
    """When to look again at leads that may still become good: after 1 h, 6 h, then daily for 30 days.

    No document promises that a validation which comes later moves anything in the campaign.
    """
    if resweeps >= _LAST_RESWEEP:
        return None
    return now + (_STEPS[resweeps] if resweeps < len(_STEPS) else _DAILY)


# ---------------------------------------------------------------------------------------------------------- deciding


def _decide(run: Run, campaign: SourceCampaign, leads: Sequence[Lead]) -> list[tuple[Lead, Decision]]:
    suppressed = store.suppressed(run.ledger, [store.person_of(lead) for lead in leads])
    now = run.now()
    return [(lead, run.decider.decide(lead, campaign, now, suppressed)) for lead in leads]


def decide_rest(run: Run, listed: Sequence[store.KnownCampaign]) -> None:
    """Decide from stored facts what other rules, another route's sweep or a freed place left undecided."""
    here = {entry.no: entry for entry in listed}
    for entry in store.campaigns_of_route(run.ledger, run.route_no):
        here.setdefault(entry.no, entry)
    chosen = [entry for entry in here.values() if selects(run.route.source, entry.campaign)]
    _catch_up(run, chosen, run.decider.key)
    left = [entry for entry in here.values() if not selects(run.route.source, entry.campaign)]
    _catch_up(run, left, NOT_SELECTED)
    decide_stale(run)


def _catch_up(run: Run, campaigns: Iterable[store.KnownCampaign], decided_by: str) -> None:
    by_no = {entry.no: entry for entry in campaigns}
    waiting = store.undecided(run.ledger, run.route_no, decided_by, by_no)
    for campaign_no, revision in waiting.items():
        for stored in store.undecided_leads(run.ledger, run.deciding(decided_by), by_no[campaign_no]):
            run.pause_for_stop()
            decided = decide_stored(run, stored)
            decisions = [(lead, decided[lead.id]) for lead in stored]
            store.record_decisions(run.ledger, run.deciding(decided_by), decisions)
        store.store_decided(run.ledger, run.route_no, campaign_no, decided_by, revision)


def decide_stale(run: Run) -> int:
    """Decide again whoever waited for something that has changed; how many."""
    count = 0
    for stored in store.stale_leads(run.ledger, run.route_no):
        decided = decide_stored(run, stored)
        store.record_decisions(run.ledger, run.deciding(), [(lead, decided[lead.id]) for lead in stored])
        count += len(stored)
    return count


def decide_stored(run: Run, stored: Sequence[store.StoredLead]) -> dict[int, Decision]:
    """What the rules say now of leads in the ledger, by the lead's number there."""
    campaigns = store.campaigns_by_no(run.ledger, {lead.campaign_no for lead in stored})
    suppressed = store.suppressed(run.ledger, [store.person_of(entry.lead) for entry in stored])
    now = run.now()
    decided: dict[int, Decision] = {}
    for entry in stored:
        campaign = campaigns[entry.campaign_no]
        if selects(run.route.source, campaign):
            decided[entry.id] = run.decider.decide(entry.lead, campaign, now, suppressed)
        else:
            decided[entry.id] = Hold(Reason.NOT_SELECTED)
    return decided
