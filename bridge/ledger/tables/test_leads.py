"""The table of test leads: one's own address, posted with somebody's mapped fields. None of them is a delivery."""

from sqlalchemy import Index
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, ref, words


class TestLeadRow(Table, table=True):
    """One lead posted to an operator's own address to see what a campaign makes of it.

    `person` is the canonical key of `address`, `sample` Scravio's id of the lead whose fields were posted: the fields
    themselves are not kept. `asked_at` is by the vendor's clock, `ended_at` by ours, 0 while no answer is known.
    """

    __tablename__ = "test_lead"
    __table_args__ = (Index("ix_test_lead_place_no", "place_no"),)
    __test__ = False  # pytest takes every class of this name for one of its own
    id: int = Field(sa_column=key())
    route_no: int = Field(sa_column=ref())
    place_no: int = Field(sa_column=ref())
    address: str = Field(sa_column=words())
    person: str = Field(sa_column=words())
    sample: str = Field(default="", sa_column=words())
    state: str = Field(sa_column=words())
    reason: str = Field(default="", sa_column=words())
    detail: str = Field(default="", sa_column=words())
    remote_id: str = Field(default="", sa_column=words())
    asked_at: int = Field(default=0, sa_column=instant())
    ended_at: int = Field(default=0, sa_column=instant())
