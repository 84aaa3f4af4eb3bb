"""What operators did by hand: routes that are paused, and the record of the dashboard's actions. Holds no statement."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, words


class PauseRow(Table, table=True):
    """A route that an operator has paused: no run of it begins until the row is gone."""

    __tablename__ = "route_pause"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    paused_at: int = Field(default=0, sa_column=instant())
    paused_by: str = Field(default="", sa_column=words())


class ActionRow(Table, table=True):
    """One action on the dashboard: who did what when, and what came of it ("" until it has ended).

    `route` is a name, `subject` what it was about; an address in it is masked.
    """

    __tablename__ = "operator_action"
    id: int = Field(sa_column=key())
    at: int = Field(default=0, sa_column=instant())
    who: str = Field(default="", sa_column=words())
    action: str = Field(default="", sa_column=words())
    route: str = Field(default="", sa_column=words())
    subject: str = Field(default="", sa_column=words())
    outcome: str = Field(default="", sa_column=words())
