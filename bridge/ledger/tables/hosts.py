"""What daemons share through the ledger: who they are, which tick is whose, and who spends from which budget."""

from sqlalchemy import BigInteger, Column, Text

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words


class HostRow(Table):
    """A daemon. It counts as alive for some seconds after `seen_at` (the database's clock); a clean exit deletes it."""

    __tablename__ = "host"
    no = key()
    host = words()
    pid = ref()
    process = words()
    started_at = instant()
    seen_at = instant()


class BudgetRow(Table):
    """A daemon that spends from the request budget of an API key. `key` is a short hash, never the key."""

    __tablename__ = "budget"
    host_no = Column(BigInteger, primary_key=True, autoincrement=False)
    key = Column(Text, primary_key=True, nullable=False)


class TimetableRow(Table):
    """The schedule of a route as its daemons last took it up; `anchor_at` is the first tick of an `every`."""

    __tablename__ = "timetable"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    schedule = words()
    anchor_at = instant()


class TickRow(Table):
    """One instant at which a route is to run. The primary key makes every daemon mean the same tick.

    Open while `ended_at` is 0, and then of the daemon `host_no` (0: of none yet). `tries` counts how often it was
    taken and distinguishes one taking from the next. `origin` is `schedule` or `trigger`.
    """

    __tablename__ = "tick"
    __table_args__ = (partial("ix_tick_route_no", "ended_at = 0", "route_no"),)
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    due_at = Column(BigInteger, primary_key=True, autoincrement=False)
    origin = words()
    not_before = instant()
    host_no = ref()
    taken_at = instant()
    tries = ref()
    ended_at = instant()
    status = words()


class AlertRow(Table):
    """The state of a route in the last alert about it; `cause` distinguishes one trouble of a kind from another.

    `claimed_at` is set while a host sends the alert: no other host sends it then, until that is too long ago.
    """

    __tablename__ = "alert"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    state = words()
    cause = words()
    claimed_at = instant()
    told_at = instant()
