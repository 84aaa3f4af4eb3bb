"""Which daemons are alive, and how many share the budget of an API key: by heartbeats on the database's clock.

A daemon that is silent for HOST_SECONDS counts as gone, one of this very machine as soon as its process has ended.
Decides nothing about leads, and holds no key: a budget is known by a short hash.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, moment, now_ms, transaction
from bridge.ledger.revision import refuse_changed
from bridge.ledger.sql import execute, rows, value

HOST_SECONDS = 30
"""For how long after its last heartbeat a daemon counts as alive; as long as a route's lease."""

BEAT_SECONDS = 5
"""How often a daemon's heart beats."""

_FORGOTTEN_SECONDS = 86_400  # longer than any clock or host stands still, so that no living daemon is deleted


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
    for row in rows(connection, "SELECT * FROM host"):
        # It ended without a sign: long ago, or on this very machine.
        if abs(row["seen_at"] - now) > _FORGOTTEN_SECONDS * 1000 or is_gone(value(Holder, row), holder):
            _forget(connection, row["no"])
    added = """
        INSERT INTO host (host, pid, process, started_at, seen_at) VALUES (:host, :pid, :process, :now, :now)
        RETURNING no
    """
    no = int(execute(connection, added, **asdict(holder), now=now).scalar_one())
    for key in dict.fromkeys(keys):
        execute(connection, "INSERT INTO budget (host_no, key) VALUES (:no, :key)", no=no, key=key)
    return no


@transaction(durable=False)
def beat(connection: Connection, host_no: int) -> Mapping[str, int] | None:
    """Say that this daemon lives; how many daemons share each of its budgets. None where it is not known any more.

    Raises ConfigProblem where another version has migrated the ledger meanwhile.
    """
    refuse_changed(connection)
    now = now_ms(connection)
    if not execute(connection, "UPDATE host SET seen_at = :now WHERE no = :no", now=now, no=host_no).rowcount:
        return None
    sharing = "SELECT * FROM budget WHERE key IN (SELECT key FROM budget WHERE host_no = :no)"
    living = alive(connection, now)
    return Counter(row["key"] for row in rows(connection, sharing, no=host_no) if row["host_no"] in living)


@transaction(durable=False)
def leave(connection: Connection, host_no: int) -> None:
    """Forget this daemon: it has ended well."""
    _forget(connection, host_no)


def live_hosts(database: Database) -> list[LiveHost]:
    """Every daemon that is alive now, the oldest first."""
    with database.read() as connection:
        living = alive(connection, now_ms(connection))
        found = rows(connection, "SELECT no, started_at FROM host WHERE no IN :living ORDER BY no", living=list(living))
    return [LiveHost(row["no"], living[row["no"]], moment(row["started_at"])) for row in found]


def alive(connection: Connection, now: int) -> dict[int, Holder]:
    """The daemons that count as alive at `now`, by number.

    A heartbeat far in the future is from before the clock was set back: a living daemon has beaten again since.
    """
    span = HOST_SECONDS * 1000
    recent = "SELECT * FROM host WHERE seen_at > :after AND seen_at <= :until"
    found = rows(connection, recent, after=now - span, until=now + span)
    holders = {row["no"]: value(Holder, row) for row in found}
    return {no: holder for no, holder in holders.items() if not is_gone(holder, myself())}


def _forget(connection: Connection, host_no: int) -> None:
    execute(connection, "DELETE FROM budget WHERE host_no = :no", no=host_no)
    execute(connection, "DELETE FROM host WHERE no = :no", no=host_no)
