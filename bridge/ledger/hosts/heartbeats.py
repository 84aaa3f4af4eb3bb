"""Which daemons are alive, and how many share the budget of an API key: by heartbeats on the database's clock.

A daemon that is silent for HOST_SECONDS counts as gone, one of this very machine as soon as its process has ended.
Decides nothing about leads, and holds no key: a budget is known by a short hash.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, moment, now_ms, transaction
from bridge.ledger.revision import refuse_changed
from bridge.ledger.statements import table
from bridge.ledger.tables import BudgetRow, HostRow

HOST_SECONDS = 30
"""For how long after its last heartbeat a daemon counts as alive; as long as a route's lease."""

BEAT_SECONDS = 5
"""How often a daemon's heart beats."""

_FORGOTTEN_SECONDS = 86_400  # longer than any clock or host stands still, so that no living daemon is deleted

_budget = table(BudgetRow)
_host = table(HostRow)


@dataclass(frozen=True, slots=True)
class LiveHost:
    """A daemon that is alive, and since when."""

    no: int
    holder: Holder
    started_at: datetime | None


@transaction(durable=False)
def register(connection: Connection, holder: Holder, keys: Sequence[str]) -> int:
    """Write down that this daemon lives and spends from these budgets; its number."""
    now = now_ms(connection)
    _forget(connection, _left_behind(connection, now, holder))
    row = {"host": holder.host, "pid": holder.pid, "process": holder.process, "started_at": now, "seen_at": now}
    no = int(connection.execute(sa.insert(_host).values(row).returning(_host.c.no)).scalar_one())
    if keys:
        connection.execute(sa.insert(_budget), [{"host_no": no, "key": key} for key in dict.fromkeys(keys)])
    return no


@transaction(durable=False)
def beat(connection: Connection, host_no: int) -> Mapping[str, int] | None:
    """Say that this daemon lives; how many daemons share each of its budgets. None where nobody knows it any more.

    Raises ConfigProblem where another version has migrated the ledger meanwhile.
    """
    refuse_changed(connection)
    now = now_ms(connection)
    done = connection.execute(sa.update(_host).where(_host.c.no == host_no).values(seen_at=now))
    if not done.rowcount:
        return None
    ours = sa.select(_budget.c.key).where(_budget.c.host_no == host_no)
    rows = connection.execute(sa.select(_budget).where(_budget.c.key.in_(ours))).all()
    living = alive(connection, now)
    return Counter(row.key for row in rows if row.host_no in living)


@transaction(durable=False)
def leave(connection: Connection, host_no: int) -> None:
    """Forget this daemon: it has ended well."""
    _forget(connection, [host_no])


def live_hosts(database: Database) -> list[LiveHost]:
    """Every daemon that is alive now, the oldest first."""
    with database.read() as connection:
        living = alive(connection, now_ms(connection))
        rows = connection.execute(sa.select(_host).where(_host.c.no.in_(living)).order_by(_host.c.no))
        return [LiveHost(row.no, living[row.no], moment(row.started_at)) for row in rows]


def alive(connection: Connection, now: int) -> dict[int, Holder]:
    """The daemons that count as alive at `now`, by number.

    A heartbeat far in the future is from before the clock was set back: who lives has beaten again since.
    """
    span = HOST_SECONDS * 1000
    rows = connection.execute(sa.select(_host).where(_host.c.seen_at.between(now - span + 1, now + span)))
    holders = {row.no: Holder(row.host, row.pid, row.process) for row in rows}
    return {no: holder for no, holder in holders.items() if not is_gone(holder, myself())}


def _left_behind(connection: Connection, now: int, me: Holder) -> list[int]:
    """The daemons that ended without a word: long ago, or on this very machine."""
    rows = connection.execute(sa.select(_host))
    return [
        row.no
        for row in rows
        if abs(row.seen_at - now) > _FORGOTTEN_SECONDS * 1000 or is_gone(Holder(row.host, row.pid, row.process), me)
    ]


def _forget(connection: Connection, numbers: Sequence[int]) -> None:
    if numbers:
        connection.execute(sa.delete(_budget).where(_budget.c.host_no.in_(numbers)))
        connection.execute(sa.delete(_host).where(_host.c.no.in_(numbers)))
