"""Keeps the ledger lean: prunes what was kept long enough. Asks no vendor, moves no delivery.

Safe on several hosts at once and as often as one likes: every step may be repeated or cut off. The daemon does it
daily, `leadbridge db prune` when it is typed.
"""

from datetime import datetime, timedelta

from bridge import ledger
from bridge.lazy import dataclass
from bridge.ledger.events import posts
from bridge.ledger.people import suppressions
from bridge.ledger.upkeep import pruning


@dataclass(frozen=True, slots=True)
class Kept:
    """What was pruned, or would be: `facts` of so many leads, `runs` that did nothing."""

    facts: int = 0
    runs: int = 0


def keep_house(db: ledger.Database, *, now: datetime, keep: timedelta, look_only: bool = False) -> Kept:
    """Prune what is older than `keep`; with `look_only` only count it."""
    before = now - keep
    if look_only:
        facts = sum(len(some) for some in pruning.prunable_leads(db, before))
        return Kept(facts, len(pruning.idle_runs(db, before)))
    facts = sum(pruning.prune_leads(db, some, before) for some in pruning.prunable_leads(db, before))
    runs = pruning.drop_runs(db, pruning.idle_runs(db, before))
    posts.forget_old(db)
    for route_no in ledger.route_names(db).values():
        pruning.read_again(db, route_no)
    suppressions.ask_again(db)  # for changes of the do-not-contact list that left no mark on the leads
    return Kept(facts, runs)
