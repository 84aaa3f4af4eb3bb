"""What daemons share through the ledger: who they are, which tick is whose, and who spends from which budget."""

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words


class HostRow(Table, table=True):
    """A daemon. It counts as alive for some seconds after `seen_at` (the database's clock); a clean exit deletes it."""

    __tablename__ = "host"
    no: int = Field(sa_column=key())
    host: str = Field(default="", sa_column=words())
    pid: int = Field(default=0, sa_column=ref())
    process: str = Field(default="", sa_column=words())
    started_at: int = Field(default=0, sa_column=instant())
    seen_at: int = Field(default=0, sa_column=instant())


class BudgetRow(Table, table=True):
    """A daemon that spends from the request budget of an API key. `key` is a short hash, never the key."""

    __tablename__ = "budget"
    host_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: str = Field(sa_column=Column(Text, primary_key=True, nullable=False))


class TimetableRow(Table, table=True):
    """The schedule of a route as its daemons last took it up; `anchor_at` is the first tick of an `every`."""

    __tablename__ = "timetable"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    schedule: str = Field(default="", sa_column=words())
    anchor_at: int = Field(default=0, sa_column=instant())


class TickRow(Table, table=True):
    """One instant at which a route is to run. The primary key makes every daemon mean the same tick.

    Open while `ended_at` is 0, and then of the daemon `host_no` (0: of none yet). `tries` counts how often it was
    taken and distinguishes one taking from the next. `origin` is `schedule` or `trigger`.
    """

    __tablename__ = "tick"
    __table_args__ = (partial("ix_tick_route_no", "ended_at = 0", "route_no"),)
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    due_at: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    origin: str = Field(default="", sa_column=words())
    not_before: int = Field(default=0, sa_column=instant())
    host_no: int = Field(default=0, sa_column=ref())
    taken_at: int = Field(default=0, sa_column=instant())
    tries: int = Field(default=0, sa_column=ref())
    ended_at: int = Field(default=0, sa_column=instant())
    status: str = Field(default="", sa_column=words())


class AlertRow(Table, table=True):
    """The state of a route in the last alert about it; `cause` distinguishes one trouble of a kind from another.

    `claimed_at` is set while a host sends the alert: no other host sends it then, until that is too long ago.
    """

    __tablename__ = "alert"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    state: str = Field(default="", sa_column=words())
    cause: str = Field(default="", sa_column=words())
    claimed_at: int = Field(default=0, sa_column=instant())
    told_at: int = Field(default=0, sa_column=instant())
