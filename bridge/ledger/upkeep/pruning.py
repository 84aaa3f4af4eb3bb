"""Statements that let go of what was kept long enough: facts and sent fields, and runs that did nothing.

Keys, states, reasons, times and ids stay: they are the promises. Every piece is a short transaction of its own and may
be repeated, so several hosts may do this at once and be killed in the middle.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.statements import chunks, lock, table
from bridge.ledger.tables import BatchRow, CampaignRow, DeliveryRow, EventRow, LeadRow, RunRow
from bridge.model import PROBLEM_ERASED, Reason, State

_AT_ONCE = 1_000

_batch = table(BatchRow)
_campaign = table(CampaignRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_lead = table(LeadRow)
_run = table(RunRow)

_UNDER_WAY = (State.READY, State.SENDING, State.IN_DOUBT, State.FAILED)
"""States in which facts are still needed. A held lead that is decided anew has them read again (`read_again`)."""


def prunable_leads(database: Database, before: datetime, *, size: int = _AT_ONCE) -> Iterator[list[int]]:
    """Leads with facts of which no delivery is under way, and none was decided or sent since that time."""
    query, after = _prunable(milliseconds(before)).order_by(_lead.c.id).limit(size), 0
    while True:
        with database.read() as connection:
            found = list(connection.execute(query.where(_lead.c.id > after)).scalars())
        if not found:
            return
        after = found[-1]
        yield found


def _prunable(before: int) -> sa.Select[Any]:
    d = _delivery.c
    mine = sa.select(sa.literal(1)).where(d.lead_id == _lead.c.id)
    young = sa.or_(d.sent_at >= before, d.ended_at >= before, d.decided_at >= before)
    needed = mine.where(sa.or_(d.state.in_(_UNDER_WAY), young))
    nobody = _lead.c.facts.contains(f'"problem":"{PROBLEM_ERASED}"')  # what is left of an erased lead says so
    kept = _lead.c.facts != "", sa.not_(sa.and_(_lead.c.person == "", nobody))
    return sa.select(_lead.c.id).where(*kept, sa.exists(mine), sa.not_(sa.exists(needed)))


def prune_leads(database: Database, lead_ids: list[int], before: datetime) -> int:
    """Take the facts of these leads, and the fields as sent of their deliveries; how many leads."""
    return sum(_prune(database, some, before) for some in chunks(lead_ids))


@transaction(durable=False)
def _prune(connection: Connection, lead_ids: Sequence[int], before: datetime) -> int:
    d = _delivery.c
    # What another process works on is left for the next day.
    free = lock(connection, _lead, lead_ids, waiting=False)
    theirs = list(connection.execute(sa.select(d.id).where(d.lead_id.in_(free))).scalars())
    lock(connection, _delivery, theirs)
    # Asked once more: another process may have made one of them ready since.
    still = _prunable(milliseconds(before)).where(_lead.c.id.in_(free))
    ids = list(connection.execute(still).scalars())
    lean = sa.update(_lead).where(_lead.c.id.in_(ids)).values(facts="", username="")
    pruned = connection.execute(lean).rowcount
    _prune_deliveries(connection, ids)
    return pruned


def _prune_deliveries(connection: Connection, lead_ids: list[int]) -> None:
    """What only a push or a claim needs, and the one event that says no more than the delivery itself."""
    d, e = _delivery.c, _event.c
    theirs = d.lead_id.in_(lead_ids)
    connection.execute(sa.update(_delivery).where(theirs, d.fields != "").values(fields=""))
    # Never again in line, unlike a refused one that is retried.
    connection.execute(sa.update(_delivery).where(theirs, d.state == State.DELIVERED).values(rank=""))
    delivered = sa.select(d.id).where(theirs, d.state == State.DELIVERED, d.sent_at > 0)
    alone = sa.select(e.delivery_id).where(e.delivery_id.in_(delivered)).group_by(e.delivery_id)
    once = alone.having(sa.func.count() == 1)
    connection.execute(sa.delete(_event).where(e.delivery_id.in_(once), e.state == State.DELIVERED))


def read_again(database: Database, route_no: int) -> int:
    """Have the next sweep read those leads whose decision waits for pruned facts; how many.

    The campaign's fingerprint is cleared, so that it is swept, and the lead's digest, so that what is read is stored.
    """
    d = _delivery.c
    waiting = sa.select(d.lead_id).where(d.route_no == route_no, d.state == State.HELD, d.reason == Reason.FACTS_PRUNED)
    with database.read() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return 0
    return have_read_again(database, waiting)


@transaction(durable=False)
def have_read_again(connection: Connection, waiting: sa.Select[Any]) -> int:
    """The same for the leads that a query tells."""
    concerned = _lead.c.id.in_(waiting)
    campaigns = sa.select(_lead.c.campaign_no).distinct().where(concerned)
    lock(connection, _campaign, connection.execute(campaigns).scalars())
    lock(connection, _lead, connection.execute(sa.select(_lead.c.id).where(concerned)).scalars())
    swept = sa.update(_campaign).where(_campaign.c.no.in_(campaigns), _campaign.c.fingerprint != "")
    connection.execute(swept.values(fingerprint=""))
    return connection.execute(sa.update(_lead).where(concerned).values(digest=0)).rowcount


def idle_runs(database: Database, before: datetime) -> list[int]:
    """Runs that ended before that time and sent nothing, but for each route's latest."""
    latest = sa.select(sa.func.max(_run.c.id)).group_by(_run.c.route_no)
    carried = sa.exists(sa.select(_batch.c.id).where(_batch.c.run_id == _run.c.id))
    query = sa.select(_run.c.id).where(
        _run.c.ended_at > 0, _run.c.ended_at < milliseconds(before), _run.c.id.not_in(latest), sa.not_(carried)
    )
    with database.read() as connection:
        return list(connection.execute(query.order_by(_run.c.id)).scalars())


def drop_runs(database: Database, run_ids: list[int]) -> int:
    """Forget these runs; how many."""
    return sum(_drop(database, some) for some in chunks(run_ids))


@transaction(durable=False)
def _drop(connection: Connection, run_ids: Sequence[int]) -> int:
    return connection.execute(sa.delete(_run).where(_run.c.id.in_(run_ids))).rowcount
