"""Statements that delete what was kept long enough: facts and sent fields, and runs that did nothing.

Keys, states, reasons, times and ids stay: they are the promises. Every piece is a short transaction of its own and may
be repeated. So several hosts may do this at once and be killed in the middle.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.engine import Connection

from bridge.ledger import hot
from bridge.ledger.core.campaigns import have_read_again
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.facts import digest
from bridge.ledger.sql import execute, rows_of
from bridge.ledger.statements import chunks, lock, table
from bridge.model import PROBLEM_ERASED, Reason

# A lead in one of these states still needs its facts. Of a held one that is decided again they are read again
# (`read_again`). What is left of an erased lead says so in its facts.
_PRUNABLE = """
    FROM lead WHERE lead.facts <> '' AND NOT (lead.person = '' AND lead.facts LIKE '%"problem":"{erased}"%')
    AND EXISTS (SELECT 1 FROM delivery d WHERE d.lead_id = lead.id)
    AND NOT EXISTS (
        SELECT 1 FROM delivery d WHERE d.lead_id = lead.id AND (
            d.state IN ('ready', 'sending', 'in_doubt', 'failed')
            OR d.sent_at >= {before} OR d.ended_at >= {before} OR d.decided_at >= {before}
        )
    )
"""
_STILL = "SELECT lead.id " + _PRUNABLE.format(before="[?]", erased=PROBLEM_ERASED) + " AND lead.id IN [numbers]"
_still_prunable = hot.Question(int, _STILL)
_deliveries_of = hot.Question(int, "SELECT id FROM delivery WHERE lead_id IN [numbers]")


def prunable_leads(database: Database, before: datetime, *, size: int = 1_000) -> Iterator[list[int]]:
    """Leads with facts of which no delivery is under way, and none was decided or sent since that time."""
    # By age, which an index has: what was first seen since then cannot have been decided before.
    prunable = _PRUNABLE.format(before=":before", erased=PROBLEM_ERASED)
    query = f"""
        SELECT lead.id, lead.first_seen_at {prunable}
        AND lead.first_seen_at < :before AND (lead.first_seen_at, lead.id) > (:seen, :after)
        ORDER BY lead.first_seen_at, lead.id LIMIT :size
    """
    last = {"seen": -1, "after": 0}
    while True:
        found = rows_of(database, query, size=size, before=milliseconds(before), **last)
        if not found:
            return
        last = {"seen": found[-1]["first_seen_at"], "after": found[-1]["id"]}
        yield [row["id"] for row in found]


@transaction(durable=False)
def prune_leads(connection: Connection, lead_ids: list[int], before: datetime) -> int:
    """Take the facts of one piece of leads, and the fields as sent of their deliveries; how many leads."""
    # What another process works on is left for the next day.
    free = lock(connection, table("lead"), lead_ids, waiting=False)
    lock(connection, table("delivery"), _deliveries_of.ask(connection, free))
    # Asked once more: another process may have made one of them ready since.
    leads = _still_prunable.ask(connection, *[milliseconds(before)] * 3, free)
    known = hot.stored_facts.ask(connection, leads)
    pruned = hot.prune_leads.run(connection, [(number, digest(facts), "", "") for number, facts in known])
    # What was sent is not known afterwards: nothing that has changed since is compared with it.
    _prune_changes.take(connection, leads)
    _prune_deliveries.take(connection, leads)
    return pruned


# What only a push or a claim needs. One that was delivered is never again in line, unlike a refused one.
_prune_deliveries = hot.Step(
    """
    UPDATE delivery SET fields = '', rank = CASE state WHEN 'delivered' THEN '' ELSE rank END
    WHERE lead_id IN [numbers] AND fields <> ''
    """
)

_prune_changes = hot.Step(
    """
    DELETE FROM pending_change WHERE kind = 'update'
    AND delivery_id IN (SELECT id FROM delivery WHERE lead_id IN [numbers] AND fields <> '')
    """
)


def read_again(database: Database, route_no: int) -> int:
    """Have the next sweep read those leads whose decision waits for pruned facts; how many."""
    waiting = "SELECT lead_id FROM delivery WHERE route_no = :route AND state = 'held' AND reason = :reason"
    given = {"route": route_no, "reason": Reason.FACTS_PRUNED.value}
    if not rows_of(database, f"{waiting} LIMIT 1", **given):
        return 0
    return have_read_again(database, f"id IN ({waiting})", **given)


def idle_runs(database: Database, before: datetime) -> list[int]:
    """Runs that ended before that time and sent nothing, but for each route's latest."""
    query = """
        SELECT id FROM run WHERE ended_at > 0 AND ended_at < :before
        AND id NOT IN (SELECT max(id) FROM run GROUP BY route_no)
        AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.run_id = run.id) ORDER BY id
    """
    with database.read() as connection:
        return list(execute(connection, query, before=milliseconds(before)).scalars())


def drop_runs(database: Database, run_ids: list[int]) -> int:
    """Forget these runs; how many."""
    return sum(_drop(database, list(some)) for some in chunks(run_ids))


@transaction(durable=False)
def _drop(connection: Connection, run_ids: list[int]) -> int:
    return execute(connection, "DELETE FROM run WHERE id IN :runs", runs=run_ids).rowcount
