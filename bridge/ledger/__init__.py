"""The ledger: every table, every SQL statement as a named function, the migrations. Calls no vendor, decides nothing.

One statement module for each idea; this page names what the rest of the house may use. A name is loaded when it is
first asked for: `leadbridge status` needs only `standing`, and the tables behind the others cost it half a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.ledger.core.audits import Entry, Note, UsedPlace, entries_of_place, note_audit, source_ids, used_places
    from bridge.ledger.core.campaigns import (
        KnownCampaign,
        campaigns_by_id,
        campaigns_by_no,
        campaigns_of_route,
        leads_in,
        note_campaigns,
        note_returned,
        returned,
        store_decided,
        store_sweep,
        undecided,
        unripe_leads,
    )
    from bridge.ledger.core.candidates import Claiming, claim_key
    from bridge.ledger.core.claims import Batch, claim, count_claims, split
    from bridge.ledger.core.decisions import Deciding, StoredLead
    from bridge.ledger.core.leads import (
        leads_of,
        person_of,
        record_decisions,
        record_page,
        stale_leads,
        states_of,
        stored_leads,
        undecided_leads,
    )
    from bridge.ledger.core.outcomes import (
        Recording,
        count_states,
        given_up,
        offer_again,
        put_back,
        record_outcomes,
        settle_absent,
    )
    from bridge.ledger.core.runs import (
        answered_batches,
        bind,
        finish_run,
        has_pushed,
        mismatches,
        ready_leads,
        route_number,
        start_run,
    )
    from bridge.ledger.core.unsettled import (
        Doubt,
        DoubtfulPlace,
        abandoned_to_doubt,
        doubtful_places,
        doubts,
        note_absent,
        unsettled_routes,
        waiting_for_doubts,
    )
    from bridge.ledger.core.withholding import withhold
    from bridge.ledger.database import Database
    from bridge.ledger.intents.trials import (
        Trial,
        begin_trial,
        end_trial,
        is_a_lead,
        open_trials,
        trials_of_place,
        trials_of_sample,
    )
    from bridge.ledger.people.suppressions import ask_again, entries_about, suppress, suppressed
    from bridge.ledger.views.standing import PastRun, Tally, Wait, past_runs, route_names, tally, waits

__all__ = [
    "Batch",
    "Claiming",
    "Database",
    "Deciding",
    "Doubt",
    "DoubtfulPlace",
    "Entry",
    "KnownCampaign",
    "Note",
    "PastRun",
    "Recording",
    "StoredLead",
    "Tally",
    "Trial",
    "UsedPlace",
    "Wait",
    "abandoned_to_doubt",
    "answered_batches",
    "ask_again",
    "begin_trial",
    "bind",
    "campaigns_by_id",
    "campaigns_by_no",
    "campaigns_of_route",
    "claim",
    "claim_key",
    "count_claims",
    "count_states",
    "doubtful_places",
    "doubts",
    "end_trial",
    "entries_about",
    "entries_of_place",
    "finish_run",
    "given_up",
    "has_pushed",
    "is_a_lead",
    "leads_in",
    "leads_of",
    "mismatches",
    "note_absent",
    "note_audit",
    "note_campaigns",
    "note_returned",
    "offer_again",
    "open_trials",
    "past_runs",
    "person_of",
    "put_back",
    "ready_leads",
    "record_decisions",
    "record_outcomes",
    "record_page",
    "returned",
    "route_names",
    "route_number",
    "settle_absent",
    "source_ids",
    "split",
    "stale_leads",
    "start_run",
    "states_of",
    "store_decided",
    "store_sweep",
    "stored_leads",
    "suppress",
    "suppressed",
    "tally",
    "trials_of_place",
    "trials_of_sample",
    "undecided",
    "undecided_leads",
    "unripe_leads",
    "unsettled_routes",
    "used_places",
    "waiting_for_doubts",
    "waits",
    "withhold",
]


# The cheap ones first: a name is looked for in this order.
_MODULES = (
    "database",
    "views.standing",
    "people.suppressions",
    "core.runs",
    "core.campaigns",
    "core.leads",
    "core.claims",
    "core.outcomes",
    "core.unsettled",
    "core.audits",
    "core.withholding",
    "intents.trials",
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        for module in _MODULES:
            found = vars(import_module(f"{__name__}.{module}"))
            if name in found:
                return globals().setdefault(name, found[name])
    raise AttributeError(f"module {__name__} has no attribute {name}")
