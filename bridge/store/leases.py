"""Who may work on a route: one lease for each, on the database's clock, with an epoch. Decides nothing about leads.

A holder renews every few seconds. It is replaced when its time is up, or at once when it was a process of this very
host that is gone. Whatever an older epoch still does is void: `held` says so before each write and each record.
"""

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.store.database import Database, moment, now_ms
from bridge.store.statements import insert_or_ignore, table
from bridge.store.tables import LeaseRow

LEASE_SECONDS = 30
"""How long a lease lasts unless it is renewed; longer than any single request may take (25 s)."""

RENEW_SECONDS = 5
"""How often a holder renews."""

_lease = table(LeaseRow)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: the host it can be seen from, its number, and when that number was given to it."""

    host: str
    pid: int
    process: str


@cache
def myself() -> Holder:
    """This process."""
    return Holder(_host(), os.getpid(), started(os.getpid()))


def started(pid: int) -> str:
    """When the process with this number started, in the system's own count; "" when there is none or it is unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # proc(5): the second field is the name in brackets and may hold anything; the start time is the 22nd.
    return stat.rpartition(")")[2].split()[19]


def acquire(database: Database, route_no: int, holder: Holder) -> int:
    """Take the route's lease and return its new epoch. Raises Busy, naming who holds it and since when."""
    with database.write() as connection:
        now = now_ms(connection)
        connection.execute(insert_or_ignore(connection, _lease), {"route_no": route_no})
        row = connection.execute(sa.select(_lease).where(_lease.c.route_no == route_no).with_for_update()).one()
        if row.expires_at > now and not _is_gone(Holder(row.host, row.pid, row.process), holder):
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


def renew(database: Database, route_no: int, epoch: int) -> bool:
    """Prolong the lease; False when it belongs to a later epoch, or has run out (then it may be taken any moment)."""
    with database.write(durable=False) as connection:
        now = now_ms(connection)
        done = connection.execute(
            sa.update(_lease)
            .where(_lease.c.route_no == route_no, _lease.c.epoch == epoch, _lease.c.expires_at > now)
            .values(expires_at=now + LEASE_SECONDS * 1000)
        )
        return done.rowcount == 1


def held(connection: Connection, route_no: int, epoch: int) -> bool:
    """Whether this epoch is still the route's latest, within the caller's transaction."""
    found = connection.execute(sa.select(_lease.c.epoch).where(_lease.c.route_no == route_no)).scalar()
    return found == epoch


def release(database: Database, route_no: int, epoch: int) -> None:
    """Give the lease back, if it is still ours."""
    with database.write(durable=False) as connection:
        connection.execute(
            sa.update(_lease).where(_lease.c.route_no == route_no, _lease.c.epoch == epoch).values(expires_at=0)
        )


def _is_gone(other: Holder, me: Holder) -> bool:
    """Whether the holder was a process of this host that no longer runs; a re-used number has another start time."""
    if other.host != me.host:
        return False
    return started(other.pid) != other.process if other.process else not Path(f"/proc/{other.pid}").exists()


def _host() -> str:
    """A name under which two processes share a host only if they see each other's numbers (containers do not)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"
