"""What the operator has been told of each route. Holds no statement."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, words


class AlertRow(Table, table=True):
    """The state of a route that the webhook was last told; `cause` tells one trouble of a kind from another.

    `claimed_at` is set while a host is telling it: then nobody else does, until that is too long ago.
    """

    __tablename__ = "alert"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    state: str = Field(default="", sa_column=words())
    cause: str = Field(default="", sa_column=words())
    claimed_at: int = Field(default=0, sa_column=instant())
    told_at: int = Field(default=0, sa_column=instant())
