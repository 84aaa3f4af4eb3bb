"""What was asked of Scravio beyond reading: validations, exports, campaigns, and what they cost. Holds no statement.

Credits are whole thousandths, so that sums are exact. A row is written before its call goes out, and says `asking`
until the answer is known: a lost answer is looked up, never asked for again blindly.
"""

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, ref, words

_OPEN = text("state IN ('asking', 'running', 'joined')")


class ValidationRow(Table, table=True):
    """One validation of a source campaign that was asked for. `route_no` is 0 where a person asked by hand.

    At most one is open for a campaign: the partial index is that promise. `reserved` is what the call may cost, `used`
    what it did cost once that is known (`settled` = 1); of `returned` the budget gets its share back.
    """

    __tablename__ = "validation"
    __table_args__ = (
        Index("ix_validation_open", "campaign_no", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_validation_campaign_no", "campaign_no"),
        Index("ix_validation_route_no_day", "route_no", "day"),
    )
    id: int = Field(sa_column=key())
    campaign_no: int = Field(sa_column=ref())
    route_no: int = Field(sa_column=ref())
    day: int = Field(sa_column=ref())
    state: str = Field(sa_column=words())
    emails: int = Field(default=0, sa_column=ref())
    reserved: int = Field(default=0, sa_column=ref())
    used: int = Field(default=0, sa_column=ref())
    returned: int = Field(default=0, sa_column=ref())
    settled: int = Field(default=0, sa_column=ref())
    job_id: str = Field(default="", sa_column=words())
    asked_at: int = Field(default=0, sa_column=instant())
    absent_at: int = Field(default=0, sa_column=instant())
    not_before: int = Field(default=0, sa_column=instant())
    polls: int = Field(default=0, sa_column=ref())
    ended_at: int = Field(default=0, sa_column=instant())
    valid: int = Field(default=0, sa_column=ref())
    invalid: int = Field(default=0, sa_column=ref())
    detail: str = Field(default="", sa_column=words())


class ValidationWaitRow(Table, table=True):
    """Why a route has not asked for a campaign's validation yet, and when to look again. `caps` are those it had."""

    __tablename__ = "validation_wait"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    campaign_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    not_before: int = Field(default=0, sa_column=instant())
    emails: int = Field(default=0, sa_column=ref())
    cost: int = Field(default=0, sa_column=ref())
    caps: str = Field(default="", sa_column=words())
    why: str = Field(default="", sa_column=words())


class ExportRow(Table, table=True):
    """One export of a source campaign. `fingerprint` is what the campaign looked like when it was asked for.

    `state` is asking, pending, ready, used, failed or refused. What was asked for in the last hour counts against
    Scravio's limit.
    """

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_campaign_no", "campaign_no"), Index("ix_export_asked_at", "asked_at"))
    id: int = Field(sa_column=key())
    campaign_no: int = Field(sa_column=ref())
    export_id: str = Field(default="", sa_column=words())
    fingerprint: str = Field(default="", sa_column=words())
    state: str = Field(sa_column=words())
    asked_at: int = Field(default=0, sa_column=instant())
    not_before: int = Field(default=0, sa_column=instant())
    polls: int = Field(default=0, sa_column=ref())
    records: int = Field(default=0, sa_column=ref())
    detail: str = Field(default="", sa_column=words())


class PortionRow(Table, table=True):
    """One portion of a file of addresses that is validated on its own. `file` names the file by what it holds.

    `state` is waiting, asking, running, completed or failed.
    """

    __tablename__ = "portion"
    __table_args__ = (UniqueConstraint("file", "number"),)
    id: int = Field(sa_column=key())
    file: str = Field(sa_column=words())
    name: str = Field(default="", sa_column=words())
    number: int = Field(default=0, sa_column=ref())
    emails: int = Field(default=0, sa_column=ref())
    state: str = Field(sa_column=words())
    job_id: str = Field(default="", sa_column=words())
    reserved: int = Field(default=0, sa_column=ref())
    asked_at: int = Field(default=0, sa_column=instant())
    absent_at: int = Field(default=0, sa_column=instant())
    not_before: int = Field(default=0, sa_column=instant())
    polls: int = Field(default=0, sa_column=ref())
    ended_at: int = Field(default=0, sa_column=instant())
    detail: str = Field(default="", sa_column=words())


class CheckedRow(Table, table=True):
    """What a validation of its own said of an address (lower case), and when; the latest word only."""

    __tablename__ = "checked"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own spelling
    address: str = Field(sa_column=Column(Text, primary_key=True))
    status: str = Field(sa_column=words())
    checked_at: int = Field(default=0, sa_column=instant())
    portion_id: int = Field(default=0, sa_column=ref())


class CreationRow(Table, table=True):
    """A source campaign that was created from here. At most one is open under a title: never create twice."""

    __tablename__ = "creation"
    __table_args__ = (
        Index(
            "ix_creation_open",
            "title",
            unique=True,
            sqlite_where=text("state IN ('asking', 'created')"),
            postgresql_where=text("state IN ('asking', 'created')"),
        ),
    )
    id: int = Field(sa_column=key())
    title: str = Field(sa_column=words())
    type: str = Field(sa_column=words())
    route: str = Field(default="", sa_column=words())
    state: str = Field(sa_column=words())
    reserved: int = Field(default=0, sa_column=ref())
    asked_at: int = Field(default=0, sa_column=instant())
    absent_at: int = Field(default=0, sa_column=instant())
    campaign_id: str = Field(default="", sa_column=words())
