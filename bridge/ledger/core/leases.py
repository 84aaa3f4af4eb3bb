"""Who may work on a route: one lease for each, on the database's clock, with an epoch. Decides nothing about leads.

A holder renews every few seconds. It is replaced when its time is up, or at once when it was a process of this very
host that is gone. Whatever an older epoch still does is void: `held` says so before each write and each record.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.ledger import hot
from bridge.ledger.core.holders import Holder, is_gone
from bridge.ledger.database import moment, now_ms, transaction
from bridge.ledger.revision import refuse_changed
from bridge.ledger.statements import insert_or_ignore, table

LEASE_SECONDS = 30
"""How long a lease lasts unless it is renewed; longer than any single write may take (25 s).

A read may take longer: the lease is renewed while it goes on, and what it learnt is recorded under its epoch, or not
at all.
"""

RENEW_SECONDS = 5
"""How often a holder renews."""

_lease = table("route_lease")


@transaction()
def acquire(connection: Connection, route_no: int, holder: Holder) -> int:
    """Take the route's lease and return its new epoch. Raises Busy, naming who holds it and since when.

    Raises ConfigProblem where another version has migrated the ledger meanwhile.
    """
    connection.execute(insert_or_ignore(connection, _lease), {"route_no": route_no})
    row = connection.execute(sa.select(_lease).where(_lease.c.route_no == route_no).with_for_update()).one()
    # After the wait for the row, which a holder's transaction, or a migration, may have taken.
    refuse_changed(connection)
    now = now_ms(connection)
    if row.expires_at > now and not is_gone(Holder(row.host, row.pid, row.process), holder):
        since = moment(row.acquired_at)
        raise Busy(
            f"Process {row.pid} on {row.host.split('/')[0]} has been working on this route since "
            f"{since:%Y-%m-%d %H:%M:%S} UTC."
        )
    connection.execute(
        sa.update(_lease)
        .where(_lease.c.route_no == route_no)
        .values(
            epoch=row.epoch + 1,
            host=holder.host,
            pid=holder.pid,
            process=holder.process,
            acquired_at=now,
            expires_at=now + LEASE_SECONDS * 1000,
        )
    )
    return int(row.epoch) + 1


@transaction(durable=False)
def renew(connection: Connection, route_no: int, epoch: int) -> bool:
    """Prolong the lease; False when it belongs to a later epoch, or has run out (then it may be taken any moment)."""
    ours = held(connection, route_no, epoch)
    now = now_ms(connection)  # after the wait for the row
    return ours and hot.renew_lease.take(connection, now + LEASE_SECONDS * 1000, route_no, epoch, now) == 1


def held(connection: Connection, route_no: int, epoch: int, *, alone: bool = True) -> bool:
    """Whether this epoch is still the route's latest; until the transaction has ended no process takes the route over.

    `alone`, no other thread records for it meanwhile: whatever is read of the route's deliveries from here on is what
    the transaction acts upon. Without it, one that is alone goes on beside this one (PostgreSQL).
    """
    question = hot.lease_epoch if alone else hot.lease_epoch_shared
    return question.ask(connection, route_no) == [epoch]


@transaction(durable=False)
def release(connection: Connection, route_no: int, epoch: int) -> None:
    """Give the lease back, if it is still ours."""
    connection.execute(
        sa.update(_lease).where(_lease.c.route_no == route_no, _lease.c.epoch == epoch).values(expires_at=0)
    )
