"""Decides leads that are in the ledger, from their stored facts. Reads no source, sends nothing."""

from collections.abc import Iterable, Mapping, Sequence

from bridge import ledger
from bridge.hygiene import identities
from bridge.ledger.events.recontact import ask_again
from bridge.ledger.upkeep import pruning
from bridge.model import Decision, Hold, Reason, SourceCampaign
from bridge.rules import selects
from bridge.sync.run import Run

NOT_SELECTED = "-"
"""In place of the rules' key: the route does not take this campaign any more."""


def decide_rest(run: Run, listed: Sequence[ledger.KnownCampaign]) -> None:
    """Decide from stored facts what other rules, another route's sweep or a freed place left undecided."""
    here = {entry.no: entry for entry in listed}
    for entry in ledger.campaigns_of_route(run.db, run.route_no):
        here.setdefault(entry.no, entry)
    taken = _taken(run, {number: entry.campaign for number, entry in here.items()})
    _catch_up(run, [entry for entry in here.values() if entry.no in taken], run.decider.key)
    _catch_up(run, [entry for entry in here.values() if entry.no not in taken], NOT_SELECTED)
    recontact = run.route.rules.recontact
    ask_again(run.db, run.route_no, run.now() - recontact if recontact else None, run.route.client)
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
    unfinished = ledger.with_undecided_leads(run.db, run.route_no, decided_by, waiting)
    finished = {number: revision for number, revision in waiting.items() if number not in unfinished}
    if finished:
        ledger.store_decided(run.db, run.route_no, decided_by, finished)
    for campaign_no in sorted(unfinished):
        ledger.note_frozen(run.db, run.deciding(decided_by), by_no[campaign_no])
        for stored in ledger.undecided_leads(run.db, run.deciding(decided_by), by_no[campaign_no]):
            run.pause_for_stop()
            decided = decide_stored(run, stored)
            decisions = [(lead, decided[lead.id]) for lead in stored]
            ledger.record_decisions(run.db, run.deciding(decided_by), decisions)
        ledger.store_decided(run.db, run.route_no, decided_by, {campaign_no: waiting[campaign_no]})


def decide_stale(run: Run) -> int:
    """Decide again the leads that waited for something that has changed; how many."""
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
    keys = (key for entry in stored for key in identities.keys(entry.lead))
    suppressed = ledger.suppressed(run.db, keys, run.route.client)
    now = run.now()
    decided: dict[int, Decision] = {}
    for entry in stored:
        if entry.campaign_no in taken:
            decided[entry.id] = run.decider.decide(entry.lead, campaigns[entry.campaign_no], now, suppressed)
        else:
            decided[entry.id] = Hold(Reason.NOT_SELECTED)
    return decided
